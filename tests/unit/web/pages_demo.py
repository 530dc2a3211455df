"""The demo's own pages, with contexts such as its sites give them."""

from types import SimpleNamespace

from broker.demo.service_list import Entry
from broker.demo.words import Held, Unit
from broker.metadata.model import Localised
from broker.saml import names
from tests.unit.web.pages import DPSD, IDP_SITE, IDPS, PRODUCTION, TEST, Case

SP_SITE = SimpleNamespace(name=Localised("DPSD", "DPSD"), tone="green")
TECHNICIAN = Localised("Bioanalytiker", "Laboratory technician")
PEOPLE = (
    SimpleNamespace(
        key="karla",
        name="Karla Lund",
        title=Localised("Sygeplejerske", "Nurse"),
        organisation="Region Nordjylland",
        level="Substantial",
    ),
    SimpleNamespace(
        key="jens", name="Jens Ås", title=TECHNICIAN, organisation="Klinikken i Nr. Ørum", level="3"
    ),
)
ATTRIBUTES = (
    SimpleNamespace(name=names.FULL_NAME, label=Localised("Navn", "Name"), values=("Karla Lund",)),
    SimpleNamespace(name="urn:example:roles", label=None, values=("dpsd:read", "dpsd:write")),
)
ARRIVAL: dict[str, object] = {
    "site": SP_SITE,
    "service_name": DPSD,
    "name": "Karla Lund",
    "assurance": "Substantial",
    "name_id": "https://data.gov.dk/model/core/eid/professional/uuid/0b1c",
    "idp": IDPS[1].name,
    "attributes": ATTRIBUTES,
    "roles": (
        Held(
            Localised("Læser", "Reader"),
            (
                Unit(Localised("Enhed i SOR", "Unit in SOR"), "1231000016008", "Bøgen"),
                Unit(None, "1011000016007", None),
            ),
            ("Laeser_1231000016008_3", "Laeser_1011000016007_3"),
        ),
        Held(None, (), ("write",)),
    ),
    "logout_url": "/logout",
    "forget_url": "/forget",
}
STATUS: dict[str, object] = {
    "site": SP_SITE,
    "service_name": DPSD,
    "status": names.RESPONDER,
    "sub_status": names.AUTHN_FAILED,
    "message": "Afbrudt",
    "login_url": "/login",
}

DEMO = (
    Case(
        "demo/idp_login.html",
        "demo-idp",
        {
            "site": IDP_SITE,
            "service_name": DPSD,
            "required": "Substantial",
            "action": "/login",
            "fields": (("request", "1"),),
            "people": PEOPLE,
            "switch": "?lang=en",
        },
    ),
    Case(
        "demo/service_home.html",
        "demo-service",
        {"site": SP_SITE, "service_name": DPSD, "login_url": "/login", "left": "here"},
    ),
    Case(
        "demo/idp_home.html",
        "demo-idp-home",
        {"site": IDP_SITE, "person": "Karla Lund", "logout_url": "/logout", "left": None},
    ),
    Case(
        "demo/services.html",
        "demo-services",
        {
            "site": SP_SITE,
            "federations": [
                (PRODUCTION, [("Styrelsen", [Entry("dpsd", DPSD, "/dpsd/")])]),
                (TEST, [("Styrelsen", [Entry("dpsd", DPSD, "/dpsd/login?federation=x")])]),
            ],
        },
    ),
    Case("demo/service_arrival.html", "demo-arrival", ARRIVAL),
    Case(
        "demo/service_arrival.html",
        "demo-arrival-empty",
        {**ARRIVAL, "name": None, "assurance": None, "idp": None, "attributes": (), "roles": ()},
    ),
    Case("demo/service_error.html", "demo-error", STATUS),
    Case(
        "demo/service_error.html", "demo-error-bare", STATUS | {"sub_status": None, "message": None}
    ),
)
