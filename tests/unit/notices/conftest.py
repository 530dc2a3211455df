"""A region of which every change is heard, on each database engine, and a real post office."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from broker.audit.store import AuditStore
from broker.db import Engine, reading
from broker.identities.store import IdentityStore
from broker.mail.letters import Letters
from broker.mail.message import Envelope
from broker.mail.model import Kept, Recipient
from broker.mail.sender import Sender as Post
from broker.mail.smtp import SmtpMailer
from broker.mail.store import Outbox
from broker.mail.templates import Templates
from broker.metadata.model import Federation
from broker.notices.gathering import Gathering
from broker.notices.hearing import Hearing
from broker.notices.reminding import Reminding
from broker.notices.tables import NOTICE
from broker.notices.writing import Writer
from broker.organisations.desk import Desk
from broker.organisations.mandating import MandateService
from broker.organisations.people import PeopleService
from broker.organisations.services import RegisteredServices
from broker.organisations.substituting import SubstituteService
from broker.organisations.tables import ACCOUNT_PERIOD
from broker.roles.grants.service import GrantService
from broker.roles.requests.sending import Sender
from broker.roles.requests.service import RequestService
from tests.factories import NOW
from tests.unit.mail.post import Office, serving
from tests.unit.metadata.test_keyring import federation
from tests.unit.roles.requests.asking import Asking

OPERATOR = "drift@eksempel.dk"


class Heard(Asking):
    """The region; Bo and Curt administer it, and everybody has a mail address."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.now = NOW
        self.hear(None)

    def hear(self, override: Path | None) -> None:
        letters = Letters(Templates(override, "https://x.dk"), Outbox())
        writer = Writer(self.cache.current_in, self.federation_at)
        self.hearing = Hearing(letters, writer, (Recipient(OPERATOR, "operator", "da"),))
        audit, catalogue = AuditStore(self.hearing.heard), self.cache.current_in
        self.grants = GrantService(audit, catalogue)
        self.sender = Sender(audit, self.grants, catalogue)
        self.requests = RequestService(audit, self.grants, catalogue)
        desk = Desk(self.engine, audit)
        self.mandates = MandateService(desk, RegisteredServices())
        self.substitutes = SubstituteService(desk)
        self.people = PeopleService(desk, IdentityStore(b"k" * 32))
        self.gathering = Gathering(self.engine, letters, writer)
        self.reminding = Reminding(self.engine, self.hearing, lambda: ("sundhed",))

    def _build(self) -> "Heard":
        super()._build()
        self.curt = self.admin(self.region, "Curt Carlsen")
        with self.work() as connection:
            for row in connection.execute(sa.select(ACCOUNT_PERIOD)).all():
                mail = f"{row.display_name.split()[0].lower()}@eksempel.dk"
                here = ACCOUNT_PERIOD.c.id == row.id
                connection.execute(ACCOUNT_PERIOD.update().where(here).values(email=mail))
        return self

    def federation_at(self, path: str) -> Federation | None:
        return federation(path) if path == "sundhed" else None

    def gather(self, after: timedelta = timedelta(0)) -> int:
        self.now += after
        return self.gathering.gather(self.now, lambda: True)

    def remind(self, at: datetime) -> int:
        self.now = at
        return self.reminding.remind(at, lambda: True)

    def told(self) -> set[tuple[str, str]]:
        """Who is to be told of what, gathered yet or not: first names, and kinds."""
        with reading(self.engine) as connection:
            query = sa.select(NOTICE.c.account_id, NOTICE.c.kind)
            return {(self.named(row.account_id), row.kind) for row in connection.execute(query)}

    def named(self, account: UUID) -> str:
        with reading(self.engine) as connection:
            query = sa.select(ACCOUNT_PERIOD.c.email).where(ACCOUNT_PERIOD.c.account_id == account)
            return str(connection.execute(query).scalars().first()).partition("@")[0]

    def outbox(self) -> dict[str, Kept]:
        """The mails, by the first name of who gets them; the newest where there are several."""
        with reading(self.engine) as connection:
            every = Outbox().list(connection, ("waiting", "sent", "failed", "bounced"))
        return {one.mail.recipient.partition("@")[0]: one for one in reversed(every)}

    def alarms(self) -> list[int]:
        """The weeks for which the operator was told that the region has nobody."""
        with reading(self.engine) as connection:
            every = Outbox().list(connection, ("waiting",))
        here = [one.mail for one in every if one.mail.about == str(self.region)]
        return sorted(int(one.milestone.rpartition(" ")[2]) for one in here)


@pytest.fixture
def heard(engine: Engine) -> Heard:
    world = Heard(engine)
    world.build()
    return world


@pytest.fixture
def office(heard: Heard) -> Iterator[Office]:
    """Everything that waits is posted when `post` is called on it."""
    made = Office()
    with serving(made) as server:
        envelope = Envelope.of("https://x.dk", "", OPERATOR)
        post = Post(heard.engine, SmtpMailer(server), envelope, Outbox(), AuditStore())
        made.before_data = None
        made.post = lambda: post.send(lambda: heard.now, lambda: True)  # type: ignore[attr-defined]  # the tests' own, on the library's
        yield made


def parts(office: Office, to: str) -> tuple[EmailMessage, str, str]:
    """The one mail somebody got over SMTP: itself, its text and its page."""
    (raw,) = [raw for recipient, raw in office.taken if recipient == f"{to}@eksempel.dk"]
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    plain, page = message.iter_parts()
    assert isinstance(plain, EmailMessage)
    assert isinstance(page, EmailMessage)
    return message, str(plain.get_content()), str(page.get_content())
