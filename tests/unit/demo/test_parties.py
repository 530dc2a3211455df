"""The demo's identity provider and service are as strict as they expect the broker to be."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.demo.idp import DemoIdp, Kept
from broker.demo.people import person_of
from broker.demo.person import Person
from broker.demo.sp import DemoSp, Told, Wish
from broker.errors import Refused
from broker.saml import bindings, names
from broker.saml.assurance import Assurance
from broker.saml.ids import new_id
from broker.saml.messages import AssertionDraft, AuthnRequestDraft, NameID, Status
from broker.saml.response import Verified, open_response, write_failure, write_response
from tests.factories import BROKER, NOW, decryption_key, signing_key
from tests.unit.demo.conftest import ASKED, BROKER_IDP, query


def opened(xml: bytes) -> Verified:
    return open_response([bindings.encode_post(xml)]).verify(
        [signing_key("idp").certificate],
        [decryption_key("broker")],
        demand_encryption=True,
        allow_cbc=False,
    )


def kept(person: Person | None) -> Kept | None:
    """Somebody who has just logged in."""
    return Kept(person, NOW, "_session", BROKER) if person else None


@pytest.mark.parametrize("key", ["mette", "omar", "viggo"])
def test_the_idp_says_who_it_is_in_a_way_that_the_broker_verifies(idp: DemoIdp, key: str) -> None:
    person = person_of(key)
    assert person is not None
    said = opened(idp.answer(idp.read(query(ASKED)), kept(person))).assertion
    told = {attribute.name: attribute.values for attribute in said.attributes}
    assert said.authn_statements[0].class_ref == person.assurance.uri
    assert told[names.LOA] == (person.assurance.word,)
    assert told[names.PROFESSIONAL_UUID] == (person.uuid,)
    assert told[names.CVR] == (person.cvr,)
    assert (names.PRIVILEGES in told) is bool(person.rights)
    assert said.confirmations[0].in_response_to == ASKED.id
    assert said.conditions is not None
    assert said.conditions.audiences == ((BROKER,),)


@pytest.mark.parametrize(
    ("key", "sub_code"), [("lone", names.NO_AUTHN_CONTEXT), (None, names.AUTHN_FAILED)]
)
def test_the_idp_says_no_for_a_weak_login_and_for_a_cancelled_one(
    idp: DemoIdp, key: str | None, sub_code: str
) -> None:
    answer = idp.answer(idp.read(query(ASKED)), kept(person_of(key or "")))
    said = open_response([bindings.encode_post(answer)])
    assert said.unverified.status == Status(names.RESPONDER, sub_code)
    assert not said.has_assertion


@pytest.mark.parametrize(
    ("draft", "key", "code"),
    [
        (ASKED, "", "signature."),
        (ASKED, "stranger", "signature."),
        (replace(ASKED, issuer="https://stranger.example.dk"), "broker", "request.unknown_issuer"),
        (replace(ASKED, acs_url="https://stranger.example.dk/acs"), "broker", "request.acs"),
    ],
    ids=["unsigned", "another key", "another issuer", "another address"],
)
def test_the_idp_answers_the_broker_alone(
    idp: DemoIdp, draft: AuthnRequestDraft, key: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        idp.read(query(draft, key))
    assert refused.value.code.startswith(code)


def answer(sp: DemoSp, request_id: str, *, key: str = "broker", late: int = 0, to: str = "") -> str:
    """The broker's answer to a service, honest unless told otherwise."""
    at = NOW - timedelta(minutes=late)
    draft = AssertionDraft(
        id=new_id(),
        issuer=BROKER_IDP,
        issued_at=at,
        name_id=NameID(f"{names.NAMEID_PROFESSIONAL}1", names.PERSISTENT),
        audience=to or sp.entity_id,
        recipient=sp.acs_url,
        in_response_to=request_id,
        confirm_until=at + timedelta(minutes=5),
        valid_until=at + timedelta(minutes=5),
        authn_instant=at,
        class_ref=Assurance.SUBSTANTIAL.uri,
        attributes=(),
    )
    issued = write_response(
        id=new_id(),
        issuer=BROKER_IDP,
        destination=sp.acs_url,
        in_response_to=request_id,
        issued_at=at,
        assertion=draft,
        key=signing_key(key),
        encrypt_to=sp.party.signing.certificate,
    )
    return bindings.encode_post(issued.xml)


def test_a_service_takes_the_answer_to_its_own_request_once(sp: DemoSp) -> None:
    asked = sp.draft("sundhed", "nemlogin", Wish())
    assert asked.idp_list == ("https://idp.example.dk",)
    message = answer(sp, asked.id)
    name_id = sp.accept([message]).assertion.name_id
    assert name_id is not None
    assert name_id.format == names.PERSISTENT
    with pytest.raises(Refused) as refused:
        sp.accept([message])
    assert refused.value.code == "context.in_response_to"


@pytest.mark.parametrize(
    ("key", "late", "to", "code"),
    [
        ("stranger", 0, "", "signature."),
        ("broker", 30, "", "context."),
        ("broker", 0, "https://other.example.dk", "context."),
    ],
    ids=["another key", "late", "for another service"],
)
def test_a_service_refuses_what_is_not_for_it(
    sp: DemoSp, key: str, late: int, to: str, code: str
) -> None:
    asked = sp.draft("sundhed", None, Wish())
    with pytest.raises(Refused) as refused:
        sp.accept([answer(sp, asked.id, key=key, late=late, to=to)])
    assert refused.value.code.startswith(code)


def test_a_service_tells_which_status_it_got(sp: DemoSp) -> None:
    asked = sp.draft("sundhed", None, Wish())
    failure = write_failure(
        id=new_id(),
        issuer=BROKER_IDP,
        destination=sp.acs_url,
        in_response_to=asked.id,
        issued_at=NOW,
        status=Status(names.RESPONDER, names.NO_AUTHN_CONTEXT),
        key=signing_key("broker"),
    )
    with pytest.raises(Told) as told:
        sp.accept([bindings.encode_post(failure.xml)])
    assert (told.value.status, told.value.sub_status) == (names.RESPONDER, names.NO_AUTHN_CONTEXT)
