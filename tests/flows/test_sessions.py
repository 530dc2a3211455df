"""Sessions on both engines: used again, ended, met by others at the same instant, and purged."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from broker.db import reading, writing
from broker.logout.store import purge_logouts
from broker.logout.tables import LOGOUT, LOGOUT_STEP
from broker.saml import names
from broker.saml.messages import LogoutRequest
from broker.sessions.store import purge_sessions
from broker.sessions.tables import LOGIN_SESSION, SESSION_PARTICIPANT
from tests.box import HOST, ORIGIN, SESSION, Box, make_box
from tests.leaving import SLO, Leaver, add_service, brought, log_in


@pytest.fixture
def box(tmp_path: Path, box_url: str) -> Iterator[Box]:
    made = make_box(tmp_path / "box", box_url)
    for code in ("one", "two"):
        add_service(made, code, [(names.REDIRECT, f"https://{code}.example.dk/slo")])
    yield made
    made.services.engine.dispose()


def rows(box: Box, table: sa.Table) -> int:
    with reading(box.services.engine) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def at_once(*work: Callable[[], object]) -> list[object]:
    """What each of some threads came to: its result, or the exception it met."""
    results: list[object] = [None] * len(work)
    barrier = threading.Barrier(len(work))

    def run(number: int, one: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[number] = one()
        except Exception as error:  # noqa: BLE001  # handed to the test
            results[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_session_answers_the_next_service_and_ends_with_its_logout(box: Box) -> None:
    browser = box.browser()
    first, second = log_in(box, browser), log_in(box, browser, "two")
    assert (rows(box, LOGIN_SESSION), rows(box, SESSION_PARTICIPANT)) == (1, 2)
    assert second.authn_statements[0].authn_instant == first.authn_statements[0].authn_instant
    leaver = Leaver("one", box.clock())
    page = browser.get(leaver.redirect(leaver.request(first)), base_url=ORIGIN)
    home = page.headers["Location"].removeprefix(ORIGIN)
    _, asked, _ = brought(box, browser.post(home, data={"step": "2"}, base_url=ORIGIN))
    assert isinstance(asked, LogoutRequest)
    other = Leaver("two", box.clock())
    browser.get(other.answer_redirect(asked, SLO), base_url=ORIGIN)
    browser.post(home, base_url=ORIGIN)
    assert (rows(box, LOGIN_SESSION), rows(box, SESSION_PARTICIPANT)) == (0, 0)
    assert rows(box, LOGOUT_STEP) == 3


def test_services_opened_at_once_share_the_session(box: Box) -> None:
    browser = box.browser()
    log_in(box, browser)
    cookie = browser.get_cookie(SESSION, domain=HOST)
    assert cookie is not None

    def open_another(code: str) -> Callable[[], TestResponse]:
        tab = box.browser()
        tab.set_cookie(SESSION, cookie.value, domain=HOST)
        draft = box.draft(code)
        return lambda: box.redirect(tab, draft, key=code)

    found = at_once(*(open_another(code) for code in ("one", "two", "one", "two")))
    assert [getattr(page, "status_code", page) for page in found] == [200] * 4
    assert (rows(box, LOGIN_SESSION), rows(box, SESSION_PARTICIPANT)) == (1, 2)


def test_a_logout_and_a_login_at_once_leave_nothing_half_done(box: Box) -> None:
    for _ in range(5):
        browser = box.browser()
        said = log_in(box, browser)
        cookie = browser.get_cookie(SESSION, domain=HOST)
        assert cookie is not None
        tab = box.browser()
        tab.set_cookie(SESSION, cookie.value, domain=HOST)
        draft, leaver = box.draft("two"), Leaver("one", box.clock())
        path = leaver.redirect(leaver.request(said))
        join = partial(box.redirect, tab, draft, key="two")
        leave = partial(browser.get, path, base_url=ORIGIN)
        joined, left = at_once(join, leave)
        assert isinstance(joined, TestResponse)
        assert isinstance(left, TestResponse)
        assert left.status_code in (200, 303)
        assert joined.status_code in (200, 303, 403)
        with reading(box.services.engine) as connection:
            alone = sa.select(SESSION_PARTICIPANT).where(
                SESSION_PARTICIPANT.c.session_id.not_in(sa.select(LOGIN_SESSION.c.id))
            )
            assert connection.execute(alone).first() is None
        assert rows(box, LOGIN_SESSION) == 0


def test_of_two_logouts_at_once_both_are_answered_and_one_ends_it(box: Box) -> None:
    browser = box.browser()
    said = log_in(box, browser)
    leaver = Leaver("one", box.clock())
    paths = [leaver.redirect(leaver.request(said)) for _ in range(2)]
    found = at_once(*(lambda path=path: box.browser().get(path, base_url=ORIGIN) for path in paths))
    assert [getattr(page, "status_code", page) for page in found] == [303, 303]
    assert rows(box, LOGOUT) == 1


def test_the_same_logout_twice_at_once_counts_once(box: Box) -> None:
    browser = box.browser()
    said = log_in(box, browser)
    leaver = Leaver("one", box.clock())
    path = leaver.redirect(leaver.request(said))
    found = at_once(*[lambda: box.browser().get(path, base_url=ORIGIN)] * 3)
    assert sorted(str(getattr(page, "status_code", page)) for page in found) == [
        "303",
        "403",
        "403",
    ]


def test_what_has_run_out_is_purged(box: Box) -> None:
    browser = box.browser()
    said = log_in(box, browser)
    log_in(box, box.browser(), "two")
    leaver = Leaver("one", box.clock())
    browser.get(leaver.redirect(leaver.request(said)), base_url=ORIGIN)
    later = box.clock() + timedelta(hours=9)
    with writing(box.services.engine) as connection:
        assert purge_sessions(connection, box.clock()) == 0
        assert purge_logouts(connection, box.clock()) == 0
        assert purge_sessions(connection, later) == 2
        assert purge_logouts(connection, later) == 3
