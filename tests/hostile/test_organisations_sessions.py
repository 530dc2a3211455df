"""Which session a choice counts in: ForceAuthn, other tabs, and who may make her choose again."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from broker.saml.messages import AuthnRequestDraft
from tests.box import HOST, ORIGIN, SESSION, Box, code_of, make_box
from tests.factories import NOW
from tests.hostile.exits import forget
from tests.hostile.forge import HONEST_ATTRIBUTES
from tests.hostile.test_sessions import carry, cookie_of
from tests.leaving import told
from tests.several import PAGE, Several, make_several, roles_in

AGAIN = f"{PAGE}/again"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Several:
    return make_several(make_box(tmp_path_factory.mktemp("several")))


@pytest.fixture
def nurse(shared: Several) -> Several:
    shared.box.clock.now = NOW
    forget(shared.box)
    shared.forget()
    return shared


def forced(box: Box) -> AuthnRequestDraft:
    return replace(box.draft(), force_authn=True)


def test_a_session_of_before_does_not_meet_force_authn(nurse: Several) -> None:
    browser = nurse.box.browser()
    nurse.log_in(browser, nurse.home, "two")
    page = nurse.box.redirect(browser, forced(nurse.box))
    assert "/saml/discovery" in page.headers["Location"]
    flow = page.headers["Location"].partition("?flow=")[2]
    answer = browser.get(f"{PAGE}?flow={flow}", base_url=ORIGIN)
    assert (answer.status_code, code_of(answer)) == (403, "flow.no_login")
    data = {"flow": flow, "account": str(nurse.home)}
    answer = browser.post(PAGE, data=data, base_url=ORIGIN)
    assert (answer.status_code, code_of(answer)) == (403, "flow.no_login")
    assert nurse.chosen() == {"two": nurse.home}


def _another(nurse: Several, browser: FlaskClient) -> None:
    """A session of the same person in this browser that no flow of it knows of."""
    elsewhere = nurse.box.browser()
    nurse.arrive(elsewhere, nurse.box.draft("two"))
    carry(browser, cookie_of(elsewhere).value)


TABS: dict[str, Callable[[Several, FlaskClient], object]] = {
    "renewed-by-another-tab": lambda nurse, browser: nurse.arrive(
        browser, nurse.box.draft("two"), authn_instant="2026-03-02T02:00:00Z"
    ),
    "another-session-by-another-tab": _another,
}


@pytest.mark.parametrize("case", TABS, ids=lambda case: f"g-{case}")
@pytest.mark.parametrize("force", [True, False], ids=["force", "no-force"])
def test_a_session_of_another_tab_meets_no_force_authn(
    nurse: Several, case: str, *, force: bool
) -> None:
    browser = nurse.box.browser()
    page = nurse.arrive(browser, forced(nurse.box) if force else nurse.box.draft())
    own = cookie_of(browser).value
    elsewhere = browser if case.startswith("another") else _without_session(browser)
    TABS[case](nurse, elsewhere)
    assert cookie_of(browser).value != own
    answer = nurse.choose(browser, page, nurse.home)
    if force:
        assert (answer.status_code, code_of(answer)) == (403, "flow.no_login")
        assert code_of(nurse.follow(browser, page)) == "flow.no_login"
        assert nurse.chosen() == {}
    else:
        assert roles_in(told(nurse.box, answer, "one")) == {"Reader"}


def _without_session(browser: FlaskClient) -> FlaskClient:
    """The same browser, whose session's cookie does not come along, as with any answer."""
    browser.delete_cookie(SESSION, domain=HOST)
    return browser


def test_nobody_else_can_make_her_choose_again(nurse: Several) -> None:
    browser = nurse.box.browser()
    nurse.log_in(browser, nurse.home)
    token = cookie_of(browser).token
    for data, headers, code in (
        (
            {"service": "one", "token": token},
            {"Sec-Fetch-Site": "cross-site"},
            "request.cross_site",
        ),
        ({"service": "one", "token": ""}, {}, "flow.no_login"),
        ({"service": "one", "token": "0" * 32}, {}, "flow.no_login"),
        ({"service": "nothing", "token": token}, {}, "request.service"),
    ):
        answer = browser.post(AGAIN, data=data, headers=headers, base_url=ORIGIN)
        assert code_of(answer) == code
        assert nurse.chosen() == {"one": nurse.home}
    stranger_browser = nurse.box.browser()
    data = {"service": "one", "token": token}
    answer = stranger_browser.post(AGAIN, data=data, base_url=ORIGIN)
    assert code_of(answer) == "flow.no_login"
    assert nurse.chosen() == {"one": nurse.home}


def test_the_page_holds_nothing_that_identifies_her(nurse: Several) -> None:
    browser = nurse.box.browser()
    text = nurse.follow(browser, nurse.arrive(browser)).text
    for secret in ("Ærlig", str(nurse.person), HONEST_ATTRIBUTES[5][1]):
        assert secret not in text
