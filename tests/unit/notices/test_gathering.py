"""From notices to mails over real SMTP: one for each person and turn, as they want it."""

from datetime import timedelta

import pytest

from broker.db import reading, writing
from broker.errors import Refused
from broker.notices import store
from broker.notices.choosing import choose, chosen
from broker.notices.model import due
from broker.organisations.mandating import Wanted
from tests.factories import NOW
from tests.unit.mail.post import Office
from tests.unit.notices.conftest import Heard, parts
from tests.unit.roles.grants.rights import DAY, WARD, alone, deed

HOUR = timedelta(hours=1)


def want(heard: Heard, **said: str) -> None:
    with writing(heard.engine) as connection:
        choose(connection, heard.anna, {k.replace("_", "-"): v for k, v in said.items()}, NOW)


def test_one_mail_tells_everything_once_in_both_languages(heard: Heard, office: Office) -> None:
    heard.give(heard.bo, heard.region, "reader", account=heard.anna)
    heard.give(heard.bo, heard.region, "caseworker", account=heard.anna, scopes=[alone(WARD)])
    assert heard.gather() == 1
    assert heard.gather() == 0
    assert office.post() == 1  # type: ignore[attr-defined]  # the fixture's
    message, plain, page = parts(office, "anna")
    assert message["Subject"].startswith("2 nyheder om adgang i Region Eksempel / 2 pieces of news")
    for said in (plain, page):
        assert said.count("Bo Admin har givet dig rollen") == 2
        assert said.count("Bo Admin gave you the role") == 2
        assert "https://x.dk/sundhed/portal/mine/mail" in said
    assert plain.count("Du får denne mail, fordi") == 1
    assert '<a href="https://x.dk/sundhed/portal/mine/mail">' in page


def test_one_piece_of_news_is_a_mail_of_its_own(heard: Heard, office: Office) -> None:
    want(heard, language="da")
    heard.give(heard.bo, heard.region, "reader", account=heard.anna, until=NOW + 90 * DAY)
    heard.gather()
    office.post()  # type: ignore[attr-defined]  # the fixture's
    message, plain, _page = parts(office, "anna")
    assert message["Subject"] == "Du har fået rollen reader i dpsd"
    assert message["Content-Language"] == "da"
    assert "Den gælder til:" in plain
    assert "You" not in plain


def test_somebody_may_want_it_later_or_never(heard: Heard) -> None:
    want(heard, role="daily")
    heard.give(heard.bo, heard.region, "reader", account=heard.anna)
    assert heard.gather(HOUR) == 0
    assert heard.gather(DAY) == 1
    want(heard, role="none")
    heard.give(
        heard.bo, heard.region, "caseworker", account=heard.anna, scopes=[alone(WARD)], at=heard.now
    )
    assert heard.gather(9 * DAY) == 0


def test_what_guards_the_organisation_cannot_be_turned_off(heard: Heard) -> None:
    with pytest.raises(Refused, match=r"notice\.choice"):
        want(heard, mandate="none")
    with writing(heard.engine) as connection:
        store.choose(connection, heard.curt, {"mandate": "none"}, NOW)
    heard.mandates.give(heard.acting(heard.bo), heard.anna, Wanted("org_admin"), deed())
    heard.gather()
    assert heard.outbox()["curt"].mail.urgent


@pytest.mark.parametrize("said", [{"role": "sometimes"}, {"nothing": "now"}, {"language": "de"}])
def test_a_choice_that_is_none_is_refused(heard: Heard, said: dict[str, str]) -> None:
    with pytest.raises(Refused, match=r"notice\.choice"):
        want(heard, **said)
    with reading(heard.engine) as connection:
        assert chosen(connection, heard.anna)["role"] == "now"


def test_whoever_left_or_has_no_address_gets_no_mail_and_is_not_asked_again(heard: Heard) -> None:
    heard.give(heard.bo, heard.region, "reader", account=heard.anna)
    heard.people.leave(heard.acting(heard.bo), heard.anna, deed())
    assert heard.gather() == 0
    assert "anna" not in heard.outbox()
    with reading(heard.engine) as connection:
        assert heard.anna not in store.waiting(connection, heard.now, 9)


def test_no_mail_tells_a_number_or_anybodys_reason(heard: Heard) -> None:
    wanted = "because of the test"  # the reason of every deed here
    heard.give(heard.bo, heard.region, "reader", account=heard.anna)
    heard.ask(heard.anna, "secret")
    heard.gather()
    for kept in heard.outbox().values():
        assert wanted not in kept.mail.body


def test_daily_is_tomorrow_at_seven_and_weekly_is_monday_in_denmark() -> None:
    monday = NOW.replace(year=2026, month=3, day=30, hour=3, minute=30)  # 05.30 there
    assert due("now", monday) == monday
    assert due("none", monday) is None
    assert due("daily", monday) == monday.replace(hour=5, minute=0)
    assert due("weekly", monday) == monday.replace(hour=5, minute=0)
    later = monday.replace(hour=6)
    assert due("daily", later) == later.replace(day=31, hour=5, minute=0)
    assert due("weekly", later) == later.replace(month=4, day=6, hour=5, minute=0)
