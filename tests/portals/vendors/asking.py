"""A vendor that asks for access, as its people and those who decide do it over HTTP."""

from itertools import count

from broker.demo.people import person_of
from broker.demo.visitor import Page
from tests.portals.operator_cases.applying import decide, reference
from tests.portals.visiting import House, Portal
from tests.system_certificates import system_certificate

_NUMBER = count(1)
FORM = {
    "interface": "sei2/idws",
    "organisation": "Kodeværket ApS",
    "purpose": "Vi indberetter dødsattester for hospicer.",
    "contact_name": "Vilma Kodemose",
    "contact_email": "vilma@kode.example.dk",
    "technical_name": "",
    "technical_email": "",
    "wanted": "",
    "fictive": "y",
}
GOOD = system_certificate().decode()
SECOND = system_certificate(name="Nyt system i test").decode()


def vendor(house: House, key: str = "vilma") -> Portal:
    """Somebody of a vendor, in a browser of their own."""
    who = person_of(key)
    assert who is not None, key
    portal = Portal(house.demo.ports.origin, "sundhed", who.idp, key)
    portal.open()
    return portal


def product() -> str:
    """One that nobody asked for before."""
    return f"Produkt {next(_NUMBER)}"


def ask(who: Portal, path: str = "vendor/new", **changes: str) -> Page:
    """The form, sent."""
    page = who.open(path)
    return who.send(page, {**FORM, "product": product(), **changes}, action="")


def granted(house: House, who: Portal, **changes: str) -> str:
    """An access that the owner approved: the address of its page, below the section's."""
    page = ask(who, **changes)
    case = reference(page)
    owner = house.enter("sigrid")
    done = decide(owner, f"service/cases/{case}")
    assert done.status == 200
    page = who.open(f"vendor/cases/{case}")
    return access_of(page).partition("vendor/")[2]


def access_of(page: Page) -> str:
    """The address of the access that the page of a case leads to, below the portals."""
    links = [a.get("href", "") for a in page.tree.iter("a")]
    (found,) = {one for one in links if "/vendor/access/" in one}
    return found.partition("/portal/")[2]
