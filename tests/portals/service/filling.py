"""A service filled in by its owner, page by page, as the guide says."""

from broker.demo.visitor import Page
from tests.portals.visiting import House, Portal, text

SERVICE = "real-card"
LEVEL = {"sla": "standard", "minimum": "Substantial"}


def begin(house: House, code: str, *, key: str = "merete") -> Portal:
    """Begun, with the newcomer's metadata saved."""
    owner = house.enter(key)
    fields = {"name_da": "Vaccinationskortet", "name_en": "The vaccination card", "code": code}
    page = owner.send(owner.open("service/new?lang=en"), fields)
    assert (page.status, page.mark("code")) == (200, None), text(page)
    address = f"{house.demo.newcomer.url}/metadata"
    done(owner.send(owner.open(f"service/{code}/metadata"), {"address": address}))
    return owner


def describe(owner: Portal, code: str, start: str) -> None:
    """About, a role, attributes and logins saved."""
    role = {
        "name_da": "Vaccinatør",
        "name_en": "Vaccinator",
        "code": "Vaccinator",
        "description_da": "Må registrere vaccinationer.",
        "description_en": "May record vaccinations.",
        "sensitivity": "sensitive",
        "types": "sor",
    }
    done(owner.send(owner.open(f"service/{code}/roles/new"), role, action="/roles/new"))
    page = owner.open(f"service/{code}/roles")
    done(owner.send(page, {"require_role": "y", "kind": "oiobpp"}, action="/roles/save"))
    about = {
        **LEVEL,
        "start_url": start,
        "support_mail": "support@example.dk",
        "technical_mail": "drift@example.dk",
        "contract": "2026-1001",
        "processing": "2026-1002",
        "privacy": "https://example.dk/privatliv",
    }
    done(owner.send(owner.open(f"service/{code}/about"), about, action="/about/save"))
    attributes = {
        "attribute": "full_name",
        "full_name-da": "Så borgeren kan se, hvem der vaccinerede.",
        "full_name-en": "So that the citizen can see who vaccinated.",
    }
    page = owner.open(f"service/{code}/attributes")
    done(owner.send(page, attributes, action="/attributes/save"))
    page = owner.open(f"service/{code}/logins")
    done(owner.send(page, {"login": "nemlogin"}, action="/logins/save"))


def put_into_test(owner: Portal, code: str) -> Page:
    """What is saved, in operation in test."""
    return done(owner.send(owner.open(f"service/{code}/"), {}, action=f"/{code}/test"))


def done(page: Page) -> Page:
    """The page after something was done."""
    assert (page.status, page.mark("code")) == (200, None), text(page)
    assert "done=" in page.url, (page.url, text(page))
    return page
