"""The pages of a session and of its end, with contexts such as their views give them."""

from markupsafe import Markup

from broker.guides.books import LIBRARY, Chapter
from broker.guides.views import catalogue
from broker.metadata.model import Localised
from tests.factories import NOW
from tests.unit.web.pages import DPSD, IDP_SITE, IDPS, ORIGIN, PRODUCTION, SERVICE, SERVICES, Case

SESSION: dict[str, object] = {
    "federation": PRODUCTION,
    "services": (SERVICE,),
    "idp_name": IDPS[1].name,
    "since": NOW,
    "token": "abc",
    "acting": {},
    "action": f"{ORIGIN}/sundhed/saml/logout",
    "again": f"{ORIGIN}/sundhed/saml/organisation/again",
}
CHOSEN = {"services": SERVICES, "acting": {SERVICE.code: "Region Eksempel"}}


def step(number: int, name: Localised, outcome: str, **more: object) -> dict[str, object]:
    shown: dict[str, object] = {"number": number, "code": f"code-{number}", "name": name}
    return {**shown, "side": "sp", "outcome": outcome, "button": False, **more}


FMK = Localised("FMK-Online", "FMK-Online")
GUIDE: dict[str, object] = {
    "federation": PRODUCTION,
    "book": LIBRARY[0],
    "body": Markup("<h1>Guide</h1><h2 id='one'>One</h2>"),
    "chapters": (Chapter("one", "One"),),
}
LOGOUT: dict[str, object] = {
    "federation": PRODUCTION,
    "steps": [
        step(1, DPSD, "done"),
        step(2, FMK, "waiting", button=True),
        step(3, FMK, "asked", button=True),
        step(4, DPSD, "unconfirmed"),
        step(5, DPSD, "cannot"),
        step(6, IDPS[0].name, "waiting", side="idp"),
    ],
    "over": False,
    "complete": False,
    "back": DPSD,
    "upstream": True,
    "home": SERVICE,
    "reference": "7KQ2-9F4M-XTRC",
    "action": f"{ORIGIN}/sundhed/saml/logout/abc",
}
LOGGED_OUT = {**LOGOUT, "over": True, "back": None, "upstream": False}
LEAVING = (
    Case("guides/codes.html", "codes", catalogue()),
    Case("guides/shelf.html", "guides", {"federation": PRODUCTION, "books": LIBRARY}),
    Case("guides/book.html", "guide", GUIDE),
    Case("saml/session.html", "session", SESSION),
    Case("saml/session.html", "session-chosen", {**SESSION, **CHOSEN}),
    Case("saml/session.html", "session-none", {**SESSION, "token": None}),
    Case("saml/logout.html", "logout", LOGOUT, form_targets=True),
    Case(
        "saml/logout.html",
        "logout-complete",
        {**LOGGED_OUT, "steps": [step(1, DPSD, "done")], "complete": True},
    ),
    Case(
        "saml/logout.html",
        "logout-partial",
        {**LOGGED_OUT, "steps": [step(1, DPSD, "done"), step(2, FMK, "unconfirmed")]},
    ),
    Case(
        "saml/logout.html",
        "logout-page",
        {**LOGOUT, "steps": [step(1, DPSD, "done")], "back": None, "home": None},
    ),
    Case(
        "demo/idp_home.html",
        "demo-idp-left",
        {"site": IDP_SITE, "person": None, "logout_url": "/logout", "left": "partial"},
    ),
)
