"""Whoever is refused again and again waits a minute; nobody who logs in well ever does. R17."""

import logging
import threading

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from broker.errors import BrokerError, NotAllowed, Refused
from broker.web import limiting
from broker.web.limiting import Limiter, install_limits
from tests.minutes import Minutes, standing
from tests.unit.web.pages import ORIGIN, application

MOST = 5
SPARED = frozenset({"back_channel"})
STRANGER, HOSPITAL = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def minutes(monkeypatch: pytest.MonkeyPatch) -> Minutes:
    return standing(monkeypatch)


@pytest.fixture
def limiter(minutes: Minutes) -> Limiter:
    assert minutes.now > 0
    return Limiter(lambda address: address == HOSPITAL, MOST)


@pytest.fixture
def waits() -> list[int]:
    """Grows with each page that told somebody to wait."""
    return []


@pytest.fixture
def app(limiter: Limiter, waits: list[int]) -> Flask:
    made = application()
    install_limits(made, limiter, SPARED, lambda: waits.append(1))

    def fail(error: BrokerError) -> str:
        raise error

    rules: dict[str, BrokerError | None] = {
        "fine": None,
        "garbage": Refused("malformed.xml"),
        "no_role": NotAllowed("policy.no_role"),
        "back_channel": Refused("signature.invalid"),
    }
    for name, error in rules.items():
        made.add_url_rule(f"/{name}", name, (lambda e=error: fail(e) if e else "fine"))
    return made


def ask(app: Flask, path: str, address: str = STRANGER) -> TestResponse:
    environ = {"REMOTE_ADDR": address}
    return app.test_client().get(path, base_url=ORIGIN, environ_overrides=environ)


def ask_often(app: Flask, path: str, address: str = STRANGER, times: int = 3 * MOST) -> set[int]:
    return {ask(app, path, address).status_code for _ in range(times)}


def test_h08_after_so_many_refusals_an_address_gets_a_page_that_says_when(app: Flask) -> None:
    assert ask_often(app, "/garbage", times=MOST) == {400}
    answer = ask(app, "/fine")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert 'data-code="limit.rate"' in answer.text
    assert "For mange forsøg gik galt" in answer.text
    assert "Too many attempts went wrong" in answer.text
    assert ask(app, "/fine", "203.0.113.8").status_code == 200


def test_it_may_come_again_when_the_time_is_over(app: Flask, minutes: Minutes) -> None:
    ask_often(app, "/garbage")
    assert ask(app, "/fine").status_code == 429
    minutes.now += 130
    assert ask(app, "/fine").status_code == 200


def test_waiting_does_not_make_the_wait_longer(app: Flask, minutes: Minutes) -> None:
    ask_often(app, "/garbage")
    for _ in range(10):
        minutes.now += 12
        ask(app, "/fine")
    assert ask(app, "/fine").status_code == 200


@pytest.mark.parametrize("path", ["/fine", "/no_role"])
def test_logins_and_what_policy_refuses_are_not_counted(app: Flask, path: str) -> None:
    assert ask_often(app, path) <= {200, 403}


@pytest.mark.parametrize("address", [HOSPITAL, "127.0.0.1", "::1", ""])
def test_registered_networks_and_our_own_proxy_are_exempt(app: Flask, address: str) -> None:
    assert ask_often(app, "/garbage", address) == {400}
    assert ask(app, "/fine", address).status_code == 200


def test_partners_on_the_back_channel_are_never_told_to_wait(app: Flask) -> None:
    ask_often(app, "/garbage")
    assert ask_often(app, "/back_channel") == {400}


def test_an_ipv6_household_is_one_and_so_is_a_mapped_address(app: Flask) -> None:
    for number in range(MOST):
        ask(app, "/garbage", f"2001:db8:1:2::{number}")
    assert ask(app, "/fine", "2001:db8:1:2:ffff::1").status_code == 429
    assert ask(app, "/fine", "2001:db8:1:3::1").status_code == 200
    ask_often(app, "/garbage")
    assert ask(app, "/fine", f"::ffff:{STRANGER}").status_code == 429


def test_an_address_that_does_not_exist_counts_as_well(app: Flask) -> None:
    ask_often(app, "/nowhere")
    assert ask(app, "/nowhere").status_code == 429


def test_a_flood_is_one_line_in_the_log_with_the_reference_of_its_page(
    app: Flask, waits: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    ask_often(app, "/garbage", times=MOST)
    caplog.clear()
    pages = [ask(app, "/fine").text for _ in range(20)]
    (line,) = [vars(record) for record in caplog.records if record.levelno == logging.WARNING]
    assert line["message"] == "limit.rate"
    assert all(line["reference"] in page for page in pages)
    assert len(waits) == 20, "each of them is counted"


def test_h12_a_flood_from_everywhere_fills_no_memory(
    limiter: Limiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiting, "PLACES", 128)
    before = threading.active_count()
    for number in range(2000):
        address = f"2001:db8:{number:x}::1"
        limiter.refused(address, "malformed.xml")
        limiter.reference(address)
    assert 128 < limiter.size() <= 3 * 128
    assert threading.active_count() == before


def test_h12_nor_does_one_that_goes_on_for_hours(limiter: Limiter, minutes: Minutes) -> None:
    sizes = []
    for minute in range(20):
        minutes.now += 60
        for number in range(100):
            limiter.refused(f"2001:db8:{minute:x}:{number:x}::1", "malformed.xml")
        sizes.append(limiter.size())
    assert max(sizes) <= 4 * 100
    assert sizes[-1] >= 100
