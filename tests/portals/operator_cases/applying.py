"""A clinic that applies, as the people of it and those who decide do it over HTTP."""

import re

import sqlalchemy as sa
from lxml import etree

from broker.db import reading
from broker.demo.people import person_of
from broker.demo.visitor import Page
from broker.mail.tables import MAIL
from tests.portals.visiting import House, Portal, text

CVR = "90000209"
FORM = {
    "name": "Fysioterapien ved Kilden",
    "kind": "practice",
    "applicant_name": "Ane Kildegaard",
    "applicant_email": "ane@kilden.example.dk",
    "officer_name": "Sofus Birkelund",
    "officer_email": "sofus@kilden.example.dk",
    "first_name": "Merle Tangager",
    "first_email": "merle@kilden.example.dk",
    "second_name": "Ane Kildegaard",
    "second_email": "ane@kilden.example.dk",
    "unit": "",
    "purpose": "Vi indberetter utilsigtede hændelser.",
}


def field(page: Page, id_: str) -> etree._Element:
    """What has that id on a page."""
    for found in page.tree.iter():
        if found.get("id") == id_:
            return found
    raise AssertionError(id_)


def text_of(element: etree._Element) -> str:
    """What an element says, in one line."""
    return " ".join("".join(map(str, element.itertext())).split())


def role(page: Page, words: str) -> str:
    """The value of the first role whose label has these words."""
    for label in page.tree.iter("label"):
        if text_of(label).endswith(words):
            found = field(page, label.get("for", ""))
            return str(found.get("value"))
    raise AssertionError(words, [text_of(one) for one in page.tree.iter("label")])


def stranger(house: House, key: str) -> Portal:
    """Somebody of the clinic, in a browser of their own."""
    who = person_of(key)
    assert who is not None, key
    portal = Portal(house.demo.ports.origin, "sundhed", who.idp, key)
    portal.open()
    return portal


def apply(house: House, **changes: str) -> tuple[Portal, Page]:
    """The application, sent."""
    ane = stranger(house, "ane")
    page = ane.open("cases/new")
    wanted = role(page, "Danish Patient Safety Database: Caseworker")
    return ane, ane.send(page, {**FORM, "roles": wanted, **changes})


def reference(page: Page) -> str:
    """The case that a page is of."""
    found = re.search(r"S\d\d-[A-Z0-9]{6}", text(page))
    assert found, text(page)
    return found.group()


def mailed(house: House, kind: str, to: str) -> str:
    """The address in the latest mail of a kind to somebody."""
    with reading(house.demo.services.engine) as connection:
        query = (
            sa.select(MAIL.c.body)
            .where(MAIL.c.kind == kind, MAIL.c.recipient == to)
            .order_by(MAIL.c.created_at.desc())
        )
        body = connection.execute(query.limit(1)).scalar_one()
    found = re.search(r"https?://\S+/portal/(\S+)", body)
    assert found, body
    return found.group(1)


def decide(
    portal: Portal, path: str, deed: str = "approve", reason: str = "", step: str = ""
) -> Page:
    """A decision on a case's page."""
    page = portal.open(path)
    for form in page.tree.iter("form"):
        fields = {i.get("name"): i.get("value", "") for i in form.iter("input")}
        if fields.get("act") == "decide" and step in (fields.get("step") or ""):
            sent = {name: fields[name] or "" for name in ("csrf_token", "version", "step", "act")}
            return portal.post(page.url, {**sent, "deed": deed, "reason": reason})
    raise AssertionError(f"nothing to decide at {page.url}: {text(page)}")


def act(portal: Portal, path: str, what: str, **fields: str) -> Page:
    """Another form of a case's page."""
    page = portal.open(path)
    for form in page.tree.iter("form"):
        known = {i.get("name"): i.get("value", "") for i in form.iter("input")}
        if known.get("act") == what:
            sent = {str(name): value or "" for name, value in known.items()}
            return portal.post(page.url, {**sent, **fields})
    raise AssertionError(f"no {what} at {page.url}")
