"""Every template renders in both languages, is well formed, and keeps to a strict CSP."""

import gzip
import re

import pytest
from lxml import etree

from broker.resources import resource
from broker.web.language import LANGUAGES
from broker.web.render import page
from broker.web.setup import STATIC
from tests.unit.web.pages import CASES as COMMON
from tests.unit.web.pages import ORIGIN, Case, application
from tests.unit.web.pages_demo import DEMO
from tests.unit.web.pages_discovery import DISCOVERY
from tests.unit.web.pages_logout import LEAVING
from tests.unit.web.pages_metadata import METADATA

FRAMES = {"base.html", "saml/choices.html", "demo/site.html", "demo/left.html"}
CASES = (*COMMON, *DISCOVERY, *DEMO, *LEAVING, *METADATA)
PAGE_WEIGHT = 100_000

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def rendered(case: Case, language: str, method: str = "GET") -> str:
    client = application(cases=CASES).test_client()
    answer = client.open(f"/show/{case.name}?lang={language}", method=method, base_url=ORIGIN)
    assert answer.status_code == case.status, answer.text
    return answer.text


def read(html: str) -> etree._Element:
    return etree.HTML(html)


def found(tree: etree._Element, path: str) -> list[str]:
    result = tree.xpath(path)
    assert isinstance(result, list)
    return [str(item) for item in result]


def test_every_template_has_a_case() -> None:
    folder = resource("templates")
    present = {str(path.relative_to(folder)) for path in folder.rglob("*.html")}
    # The portals' pages are rendered in tests/portals, each for a person who is signed in.
    elsewhere = {name for name in present if name.startswith("portals/")}
    assert present - FRAMES - elsewhere == {case.template for case in CASES}


@every_case
@each_language
def test_a_page_is_whole(case: Case, language: str) -> None:
    html = rendered(case, language)
    tree = read(html)
    assert found(tree, "/html/@lang") == [language]
    assert len(found(tree, "//h1")) == 1
    assert len(found(tree, "//main")) == 1
    assert found(tree, "//body/a[1]/@href") == ["#main-content"]
    ids = found(tree, "//@id")
    assert len(ids) == len(set(ids)), "an id twice"
    assert {"{{", "{%", "None", "&lt;span"}.isdisjoint(re.findall(r"\{\{|\{%|None|&lt;span", html))


@every_case
@each_language
def test_a_page_names_what_it_refers_to(case: Case, language: str) -> None:
    tree = read(rendered(case, language))
    ids = set(found(tree, "//@id"))
    assert set(found(tree, "//@aria-labelledby")) <= ids
    assert set(found(tree, "//@form")) <= ids
    assert {h[1:] for h in found(tree, "//a/@href") if h.startswith("#")} <= ids


@every_case
def test_a_page_has_nothing_inline_and_nothing_from_elsewhere(case: Case) -> None:
    tree = read(rendered(case, "da"))
    assert not found(tree, "//@style")
    assert not found(tree, "//style")
    assert not found(tree, "//@*[starts-with(name(), 'on')]")
    assert not found(tree, "//script[not(@src)]")
    sources = found(tree, "//script/@src | //img/@src | //link/@href")
    for source in sources:
        assert source.startswith("/static/")
        assert (STATIC / source.removeprefix("/static/").partition("?")[0]).is_file(), source
        assert "?v=" in source


@every_case
def test_a_page_can_be_read_in_the_other_language(case: Case) -> None:
    """By asking for it again, or on the page itself where it answers a POST."""
    for language, other in (("da", "en"), ("en", "da")):
        tree = read(rendered(case, language))
        switch = found(tree, "//a[@class='language']/@href")
        if "switch" in case.context:
            assert switch == [case.context["switch"]]
            continue
        assert switch in ([f"?lang={other}"], ["#other-language"])
        if switch == ["#other-language"]:
            assert found(tree, "//*[@id='other-language']/@lang") == [other]


def test_no_language_link_asks_for_an_answer_to_a_post_again() -> None:
    for case in (case for case in CASES if "switch" not in case.context):
        tree = read(rendered(case, "da", method="POST"))
        assert "?lang=en" not in found(tree, "//a/@href")


def test_the_error_page_says_all_of_it_in_both_languages() -> None:
    case = next(case for case in CASES if case.name == "error-retry")
    english, danish = rendered(case, "en"), rendered(case, "da")
    for text in (english, danish):
        assert "Du blev ikke logget ind" in text
        assert "You were not logged in" in text
        assert text.count("7KQ2-9F4M-XTRC") >= 2
    assert "2. marts 2026 kl.\u00a004.00.00" in danish
    assert "2 March 2026 04:00:00" in english


def test_the_ribbon_is_there_only_where_the_federation_has_one() -> None:
    by_name = {case.name: case for case in CASES}
    assert "Testmiljø" in rendered(by_name["discovery-test"], "da")
    assert "Test environment" in rendered(by_name["discovery-test"], "en")
    assert 'class="ribbon"' not in rendered(by_name["discovery"], "da")


def test_a_page_that_cannot_know_its_address_has_no_language_link() -> None:
    case = next(case for case in CASES if case.name == "demo-idp")
    bare = {key: value for key, value in case.context.items() if key != "switch"}
    with application().test_request_context("/?SAMLRequest=x", base_url=ORIGIN):
        assert 'class="language"' not in page(case.template, context=bare).get_data(as_text=True)


def test_what_peers_wrote_is_escaped() -> None:
    case = next(case for case in CASES if case.name == "post")
    assert "&#34;&gt;&lt;b&gt;" in rendered(case, "da")


def test_discovery_posts_the_flow_and_one_button_for_each_idp() -> None:
    case = next(case for case in CASES if case.name == "discovery")
    tree = read(rendered(case, "da"))
    assert found(tree, "//form/@action") == [f"{ORIGIN}/sundhed/saml/discovery"]
    buttons = found(tree, "//button[@name='idp' and @form='choose']/@value")
    assert buttons == ["nemlogin", "region-nordjylland"]
    assert found(tree, "//form[@id='choose']//input[@name='flow']/@value") == ["abc.1"]
    assert "https://dpsd.example.dk/start" in found(tree, "//a/@href")


def test_a_first_visit_stays_light() -> None:
    """Compressed, as nginx sends it: the page with 120 logins, its styles, script and icon."""
    case = next(case for case in CASES if case.name == "discovery-many")
    names = ("dkfds/css/dkfds.min.css", "broker.css", "choices.css", "discovery.js")
    parts = [rendered(case, "da").encode(), *((STATIC / file).read_bytes() for file in names)]
    weight = sum(len(gzip.compress(part)) for part in parts) + (STATIC / "icon.svg").stat().st_size
    assert weight < PAGE_WEIGHT
