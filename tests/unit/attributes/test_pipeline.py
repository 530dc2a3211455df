"""Claims to roles and attributes: what is understood, what is ignored, what is never widened."""

import base64
from dataclasses import replace

import pytest

from broker.attributes import pipeline, steps
from broker.attributes.model import Claims, Mapping, Role
from broker.attributes.written import Told
from broker.errors import NotAllowed, Unavailable
from broker.metadata.documents import Table
from broker.metadata.speech import read_speech
from broker.saml import names
from broker.saml.assurance import Assurance
from broker.saml.messages import Attribute
from tests.factories import NOW

NEW = "http://digst.dk/oiosaml/basic_privilege_profile"
OLD = "http://itst.dk/oiosaml/basic_privilege_profile"
CVR = "90000004"
UNIT = "1231000016008"
DOCUMENT = {
    "roles": {"attribute": "urn:role", "template": "{role}_{delimitation}_3"},
    "role": [
        {"role": "Writer", "privilege": "urn:x:write", "delimited": True},
        {"role": "Reader", "privilege": "urn:x:read"},
        {"role": "Member", "cvr": ["90000098"]},
    ],
    "release": [{"source": "cvr"}, {"source": "cpr_number"}, {"source": "email", "name": "mail"}],
}
MAPPING = pipeline.read_mapping("dpsd", DOCUMENT)


def privileges(*groups: str, namespace: str = NEW) -> str:
    """A privilege list in base64."""
    xml = f'<b:PrivilegeList xmlns:b="{namespace}">{"".join(groups)}</b:PrivilegeList>'
    return base64.b64encode(xml.encode()).decode()


def group(privilege: str, *constraints: tuple[str, str], cvr: str = CVR) -> str:
    """One group, its constraints first, as published examples have them."""
    narrowed = "".join(f'<Constraint Name="{n}">{v}</Constraint>' for n, v in constraints)
    scope = f"urn:dk:gov:saml:cvrNumberIdentifier:{cvr}"
    return (
        f'<PrivilegeGroup Scope="{scope}">{narrowed}<Privilege>{privilege}</Privilege>'
        "</PrivilegeGroup>"
    )


TOLD = Told(read_speech(Table("service", {})), staff=True, without_cpr=False, now=NOW)


def claims(*values: str, cvr: str = CVR) -> Claims:
    """A professional with these privilege attributes."""
    held = {
        "cvr": (cvr,),
        "privileges": values,
        "cpr_number": ("0101010000",),
        "email": ("a@x.dk",),
    }
    return Claims(held, Assurance.SUBSTANTIAL)


def roles_of(*values: str, cvr: str = CVR) -> tuple[Role, ...]:
    return pipeline.run(claims(*values, cvr=cvr), MAPPING, TOLD).roles


SOR = "urn:dk:gov:saml:sorIdentifier"
ROLES: list[tuple[str, str, tuple[Role, ...]]] = [
    ("a privilege", privileges(group("urn:x:read")), (Role("Reader"),)),
    ("the old namespace", privileges(group("urn:x:read"), namespace=OLD), (Role("Reader"),)),
    ("a unit kept", privileges(group("urn:x:write", (SOR, UNIT))), (Role("Writer", UNIT),)),
    ("no unit", privileges(group("urn:x:write")), (Role("Writer"),)),
    ("a unit that the role does not know", privileges(group("urn:x:read", (SOR, UNIT))), ()),
    ("a constraint nobody knows", privileges(group("urn:x:read", ("urn:x:kle", "1"))), ()),
    ("a unit that is none", privileges(group("urn:x:write", (SOR, "0_3 Admin"))), ()),
    ("another organisation", privileges(group("urn:x:read", cvr="90000098")), ()),
    ("an unknown privilege", privileges(group("urn:x:admin")), ()),
    ("no base64", "!!", ()),
    ("no XML", base64.b64encode(b"<x").decode(), ()),
    ("another root", base64.b64encode(b"<PrivilegeList/>").decode(), ()),
    ("a DTD", base64.b64encode(b"<!DOCTYPE x><x/>").decode(), ()),
]


@pytest.mark.parametrize(("value", "roles"), [r[1:] for r in ROLES], ids=[r[0] for r in ROLES])
def test_privileges_become_roles(value: str, roles: tuple[Role, ...]) -> None:
    assert roles_of(value) == roles


def test_belonging_to_an_organisation_can_be_a_role() -> None:
    assert roles_of(cvr="90000098") == (Role("Member"),)


def test_roles_are_written_as_the_service_reads_them() -> None:
    released = pipeline.run(
        claims(privileges(group("urn:x:write", (SOR, UNIT)), group("urn:x:read"))),
        MAPPING,
        TOLD,
    )
    written = {a.name: a.values for a in released.attributes}
    assert written["urn:role"] == ("Reader_0_3", f"Writer_{UNIT}_3")
    assert written["mail"] == ("a@x.dk",)
    assert written[names.LOA] == ("Substantial",)
    assert written[names.SPEC_VERSION] == ("OIO-SAML-3.0",)


def test_no_cpr_number_goes_out_in_plain_text_and_none_stands_in_the_trace() -> None:
    plain = pipeline.run(claims(), MAPPING, replace(TOLD, without_cpr=True))
    sealed = pipeline.run(claims(), MAPPING, TOLD)
    assert names.CPR_NUMBER not in {a.name for a in plain.attributes}
    assert names.CPR_NUMBER in {a.name for a in sealed.attributes}
    assert "0101010000" not in repr((plain, sealed, claims()))


def test_a_service_gets_only_what_its_mapping_lists() -> None:
    released = pipeline.run(claims(), MAPPING, TOLD)
    allowed = {names.SPEC_VERSION, names.LOA, names.CVR, names.CPR_NUMBER, "mail"}
    assert {a.name for a in released.attributes} <= allowed


def test_both_generations_are_understood_and_nist_is_not_upgraded_silently() -> None:
    old = (Attribute(names.OIO2_CVR, (CVR,)), Attribute(names.OIO2_ASSURANCE, ("3",)))
    assert steps.normalise(old, None, []).assurance is None
    assert steps.normalise(old, Assurance.SUBSTANTIAL, []).assurance is Assurance.SUBSTANTIAL
    assert steps.normalise(old, None, []).one("cvr") == CVR


@pytest.mark.parametrize(
    "attributes",
    [
        (Attribute(names.CVR, (CVR,)), Attribute(names.CVR, (CVR,))),
        (Attribute(names.CVR, (CVR,)), Attribute(names.OIO2_CVR, ("90000098",))),
        (Attribute(names.CVR, (CVR, "90000098")),),
    ],
)
def test_an_attribute_that_two_readers_could_read_differently_is_refused(
    attributes: tuple[Attribute, ...],
) -> None:
    with pytest.raises(NotAllowed) as refused:
        steps.normalise(attributes, None, [])
    assert refused.value.code == "policy.attribute_duplicate"


BROKEN: list[dict[str, object]] = [
    {"role": [{"role": "Everybody"}]},
    {"role": [{"privilege": "urn:x"}]},
    {"release": [{"source": "shoe_size"}]},
    {"roles": {"template": "{rolle}"}},
    {"roles": {"template": "{role.__class__}"}},
    {"roles": {"template": "no role in it"}},
    {"roles": []},
    {"role": {}},
]


@pytest.mark.parametrize("document", BROKEN)
def test_a_broken_mapping_is_named(document: dict[str, object]) -> None:
    with pytest.raises(Unavailable) as refused:
        pipeline.read_mapping("dpsd", document)
    assert refused.value.code == "mapping.invalid"
    assert "dpsd" in refused.value.detail


def test_an_empty_mapping_gives_the_plain_attributes_and_no_role() -> None:
    mapping: Mapping = pipeline.read_mapping("new", {})
    assert mapping.roles == ()
    assert {rule.source for rule in mapping.release} >= {"cvr", "org_name"}
