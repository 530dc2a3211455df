"""Verdicts in words, what differs, what a person would carry, and where made-up people belong."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker.errors import Refused
from broker.metadata.decisions import federation_documents, read_federation
from broker.metadata.model import Federation
from broker.metadata.seed import seeds
from broker.registrations.comparing import compare, fingerprint
from broker.registrations.model import Content, environments
from broker.registrations.operating import first_content
from broker.registrations.preview import preview
from broker.registrations.verdicts import examine
from broker.registrations.words import WORDS
from broker.roles.documents import read_types
from broker.saml import names
from broker.saml.entities import Endpoint, EntityContact, Localised, ServiceProvider
from broker.saml.entity_descriptor import read_metadata
from broker.saml.service_descriptor import write_service
from broker.trials.faults import foreign_key
from broker.trials.idp import TestIdp

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
KEY = foreign_key().certificate
SERVICE = ServiceProvider(
    entity_id="https://card.example.dk/saml",
    acs=(Endpoint(names.POST, "https://card.example.dk/acs", 0, is_default=True),),
    slo=(Endpoint(names.REDIRECT, "https://card.example.dk/slo"),),
    signing=(KEY,),
    encryption=(KEY,),
    authn_requests_signed=True,
    want_assertions_signed=True,
    name_id_formats=(names.PERSISTENT,),
    name=Localised("Kortet", "The card"),
)
CONTACT = EntityContact("technical", "Drift", "drift@example.dk")


def federations() -> tuple[Federation, ...]:
    found = [
        read_federation(document, "https://broker.example.dk")
        for _, whole in seeds("federations")
        for document in federation_documents(whole, "seed")
    ]
    return tuple(found)


def saved(sp: ServiceProvider = SERVICE) -> Content:
    content = first_content("card", {"da": "Kortet", "en": "The card"}, "Ejeren")
    return replace(content, xml=write_service(sp, (CONTACT,)))


def test_a_document_that_we_write_reads_as_what_was_filled_in() -> None:
    (facts,) = read_metadata(write_service(SERVICE, (CONTACT,)), NOW).entities
    assert facts.sp == SERVICE
    assert facts.contacts == (CONTACT,)


@pytest.mark.parametrize(
    ("sp", "field", "code"),
    [
        (replace(SERVICE, acs=()), "acs", "metadata.no_acs"),
        (replace(SERVICE, encryption=()), "encryption", "metadata.no_encryption_key"),
        (replace(SERVICE, signing=()), "signing", "metadata.no_signing_key"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_with_what_to_change(
    sp: ServiceProvider, field: str, code: str
) -> None:
    test = next(one for one in federations() if one.path == "sundhed-test")
    examined = examine(saved(sp), test, NOW)
    said = {one.code: one for one in examined.of(field)}
    assert said[code].level == "refused"
    assert said[code].change is not None
    assert examined.refused


def test_what_is_right_is_said_too() -> None:
    test = next(one for one in federations() if one.path == "sundhed-test")
    examined = examine(saved(), test, NOW)
    assert not examined.refused
    for field in ("entity_id", "acs", "slo", "signing", "encryption"):
        assert next(one.level for one in examined.of(field)) in ("good", "note", "odd"), field


def test_every_grave_remark_says_what_to_change() -> None:
    for code, (field, words, change) in WORDS.items():
        assert words.english.endswith(".") or words.english.endswith("?"), code
        assert field, code
        if code.startswith("source."):
            assert change is not None, code


def test_a_difference_names_what_becomes_different_and_nothing_else() -> None:
    before = saved()
    after = before.with_document({"minimum": "High", "wanted": [{"code": "nemlogin"}]})
    assert [(line.before, line.after) for line in compare(before, after)] == [
        ("Substantial", "High"),
        ("", "–"),
    ]
    assert compare(before, before) == ()
    moved = replace(SERVICE, acs=(Endpoint(names.POST, "https://card.example.dk/new", 0, True),))
    lines = compare(before, replace(before, xml=write_service(moved, (CONTACT,))))
    assert any("https://card.example.dk/new" in line.after for line in lines)


MOTIVE = {"da": "Til journalen.", "en": "For the record."}


def released(**more: object) -> dict[str, object]:
    return {"mapping": {"release": [{"source": "email", "motive": MOTIVE, **more}]}}


@pytest.mark.parametrize(
    ("change", "tried_again"),
    [
        ({"name": {"da": "Andet", "en": "Other"}, "start_url": "https://card.example.dk/"}, False),
        ({"sla": "society-critical", "owner": "En anden"}, False),
        ({**released(), "minimum": "Substantial"}, False),
        (released(motive={"da": "Andet.", "en": "Other."}), False),
        (released(required=True), True),
        ({"mapping": {"release": []}}, True),
        ({"minimum": "High"}, True),
        ({"require_role": True}, True),
        ({"wanted": [{"code": "nemlogin"}]}, True),
        ({"role": [{"urn": "urn:example:a", "code": "A", "name": MOTIVE}]}, True),
    ],
)
def test_only_what_a_login_depends_on_asks_for_another_test_login(
    change: dict[str, object],
    tried_again: bool,  # noqa: FBT001 # a column of the table
) -> None:
    before = saved().with_document(released())
    agreed = before.with_about({"contract": "2026-1001"})
    assert fingerprint(agreed) == fingerprint(before)
    assert (fingerprint(agreed.with_document(change)) != fingerprint(before)) is tried_again


def test_other_metadata_asks_for_another_test_login() -> None:
    other = replace(SERVICE, acs=(Endpoint(names.POST, "https://card.example.dk/new", 0),))
    assert fingerprint(saved(other)) != fingerprint(saved())
    assert fingerprint(saved(replace(SERVICE, name=None))) == fingerprint(saved())


def test_that_an_attribute_is_demanded_is_a_difference() -> None:
    before, after = (saved().with_document(released(**more)) for more in ({}, {"required": True}))
    (line,) = compare(before, after)
    assert line.after == f"{line.before}; kræves / required"


def test_a_preview_is_the_privilege_list_to_the_letter() -> None:
    role = {
        "code": "Reader",
        "urn": "urn:dk:sundhed:card:reader",
        "name": {"da": "Læser", "en": "Reader"},
        "description": {"da": "Læser.", "en": "Reads."},
        "delimitations": [{"type": "sor", "least": 0}],
    }
    content = saved().with_document({"role": [role], "delimitation": "sor"})
    (_, document) = next(iter((n, d) for n, d in seeds("roles") if d["kind"] == "delimitations"))
    types = {one.type.id: one.type for one in read_types(document, "seed")}
    (carried,) = preview(content, types).carried
    (xml,) = carried.xml
    assert "<Privilege>urn:dk:sundhed:card:reader</Privilege>" in xml
    assert 'Constraint Name="urn:dk:gov:saml:sorIdentifier">1501000016001<' in xml


def test_production_is_tried_in_test_and_only_test_has_made_up_people(tmp_path: Path) -> None:
    known = federations()
    where = environments(known, "sundhed")
    assert where.test is not None
    assert where.test.path == "sundhed-test"
    assert environments(known, "sundhed-test").test == where.test
    TestIdp(where.test, tmp_path)
    for one in known:
        if not one.test_login:
            with pytest.raises(Refused, match=r"trial\.not_here"):
                TestIdp(one, tmp_path)


@pytest.mark.parametrize("key", ["ribbon", "tried_in"])
def test_a_document_cannot_let_made_up_people_into_production(key: str) -> None:
    (test,) = (
        document
        for _, whole in seeds("federations")
        for document in federation_documents(whole, "seed")
        if document["path"] == "sundhed-test"
    )
    wrong = {k: v for k, v in test.items() if k != "ribbon"}
    if key == "tried_in":
        wrong = {**test, "tried_in": "elsewhere"}
    with pytest.raises(Refused, match="test_login"):
        read_federation(wrong, "https://broker.example.dk")
