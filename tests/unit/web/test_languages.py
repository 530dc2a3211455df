"""Which language a request gets, and that no text lacks its Danish."""

import configparser
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from broker.saml.entities import Localised
from broker.web.language import TRANSLATIONS, Text, in_other, said, speaking
from tests.house import repository
from tests.unit.web.pages import ORIGIN, application
from tests.unit.web.pages_discovery import DISCOVERY

ENGLISH = "There is no page here"
DANISH = "Siden findes ikke"
CATALOGUE = TRANSLATIONS / "da" / "LC_MESSAGES" / "messages.po"


@pytest.mark.parametrize(
    ("query", "cookie", "accepted", "language"),
    [
        ("", None, None, "da"),
        ("", None, "de, fr", "da"),
        ("", None, "en-GB, da;q=0.5", "en"),
        ("", None, "de, en;q=0.1", "en"),
        ("", "da", "en", "da"),
        ("", "de", "en", "en"),
        ("?lang=en", "da", "da", "en"),
        ("?lang=sv", "en", "da", "en"),
    ],
)
def test_the_language_of_a_request(
    query: str, cookie: str | None, accepted: str | None, language: str
) -> None:
    client = application().test_client()
    if cookie:
        client.set_cookie("lang", cookie, domain="broker.example.dk")
    headers = {"Accept-Language": accepted} if accepted else {}
    answer = client.get(f"/nothing{query}", base_url=ORIGIN, headers=headers)
    assert f'<html lang="{language}">' in answer.text
    assert f"<h1>{ENGLISH if language == 'en' else DANISH}</h1>" in answer.text
    assert answer.headers["Content-Language"] == language


def test_a_choice_is_remembered_and_nothing_else_is() -> None:
    client = application().test_client()
    assert "Set-Cookie" not in client.get("/nothing", base_url=ORIGIN).headers
    assert "Set-Cookie" not in client.get("/nothing?lang=<b>", base_url=ORIGIN).headers
    cookie = client.get("/nothing?lang=en", base_url=ORIGIN).headers["Set-Cookie"]
    for part in ("lang=en", "SameSite=Lax", "Path=/", "Secure", "HttpOnly"):
        assert part in cookie


def test_on_plain_loopback_the_cookie_is_not_secure() -> None:
    origin = "http://localhost:8700"
    cookie = application(origin).test_client().get("/nothing?lang=en", base_url=origin).headers
    assert "Secure" not in cookie["Set-Cookie"]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("?flow=a1_b-c", "?lang=en&amp;flow=a1_b-c"),
        ("?flow=a&other=b&SAMLRequest=x", "?lang=en&amp;flow=a"),
        ("?flow=%22%3E", "?lang=en"),
        ("?flow=" + "a" * 65, "?lang=en"),
        ("?flow=%C3%A6", "?lang=en"),
        ("?flow=0af1", "?lang=en&amp;flow=0af1"),
        ("?flow=0af1.12", "?lang=en&amp;flow=0af1.12"),
    ],
)
def test_the_switch_keeps_a_flow_and_nothing_else(query: str, kept: str) -> None:
    answer = (
        application(cases=DISCOVERY).test_client().get(f"/show/discovery{query}", base_url=ORIGIN)
    )
    assert f'href="{kept}"' in answer.text


def test_texts_wait_for_the_language_that_is_spoken() -> None:
    app, text = application(), Text(ENGLISH)
    with app.test_request_context("/?lang=en", base_url=ORIGIN):
        assert (speaking(), str(text), said(text)) == ("en", ENGLISH, ENGLISH)
        assert in_other(lambda: str(text)) == DANISH
        assert in_other(lambda: said(Localised("æ", "e"))) == "æ"
        assert said(Localised("æ", "e")) == "e"
    with app.test_request_context("/", base_url=ORIGIN):
        assert (str(text), in_other(lambda: str(text))) == (DANISH, ENGLISH)


def extracted() -> set[str]:
    """Every English text, found as `pybabel extract` finds it."""
    config = configparser.ConfigParser()
    config.read(repository.ROOT / "broker/web/babel.cfg", encoding="utf-8")
    texts: set[str] = set()
    for section in config.sections():
        method, _, pattern = section.partition(": ")
        folder, _, inside = pattern.partition("/")
        found = extract_from_dir(
            repository.ROOT / folder, [(inside, method)], {inside: dict(config[section])}
        )
        for _, _, text, _, _ in found:
            assert isinstance(text, str)
            texts.add(text)
    assert len(texts) > 100
    return texts


def test_every_text_has_its_danish_and_no_danish_is_left_over() -> None:
    catalogue = read_po(BytesIO(CATALOGUE.read_bytes()), locale="da")
    danish = {message.id: message for message in catalogue if message.id}
    assert set(danish) == extracted()
    for message in danish.values():
        assert message.string, message.id
        assert not message.fuzzy, message.id
        assert not list(message.check(catalogue)), message.id
    assert not catalogue.obsolete


def test_the_catalogue_is_compiled() -> None:
    """`make setup` does it; without it every page would be English."""
    compiled = Path(CATALOGUE).with_suffix(".mo")
    assert compiled.is_file()
    assert compiled.stat().st_mtime >= CATALOGUE.stat().st_mtime
