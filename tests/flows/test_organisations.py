"""For which organisation: asked once per service, remembered, changed, on both engines. R22."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broker.db import reading
from broker.organisations.store.write_accounts import last_login
from broker.saml import names
from broker.saml.messages import Assertion
from tests.box import CVR, HOST, ORIGIN, OTHER_CVR, SESSION, code_of, make_box, posted
from tests.hostile.forge import Forge
from tests.leaving import told
from tests.several import (
    OWN,
    PAGE,
    REPRESENTED,
    Several,
    flow_of,
    make_several,
    roles_in,
    value_of,
)

SESSION_PAGE = "/sundhed/saml/logout"
AGAIN = f"{PAGE}/again"


@pytest.fixture
def nurse(tmp_path: Path, box_url: str) -> Iterator[Several]:
    made = make_several(make_box(tmp_path / "box", box_url))
    yield made
    made.box.services.engine.dispose()


def index_of(said: Assertion) -> str | None:
    return said.authn_statements[0].session_index


@pytest.mark.parametrize("service", ["one", "two"])
def test_a_service_is_told_the_chosen_organisation_and_its_roles_alone(
    nurse: Several, service: str
) -> None:
    browser, names_told = nurse.box.browser(), set()
    for account, cvr, name, role in (
        (nurse.home, CVR, "Region Æblø", "Reader"),
        (nurse.other, OTHER_CVR, REPRESENTED, "Writer"),
    ):
        nurse.forget()
        browser.delete_cookie(SESSION, domain=HOST)
        said = nurse.log_in(browser, account, service)
        assert value_of(said, names.CVR) == cvr
        assert value_of(said, names.ORG_NAME) == name
        assert roles_in(said) == {role}
        names_told.add((said.name_id, index_of(said)))
    assert len(names_told) == 1  # both are the person's, whatever she is there for


def test_the_page_lists_her_organisations_and_nothing_is_told_before_she_chose(
    nurse: Several,
) -> None:
    browser = nurse.box.browser()
    page = nurse.arrive(browser)
    assert "SAMLResponse" not in page.text
    before = nurse.events()
    shown = nurse.follow(browser, page)
    assert shown.status_code == 200
    assert shown.text.index(OWN) < shown.text.index(REPRESENTED)
    assert f'value="{nurse.home}"' in shown.text
    assert "SAMLResponse" not in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert nurse.follow(browser, page).text == shown.text  # to look changes nothing
    assert nurse.events() == before
    assert "login.completed" not in before
    assert nurse.chosen() == {}


def test_a_choice_is_remembered_for_its_service_and_asked_for_at_the_next(nurse: Several) -> None:
    browser = nurse.box.browser()
    nurse.log_in(browser, nurse.other)
    assert nurse.chosen() == {"one": nurse.other}
    page = nurse.box.redirect(browser)
    assert value_of(told(nurse.box, page, "one"), names.CVR) == OTHER_CVR
    page = nurse.box.redirect(browser, nurse.box.draft("two"), key="two")
    assert nurse.follow(browser, page).status_code == 200
    done = nurse.choose(browser, page, nurse.home)
    assert value_of(told(nurse.box, done, "two"), names.CVR) == CVR
    assert nurse.chosen() == {"one": nurse.other, "two": nurse.home}
    fresh = nurse.arrive(nurse.box.browser())
    assert value_of(told(nurse.box, fresh, "one"), names.CVR) == OTHER_CVR
    assert nurse.sessions() == 2


def test_one_login_leaves_one_row_of_it_and_one_of_the_choice(nurse: Several) -> None:
    browser = nurse.box.browser()
    nurse.log_in(browser, nurse.other)
    kept = [event for event in nurse.events() if event.startswith(("login.", "account."))]
    assert kept == ["account.chosen", "login.completed"]
    nurse.box.redirect(browser)
    assert nurse.events()[-1] == "login.completed"
    assert nurse.events().count("account.chosen") == 1


def test_a_posted_request_comes_to_the_page_as_well(nurse: Several) -> None:
    browser = nurse.box.browser()
    nurse.log_in(browser, nurse.home, "two")
    page = nurse.box.redirect(browser)
    again = browser.get(f"/sundhed/saml/discovery?flow={flow_of(page)}", base_url=ORIGIN)
    assert flow_of(again) == flow_of(page)


def test_force_authn_is_met_by_the_login_of_this_flow(nurse: Several) -> None:
    browser = nurse.box.browser()
    draft = replace(nurse.box.draft(), force_authn=True)
    page = nurse.arrive(browser, draft)
    nurse.box.clock.move(600)
    assert nurse.follow(browser, page).status_code == 200
    done = nurse.choose(browser, page, nurse.home)
    assert value_of(told(nurse.box, done, "one"), names.CVR) == CVR
    assert code_of(nurse.choose(browser, page, nurse.home)) == "flow.finished"


def test_an_assertion_for_one_time_use_is_used_that_one_time(nurse: Several) -> None:
    browser = nurse.box.browser()
    audience = f"<a:Audience>{ORIGIN}/sundhed/saml/sp</a:Audience>"
    restricted = f"<a:AudienceRestriction>{audience}</a:AudienceRestriction><a:OneTimeUse/>"
    page = nurse.arrive(browser, audience=restricted)
    done = nurse.choose(browser, page, nurse.home)
    assert roles_in(told(nurse.box, done, "one")) == {"Reader"}
    page = nurse.box.redirect(browser, nurse.box.draft("two"), key="two")
    assert "/saml/discovery" in page.headers["Location"]


@pytest.mark.parametrize("known", [True, False], ids=["in-a-session", "fresh"])
def test_a_passive_request_is_told_no_at_once(nurse: Several, *, known: bool) -> None:
    browser = nurse.box.browser()
    if known:
        nurse.log_in(browser, nurse.home, "two")
    draft = replace(nurse.box.draft(), is_passive=True)
    if known:
        page = nurse.box.redirect(browser, draft)
    else:
        draft = replace(draft, idp_list=("https://alpha.example.dk",))
        page = nurse.arrive(browser, draft)
    assert page.status_code == 200
    assert "SAMLResponse" in posted(page)[1]
    assert nurse.chosen().get("one") is None
    assert nurse.sessions() == known
    assert nurse.events()[-1] == "login.refused"


def test_a_passive_request_is_answered_once_she_has_chosen(nurse: Several) -> None:
    browser = nurse.box.browser()
    nurse.log_in(browser, nurse.home)
    page = nurse.box.redirect(browser, replace(nurse.box.draft(), is_passive=True))
    assert roles_in(told(nurse.box, page, "one")) == {"Reader"}


def test_there_is_a_whole_hour_to_choose_however_long_the_login_took(nurse: Several) -> None:
    browser = nurse.box.browser()
    draft = nurse.box.draft()
    page = nurse.box.redirect(browser, draft)
    nurse.box.clock.move(50 * 60)
    page = nurse.box.choose(browser, page, "alpha")
    nurse.box.clock.move(20 * 60)
    trip = nurse.box.trip(page.headers["Location"], "one", "alpha", draft.id)
    forge = Forge(trip, nurse.box.clock()).but(attributes=nurse.said)
    page = nurse.box.deliver(browser, forge.xml())
    nurse.box.clock.move(50 * 60)
    assert nurse.choose(browser, page, nurse.home).status_code == 200


def test_an_hour_later_it_is_over(nurse: Several) -> None:
    browser = nurse.box.browser()
    page = nurse.arrive(browser)
    nurse.box.clock.move(timedelta(minutes=60).total_seconds())
    for answer in (nurse.follow(browser, page), nurse.choose(browser, page, nurse.home)):
        assert (answer.status_code, code_of(answer)) == (403, "flow.expired")
    assert nurse.chosen() == {}


def test_two_tabs_choose_apart_and_the_last_choice_is_remembered(nurse: Several) -> None:
    browser = nurse.box.browser()
    first = nurse.arrive(browser)
    second = nurse.box.redirect(browser, nurse.box.draft())
    done = nurse.choose(browser, second, nurse.other)
    assert roles_in(told(nurse.box, done, "one")) == {"Writer"}
    done = nurse.choose(browser, first, nurse.home)
    assert roles_in(told(nurse.box, done, "one")) == {"Reader"}
    assert nurse.chosen() == {"one": nurse.home}


def test_a_tab_that_was_left_open_goes_on_with_what_was_chosen_in_another(nurse: Several) -> None:
    browser = nurse.box.browser()
    first = nurse.arrive(browser)
    nurse.choose(browser, nurse.box.redirect(browser, nurse.box.draft()), nurse.other)
    assert roles_in(told(nurse.box, nurse.follow(browser, first), "one")) == {"Writer"}


def test_when_somebody_last_signed_in_is_kept_for_the_account_they_acted_for(
    nurse: Several,
) -> None:
    nurse.log_in(nurse.box.browser(), nurse.other, "one")
    first = nurse.box.clock()
    nurse.box.clock.move(600)
    nurse.log_in(nurse.box.browser(), nurse.other, "two")
    with reading(nurse.box.services.engine) as connection:
        assert last_login(connection, nurse.other) == nurse.box.clock() > first
