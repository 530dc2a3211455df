"""The discovery page and those around it, in the states that only data make."""

from dataclasses import replace
from datetime import date, timedelta

from broker.discovery.cards import make_card
from broker.discovery.listing import Listing, list_offers
from broker.discovery.search import read_query
from broker.login.outcome import Told
from broker.metadata.activation import Activation, Pause
from broker.metadata.activations import Offer, offers_of
from broker.metadata.model import Localised
from broker.metadata.showing import Statement
from tests.factories import NOW
from tests.unit.discovery.many import IDPS
from tests.unit.web.pages import DPSD, ORIGIN, PRODUCTION, SERVICE, TEST, Case

WHY = Localised("Regionens login har driftsforstyrrelser.", "The region’s login has a disruption.")
CLOSED = (
    Activation("region-hovedstaden", pause=Pause(NOW, NOW + timedelta(hours=2), WHY)),
    Activation("region-syddanmark", opens=NOW + timedelta(days=9), reason=WHY),
    Activation("region-midtjylland", opens=NOW + timedelta(days=9)),
)


def listing(
    count: int,
    *,
    closed: tuple[Activation, ...] = (),
    last: int | None = None,
    suggested: str | None = None,
    query: str = "",
    everything: bool = False,
    failing: bool = False,
    language: str = "da",
) -> Listing:
    """What the page shows of the first so many of 120."""
    shut = {activation.idp for activation in closed}
    usable = [idp for idp in IDPS if idp.code not in shut][:count]
    activations = (*(Activation(idp.code) for idp in usable), *closed)
    offers: tuple[Offer, ...] = offers_of(replace(SERVICE, activations=activations), IDPS, NOW)
    return list_offers(
        {idp.row: make_card(idp) for idp in IDPS},
        offers,
        language,
        usable={offer.idp.row for offer in offers if offer.choosable},
        last=last,
        suggested=suggested,
        query=read_query(query),
        everything=everything,
        failing={2: (IDPS[0],), 3: ()} if failing else {},
    )


def choosing(found: Listing, **more: object) -> dict[str, object]:
    """The context of the page with this list."""
    shown: dict[str, object] = {
        "federation": PRODUCTION,
        "service": SERVICE,
        "listing": found,
        "fields": (("flow", "abc.1"),),
        "action": f"{ORIGIN}/sundhed/saml/discovery",
        "here": f"{ORIGIN}/sundhed/saml/discovery",
        "tick": True,
        "ticked": False,
        "shown": 1_770_000_000,
        "told": None,
        "reset": f"{ORIGIN}/sundhed/vaelg-login/nulstil",
    }
    return shown | more


NOTED = replace(SERVICE, page=replace(SERVICE.page, notice=WHY, help=WHY, help_instead=(WHY,)))
STATED = replace(
    PRODUCTION,
    statement=Statement(
        Localised("Eksempelstyrelsen", "The example agency"),
        "partial",
        date(2026, 3, 2),
        Localised("Vi har prøvet selv.", "We tried ourselves."),
        (WHY,),
        "https://was.example.dk/x",
    ),
)
SENT: dict[str, object] = {
    "federation": PRODUCTION,
    "service": SERVICE,
    "idp": IDPS[1],
    "target": "https://idp.example.dk/sso?x=1",
    "fields": (),
    "change": f"{ORIGIN}/sundhed/saml/discovery?flow=abc&vaelg=1",
}
KEPT = ({"service": SERVICE, "idp": IDPS[1], "remembered": True},)
FORGET: dict[str, object] = {
    "federation": PRODUCTION,
    "kept": KEPT,
    "forgotten": False,
    "action": "/sundhed/vaelg-login/nulstil",
}


def _page(name: str, context: dict[str, object]) -> Case:
    return Case("saml/discovery.html", name, context, form_targets=True)


DISCOVERY = (
    _page("discovery", choosing(listing(2))),
    _page("discovery-test", choosing(listing(2), federation=TEST)),
    _page("discovery-one", choosing(listing(1))),
    _page("discovery-twelve", choosing(listing(12))),
    _page("discovery-many", choosing(listing(120))),
    _page("discovery-grouped", choosing(listing(40))),
    _page("discovery-closed", choosing(listing(2, closed=CLOSED))),
    _page("discovery-last", choosing(listing(5, last=2), ticked=True)),
    _page("discovery-last-closed", choosing(listing(2, closed=CLOSED, last=4))),
    _page("discovery-suggested", choosing(listing(5, suggested="region-nordjylland"))),
    _page("discovery-failing", choosing(listing(4, failing=True))),
    _page("discovery-found", choosing(listing(120, query="aal"))),
    _page("discovery-found-many", choosing(listing(120, query="kommune"))),
    _page("discovery-found-all", choosing(listing(120, query="kommune", everything=True))),
    _page("discovery-found-closed", choosing(listing(90, query="hovedstaden", closed=CLOSED))),
    _page("discovery-none", choosing(listing(120, query="nordjyland<b>"))),
    _page("discovery-kiosk", choosing(listing(2), tick=False, reset=None)),
    _page("discovery-noted", choosing(listing(2), service=NOTED)),
    _page("discovery-unknown", choosing(listing(2), told=Told("unknown"))),
    _page("discovery-inactive", choosing(listing(2), told=Told("inactive", DPSD, WHY))),
    _page("discovery-failed", choosing(listing(2), told=Told("failed", DPSD))),
    Case("saml/sending.html", "sending", SENT, form_targets=True),
    Case(
        "saml/sending.html",
        "sending-post",
        {**SENT, "fields": (("SAMLRequest", "PHg+"),)},
        form_targets=True,
    ),
    Case("saml/forget.html", "forget", FORGET),
    Case("saml/forget.html", "forget-none", {**FORGET, "kept": ()}),
    Case("statement.html", "statement", {"federation": STATED}),
    Case("statement.html", "statement-none", {"federation": PRODUCTION}),
)
