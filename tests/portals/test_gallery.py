"""The gallery: every page of every portal is among the states that pictures are made of."""

from tests.browser.gallery_pages import PAGES
from tests.browser.gallery_portals import PORTAL_STATES
from tests.portals.visiting import House

FORM = "the address of a form; asked for, it is the page that the form stands on"
FILE = "a file"
NO_PAGE = {
    "portal.login": "leads on to the broker",
    "portal.slo": "a message of SAML",
    "portal.org_access_file": FILE,
    "portal.org_history_copy": FILE,
    "portal.org_import_template": FILE,
    "portal.operator_switching_phones": FILE,
    "portal.service_certificate_sample": FILE,
    "portal.service_document": FILE,
    "portal.service_keys": FILE,
    "portal.operator_keys": FILE,
    "portal.service_ask": FORM,
    "portal.service_logins_save": FORM,
    "portal.service_put": FORM,
    "portal.service_roles_save": FORM,
}


def test_every_page_of_the_portals_has_its_picture(house: House) -> None:
    pages = {
        rule.endpoint
        for rule in house.demo.broker.url_map.iter_rules()
        if rule.endpoint.startswith("portal.") and "GET" in (rule.methods or ())
        if not rule.endpoint.startswith("portal.trial_")  # a section that tests alone have
    }
    shown = {shown.partition(" ")[0] for shown in PAGES.values()}
    assert pages - shown - NO_PAGE.keys() == set()
    assert NO_PAGE.keys() <= pages
    assert not NO_PAGE.keys() & shown


def test_every_picture_says_which_page_it_shows() -> None:
    assert PAGES.keys() == PORTAL_STATES.keys()
