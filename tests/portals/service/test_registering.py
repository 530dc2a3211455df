"""A service registered in the portal: from nothing, and with everything that can be wrong."""

import pytest

from broker.db import reading
from broker.demo.visitor import Page
from broker.metadata.store import members
from tests.portals.service.filling import begin, done
from tests.portals.visiting import House, Portal, text, token


def begun(house: House, code: str, *, key: str = "merete") -> Portal:
    merete = house.enter(key)
    page = merete.send(
        merete.open("service/new?lang=en"),
        {"name_da": "Kortet", "name_en": "The card", "code": code},
    )
    assert (page.status, page.mark("code")) == (200, None), text(page)
    assert page.url.endswith(f"/service/{code}/?done=begun")
    return merete


def value(page: Page, field: str) -> str:
    """What stands in a field."""
    found = page.tree.find(f".//input[@id='{field}']")
    return "" if found is None else found.get("value", "")


def test_a_short_name_is_taken_once_and_reads_as_an_address(house: House) -> None:
    merete = begun(house, "first-card")
    form = {"name_da": "Kortet", "name_en": "The card"}
    for code, said in (
        ("first-card", "The short name is taken"),
        ("dpsd", "The short name is taken"),
        ("certificates", "The short name cannot be used"),
        ("Two words", "Use small letters a–z, digits and hyphens"),
        ("", "Write a short name"),
    ):
        page = merete.send(merete.open("service/new?lang=en"), {**form, "code": code})
        assert page.status == 400, code
        assert said in text(page)
        assert value(page, "name_da") == "Kortet"


def test_whoever_begins_a_service_looks_after_it_and_nobody_else_does(house: House) -> None:
    merete = begun(house, "second-card")
    assert "second-card" in text(merete.open("service/"))
    palle = house.enter("palle")
    for path in ("", "metadata", "about", "roles", "attributes", "logins", "production"):
        page = palle.open(f"service/second-card/{path}")
        assert (page.status, page.mark("code")) == (404, "registration.unknown"), path
    assert house.enter("mette").open("service/second-card/").status == 403


def test_an_administrator_may_begin_a_service_and_an_employee_may_not(house: House) -> None:
    vibeke = begun(house, "third-card", key="vibeke")
    assert "third-card" in text(vibeke.open("service/"))
    page = house.enter("mette").open("service/new")
    assert (page.status, page.mark("code")) == (403, "permission.mandate")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Write an address, choose a file, or paste the text"),
        ({"pasted": "<not xml"}, "The document is no complete XML."),
        ({"pasted": "<html/>"}, "This is XML, but no SAML metadata."),
        ({"pasted": "<!DOCTYPE x [<!ENTITY y 'z'>]><x/>"}, "DTD or entities"),
        ({"address": "http://10.0.0.1/metadata"}, "We may not fetch from that address."),
        ({"address": "ftp://example.dk/"}, "We may not fetch from that address."),
        ({"address": "http://127.0.0.1:9/"}, "Nobody answers at that address."),
    ],
)
def test_metadata_that_cannot_be_used_says_what_to_change(
    house: House, fields: dict[str, str], said: str
) -> None:
    merete = house.enter("merete")
    if merete.open("service/faulty-card/").status == 404:
        begun(house, "faulty-card")
    page = merete.send(merete.open("service/faulty-card/metadata?lang=en"), fields)
    assert page.status == 400
    assert said in text(page)
    assert page.tree.findtext(".//title", "").startswith(("Error", "Metadata"))


def test_metadata_by_address_is_shown_field_by_field_and_can_be_corrected(house: House) -> None:
    merete, newcomer = begun(house, "field-card"), house.demo.newcomer
    page = merete.send(
        merete.open("service/field-card/metadata?lang=en"), {"address": f"{newcomer.url}/metadata"}
    )
    assert page.status == 200
    assert value(page, "entity_id") == newcomer.entity_id
    for words in ("Answers can be sent there.", "Signatures of your requests can be checked."):
        assert words in text(page)
    moved = f"{newcomer.url}/other-acs"
    fields = {"acs": f"{newcomer.acs_url}\n{moved}", "signed": "y", "name_id": ""}
    page = merete.send(page, fields, action="/metadata/fields")
    assert (page.status, moved in text(page)) == (200, True)
    assert moved in text(merete.open("service/field-card/metadata"))
    page = merete.send(
        page, {"acs": "http://example.dk/acs", "name_id": ""}, action="/metadata/fields"
    )
    assert (page.status, "Write each address with https://" in text(page)) == (400, True)
    page = merete.open("service/field-card/metadata?lang=en")
    page = merete.send(
        page, {"signing": "not a certificate", "name_id": ""}, action="/metadata/fields"
    )
    assert (page.status, "Paste whole certificates" in text(page)) == (400, True)


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(house: House) -> None:
    merete = begun(house, "busy-card")
    first, second = (merete.open("service/busy-card/about?lang=en") for _ in range(2))
    fields = {"sla": "standard", "minimum": "Substantial"}
    page = merete.send(first, {**fields, "name_en": "One"}, action="/about/save")
    assert page.status == 200
    page = merete.send(second, {**fields, "name_en": "Two"}, action="/about/save")
    assert "Somebody else changed this meanwhile" in text(page)
    assert "One" in text(merete.open("service/busy-card/?lang=en"))


def test_production_is_not_asked_for_before_everything_is_in_order(house: House) -> None:
    merete = begun(house, "hasty-card")
    page = merete.open("service/hasty-card/production?lang=en")
    assert "When everything is in order" in text(page)
    page = merete.post(
        "service/hasty-card/production/ask", {"csrf_token": token(page), "reason": "Now, please"}
    )
    assert (page.status, "Something is missing still" in text(page)) == (400, True)


def test_an_entity_id_may_be_corrected_in_test_but_not_taken_from_another(house: House) -> None:
    owner, code = begin(house, "renamed-card"), "renamed-card"
    entity = "https://renamed.example.dk/saml"
    for said, status in (
        (entity, 200),
        (f"{entity}/2", 200),
        ("https://dpsd.demo.example.dk/saml", 409),
    ):
        page = owner.open(f"service/{code}/metadata?lang=en")
        fields = {"entity_id": said, "signed": "y", "name_id": ""}
        done(owner.send(page, fields, action="/metadata/fields"))
        page = owner.send(owner.open(f"service/{code}/"), {}, action=f"/{code}/test")
        assert page.status == status, text(page)
    assert "belongs to another service" in text(page)
    registry = house.demo.services.registry.current()
    assert registry.service_by_code("sundhed-test", code).sp.entity_id == f"{entity}/2"


def test_nobody_takes_anothers_place_in_test_before_they_come_there(house: House) -> None:
    owner, code = begin(house, "early-card"), "early-card"
    with reading(house.demo.services.engine) as connection:
        tried = {one.entity_id for one in members(connection, "sundhed-test")}
        real = [one.entity_id for one in members(connection, "sundhed")]
    other = next(one for one in real if one and one.startswith("https:") and one not in tried)
    page = owner.open(f"service/{code}/metadata?lang=en")
    fields = {"entity_id": other, "signed": "y", "name_id": ""}
    done(owner.send(page, fields, action="/metadata/fields"))
    page = owner.send(owner.open(f"service/{code}/?lang=en"), {}, action=f"/{code}/test")
    assert (page.status, "belongs to another service" in text(page)) == (409, True)
