"""Which page of the portals each state shows, so that none is forgotten.

`pages.toml` says it, `make screenshots` looks whether it is so, and a test whether every page is
among them.
"""

import tomllib
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from tests.browser.gallery import Gallery

PAGES: dict[str, str] = tomllib.loads(
    Path(__file__).with_name("pages.toml").read_text(encoding="utf-8")
)


def endpoint_at(page: Page, gallery: Gallery) -> str:
    """The page by its name, with the code where it is a refusal: "org.people", "help"."""
    address = urlsplit(page.url)
    routes = gallery.demo.broker.url_map.bind(address.netloc)
    try:
        endpoint, _values = routes.match(address.path)
    except HTTPException:
        endpoint = "nowhere"
    code = page.locator("main[data-code]").first
    return f"{endpoint} {code.get_attribute('data-code')}" if code.count() else endpoint
