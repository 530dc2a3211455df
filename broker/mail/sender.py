"""From the outbox to the post, with patience.

A mail is claimed in one transaction, sent, and ended in another. Whoever dies in between has
planned the next attempt already, so nothing is lost; the same message may go twice, under the
same Message-ID.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from broker.audit.events import MailFailed
from broker.audit.store import AuditStore
from broker.clock import Clock
from broker.db import Engine, reading, writing
from broker.errors import BrokerError, Unavailable
from broker.mail.message import Envelope, write_message
from broker.mail.model import Kept
from broker.mail.smtp import (
    ConsoleMailer,
    Mailer,
    Permanent,
    Server,
    Session,
    SmtpMailer,
    Temporary,
)
from broker.mail.store import PATIENCE, Outbox
from broker.settings import Settings
from broker.web.reference import new_reference

BATCH = 100
_LOGGER = logging.getLogger("broker.mail")


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what waits. Any number of them may run on one database."""

    engine: Engine
    mailer: Mailer | None
    envelope: Envelope
    outbox: Outbox
    audit: AuditStore

    def send(self, clock: Clock, goes_on: Callable[[], bool]) -> int:
        """Send every mail whose time has come; how many the post took.

        Raises Unavailable where the post is not there; what waits then waits, and no mail is
        charged with an attempt.
        """
        sent = 0
        while batch := self._due(clock):
            if self.mailer is None:
                raise Unavailable("mail.not_configured", "BROKER_SMTP is not set, and mail waits")
            with self.mailer.session() as session:
                for kept in batch:
                    if not goes_on():
                        return sent
                    session.ready()
                    sent += self._send(session, kept, clock)
        return sent

    def _due(self, clock: Clock) -> tuple[Kept, ...]:
        with reading(self.engine) as connection:
            return self.outbox.due(connection, clock(), BATCH)

    def _send(self, session: Session, kept: Kept, clock: Clock) -> int:
        with writing(self.engine) as connection:
            if not self.outbox.claim(connection, kept, clock()):
                return 0
        message = write_message(kept, self.envelope)
        try:
            session.deliver(self.envelope.sender, kept.mail.recipient, message)
        except Permanent as error:
            self._failed(kept, clock, error)
            return 0
        except Temporary as error:
            self._postponed(kept, clock, error)
            return 0
        except Unavailable:
            with writing(self.engine) as connection:
                self.outbox.release(connection, kept, clock())
            raise
        with writing(self.engine) as connection:
            self.outbox.sent(connection, kept, clock())
        _LOGGER.info("mail.sent", extra=_fields(kept, "ok"))
        return 1

    def _postponed(self, kept: Kept, clock: Clock, error: BrokerError) -> None:
        if kept.attempts + 1 >= len(PATIENCE):
            self._failed(kept, clock, Permanent("mail.gave_up", error.detail))
            return
        with writing(self.engine) as connection:
            self.outbox.postponed(connection, kept, str(error))
        _LOGGER.warning("mail.postponed", extra=_fields(kept, error.code))

    def _failed(self, kept: Kept, clock: Clock, error: BrokerError) -> None:
        now = clock()
        with writing(self.engine) as connection:
            if self.outbox.failed(connection, kept, now, str(error)):
                event = failure(kept, error.code)
                self.audit.append(connection, event, at=now, reference=new_reference())
        _LOGGER.warning("mail.failed", extra=_fields(kept, error.code))


def failure(kept: Kept, code: str) -> MailFailed:
    """What the trail says of a mail that did not arrive: not to whom it was."""
    return MailFailed(kept.id, kept.mail.kind, kept.mail.about, kept.mail.milestone, code)


def make_sender(settings: Settings, engine: Engine) -> Sender:
    """The sender of an installation."""
    return Sender(engine, make_mailer(settings), envelope_of(settings), Outbox(), AuditStore())


def make_mailer(settings: Settings) -> Mailer | None:
    """The post: SMTP where it is set, else the console, and only on a loopback installation.

    Elsewhere None: mail waits until somebody sets BROKER_SMTP, instead of vanishing on a screen.
    """
    if settings.smtp is not None:
        host, port = settings.smtp
        server = Server(
            host, port, settings.smtp_tls, settings.smtp_user, settings.smtp_password_file
        )
        return SmtpMailer(server)
    return None if settings.secure else ConsoleMailer()


def envelope_of(settings: Settings) -> Envelope:
    """What stands on all mail of this installation."""
    return Envelope.of(settings.origin, settings.smtp_from, settings.mail_operator)


def _fields(kept: Kept, code: str) -> dict[str, str | int]:
    """What the log says of a mail: no address, no words."""
    return {"mail": kept.id, "kind": kept.mail.kind, "attempts": kept.attempts + 1, "code": code}
