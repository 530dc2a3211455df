"""What the discovery page costs a worker where a service has 120 logins.

The whole of what a worker does for it: the request read, the revision of the registry looked up,
cookies opened, the list made and the page written. The browser asks as one that has chosen before.
Every request counts, the disturbed ones too.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from broker.bootstrap import metadata_service
from broker.metadata.defaults import LoadOptions
from broker.metadata.report import Occasion
from tests.bench.table import Line, most_of
from tests.box import ORIGIN, Box, make_box
from tests.factories import NOW, key_pair
from tests.peers import idp_metadata
from tests.unit.discovery.many import IDPS, document_of

TARGET = 0.020  # seconds of a worker's time, p95
WHERE = "SQLite, 120 logins"


def discovery_page(times: int) -> list[Line]:
    """Lines for the page and for a search on it."""
    with tempfile.TemporaryDirectory(prefix="broker-bench-") as folder:
        box = make_box(Path(folder))
        crowd(box)
        browser = box.browser()
        page = box.redirect(browser, box.draft("two"), key="two").headers["Location"]
        other = box.redirect(browser, box.draft("two"), key="two")
        assert box.choose(browser, other, "nemlogin").status_code == 303

        def get(more: str) -> Callable[[], None]:
            def ask() -> None:
                found = browser.get(page + more, base_url=ORIGIN)
                assert found.status_code == 200, found.text
                assert 'name="idp"' in found.text

            return ask

        searched = get(f"&q={quote('ålborg')}")
        return [
            most_of(WHERE, "discovery page, server", _timed(get(""), times), TARGET),
            most_of(WHERE, "the same, searched", _timed(searched, times), TARGET),
        ]


def crowd(box: Box) -> None:
    """Register 120 logins beside those of the box, all open for its second service."""
    engine = box.services.engine
    service = metadata_service(engine, ORIGIN)
    occasion = Occasion(NOW, "bench", "a crowd", "BENCH")
    for idp in IDPS:
        service.load_document(
            {**document_of(idp), "federations": ["sundhed"]}, source=idp.code, occasion=occasion
        )
        report = service.load_xml(
            idp_metadata(idp.idp.entity_id, key_pair("alpha")[1]),
            federation="sundhed",
            source=idp.code,
            options=LoadOptions(),
            occasion=occasion,
        )
        assert not report.refused, report
        service.activate("sundhed", "two", idp.code, opens=None, closes=None, occasion=occasion)


def _timed(work: Callable[[], None], times: int) -> list[float]:
    for _ in range(20):
        work()
    return [_once(work) for _ in range(times)]


def _once(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
