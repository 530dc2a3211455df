"""The first operator, and in past the login: by commands on the host, as people run them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from broker.audit.store import AUDIT
from broker.cli import main
from broker.db import reading
from broker.demo.people import person_of
from broker.demo.visitor import Visitor
from broker.mail.tables import MAIL
from broker.portals.emergency.model import ASKING, LIFE, SESSION
from tests.portals.visiting import House, Portal, text, token, whole

Run = Callable[..., Result]


@pytest.fixture
def run(house: House, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on the host of the demo, by somebody with a login there, at the demo's time."""
    monkeypatch.setenv("BROKER_DATA", str(house.demo.settings.data))
    monkeypatch.setenv("BROKER_ORIGIN", house.demo.settings.origin)
    monkeypatch.setenv("BROKER_MAIL_OPERATOR", "drift@example.dk")
    for module in ("broker.cli.context", "broker.cli.office"):
        monkeypatch.setattr(f"{module}.system_clock", house.clock)

    def command(*words: str, by: str = "anna") -> Result:
        monkeypatch.setenv("SUDO_USER", by)
        return CliRunner().invoke(main, words)

    return command


def account(house: House, key: str) -> str:
    person = house.enter(key)
    page = person.open("organisation")
    return next(b.get("value", "") for b in page.tree.iter("button") if b.get("name") == "account")


def asked(run: Run, who: str, address: str = "127.0.0.1", by: str = "anna") -> str:
    words = ("--from", address, "--reason", "NemLog-in is down", "--federation", "sundhed")
    result = run("operators", "emergency", who, *words, by=by)
    assert result.exit_code == 0, result.output
    return str(re.findall(r"Asked for as ([0-9A-F]{6})", result.output)[0])


def allowed(run: Run, number: str, by: str = "bent") -> str:
    result = run("operators", "allow", number, "--federation", "sundhed", by=by)
    assert result.exit_code == 0, result.output
    return str(re.findall(r"http\S+/portal/emergency/\S+", result.output)[0])


def used(house: House, url: str) -> Portal:
    portal = Portal(house.demo.ports.origin, "sundhed", "nemlogin", "ravn", Visitor())
    page = portal.visitor.open(url)
    assert page.form() is not None
    portal.visitor.post(page, {})
    return portal


def test_two_people_make_a_link_that_one_uses_once(house: House, run: Run) -> None:
    url = allowed(run, asked(run, account(house, "ravn")))
    portal = used(house, url)
    page = portal.open("", follow=False)
    assert page.url.endswith("/portal/")
    assert "Rikke Ravnkilde" in whole(page)
    again = Visitor()
    spent = again.post(again.open(url), {})
    assert (spent.status, spent.mark("code")) == (403, "portal.pass")
    with reading(house.demo.services.engine) as connection:
        events = list(connection.execute(sa.select(AUDIT.c.event).order_by(AUDIT.c.seq)).scalars())
        mails = connection.execute(sa.select(MAIL.c.recipient, MAIL.c.subject)).all()
    assert events.count("portal.emergency") >= 3
    assert any(to == "drift@example.dk" and "nødadgang" in said for to, said in mails)


def test_it_looks_and_does_nothing_that_takes_a_login(house: House, run: Run) -> None:
    portal = used(house, allowed(run, asked(run, account(house, "ravn"))))
    assert portal.open("operator/", follow=False).status == 200
    page = portal.open("trial/keys", follow=False)
    assert (page.status, page.mark("code")) == (403, "portal.fresh")
    form = {"csrf_token": token(portal.open("trial/form", follow=False))}
    assert portal.post("trial/keys", form).mark("code") == "portal.fresh"
    house.clock.move(SESSION.total_seconds())
    assert not portal.open("", follow=False).url.endswith("/portal/")


def test_whoever_asked_does_not_allow_it(house: House, run: Run) -> None:
    number = asked(run, account(house, "ravn"))
    result = run("operators", "allow", number, "--federation", "sundhed", by="anna")
    assert result.exit_code == 1
    assert "emergency.same_person" in result.output
    allowed(run, number)
    assert "emergency.over" in run("operators", "allow", number, by="carl").output


def test_it_is_for_one_computer_and_a_quarter_of_an_hour(house: House, run: Run) -> None:
    elsewhere = allowed(run, asked(run, account(house, "ravn"), "192.0.2.17"))
    late = allowed(run, asked(run, account(house, "ravn")))
    house.clock.move(LIFE.total_seconds())
    for url in (elsewhere, late, late[:-1] + "x"):
        visitor = Visitor()
        page = visitor.post(visitor.open(url), {})
        assert (page.status, page.mark("code")) == (403, "portal.pass")


def test_asking_lasts_an_hour(house: House, run: Run) -> None:
    number = asked(run, account(house, "ravn"))
    house.clock.move(ASKING.total_seconds())
    assert "emergency.over" in run("operators", "allow", number, by="bent").output


@pytest.mark.parametrize(
    ("who", "address", "code"),
    [("bodil", "127.0.0.1", "emergency.operator"), ("ravn", "home", "emergency.address")],
)
def test_it_is_for_operators_and_real_addresses(
    house: House, run: Run, who: str, address: str, code: str
) -> None:
    words = ("--from", address, "--reason", "why")
    result = run("operators", "emergency", account(house, who), *words)
    assert result.exit_code == 1
    assert code in result.output


def test_where_there_is_an_operator_there_is_no_first_one(run: Run) -> None:
    result = run(
        *("operators", "first", "--cvr", "90000187", "--name", "Intruder"),
        *("--identifier", "5b1f0f5e-0099-4000-8000-000000000099", "--reason", "why"),
    )
    assert result.exit_code == 1
    assert "There is an operator already" in result.output


def test_the_first_operator_is_one_for_a_day_and_stays_when_kept(
    house: House, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the test federation, as if its operators were not there; and unused at first."""
    monkeypatch.setattr("broker.organisations.store.operators", lambda *_: False)
    omar = person_of("omar")
    assert omar is not None
    words = (
        *("operators", "first", "--federation", "sundhed-test", "--cvr", omar.cvr),
        *("--organisation", "Lægehuset", "--name", omar.name, "--identifier", omar.uuid),
        *("--reason", "a new installation"),
    )
    result = run(*words)
    assert result.exit_code == 0, result.output
    assert "/sundhed-test/portal/" in result.output
    made = re.findall(r"account (\S+)\.", result.output)[0]
    keep = ("operators", "keep", made, "--reason", "seen")
    assert run(*keep).exit_code == 1, "nobody has signed in"
    house.clock.move(timedelta(hours=25).total_seconds())
    house.enter("omar", federation="sundhed-test", anew=True)
    assert run(*keep).exit_code == 1, "too late"

    again = run(*words)
    assert again.exit_code == 0, again.output
    assert made in again.output
    portal = house.enter("omar", federation="sundhed-test", anew=True)
    assert portal.open("operator/").status == 200
    assert run(*keep).exit_code == 0
    house.clock.move(timedelta(hours=25).total_seconds())
    assert portal.open("operator/").status == 200


def test_registering_the_portals_again_changes_nothing(run: Run) -> None:
    result = run("portals", "register", "--federation", "sundhed")
    assert result.exit_code == 0, result.output
    assert "its key is there already" in result.output
    assert run("portals", "register", "--federation", "borger").exit_code == 1


def test_a_link_says_what_it_is_before_it_is_used(house: House) -> None:
    page = Visitor().open(f"{house.demo.ports.origin}/sundhed/portal/emergency/anything?lang=en")
    assert page.status == 200
    assert "past the login" in text(page)
