"""What a browser fetches for the discovery page: how much, and from whom."""

import gzip
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, Response

from tests.browser.gallery import MANY, PATH, STATES, TWO, Gallery


def test_nothing_is_asked_of_another_site(danish: Page, gallery: Gallery) -> None:
    asked: list[Request] = []
    danish.on("request", lambda request: asked.append(request))  # noqa: PLW0108 # Playwright marks handlers
    STATES["last-used"](danish, gallery)
    asked.clear()
    danish.goto(f"{gallery.demo.ports.origin}/{PATH}/was")
    danish.go_back()
    hosts = {urlsplit(request.url).netloc for request in asked}
    assert hosts == {urlsplit(gallery.demo.ports.origin).netloc}
    assert any("/logo/" in request.url for request in asked)


@pytest.mark.parametrize("service", [TWO, MANY])
def test_the_page_is_light_on_a_first_visit(danish: Page, gallery: Gallery, service: str) -> None:
    """Under 100 kB as a proxy compresses it, with style, script and fonts; logos apart."""
    weight: dict[str, int] = {}

    def weigh(answer: Response) -> None:
        address = urlsplit(answer.url)
        if address.netloc == own and answer.status == 200 and "/logo/" not in address.path:
            weight[address.path] = len(gzip.compress(answer.body()))

    own = urlsplit(gallery.demo.ports.origin).netloc
    danish.on("response", weigh)
    danish.goto(gallery.start(service), wait_until="networkidle")
    assert {path.rpartition(".")[2] for path in weight} >= {"css", "js", "woff2"}
    assert any(path.endswith("/saml/discovery") for path in weight)
    assert all("/latin/" in path for path in weight if path.endswith("woff2")), weight
    assert sum(weight.values()) < 100_000, list(weight.items())
    print(f"{service}: {sum(weight.values()):,} bytes")
