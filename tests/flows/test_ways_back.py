"""The way back from a refusal: where it leads, and that no button leads to the same refusal."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree
from werkzeug.test import TestResponse

from broker.bootstrap import metadata_service
from broker.metadata.report import Occasion
from broker.metadata.service import MetadataService
from broker.saml import names
from tests.box import ORIGIN, Box, code_of, make_box, posted
from tests.hostile.forge import HONEST_ATTRIBUTES, Forge
from tests.leaving import log_in
from tests.rights import ROLES

ONE: dict[str, object] = {
    "kind": "service",
    "code": "one",
    "federations": ["sundhed"],
    "name": {"da": "One", "en": "One"},
    "owner": "One",
    "start_url": "https://one.example.dk/",
    "minimum": "Substantial",
    "require_signed_requests": True,
    "idp": [{"code": "alpha"}, {"code": "beta"}],
}
WITHOUT_ROLES = tuple(pair for pair in HONEST_ATTRIBUTES if pair[0] != names.PRIVILEGES)


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    return make_box(tmp_path_factory.mktemp("ways"))


@pytest.fixture
def changing(tmp_path: Path) -> Box:
    """A box of its own, for a test that changes who is registered."""
    return make_box(tmp_path)


def links(page: TestResponse) -> list[str]:
    """Where the buttons of an error page lead; forms stand under their own addresses."""
    tree = etree.HTML(page.text)
    found = tree.xpath("//main/div[@class='actions']/a/@href")
    assert isinstance(found, list)
    return [str(href) for href in found]


def registry(box: Box) -> tuple[MetadataService, Occasion]:
    """Somebody who changes the federation while it runs."""
    service = metadata_service(box.services.engine, ORIGIN)
    return service, Occasion(box.clock(), "test", "change", "BOX")


@pytest.mark.parametrize("service", ["one", "two"])
def test_a_choice_without_its_cookie_leads_back_to_its_service(box: Box, service: str) -> None:
    page = box.redirect(box.browser(), box.draft(service), key=service)
    browser = box.browser()
    home = box.services.registry.current().service_by_code("sundhed", service).start_url
    refused = box.choose(browser, page, "alpha")
    assert code_of(refused) == "flow.missing"
    assert links(refused) == [home]
    shown = browser.get(page.headers["Location"], base_url=ORIGIN)
    assert code_of(shown) == "flow.missing"
    assert links(shown) == [home]


@pytest.mark.parametrize("hint", ["", ".", ".999999", ".-1", ".1e3", ".²", "." + "1" * 40])
def test_a_hint_that_names_no_service_leads_to_the_front_page(box: Box, hint: str) -> None:
    flow = "0" * 24 + hint
    page = box.browser().get(
        "/sundhed/saml/discovery", query_string={"flow": flow}, base_url=ORIGIN
    )
    assert code_of(page) == "flow.missing"
    assert links(page) == ["/"]


def test_after_three_choices_no_fourth_is_offered(box: Box) -> None:
    browser = box.browser()
    page = box.redirect(browser)
    for _ in range(3):
        assert box.choose(browser, page, "alpha").status_code == 303
    refused = box.choose(browser, page, "alpha")
    assert code_of(refused) == "policy.tries"
    assert links(refused) == []
    assert posted(refused)[0] == "https://one.example.dk/acs"


def test_a_known_login_that_lacks_a_role_leaves_room_for_another(changing: Box) -> None:
    """The session of somebody without the role is refused; somebody who has it may log in."""
    service, occasion = registry(changing)
    service.load_document({**ONE, **ROLES, "require_role": True}, source="box", occasion=occasion)
    browser = changing.browser()
    log_in(changing, browser, "two", attributes=WITHOUT_ROLES)
    draft = changing.draft("one")
    refused = changing.redirect(browser, draft)
    assert code_of(refused) == "policy.no_role"
    (again,) = links(refused)
    choice = browser.get(unescape(again), base_url=ORIGIN)
    assert choice.status_code == 200, code_of(choice)
    flow = parse_qs(urlsplit(again).query)["flow"]
    assert re.findall(r'name="flow" value="([^"]+)"', choice.text) == flow
    asked = browser.post(
        "/sundhed/saml/discovery", data={"flow": flow[0], "idp": "alpha"}, base_url=ORIGIN
    )
    trip = changing.trip(asked.headers["Location"], "one", "alpha", draft.id)
    page = changing.deliver(browser, Forge(trip, changing.clock()).xml())
    assert page.status_code == 200, code_of(page)
    assert posted(page)[0] == "https://one.example.dk/acs"


def test_where_no_login_is_open_none_is_offered(changing: Box) -> None:
    """Neither to somebody new, nor to somebody for whom it closed while choosing."""
    browser = changing.browser()
    before = changing.redirect(browser, changing.draft("two"), key="two")
    service, occasion = registry(changing)
    for idp in ("alpha", "beta", "legacy"):
        service.activate(
            "sundhed", "two", idp, opens=None, closes=changing.clock(), occasion=occasion
        )
    after = changing.redirect(changing.browser(), changing.draft("two"), key="two")
    chosen = changing.choose(browser, before, "alpha")
    for refused, code in ((after, "policy.idp_not_active"), (chosen, "policy.idp_closed")):
        assert code_of(refused) == code
        assert links(refused) == []
        assert posted(refused)[0] == "https://two.example.dk/acs"


def test_one_login_that_closed_leaves_the_others_to_choose(changing: Box) -> None:
    browser = changing.browser()
    page = changing.redirect(browser)
    service, occasion = registry(changing)
    service.activate(
        "sundhed", "one", "legacy", opens=None, closes=changing.clock(), occasion=occasion
    )
    service.activate(
        "sundhed", "one", "beta", opens=None, closes=changing.clock(), occasion=occasion
    )
    refused = changing.choose(browser, page, "beta")
    assert code_of(refused) == "policy.idp_closed"
    (again,) = links(refused)
    onward = browser.get(again, base_url=ORIGIN)
    assert onward.headers["Location"].startswith("https://alpha.example.dk/sso?")
