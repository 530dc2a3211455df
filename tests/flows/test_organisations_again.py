"""Changing one's mind, accounts that end, choices that lead nowhere, and people sent unasked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from broker.db import writing
from broker.organisations.tables import ORGANISATION
from broker.saml import names
from tests.box import CVR, HOST, ORIGIN, OTHER_CVR, SESSION, code_of, make_box
from tests.hostile.test_flow import cookies, give
from tests.hostile.test_sessions_changes import ALPHA, change, unasked
from tests.leaving import told
from tests.several import (
    OWN,
    PAGE,
    REPRESENTED,
    Several,
    flow_of,
    make_several,
    roles_in,
    service_of,
    value_of,
)

SESSION_PAGE = "/sundhed/saml/logout"
AGAIN = f"{PAGE}/again"


@pytest.fixture
def nurse(tmp_path: Path, box_url: str) -> Iterator[Several]:
    made = make_several(make_box(tmp_path / "box", box_url))
    yield made
    made.box.services.engine.dispose()


def test_an_account_that_ended_while_the_page_was_open(nurse: Several) -> None:
    browser = nurse.box.browser()
    page = nurse.arrive(browser)
    nurse.end(nurse.other)
    refused = nurse.choose(browser, page, nurse.other)
    assert (refused.status_code, code_of(refused)) == (403, "policy.account_not_active")
    assert nurse.chosen() == {}
    assert nurse.events()[-1] == "login.refused"
    assert f'href="{ORIGIN}{PAGE}?flow={flow_of(page)}"' in refused.text
    done = nurse.follow(browser, page)  # one is left, so nobody is asked
    assert roles_in(told(nurse.box, done, "one")) == {"Reader"}


def test_a_remembered_account_that_ended_is_not_acted_for(nurse: Several) -> None:
    nurse.log_in(nurse.box.browser(), nurse.other)
    nurse.end(nurse.other, "suspended")
    page = nurse.arrive(nurse.box.browser())
    assert roles_in(told(nurse.box, page, "one")) == {"Reader"}


def test_an_idp_that_does_not_say_she_represents_it_opens_one_alone(nurse: Several) -> None:
    nurse.log_in(nurse.box.browser(), nurse.other)
    nurse.said = nurse.said[:-1]
    page = nurse.arrive(nurse.box.browser())
    assert roles_in(told(nurse.box, page, "one")) == {"Reader"}


def test_a_session_that_is_gone_leads_to_a_page_and_on_to_a_login(nurse: Several) -> None:
    browser = nurse.box.browser()
    page = nurse.arrive(browser)
    browser.delete_cookie(SESSION, domain=HOST)
    for answer in (nurse.follow(browser, page), nurse.choose(browser, page, nurse.home)):
        assert (answer.status_code, code_of(answer)) == (403, "flow.no_login")
        assert "SAMLResponse" not in answer.text
    retry = f"/sundhed/saml/discovery?flow={flow_of(page)}&again=1"
    assert f'href="{ORIGIN}{retry.replace("&", "&amp;")}"' in answer.text
    assert browser.get(retry, base_url=ORIGIN).status_code == 200


def test_choosing_again_takes_one_press_on_the_page_of_the_session(nurse: Several) -> None:
    browser = nurse.box.browser()
    nurse.log_in(browser, nurse.home)
    shown = browser.get(SESSION_PAGE, base_url=ORIGIN)
    assert f'action="{ORIGIN}{AGAIN}"' in shown.text
    assert OWN in shown.text
    token = shown.text.partition('name="token" value="')[2].partition('"')[0]
    data = {"token": token, "service": "one"}
    page = browser.post(AGAIN, data=data, base_url=ORIGIN)
    assert (page.status_code, page.headers["Location"]) == (303, "https://one.example.dk/")
    assert nurse.chosen() == {}
    assert nurse.events()[-1] == "account.chosen"
    done = nurse.choose(browser, nurse.box.redirect(browser), nurse.other)
    assert roles_in(told(nurse.box, done, "one")) == {"Writer"}


def test_who_has_nothing_to_choose_sees_no_button_for_it(nurse: Several) -> None:
    nurse.end(nurse.other)
    browser = nurse.box.browser()
    assert nurse.arrive(browser).status_code == 200
    assert AGAIN not in browser.get(SESSION_PAGE, base_url=ORIGIN).text


def test_ten_choices_in_a_minute_are_still_a_loop(nurse: Several) -> None:
    browser = nurse.box.browser()
    nurse.log_in(browser, nurse.home)
    for _ in range(9):
        assert nurse.box.redirect(browser).status_code == 200
    nurse.forget()
    page = nurse.choose(browser, nurse.box.redirect(browser), nurse.other)
    assert (page.status_code, code_of(page)) == (429, "flow.loop")
    assert nurse.chosen() == {}


def test_the_browser_never_holds_more_than_six_flows(nurse: Several) -> None:
    browser = nurse.box.browser()
    for _ in range(7):
        page = nurse.arrive(browser)
        assert len(cookies(browser)) <= 6
        browser.delete_cookie(SESSION, domain=HOST)
        assert flow_of(page).partition(".")[0] in " ".join(cookies(browser))


def test_a_choice_without_a_role_is_not_kept_and_another_is_one_press_away(nurse: Several) -> None:
    nurse.strip(nurse.home)
    browser = nurse.box.browser()
    page = nurse.arrive(browser)
    refused = nurse.choose(browser, page, nurse.home)
    assert (refused.status_code, code_of(refused)) == (403, "policy.no_role")
    assert f'href="{ORIGIN}{PAGE}?flow={flow_of(page)}"' in refused.text
    assert nurse.chosen() == {}
    assert nurse.follow(browser, page).status_code == 200
    done = nurse.choose(browser, page, nurse.other)
    assert roles_in(told(nurse.box, done, "one")) == {"Writer"}
    assert nurse.chosen() == {"one": nurse.other}


@pytest.mark.parametrize("fresh", [True, False], ids=["fresh", "in-a-session"])
def test_a_remembered_choice_that_lost_its_roles_is_asked_for_again(
    nurse: Several, *, fresh: bool
) -> None:
    browser = nurse.box.browser()
    nurse.log_in(browser, nurse.home)
    nurse.strip(nurse.home)
    if fresh:
        browser.delete_cookie(SESSION, domain=HOST)
    refused = nurse.arrive(browser) if fresh else nurse.box.redirect(browser)
    assert (refused.status_code, code_of(refused)) == (403, "policy.no_role")
    words = "Log ind på tjenesten igen" if fresh else f'href="{ORIGIN}{PAGE}?flow='
    assert words in refused.text
    assert nurse.chosen() == {}
    assert nurse.events()[-2:] == ["account.chosen", "login.refused"]
    page = nurse.arrive(browser) if fresh else nurse.box.redirect(browser)
    done = nurse.choose(browser, page, nurse.other)
    assert roles_in(told(nurse.box, done, "one")) == {"Writer"}


def test_somebody_sent_unasked_chooses_as_well(nurse: Several) -> None:
    change(nurse.box, ALPHA, unsolicited="one")
    change(nurse.box, service_of("one"), unsolicited=True)
    browser = nurse.box.browser()
    sent = unasked(nurse.box).but(attributes=nurse.said)
    page = nurse.box.deliver(browser, sent.xml())
    assert nurse.follow(browser, page).status_code == 200
    elsewhere = f"/sundhed/saml/discovery?flow={flow_of(page)}"
    assert code_of(browser.get(f"{elsewhere}&again=1", base_url=ORIGIN)) == "flow.no_login"
    held = cookies(browser)
    done = nurse.choose(browser, page, nurse.other)
    said = told(nurse.box, done, "one")
    assert said.confirmations[0].in_response_to is None
    assert roles_in(said) == {"Writer"}
    assert code_of(nurse.choose(browser, page, nurse.other)) == "flow.finished"
    give(browser, held)
    assert code_of(nurse.choose(browser, page, nurse.other)) == "context.replay"


def test_organisations_under_one_number_are_told_apart(nurse: Several) -> None:
    with writing(nurse.box.services.engine) as connection:
        changed = sa.update(ORGANISATION).where(ORGANISATION.c.cvr == OTHER_CVR)
        connection.execute(changed.values(cvr=CVR, unit_key="U2"))
    nurse.said = nurse.said[:-1]  # both are under the number that she works for
    browser = nurse.box.browser()
    page = nurse.arrive(browser)
    assert f"{CVR} (U2)" in nurse.follow(browser, page).text
    said = told(nurse.box, nurse.choose(browser, page, nurse.other), "one")
    assert (value_of(said, names.CVR), value_of(said, names.ORG_NAME)) == (CVR, REPRESENTED)
    assert roles_in(said) == {"Writer"}
