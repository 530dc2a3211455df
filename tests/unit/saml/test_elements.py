"""What we write ourselves is what pysaml2's classes would write, to the canonical letter."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.saml import elements, names
from broker.saml.messages import AssertionDraft, Attribute, AuthnRequestDraft, NameID, Status
from broker.saml.schema import check_schema
from broker.saml.xml import canonical
from tests.factories import NOW, assertion_draft
from tests.unit.saml import vocabulary

PLAIN = assertion_draft()
ASSERTIONS = {
    "plain": PLAIN,
    "without attributes": replace(PLAIN, attributes=()),
    "everything": replace(
        PLAIN,
        name_id=NameID("Åse <&> Ærlig", names.TRANSIENT, "https://a.example.dk", "https://b"),
        attributes=(
            Attribute("urn:a", ("one", "two & <three>"), names.ATTR_URI, "a friend"),
            Attribute("urn:b", (), names.ATTR_URI),
            Attribute("urn:c", ("12",), None),
        ),
        valid_from=NOW - timedelta(minutes=1),
        session_until=NOW + timedelta(hours=8),
        proxy_count=0,
        proxy_audiences=("https://p.example.dk", "https://q.example.dk"),
        authorities=("https://idp.example.dk", "https://other.example.dk"),
    ),
    "answers nothing": replace(PLAIN, in_response_to=None),
}
REQUEST = AuthnRequestDraft(
    id="_r",
    issuer="https://broker.example.dk/sundhed/saml/sp",
    destination="https://idp.example.dk/sso",
    issued_at=NOW,
    acs_url="https://broker.example.dk/sundhed/saml/acs",
)
REQUESTS = {
    "plain": REQUEST,
    "everything": replace(
        REQUEST,
        force_authn=True,
        is_passive=True,
        class_refs=("urn:x", "urn:y"),
        comparison="exact",
        requester_ids=("https://a.example.dk", "https://b.example.dk"),
        idp_list=("https://c.example.dk",),
        proxy_count=3,
        name_id_format=names.PERSISTENT,
        provider_name="Æblø",
    ),
    "counted down": replace(REQUEST, proxy_count=0),
}


@pytest.mark.parametrize("draft", ASSERTIONS.values(), ids=ASSERTIONS)
def test_an_assertion_is_what_the_vocabulary_says(draft: AssertionDraft) -> None:
    written = elements.build_assertion(draft)
    check_schema(written, "assertion")
    assert canonical(written) == canonical(vocabulary.build_assertion(draft))


@pytest.mark.parametrize("draft", REQUESTS.values(), ids=REQUESTS)
def test_a_request_is_what_the_vocabulary_says(draft: AuthnRequestDraft) -> None:
    written = elements.build_authn_request(draft)
    check_schema(written, "protocol")
    assert canonical(written) == canonical(vocabulary.build_authn_request(draft))


@pytest.mark.parametrize("sub_code", [None, names.NO_PASSIVE])
@pytest.mark.parametrize("answers", [None, "_request"])
def test_a_response_is_what_the_vocabulary_says(sub_code: str | None, answers: str | None) -> None:
    status = Status(names.SUCCESS if sub_code is None else names.REQUESTER, sub_code)
    written, said = (
        build(
            id="_x",
            issuer="https://broker.example.dk/sundhed/saml/idp",
            destination="https://one.example.dk/acs",
            in_response_to=answers,
            issued_at=NOW,
            status=status,
        )
        for build in (elements.build_response, vocabulary.build_response)
    )
    check_schema(written, "protocol")
    assert canonical(written) == canonical(said)
