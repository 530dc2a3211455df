"""From the outbox to a real server: once, again, not any more, and never lost."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from broker.db import Connection, reading, writing
from broker.errors import Unavailable
from broker.mail.kinds import KINDS
from broker.mail.model import Event, Kept, Recipient
from broker.mail.smtp import Server, SmtpMailer
from broker.mail.store import (
    PATIENCE,
    PER_HOUR,
    READABLE,
    REMEMBERED,
    Outbox,
    purge_mail,
)
from broker.mail.tables import MAIL
from tests.unit.mail.conftest import ANNA, BO, Desk
from tests.unit.mail.post import free_port

HOUR = timedelta(hours=1)


def test_a_mail_is_sent_once_and_nobody_is_told_twice(desk: Desk) -> None:
    assert desk.put(ANNA, BO, f"mailto:{ANNA}") == 2
    assert desk.put(ANNA, BO) == 0
    assert desk.put(ANNA, about="plan/esundhed") == 1
    assert desk.send() == 3
    assert desk.send(HOUR) == 0
    assert sorted(to for to, _ in desk.office.taken) == [ANNA, ANNA, BO]
    assert len({mail["Message-ID"] for mail in desk.office.mails}) == 3
    assert desk.kept().state == "sent"
    assert desk.put(ANNA) == 0, "not even after it was sent"


def test_a_mail_is_there_only_if_its_event_is(desk: Desk) -> None:
    event = Event("rollover-done", "plan/dpsd", "done", KINDS["rollover-done"].example)

    def undone() -> None:
        with writing(desk.engine) as connection:
            desk.letters.put(connection, event, [Recipient(ANNA, "technical")], desk.now)
            raise Unavailable("test.undone")

    with pytest.raises(Unavailable, match=r"test\.undone"):
        undone()
    assert desk.send() == 0
    assert desk.put(ANNA) == 1


def test_an_address_that_is_none_is_skipped_and_ends_nothing(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    assert desk.put("nobody", ANNA, "a@eksempel.dk\r\nRCPT TO:<x@evil.dk>") == 1
    said = [r for r in caplog.records if r.getMessage() == "mail.skipped"]
    assert [getattr(r, "code", "") for r in said] == ["mail.address"] * 2
    assert "evil" not in caplog.text


def test_a_server_that_says_later_is_asked_later_with_the_same_message(desk: Desk) -> None:
    desk.office.to_data = ["451 4.3.0 busy", "451 4.3.0 busy"]
    desk.put(ANNA)
    assert desk.send() == 0
    kept = desk.kept()
    assert (kept.state, kept.attempts) == ("waiting", 1)
    assert kept.last_error == "mail.later: 451 4.3.0 busy"
    assert kept.next_at == desk.now + PATIENCE[0]
    assert desk.send(PATIENCE[0] - timedelta(seconds=1)) == 0
    assert desk.kept().attempts == 1
    assert desk.send(timedelta(seconds=1)) == 0
    assert desk.kept().next_at == desk.now + PATIENCE[1]
    assert desk.send(PATIENCE[1]) == 1
    assert desk.kept().last_error == ""
    assert desk.trail == []


def test_a_recipient_refused_for_good_fails_at_once_and_others_go_on(desk: Desk) -> None:
    desk.office.to_recipient[ANNA] = "550 5.1.1 No such user"
    desk.put(ANNA, BO)
    assert desk.send() == 1
    kept = desk.kept()
    assert (kept.state, kept.last_error) == ("failed", "mail.refused: 550 5.1.1 No such user")
    (told,) = desk.trail
    assert told.startswith("mail.failed")
    assert kept.id in told
    assert "anna" not in told
    assert desk.send(HOUR) == 0
    desk.office.to_recipient.clear()
    with writing(desk.engine) as connection:
        assert desk.outbox.again(connection, kept, desk.now)
        assert not desk.outbox.again(connection, desk.kept(BO), desk.now)
    assert desk.send() == 1
    assert desk.kept().state == "sent"


def test_patience_ends(desk: Desk) -> None:
    desk.office.to_recipient[ANNA] = "450 4.2.1 Mailbox busy"
    desk.put(ANNA)
    for pause in (timedelta(0), *PATIENCE):
        desk.send(pause)
    assert desk.kept().state == "failed"
    assert desk.kept().last_error == "mail.gave_up: 450 4.2.1 Mailbox busy"
    assert timedelta(days=3) < desk.now - desk.kept().created_at < timedelta(days=6)


@pytest.mark.parametrize("how", ["hang", "drop"])
def test_a_server_that_hangs_or_drops_gets_the_same_message_again(desk: Desk, how: str) -> None:
    desk.office.to_data = [how]
    desk.put(ANNA)
    desk.now += timedelta(seconds=1)
    desk.put(BO)
    assert desk.send() == 1, "the next mail gets a connection of its own"
    assert desk.kept().last_error.startswith("mail.interrupted")
    assert desk.send(PATIENCE[0]) == 1
    ids = [mail["Message-ID"] for to, mail in zip_taken(desk) if to == ANNA]
    assert len(set(ids)) == 1
    assert len(ids) == (2 if how == "drop" else 1), "whoever dropped had it already"


def zip_taken(desk: Desk) -> list[tuple[str, dict[str, str]]]:
    pairs = zip(desk.office.taken, desk.office.mails, strict=True)
    return [(to, {"Message-ID": str(mail["Message-ID"])}) for (to, _), mail in pairs]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda office: setattr(office, "to_sender", "550 5.7.1 Who are you"), "mail.sender"),
        (lambda office: office.to_data.append("530 5.7.0 Log in first"), "mail.login"),
    ],
)
def test_when_the_post_refuses_us_no_mail_is_to_blame(
    desk: Desk, spoil: Callable[[object], None], code: str
) -> None:
    spoil(desk.office)
    desk.put(ANNA)
    with pytest.raises(Unavailable, match=code):
        desk.send()
    assert (desk.kept().state, desk.kept().attempts) == ("waiting", 0)
    desk.office.to_sender = ""
    assert desk.send(timedelta(minutes=1)) == 1


def test_when_the_post_is_away_mail_waits_uncharged(desk: Desk) -> None:
    desk.put(ANNA)
    desk.mailer = SmtpMailer(Server("127.0.0.1", free_port(), "none", patience=1))
    with pytest.raises(Unavailable, match=r"mail\.unreachable"):
        desk.send()
    desk.mailer = None
    with pytest.raises(Unavailable, match=r"mail\.not_configured"):
        desk.send()
    assert (desk.kept().state, desk.kept().attempts) == ("waiting", 0)


def test_a_post_that_nobody_needs_is_not_asked_for(desk: Desk) -> None:
    desk.mailer = None
    assert desk.send() == 0


def test_a_crash_after_the_server_took_it_loses_nothing(desk: Desk) -> None:
    """The claim is committed before the mail is sent, with the next attempt in it."""

    class Crash(BaseException):
        pass

    class Crashing(Outbox):
        def sent(self, connection: Connection, kept: Kept, now: datetime) -> None:
            raise Crash

    desk.put(ANNA)
    whole = desk.outbox
    desk.outbox = Crashing()
    with pytest.raises(Crash):
        desk.send()
    desk.outbox = whole
    assert desk.kept().state == "waiting"
    assert desk.send() == 0, "not at once: the other may still be at it"
    assert desk.send(PATIENCE[0]) == 1
    first, second = desk.office.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_two_senders_at_once_send_each_mail_once(desk: Desk) -> None:
    """The second one looks while the first is in the middle of handing over."""
    desk.put(ANNA, BO)
    desk.office.before_data = lambda: others.append(rival()) if not others else None
    others: list[int] = []

    def rival() -> int:
        with reading(desk.engine) as connection:
            return len(desk.outbox.due(connection, desk.now, 10))

    assert desk.send() == 2
    assert others == [1], "what is being sent is nobody else's"
    with writing(desk.engine) as connection:
        assert not desk.outbox.claim(connection, desk.kept(), desk.now)


def test_a_recipient_gets_so_many_an_hour_and_urgent_ones_besides(desk: Desk) -> None:
    for number in range(PER_HOUR + 5):
        desk.put(ANNA, about=f"plan/{number}")
    assert desk.send() == PER_HOUR
    assert desk.put(ANNA, BO, kind="rollover-emergency") == 2
    assert desk.send(timedelta(minutes=1)) == 2
    assert desk.send(timedelta(minutes=30)) == 0
    assert desk.send(HOUR) == 5


def test_urgent_mail_goes_first(desk: Desk) -> None:
    desk.put(ANNA)
    desk.put(BO, kind="rollover-emergency")
    desk.send()
    assert [to for to, _ in desk.office.taken] == [BO, ANNA]


def test_a_sender_told_to_stop_leaves_the_rest_waiting(desk: Desk) -> None:
    desk.put(ANNA, BO)
    may = iter([True, False])
    assert desk.sender.send(lambda: desk.now, lambda: next(may)) == 1
    assert desk.send() == 1


def test_what_mails_said_is_forgotten_before_that_they_were_sent(desk: Desk) -> None:
    desk.put(ANNA)
    desk.send()
    with writing(desk.engine) as connection:
        assert purge_mail(connection, desk.now + READABLE - HOUR) == 0
        assert purge_mail(connection, desk.now + READABLE) == 1
        assert purge_mail(connection, desk.now + READABLE) == 0
    assert (desk.kept().mail.body, desk.kept().mail.subject) == ("", "")
    assert desk.put(ANNA) == 0
    with writing(desk.engine) as connection:
        assert purge_mail(connection, desk.now + REMEMBERED) == 1
        assert connection.scalar(sa.select(sa.func.count()).select_from(MAIL)) == 0
