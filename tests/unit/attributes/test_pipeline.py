"""Claims to attributes: what is understood, what is ignored, what is never widened."""

from dataclasses import replace

import pytest

from broker.attributes import pipeline, steps
from broker.attributes.model import Claims, Mapping
from broker.attributes.written import Told
from broker.errors import NotAllowed, Unavailable
from broker.metadata.documents import Table
from broker.metadata.speech import read_speech
from broker.saml import names
from broker.saml.assurance import Assurance
from broker.saml.messages import Attribute
from tests.factories import NOW

CVR = "90000004"
DOCUMENT = {
    "release": [{"source": "cvr"}, {"source": "cpr_number"}, {"source": "email", "name": "mail"}],
}
MAPPING = pipeline.read_mapping("dpsd", DOCUMENT)


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


def test_roles_go_out_as_they_were_written_and_last() -> None:
    role = Attribute("urn:role", ("Reader_0_3",), names.ATTR_BASIC)
    released = pipeline.run(claims(), MAPPING, TOLD, (role,))
    assert released.attributes[-1] == role
    written = {a.name: a.values for a in released.attributes}
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
    {"release": [{"source": "shoe_size"}]},
    {"roles": {"template": "{role}"}},
]


@pytest.mark.parametrize("document", BROKEN)
def test_a_broken_mapping_is_named(document: dict[str, object]) -> None:
    with pytest.raises(Unavailable) as refused:
        pipeline.read_mapping("dpsd", document)
    assert refused.value.code == "mapping.invalid"
    assert "dpsd" in refused.value.detail


def test_an_empty_mapping_gives_the_plain_attributes() -> None:
    mapping: Mapping = pipeline.read_mapping("new", {})
    assert {rule.source for rule in mapping.release} >= {"cvr", "org_name"}
