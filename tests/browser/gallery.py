"""The discovery page in every state: a demo of its own with 120 logins, and how to get to each.

Tests look at the states with axe, and `make screenshots` makes a picture of each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from playwright.sync_api import Page

from broker.bootstrap import metadata_service
from broker.db import make_engine
from broker.demo.descriptor import idp_xml
from broker.demo.federation import DemoFederation, tied
from broker.metadata.defaults import LoadOptions
from broker.metadata.report import Occasion
from broker.metadata.seed import seeds
from tests.browser.walking import choose
from tests.factories import key_pair
from tests.unit.discovery.many import IDPS, document_of

PATH = "sundhed"
SHIPPED = (
    "nemlogin",
    "region-nordjylland",
    "region-sjaelland",
    "region-hovedstaden",
    "region-syddanmark",
    "region-midtjylland",
)
ONE, TWO, TWELVE, MANY = "plov", "darina", "rbt", "sor"
KIOSK = "e125"  # a service where nothing is remembered
TRIAL = "nfo"  # a service where a login is for test users so far
LATER = timedelta(days=30)


@dataclass(frozen=True)
class Gallery:
    """A running demo, filled."""

    demo: DemoFederation

    def start(self, service: str = "dpsd", more: str = "") -> str:
        """The address at the service where a login begins."""
        return f"{self.demo.sps[service].url}/login{more}"


def offer(codes: Sequence[str]) -> list[dict[str, object]]:
    """What a service's document says of logins that are open."""
    return [{"code": code} for code in codes]


def fill(demo: DemoFederation, now: datetime) -> Gallery:
    """Register 120 logins, and services that have 1, 2, 12 and all of them."""
    engine = make_engine(demo.settings.database_url)
    service = metadata_service(engine, demo.ports.origin)
    occasion = Occasion(now, "test", "the gallery", "GALLERY")
    others = [idp for idp in IDPS if idp.code not in SHIPPED]
    certificate = key_pair("gallery")[1]
    for idp in others:
        document = {**document_of(idp), "federations": [PATH]}
        service.load_document(document, source=idp.code, occasion=occasion)
        url = f"{demo.idps['nemlogin'].url}/sso"
        raw = idp_xml(idp.idp.entity_id, certificate, url, url, idp.name)
        report = service.load_xml(
            raw, federation=PATH, source=idp.code, options=LoadOptions(), occasion=occasion
        )
        assert not report.refused, report
    codes = [*SHIPPED, *(idp.code for idp in others)]
    opens = (now + LATER).replace(microsecond=0).isoformat()
    reason = {
        "da": "Regionens login har driftsforstyrrelser.",
        "en": "The region's login has a disruption.",
    }
    pause = {"since": (now - timedelta(hours=1)).isoformat(), "reason": reason}
    until = (now + timedelta(hours=3)).replace(microsecond=0).isoformat()
    offered: dict[str, list[dict[str, object]]] = {
        ONE: offer(("nemlogin",)),
        TWO: offer(codes[:2]),
        TWELVE: offer(codes[:12]),
        MANY: offer(codes[:120]),
        KIOSK: offer(codes[:2]),
        TRIAL: [
            *offer(codes[:2]),
            {"code": "region-midtjylland", "opens": opens, "test": {"users": []}},
        ],
        "dpsd": [
            *offer(SHIPPED[:3]),
            {"code": "region-syddanmark", "opens": opens},
            {"code": "region-hovedstaden", "pause": {**pause, "until": until}},
        ],
    }
    for _, seed in seeds("services"):
        code = str(seed["code"])
        if code not in offered:
            continue
        document = {**tied(seed, demo.ports), "federations": [PATH], "idp": offered[code]}
        kept = seed.get("page")
        page: dict[str, object] = dict(kept) if isinstance(kept, dict) else {}
        if code == KIOSK:
            page["remember"] = False
        if code == TWO:
            page["notice"] = {
                "da": "Tjenesten er lukket for vedligehold fredag kl. 22–24.",
                "en": "The service is closed for maintenance on Friday, 22:00 to 24:00.",
            }
        service.load_document({**document, "page": page}, source=code, occasion=occasion)
    engine.dispose()
    return Gallery(demo)


Show = Callable[[Page, Gallery], None]


def _at(service: str, more: str = "") -> Show:
    def show(page: Page, gallery: Gallery) -> None:
        page.goto(gallery.start(service, more))

    return show


def _log_in(page: Page, gallery: Gallery, idp: str = "region-nordjylland") -> None:
    """Be somebody who has chosen before, and whose login here is forgotten."""
    page.goto(gallery.start())
    choose(page, "idp", idp)
    page.goto(gallery.demo.sps["dpsd"].url)
    forget_flows(page)


def forget_flows(page: Page) -> None:
    """As long after: no flow is left in the browser, only what it remembers."""
    kept = [c for c in page.context.cookies() if not str(c.get("name")).startswith("__Host-flow-")]
    page.context.clear_cookies()
    page.context.add_cookies(kept)  # type: ignore[arg-type]  # what was just read


def _last(page: Page, gallery: Gallery) -> None:
    _log_in(page, gallery)
    page.goto(gallery.start())


def _remembered(page: Page, gallery: Gallery) -> None:
    page.goto(gallery.start())
    page.locator("#remember").check()
    choose(page, "idp", "region-nordjylland")
    page.goto(gallery.demo.sps["dpsd"].url)
    forget_flows(page)
    page.goto(gallery.start())
    page.locator("main .change:visible").click()


def _sending(page: Page, gallery: Gallery) -> None:
    _remembered(page, gallery)
    forget_flows(page)
    # No content: the browser stays where it is.
    page.route(
        f"{gallery.demo.idps['region-nordjylland'].url}/**", lambda route: route.fulfill(status=204)
    )
    page.goto(gallery.start())


def _searched(words: str) -> Show:
    def show(page: Page, gallery: Gallery) -> None:
        page.goto(gallery.start(MANY))
        page.locator("#q").fill(words)
        page.locator("#q").press("Enter")
        page.wait_for_url("**q=**")

    return show


def _error(page: Page, gallery: Gallery) -> None:
    page.goto(gallery.start())
    choose(page, "idp", "nemlogin")
    page.locator('button[name="cancel"]').click()
    page.wait_for_selector("main[data-code]")


def _reset(page: Page, gallery: Gallery) -> None:
    _log_in(page, gallery)
    page.goto(f"{gallery.demo.ports.origin}/{PATH}/vaelg-login/nulstil")


def _statement(page: Page, gallery: Gallery) -> None:
    page.goto(f"{gallery.demo.ports.origin}/{PATH}/was")


def _hinted(page: Page, gallery: Gallery) -> None:
    page.goto(gallery.start())
    page.goto(f"{page.url}&idp=region-hovedstaden")


def _test_environment(page: Page, gallery: Gallery) -> None:
    page.goto(gallery.start("dpsd", "?federation=sundhed-test"))


STATES: dict[str, Show] = {
    "first-visit": _at("dpsd"),
    "last-used": _last,
    "remembered": _remembered,
    "sending": _sending,
    "two": _at(TWO),
    "twelve": _at(TWELVE),
    "many": _at(MANY),
    "found": _searched("aal"),
    "found-many": _searched("kommune"),
    "none-found": _searched("nordjyland"),
    "error": _error,
    "hint-paused": _hinted,
    "kiosk": _at(KIOSK),
    "trial": _at(TRIAL),
    "test-ribbon": _test_environment,
    "reset": _reset,
    "statement": _statement,
}
