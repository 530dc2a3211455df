"""What comes back marks the mail it is about; anything else that comes marks nothing."""

from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.audit.store import AuditStore
from broker.errors import Refused, Unknown
from broker.mail.bounces import LONGEST, read_bounce, take_back
from tests.unit.mail.conftest import ANNA, ENVELOPE, Desk

ID = "0f" * 16


def report(
    message_id: str = f"<{ID}@broker.example.dk>",
    *,
    action: str = "failed",
    status: str = "5.1.1",
    whole: bool = False,
    kind: str = "report",
) -> bytes:
    """A notification as RFC 3464 has it; the mail comes back whole, or its headers alone."""
    outer = MIMEMultipart(kind)
    outer.set_param("report-type", "delivery-status")
    outer["From"] = "MAILER-DAEMON@mx.eksempel.dk"
    outer.attach(MIMEText("Your mail was not delivered."))
    delivery = Message()
    delivery["Content-Type"] = "message/delivery-status"
    first, second = Message(), Message()
    first["Reporting-MTA"] = "dns; mx.eksempel.dk"
    second["Final-Recipient"] = f"rfc822; {ANNA}"
    second["Action"] = action
    second["Status"] = status
    delivery.set_payload([first, second])
    outer.attach(delivery)
    ours = EmailMessage()
    ours["Message-ID"] = message_id
    ours["Subject"] = "Nyt certifikat"
    returned = Message()
    returned["Content-Type"] = "message/rfc822" if whole else "text/rfc822-headers"
    returned.set_payload([ours] if whole else ours.as_string())
    outer.attach(returned)
    return outer.as_bytes()


@pytest.mark.parametrize("whole", [True, False])
def test_a_notification_says_which_mail_and_why(whole: bool) -> None:  # noqa: FBT001  # pytest's parameter
    bounce = read_bounce(report(whole=whole), ENVELOPE)
    assert (bounce.mail_id, bounce.failed, bounce.status) == (ID, True, "5.1.1")
    late = read_bounce(report(whole=whole, action="delayed", status="4.4.7"), ENVELOPE)
    assert (late.failed, late.status) == (False, "4.4.7")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: I am on holiday\r\n\r\nBack on Monday\r\n",
        report("<somebody@else.example>"),
        report(f"<{ID}@evil.example>"),
        report(f"<{ID[:-1]}@broker.example.dk>"),
        report(kind="mixed"),
        report().replace(b"Action:", b"Faction:"),
        b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n",
        b"Content-Type: multipart/report; boundary*=utf-8''%FF\r\n\r\n\xff\x00",
        b"".join(
            b"Content-Type: multipart/report; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)
        ),
        report() + b" " * LONGEST,
    ],
    ids=range(11),
)
def test_what_is_no_notification_of_ours_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused, match=r"mail\.bounce"):
        read_bounce(raw, ENVELOPE)


@given(st.integers(0, len(report())), st.binary(max_size=40))
def test_no_bytes_break_the_reader(at: int, put: bytes) -> None:
    raw = report()
    try:
        read_bounce(raw[:at] + put + raw[at + len(put) :], ENVELOPE)
    except Refused:
        return  # and nothing else comes out


def test_a_mail_that_comes_back_is_marked_once_and_told_in_the_trail(desk: Desk) -> None:
    desk.put(ANNA)
    desk.send()
    kept = desk.kept()

    def came(**how: str) -> str:
        raw = report(ENVELOPE.message_id(kept.id), **how)  # type: ignore[arg-type]  # cases name the parameters
        bounce = read_bounce(raw, ENVELOPE)
        return take_back(desk.engine, desk.outbox, AuditStore(), bounce, desk.now)

    assert came(action="delayed") == "delayed"
    assert came(action="delivered", status="2.0.0") == "delayed"
    assert desk.kept().state == "sent"
    assert came() == "bounced"
    assert desk.kept().state == "bounced"
    assert desk.kept().last_error == "mail.bounced: 5.1.1"
    assert came() == "known"
    (told,) = desk.trail
    assert '"code":"mail.bounced"' in told
    assert "anna" not in told
    assert desk.put(ANNA) == 0


def test_a_notification_about_a_mail_that_is_not_here_is_said_so(desk: Desk) -> None:
    with pytest.raises(Unknown, match=r"mail\.unknown"):
        take_back(desk.engine, desk.outbox, AuditStore(), read_bounce(report(), ENVELOPE), desk.now)
