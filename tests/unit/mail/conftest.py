"""An outbox with a clock, a post office, and the sender between them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from broker.audit.store import AUDIT, AuditStore
from broker.db import Engine, reading, writing
from broker.mail.kinds import KINDS
from broker.mail.letters import Letters
from broker.mail.message import Envelope
from broker.mail.model import Event, Kept, Recipient
from broker.mail.sender import Sender
from broker.mail.smtp import Mailer, SmtpMailer
from broker.mail.store import Outbox
from broker.mail.templates import Templates
from tests.factories import NOW
from tests.unit.mail.post import Office, serving

ORIGIN = "https://broker.example.dk"
ENVELOPE = Envelope.of(ORIGIN, "broker@example.dk", "operator@example.dk")
ANNA, BO = "anna@eksempel.dk", "bo@eksempel.dk"


@dataclass
class Desk:
    """Everything that a test of sending needs."""

    engine: Engine
    office: Office
    mailer: Mailer | None
    now: datetime = NOW
    outbox: Outbox = field(default_factory=Outbox)

    @property
    def letters(self) -> Letters:
        return Letters(Templates(None, ORIGIN), self.outbox)

    def put(self, *addresses: str, about: str = "plan/dpsd", kind: str = "rollover-done") -> int:
        event = Event(kind, about, "done", KINDS[kind].example)
        recipients = [Recipient(address, "technical") for address in addresses]
        with writing(self.engine) as connection:
            return self.letters.put(connection, event, recipients, self.now)

    @property
    def sender(self) -> Sender:
        return Sender(self.engine, self.mailer, ENVELOPE, self.outbox, AuditStore())

    def send(self, after: timedelta = timedelta(0)) -> int:
        self.now += after
        return self.sender.send(lambda: self.now, lambda: True)

    def kept(self, address: str = ANNA) -> Kept:
        with reading(self.engine) as connection:
            every = self.outbox.list(connection, ("waiting", "sent", "failed", "bounced"))
        return next(one for one in every if one.mail.recipient == address)

    @property
    def trail(self) -> list[str]:
        with reading(self.engine) as connection:
            rows = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.at, AUDIT.c.seq)).all()
        return [f"{row.event} {row.fields}" for row in rows]


@pytest.fixture
def desk(engine: Engine) -> Iterator[Desk]:
    office = Office()
    with serving(office) as server:
        yield Desk(engine, office, SmtpMailer(server))
