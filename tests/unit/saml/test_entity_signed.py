"""A pinned certificate vouches for a document, or the document is refused."""

import pytest

from broker.errors import Refused
from broker.saml import names, signatures
from broker.saml.entity_descriptor import read_metadata
from broker.saml.metadata_xml import parse_metadata
from broker.saml.xml import canonical
from tests.factories import NOW, key_pair, signing_key
from tests.metadata_factory import Idp, Sp


def signed(raw: bytes, by: str) -> bytes:
    root = parse_metadata(raw)
    root.set("ID", "_signed")
    signatures.sign(root, signing_key(by))
    return canonical(root)


def test_a_signature_that_nobody_checked_is_said_to_be_so() -> None:
    reading = read_metadata(signed(Idp().xml(), "operator"), NOW)
    assert "metadata.signature_not_checked" in {f.code for f in reading.findings}
    assert not reading.entities[0].verified


def test_a_signature_by_the_pinned_certificate_vouches_for_the_facts() -> None:
    raw = signed(Idp().xml(), "operator")
    reading = read_metadata(raw, NOW, signed_by=[key_pair("operator")[1]])
    assert "metadata.signature_verified" in {f.code for f in reading.findings}
    assert reading.entities[0].verified


def test_the_entities_of_a_verified_aggregate_are_read_from_what_was_signed() -> None:
    inside = Idp().entity() + Sp().entity()
    whole = f'<md:EntitiesDescriptor xmlns:md="{names.MD}">{inside}</md:EntitiesDescriptor>'
    raw = signed(whole.encode(), "operator")
    reading = read_metadata(raw, NOW, signed_by=[key_pair("operator")[1]])
    assert [entity.verified for entity in reading.entities] == [True, True]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (Idp().xml(), "signature.missing"),
        (signed(Idp().xml(), "somebody else"), "signature.invalid"),
        (signed(Idp().xml(), "operator").replace(b"/saml/sso", b"/saml/ssx"), "signature.invalid"),
    ],
    ids=["unsigned", "by another key", "changed afterwards"],
)
def test_a_pinned_certificate_that_does_not_verify_refuses_the_document(
    raw: bytes, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        read_metadata(raw, NOW, signed_by=[key_pair("operator")[1]])
    assert refused.value.code == code
