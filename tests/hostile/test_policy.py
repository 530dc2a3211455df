"""D18, D19, D21: well signed, and more than this identity provider may say.

The person is told whom to ask, and the service gets a signed failure when the button is
pressed (R13): nothing else is issued.
"""

import pytest

from broker.saml import names
from broker.saml.response import open_response
from tests.box import OTHER_CVR, posted
from tests.hostile.conftest import Scene
from tests.hostile.forge import HONEST_ATTRIBUTES, OLDER_ATTRIBUTES, Forge
from tests.hostile.outcome import CANARY

Said = tuple[tuple[str, str], ...]
CPR: Said = ((names.CPR_NUMBER, CANARY),)
NESTED = "<x xmlns='urn:x'>90000004</x>"


def said(*changes: tuple[str, str | None], honest: Said = HONEST_ATTRIBUTES) -> Said:
    """What an honest identity provider says, with some of it replaced, added or left out."""
    by_name = dict(changes)
    kept = tuple((n, by_name.pop(n, v)) for n, v in honest)
    return tuple((n, v) for n, v in (*kept, *by_name.items()) if v is not None)


ROWS: list[tuple[str, str, Said, str]] = [
    ("D18 an organisation of others", "beta", said(), "policy.scope"),
    ("D18 above its level", "legacy", said((names.LOA, "High"), honest=OLDER_ATTRIBUTES), "policy.assurance_registered"),
    ("D14 a weaker level", "alpha", said((names.LOA, "Low")), "policy.assurance"),
    ("D14 an unknown level", "alpha", said((names.LOA, "Highest")), "policy.assurance_missing"),
    ("D14 no level", "alpha", said((names.LOA, None)), "policy.assurance_missing"),
    ("D18 a CVR number of another form", "alpha", said((names.CVR, "9000000\uff14")), "policy.no_organisation"),
    ("D18 no organisation", "alpha", said((names.CVR, None)), "policy.no_organisation"),
    ("D19 elements in a value", "alpha", said((names.CVR, NESTED)), "policy.no_organisation"),
    ("D19 one attribute twice", "alpha", (*said(), (names.CVR, OTHER_CVR)), "policy.attribute_duplicate"),
    ("D19 a level twice", "alpha", (*said(), (names.LOA, "High")), "policy.attribute_duplicate"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("idp", "attributes", "code"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS]
)
def test_it_is_denied_and_the_service_hears_no_more_than_no(
    scene: Scene, idp: str, attributes: Said, code: str
) -> None:
    forge = scene.at(idp)
    denied(scene, forge.but(attributes=(*attributes, *CPR)), code)


def test_d16_a_name_of_no_such_form(scene: Scene) -> None:
    name = f'<a:NameID Format="{names.PERSISTENT}">nurse-1</a:NameID>'
    denied(scene, scene.at().but(name_id=name), "policy.name_id")


def denied(scene: Scene, forge: Forge, code: str) -> None:
    """A refusal by policy, whole: what it issues is a signed failure without an assertion."""
    page = scene.deliver(forge.xml())
    scene.seen.denied(page, code)
    opened = open_response([posted(page)[1]["SAMLResponse"]])
    assert opened.signed
    assert not opened.has_assertion
    assert opened.unverified.status.code == names.RESPONDER
    scene.refused(forge.xml(), "context.replay", rows=0)


def test_d19_two_attribute_statements(scene: Scene) -> None:
    forge = scene.at()
    one = "".join(
        f'<a:Attribute Name="{n}"><a:AttributeValue>{v}</a:AttributeValue></a:Attribute>'
        for n, v in HONEST_ATTRIBUTES
    )
    both = f"<a:AttributeStatement>{one}</a:AttributeStatement>" * 2
    scene.refused(forge.but(raw_statement=both).xml(), "context.statements")
    scene.accepted(forge.xml())
