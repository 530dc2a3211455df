"""Choosing an organisation in hostile hands: other sites, others' accounts, flows and sessions."""

import base64
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.db import reading
from broker.login.seal import PREFIX
from broker.organisations import store
from tests.box import HOST, ORIGIN, SESSION, code_of, make_box, posted
from tests.factories import NOW
from tests.hostile.exits import forget
from tests.hostile.forge import HONEST_ATTRIBUTES
from tests.hostile.test_flow import cookies, give
from tests.hostile.test_sessions import carry, cookie_of
from tests.leaving import told
from tests.several import PAGE, Several, flow_of, make_several, roles_in
from tests.unit.roles.grants.rights import Rights

AGAIN = f"{PAGE}/again"
LOGOUT = "/sundhed/saml/logout"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Several:
    return make_several(make_box(tmp_path_factory.mktemp("several")))


@pytest.fixture
def nurse(shared: Several) -> Several:
    shared.box.clock.now = NOW
    forget(shared.box)
    shared.forget()
    return shared


@dataclass
class Asked:
    """The nurse in front of the page, and what is watched."""

    nurse: Several
    browser: FlaskClient
    page: TestResponse
    events: list[logging.LogRecord]
    before: int  # how many audit rows there were

    def untouched(self, answer: TestResponse, code: str, status: int = 403) -> None:
        """Refused with a page of ours, one event, nothing chosen, nothing told."""
        assert (answer.status_code, code_of(answer)) == (status, code), answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert [event.__dict__["code"] for event in self.events] == [code]
        assert self.nurse.chosen() == {}
        assert "login.completed" not in self.nurse.events()[self.before :]

    def works(self) -> None:
        """The honest choice is still open, so that the refusal was not for nothing."""
        done = self.nurse.choose(self.browser, self.page, self.nurse.home)
        assert roles_in(told(self.nurse.box, done, "one")) == {"Reader"}


@pytest.fixture
def asked(nurse: Several, events: list[logging.LogRecord]) -> Asked:
    browser = nurse.box.browser()
    page = nurse.arrive(browser)
    assert nurse.follow(browser, page).status_code == 200
    events.clear()
    return Asked(nurse, browser, page, events, len(nurse.events()))


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_choice_posted_by_another_site(asked: Asked, site: str) -> None:
    answer = asked.nurse.choose(
        asked.browser, asked.page, asked.nurse.home, **{"Sec-Fetch-Site": site}
    )
    asked.untouched(answer, "request.cross_site", 400)
    asked.works()


def test_a_choice_posted_by_another_site_to_a_browser_that_does_not_say_so(asked: Asked) -> None:
    """The session's cookie does not come along with another site's form."""
    kept = cookie_of(asked.browser)
    asked.browser.delete_cookie(SESSION, domain=HOST)
    asked.untouched(
        asked.nurse.choose(asked.browser, asked.page, asked.nurse.home), "flow.no_login"
    )
    carry(asked.browser, kept.value)
    asked.works()


def test_a_page_in_a_frame(asked: Asked) -> None:
    address = asked.page.headers["Location"]
    answer = asked.browser.get(address, base_url=ORIGIN, headers={"Sec-Fetch-Dest": "iframe"})
    asked.untouched(answer, "request.embedded", 400)


def test_a_choice_that_is_no_form(asked: Asked) -> None:
    said = {"flow": flow_of(asked.page), "account": str(asked.nurse.home)}
    answer = asked.browser.post(PAGE, json=said, base_url=ORIGIN)
    asked.untouched(answer, "malformed.content_type", 400)


ACCOUNTS: dict[str, Callable[[Several], str]] = {
    "nobody's": lambda _: str(uuid4()),
    "somebody-else's": lambda nurse: str(stranger(nurse)),
    "empty": lambda _: "",
    "not-an-id": lambda _: "' OR 1=1 --",
    "long": lambda _: "9" * 4000,
    "the-person": lambda nurse: str(nurse.person),
}


@pytest.mark.parametrize("case", ACCOUNTS, ids=lambda case: f"g-{case}")
def test_an_account_that_was_not_offered(asked: Asked, case: str) -> None:
    answer = asked.nurse.choose(asked.browser, asked.page, ACCOUNTS[case](asked.nurse))
    asked.untouched(answer, "policy.account_not_active")
    target, fields = posted(answer)  # the service may be told no, and nothing else
    assert target == "https://one.example.dk/acs"
    assert b"Assertion" not in base64.b64decode(fields["SAMLResponse"])
    asked.works()


def stranger(nurse: Several) -> UUID:
    """An account of somebody else in the same organisation as hers."""
    with reading(nurse.box.services.engine) as connection:
        home = store.account(connection, nurse.other, NOW)
    assert home is not None
    return Rights(nurse.box.services.engine).account(home.organisation, "En Anden")


def _spent(asked: Asked) -> str:
    """The flow whose answer the identity provider gave."""
    here = flow_of(asked.page).partition(".")[0]
    (other,) = [name for name in cookies(asked.browser) if name != PREFIX + here]
    return other.removeprefix(PREFIX)


FLOWS: dict[str, tuple[Callable[[Asked], str], str]] = {
    "none": (lambda _: "", "flow.missing"),
    "made-up": (lambda _: "0" * 24, "flow.missing"),
    "of-another-browser": (
        lambda a: flow_of(a.nurse.arrive(a.nurse.box.browser())),
        "flow.missing",
    ),
    "the-spent-one": (_spent, "flow.finished"),
}


@pytest.mark.parametrize("case", FLOWS, ids=lambda case: f"g-{case}")
def test_a_foreign_flow(asked: Asked, case: str) -> None:
    flow, code = FLOWS[case]
    data = {"flow": flow(asked), "account": str(asked.nurse.home)}
    asked.events.clear()
    asked.untouched(asked.browser.post(PAGE, data=data, base_url=ORIGIN), code)
    asked.works()


def test_a_flow_that_was_changed(asked: Asked) -> None:
    name = PREFIX + flow_of(asked.page).partition(".")[0]
    value = cookies(asked.browser)[name]
    carry(asked.browser, value[:-6] + "AAAAAA", name)
    asked.untouched(asked.nurse.choose(asked.browser, asked.page, asked.nurse.home), "flow.foreign")
    carry(asked.browser, value, name)
    asked.works()


def test_her_flow_in_the_browser_of_somebody_else(asked: Asked) -> None:
    """Who is logged in decides what is open; a flow carries nobody."""
    thief = asked.nurse.box.browser()
    other = replace(asked.nurse, said=(*HONEST_ATTRIBUTES[:5], OTHER_UUID, HONEST_ATTRIBUTES[6]))
    assert code_of(other.arrive(thief)) == "policy.no_role"
    give(thief, cookies(asked.browser))
    asked.events.clear()
    asked.untouched(asked.nurse.choose(thief, asked.page, asked.nurse.home), "flow.no_login")
    asked.works()


OTHER_UUID = (HONEST_ATTRIBUTES[5][0], "9f3b2d1c-0000-4000-8000-00000000000b")


def test_a_choice_is_made_once(asked: Asked) -> None:
    held = cookies(asked.browser)
    asked.works()
    asked.events.clear()
    again = asked.nurse.choose(asked.browser, asked.page, asked.nurse.other)
    assert code_of(again) == "flow.finished"
    give(asked.browser, held)
    again = asked.nurse.choose(asked.browser, asked.page, asked.nurse.other)
    assert (again.status_code, code_of(again)) == (403, "context.replay")
    assert "SAMLResponse" not in again.text
    assert asked.nurse.chosen() == {"one": asked.nurse.home}


def test_a_choice_after_the_logout(asked: Asked) -> None:
    token = cookie_of(asked.browser).token
    kept = cookie_of(asked.browser).value
    asked.browser.post(LOGOUT, data={"token": token}, base_url=ORIGIN)
    asked.events.clear()
    carry(asked.browser, kept)
    asked.untouched(
        asked.nurse.choose(asked.browser, asked.page, asked.nurse.home), "flow.no_login"
    )
    assert asked.nurse.sessions() == 0


def test_the_answer_of_the_identity_provider_does_not_count_twice(asked: Asked) -> None:
    nurse = asked.nurse
    assert "login.completed" not in nurse.events()[asked.before :]
    held = cookies(asked.browser)
    assert len(held) == 2
    asked.works()
    assert nurse.events()[asked.before :] == ["account.chosen", "login.completed"]
