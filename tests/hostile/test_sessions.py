"""Sessions in hostile hands: cookies that are not theirs, logins that must not be used again."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.db import reading
from broker.saml import bindings, names
from broker.saml.authn_request import write_authn_request
from broker.saml.instants import write_instant
from broker.saml.messages import AuthnRequestDraft
from broker.sessions.cookie import SessionCookie
from broker.sessions.tables import LOGIN_SESSION, SESSION_PARTICIPANT
from tests.box import HOST, ORIGIN, SESSION, Box, code_of, make_box
from tests.canary import CANARIES
from tests.factories import signing_key
from tests.hostile.exits import Exit, rows
from tests.hostile.forge import HONEST_ATTRIBUTES, NURSE
from tests.hostile.test_flow import cookies, give
from tests.leaving import log_in, told

HIGH = "https://data.gov.dk/concept/core/nsis/loa/High"
CPR = CANARIES[0]


def cookie_of(browser: FlaskClient) -> SessionCookie:
    kept = browser.get_cookie(SESSION, domain=HOST)
    found = SessionCookie.read(kept.value if kept else None)
    assert found is not None
    return found


def carry(browser: FlaskClient, value: str, name: str = SESSION) -> None:
    browser.set_cookie(name, value, domain=HOST, secure=True, path="/")


def reused(page: TestResponse) -> bool:
    """Whether it was answered at once; else the person is asked where to log in."""
    if page.status_code == 200:
        assert "SAMLResponse" in page.text, code_of(page)
        return True
    assert page.status_code == 303, code_of(page)
    return False


def test_the_control_a_session_is_used_again(leaving: Exit) -> None:
    assert reused(leaving.box.redirect(leaving.browser))
    assert reused(leaving.box.redirect(leaving.browser, leaving.box.draft("two"), key="two"))


@dataclass(frozen=True)
class Pair:
    """Two people's cookies."""

    mine: SessionCookie
    other: SessionCookie


def _wire(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()


COOKIES: dict[str, Callable[[Pair], str]] = {
    "garbage": lambda _: "garbage",
    "empty": lambda _: "",
    "not-ascii": lambda _: "æøå",
    "not-base64": lambda p: "%" + p.mine.value[1:],
    "another-alphabet": lambda _: base64.b64encode(b"\xff" * 48).decode(),
    "zeros": lambda _: _wire(bytes(48)),
    "my-id-with-zeros": lambda p: _wire(p.mine.id.bytes + bytes(32)),
    "my-id-with-another-key": lambda p: _wire(p.mine.id.bytes + p.other.key),
    "another-id-with-my-key": lambda p: _wire(p.other.id.bytes + p.mine.key),
    "one-bit-of-the-key": lambda p: _wire(
        p.mine.id.bytes + p.mine.key[:-1] + bytes([p.mine.key[-1] ^ 1])
    ),
    "cut-off": lambda p: p.mine.value[:-4],
    "longer": lambda p: _wire(p.mine.id.bytes + p.mine.key + b"x"),
    "twice": lambda p: p.mine.value * 2,
    "as-long-as-can-be": lambda _: "A" * 3900,
}


@pytest.mark.parametrize("case", COOKIES, ids=lambda case: f"g-{case}")
def test_a_cookie_that_is_nobody_s(leaving: Exit, case: str) -> None:
    other = leaving.box.browser()
    log_in(leaving.box, other)
    pair = Pair(cookie_of(leaving.browser), cookie_of(other))
    stranger = leaving.box.browser()
    carry(stranger, COOKIES[case](pair))
    before = rows(leaving.box)
    assert not reused(leaving.box.redirect(stranger))
    page = stranger.get("/sundhed/saml/logout", base_url=ORIGIN)
    assert (page.status_code, 'name="token"' in page.text) == (200, False)
    assert rows(leaving.box) == before
    assert reused(leaving.box.redirect(leaving.browser))


def test_a_cookie_of_one_federation_is_nothing_in_another(leaving: Exit) -> None:
    stranger, value = leaving.box.browser(), cookie_of(leaving.browser).value
    carry(stranger, value, "__Host-session-sundhed-test")
    assert not reused(leaving.box.redirect(stranger))
    page = stranger.get("/sundhed-test/saml/logout", base_url=ORIGIN)
    assert (page.status_code, 'name="token"' in page.text) == (200, False)


def test_a_key_that_was_replaced_opens_nothing_any_more(leaving: Exit) -> None:
    """A fresh login in one browser's session goes on under a fresh key."""
    before = cookie_of(leaving.browser)
    page = leaving.box.redirect(leaving.browser, _force(leaving.box))
    trip_cookies = cookies(leaving.browser)
    assert not reused(page)
    assert trip_cookies
    log_in_again(leaving)
    after = cookie_of(leaving.browser)
    assert after.id == before.id
    stranger = leaving.box.browser()
    carry(stranger, before.value)
    assert not reused(leaving.box.redirect(stranger))


def log_in_again(leaving: Exit) -> None:
    """As a browser does whose session cookie did not come along with the answer."""
    leaving.browser.delete_cookie(SESSION, domain=HOST)
    log_in(leaving.box, leaving.browser)


def _force(box: Box, service: str = "one") -> AuthnRequestDraft:
    return replace(box.draft(service), force_authn=True)


ASKED: dict[str, Callable[[AuthnRequestDraft], AuthnRequestDraft]] = {
    "force-authn": lambda d: replace(d, force_authn=True),
    "high": lambda d: replace(d, class_refs=(HIGH,)),
    "exactly-high": lambda d: replace(d, class_refs=(HIGH,), comparison="exact"),
    "another-idp": lambda d: replace(d, idp_list=("https://legacy.example.dk",)),
}


@pytest.mark.parametrize("way", ["redirect", "post"])
@pytest.mark.parametrize("case", ASKED, ids=lambda case: f"g-{case}")
def test_what_a_session_does_not_answer(leaving: Exit, case: str, way: str) -> None:
    draft = ASKED[case](leaving.box.draft())
    if way == "redirect":
        page = leaving.box.redirect(leaving.browser, draft)
    else:
        raw = write_authn_request(draft, sign_with=signing_key("one")).xml
        data = {"SAMLRequest": bindings.encode_post(raw)}
        page = leaving.browser.post("/sundhed/saml/sso", data=data, base_url=ORIGIN)
        home = page.headers["Location"]
        page = leaving.browser.get(home, base_url=ORIGIN)
        again = leaving.browser.get(f"{home}&again=1", base_url=ORIGIN)
        assert "SAMLResponse" not in again.text
    assert "SAMLResponse" not in page.text
    assert page.status_code in (200, 303)
    assert [e for e in leaving.events if e.__dict__["code"] == "ok"] == leaving.events[:1]


@pytest.mark.parametrize("case", ["force-authn", "high"], ids=lambda case: f"g-passive-{case}")
def test_a_passive_request_that_the_session_does_not_answer(leaving: Exit, case: str) -> None:
    draft = replace(ASKED[case](leaving.box.draft()), is_passive=True)
    page = leaving.box.redirect(leaving.browser, draft)
    assert [event.__dict__["code"] for event in leaving.events][-1].startswith("request.passive")
    assert page.status_code == 200


LIMITS: dict[str, tuple[dict[str, object], float, bool]] = {
    "used-within-the-hour": ({}, 59.9, True),
    "idle-for-an-hour": ({}, 60, False),
    "upstream-has-not-ended": ({"minutes": 30}, 29.9, True),
    "upstream-has-ended": ({"minutes": 30}, 30, False),
    "one-time-use": ({"more": "<a:OneTimeUse/>"}, 0, False),
    "proxied-once-more": ({"more": '<a:ProxyRestriction Count="1"/>'}, 0, True),
    "proxied-to-this-service": (
        {
            "more": "<a:ProxyRestriction><a:Audience>https://one.example.dk</a:Audience>"
            "</a:ProxyRestriction>"
        },
        0,
        True,
    ),
}


@pytest.mark.parametrize("case", LIMITS, ids=lambda case: f"g-{case}")
def test_for_how_long_and_how_often(leaving: Exit, case: str) -> None:
    said, minutes, expected = LIMITS[case]
    browser = leaving.box.browser()
    log_in(leaving.box, browser, "one", "alpha", **_forged(leaving.box, said))
    leaving.box.clock.move(minutes * 60)
    assert reused(leaving.box.redirect(browser)) is expected


def _forged(box: Box, said: dict[str, object]) -> dict[str, object]:
    audience = f"<a:Audience>{ORIGIN}/sundhed/saml/sp</a:Audience>"
    change: dict[str, object] = {}
    if "more" in said:
        restriction = f"<a:AudienceRestriction>{audience}</a:AudienceRestriction>"
        change["audience"] = f"{restriction}{said['more']}"
    if "minutes" in said:
        end = write_instant(box.clock() + timedelta(minutes=float(str(said["minutes"]))))
        change["statement_extra"] = f' SessionNotOnOrAfter="{end}"'
    return change


def test_a_login_for_one_service_alone_is_not_told_to_another(leaving: Exit) -> None:
    browser = leaving.box.browser()
    only = LIMITS["proxied-to-this-service"][0]
    log_in(leaving.box, browser, "one", "alpha", **_forged(leaving.box, only))
    assert not reused(leaving.box.redirect(browser, leaving.box.draft("two"), key="two"))
    assert reused(leaving.box.redirect(browser))


def test_use_does_not_stretch_the_working_day(leaving: Exit) -> None:
    for _ in range(9):
        leaving.box.clock.move(53 * 60)
        assert reused(leaving.box.redirect(leaving.browser))
    leaving.box.clock.move(3 * 60)
    assert not reused(leaving.box.redirect(leaving.browser))


def test_a_copy_of_a_flow_is_not_answered_twice_from_a_session(leaving: Exit) -> None:
    raw = write_authn_request(leaving.box.draft(), sign_with=signing_key("one")).xml
    page = leaving.browser.post(
        "/sundhed/saml/sso", data={"SAMLRequest": bindings.encode_post(raw)}, base_url=ORIGIN
    )
    held, home = cookies(leaving.browser), page.headers["Location"]
    assert reused(leaving.browser.get(home, base_url=ORIGIN))
    assert code_of(leaving.browser.get(home, base_url=ORIGIN)) == "flow.finished"
    give(leaving.browser, held)
    page = leaving.browser.get(home, base_url=ORIGIN)
    assert (page.status_code, code_of(page)) == (403, "context.replay")
    assert "SAMLResponse" not in page.text


def test_more_than_ten_logins_in_a_minute_are_a_loop(leaving: Exit) -> None:
    for _ in range(9):
        leaving.box.clock.move(1)
        assert reused(leaving.box.redirect(leaving.browser))
    for _ in range(2):
        page = leaving.box.redirect(leaving.browser)
        assert (page.status_code, code_of(page)) == (429, "flow.loop")
        assert page.headers["Retry-After"] == "60"
        assert "SAMLResponse" not in page.text
    assert reused(leaving.box.redirect(leaving.browser, leaving.box.draft("two"), key="two"))
    leaving.box.clock.move(60)
    assert reused(leaving.box.redirect(leaving.browser))


def test_nothing_that_is_kept_tells_who_it_is(tmp_path: Path) -> None:
    box = make_box(tmp_path)
    browser = box.browser()
    said = (*HONEST_ATTRIBUTES, (names.CPR_NUMBER, CPR))
    first = log_in(box, browser, attributes=said)
    page = box.redirect(browser)
    assert told(box, page, "one").name_id == first.name_id
    secrets = [CPR, "Ærlig", "Åse", NURSE, "Æblø", HONEST_ATTRIBUTES[5][1], "urn:x:read"]
    with reading(box.services.engine) as connection:
        kept = b"".join(
            value if isinstance(value, bytes) else str(value).encode()
            for table in (LOGIN_SESSION, SESSION_PARTICIPANT)
            for row in connection.execute(sa.select(table))
            for value in row
        )
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*.sqlite3*"))
    assert b"login_session" in files
    held = " ".join(cookies(browser).values()) + cookie_of(browser).value
    assert len(base64.urlsafe_b64decode(cookie_of(browser).value)) == 48
    for secret in secrets:
        assert secret.encode() not in kept, secret
        assert secret not in held
    for secret in (CPR, "Ærlig", NURSE):
        assert secret.encode() not in files, secret
    assert first.name_id is not None
    assert first.name_id.value.encode() not in kept
