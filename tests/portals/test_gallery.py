"""The gallery: every page of every portal is among the states that pictures are made of."""

from tests.browser.gallery_pages import PAGES
from tests.browser.gallery_portals import PORTAL_STATES
from tests.portals.visiting import House

# Addresses that one asks for and that show no page of their own.
NO_PAGE: dict[str, str] = {}


def test_every_page_of_the_portals_has_its_picture(house: House) -> None:
    rules = [
        rule
        for rule in house.demo.broker.url_map.iter_rules()
        if rule.endpoint.startswith("portal.") and "GET" in (rule.methods or ())
    ]
    pages = {rule.endpoint for rule in rules}
    shown = {shown.partition(" ")[0] for shown in PAGES.values()}
    assert pages - shown == NO_PAGE.keys()


def test_every_picture_says_which_page_it_shows() -> None:
    assert PAGES.keys() == PORTAL_STATES.keys()
