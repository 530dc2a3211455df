"""A Response written by one side reads back on the other, however signed and encrypted."""

import pytest

from broker.errors import Refused
from broker.saml import names
from broker.saml.bindings import encode_post
from broker.saml.messages import Attribute
from broker.saml.response import Verified, open_response
from tests.factories import assertion_draft, decryption_key, key_pair, response, signing_key


def read(
    xml: bytes, *, idp: str = "idp", demand_encryption: bool = False, allow_cbc: bool = False
) -> Verified:
    """Open and verify as the broker does, knowing the IdP by the key of that name."""
    opened = open_response([encode_post(xml)])
    return opened.verify(
        [signing_key("spare").certificate, key_pair(idp)[1]],
        [decryption_key("other"), decryption_key("broker")],
        demand_encryption=demand_encryption,
        allow_cbc=allow_cbc,
    )


@pytest.mark.parametrize("encrypt", [True, False])
@pytest.mark.parametrize(
    ("sign_assertion", "sign_response"), [(True, False), (True, True), (False, True)]
)
def test_what_was_asserted_is_what_is_read(
    *, encrypt: bool, sign_assertion: bool, sign_response: bool
) -> None:
    draft = assertion_draft()
    issued = response(
        draft, encrypt=encrypt, sign_assertion=sign_assertion, sign_response=sign_response
    )
    verified = read(issued.xml)
    assert verified.assertion.id == draft.id
    assert verified.assertion.name_id == draft.name_id
    assert verified.assertion.attributes == draft.attributes
    assert (verified.signed, verified.encrypted) == (sign_response, encrypt)


def test_an_unsigned_response_and_assertion_is_refused() -> None:
    for encrypt in (True, False):
        issued = response(encrypt=encrypt, sign_assertion=False)
        with pytest.raises(Refused) as refused:
            read(issued.xml)
        assert refused.value.code == "signature.missing"


def test_another_partys_key_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        read(response(key="somebody-else").xml)
    assert refused.value.code == "signature.invalid"


def test_cbc_counts_only_inside_a_verified_response() -> None:
    outer = response(sign_response=True, block=names.AES256_CBC)
    assert read(outer.xml, allow_cbc=True).encrypted
    for xml, allowed in ((outer.xml, False), (response(block=names.AES256_CBC).xml, True)):
        with pytest.raises(Refused) as refused:
            read(xml, allow_cbc=allowed)
        assert refused.value.code == "signature.encryption"


def test_a_plain_assertion_is_refused_where_encryption_is_demanded() -> None:
    with pytest.raises(Refused) as refused:
        read(response(encrypt=False).xml, demand_encryption=True)
    assert refused.value.code == "signature.not_encrypted"


def test_a_wrong_decryption_key_is_refused_like_every_other_decryption_failure() -> None:
    opened = open_response([encode_post(response().xml)])
    with pytest.raises(Refused) as refused:
        opened.verify(
            [key_pair("idp")[1]],
            [decryption_key("other")],
            demand_encryption=True,
            allow_cbc=False,
        )
    assert refused.value.code == "signature.encryption"


def test_text_with_markup_characters_round_trips() -> None:
    hostile = '</saml:AttributeValue><saml:Attribute Name="admin">&amp;<![CDATA['
    draft = assertion_draft(attributes=(Attribute("urn:x", (hostile,), names.ATTR_URI),))
    assert read(response(draft).xml).assertion.attributes[0].values == (hostile,)
