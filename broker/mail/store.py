"""The outbox: a mail enters with its event, and every step from there is one conditional UPDATE."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from broker.db import Connection, Instant, insert_new
from broker.mail.model import Kept, Mail, State
from broker.mail.tables import MAIL

# After the first attempt, the second …: four days altogether.
PATIENCE = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440))
PER_HOUR = 20  # mails to one recipient, beside urgent ones
READABLE = timedelta(days=90)  # what a mail said is kept so long after it ended
REMEMBERED = timedelta(days=400)  # and that there was one; beyond any plan's last milestone


class Outbox:
    """Mails that wait, were sent, or did not arrive."""

    def put(self, connection: Connection, mail: Mail, at: datetime) -> bool:
        """Add a mail in the caller's transaction; False where its recipient has it already."""
        row: dict[str, object] = {
            "id": uuid.uuid4().hex,
            "kind": mail.kind,
            "about": mail.about,
            "milestone": mail.milestone,
            "recipient": mail.recipient,
            "language": mail.language,
            "subject": mail.subject,
            "body": mail.body,
            "urgent": mail.urgent,
            "created_at": at,
            "state": "waiting",
            "attempts": 0,
            "next_at": at,
            "last_error": "",
        }
        return insert_new(connection, MAIL, [row]) == 1

    def knows(self, connection: Connection, kind: str, about: str, milestone: str) -> bool:
        """Whether anybody has a mail of a kind about this milestone of a thing."""
        found = sa.select(MAIL.c.id).where(
            MAIL.c.kind == kind, MAIL.c.about == about, MAIL.c.milestone == milestone
        )
        return connection.execute(found.limit(1)).first() is not None

    def due(self, connection: Connection, now: datetime, most: int) -> tuple[Kept, ...]:
        """Mails whose time has come, urgent ones first."""
        statement = (
            sa.select(MAIL)
            .where(MAIL.c.state == "waiting", MAIL.c.next_at <= now)
            .order_by(MAIL.c.urgent.desc(), MAIL.c.next_at, MAIL.c.id)
            .limit(most)
        )
        return tuple(_kept(row) for row in connection.execute(statement).mappings())

    def claim(self, connection: Connection, kept: Kept, now: datetime) -> bool:
        """Take a mail for one attempt; its next one is planned before this one is made.

        Whoever dies in between leaves a mail that is tried again. False where another sender took
        it, or where its recipient got many in the last hour, so that it waits.
        """
        if not kept.mail.urgent and self._sent_lately(connection, kept, now) >= PER_HOUR:
            self._change(connection, kept, next_at=now + timedelta(hours=1))
            return False
        pause = PATIENCE[min(kept.attempts, len(PATIENCE) - 1)]
        return self._change(connection, kept, attempts=kept.attempts + 1, next_at=now + pause)

    def release(self, connection: Connection, kept: Kept, now: datetime) -> None:
        """Take the claim back as if nothing had been tried: it was the post that failed."""
        statement = _waiting(kept.id).values(attempts=kept.attempts, next_at=now)
        connection.execute(statement)

    def sent(self, connection: Connection, kept: Kept, now: datetime) -> None:
        """The post took it."""
        connection.execute(_waiting(kept.id).values(state="sent", ended_at=now, last_error=""))

    def postponed(self, connection: Connection, kept: Kept, error: str) -> None:
        """The post will perhaps take it later."""
        connection.execute(_waiting(kept.id).values(last_error=error))

    def failed(self, connection: Connection, kept: Kept, now: datetime, error: str) -> bool:
        """It will never arrive; whether it was waiting still."""
        values = {"state": "failed", "ended_at": now, "last_error": error}
        return connection.execute(_waiting(kept.id).values(**values)).rowcount == 1

    def bounced(self, connection: Connection, kept: Kept, now: datetime, error: str) -> bool:
        """It came back; False where that was known."""
        statement = (
            sa.update(MAIL)
            .where(MAIL.c.id == kept.id, MAIL.c.state.in_(("sent", "waiting")))
            .values(state="bounced", ended_at=now, last_error=error)
        )
        return connection.execute(statement).rowcount == 1

    def again(self, connection: Connection, kept: Kept, now: datetime) -> bool:
        """Let one that did not arrive wait anew; False where it did, or its words are gone."""
        statement = (
            sa.update(MAIL)
            .where(MAIL.c.id == kept.id, MAIL.c.state.in_(("failed", "bounced")), MAIL.c.body != "")
            .values(state="waiting", ended_at=None, attempts=0, next_at=now)
        )
        return connection.execute(statement).rowcount == 1

    def find(self, connection: Connection, mail_id: str) -> Kept | None:
        """One mail by its id."""
        row = connection.execute(sa.select(MAIL).where(MAIL.c.id == mail_id)).mappings().first()
        return _kept(row) if row else None

    def list(
        self, connection: Connection, states: Sequence[State], most: int = 200
    ) -> tuple[Kept, ...]:
        """Mails in these states, the newest first."""
        statement = (
            sa.select(MAIL)
            .where(MAIL.c.state.in_(states))
            .order_by(MAIL.c.created_at.desc(), MAIL.c.id)
            .limit(most)
        )
        return tuple(_kept(row) for row in connection.execute(statement).mappings())

    def counts(self, connection: Connection) -> dict[str, int]:
        """How many mails are in each state."""
        statement = sa.select(MAIL.c.state, sa.func.count()).group_by(MAIL.c.state)
        return {row[0]: row[1] for row in connection.execute(statement)}

    def waiting(self, connection: Connection) -> tuple[int, datetime | None]:
        """How many wait, and since when the oldest of them does."""
        statement = sa.select(sa.func.count(), sa.func.min(MAIL.c.created_at, type_=Instant))
        count, oldest = connection.execute(statement.where(MAIL.c.state == "waiting")).one()
        return int(count), oldest

    @staticmethod
    def _sent_lately(connection: Connection, kept: Kept, now: datetime) -> int:
        statement = (
            sa.select(sa.func.count())
            .select_from(MAIL)
            .where(
                MAIL.c.recipient == kept.mail.recipient,
                MAIL.c.state == "sent",
                MAIL.c.ended_at > now - timedelta(hours=1),
            )
        )
        return connection.execute(statement).scalar_one()

    @staticmethod
    def _change(
        connection: Connection, kept: Kept, *, next_at: datetime, attempts: int | None = None
    ) -> bool:
        """Change one that nobody changed since it was read."""
        statement = (
            _waiting(kept.id)
            .where(MAIL.c.attempts == kept.attempts, MAIL.c.next_at == kept.next_at)
            .values(next_at=next_at, attempts=kept.attempts if attempts is None else attempts)
        )
        return connection.execute(statement).rowcount == 1


def purge_mail(connection: Connection, now: datetime) -> int:
    """Forget what ended mails said after 90 days, and that they were after 400; how many."""
    ended = MAIL.c.ended_at
    gone = connection.execute(sa.delete(MAIL).where(ended <= now - REMEMBERED)).rowcount
    emptied = (
        sa.update(MAIL)
        .where(ended <= now - READABLE, MAIL.c.body != "")
        .values(subject="", body="", last_error="")
    )
    return gone + connection.execute(emptied).rowcount


def _waiting(mail_id: str) -> sa.Update:
    return sa.update(MAIL).where(MAIL.c.id == mail_id, MAIL.c.state == "waiting")


def _kept(row: sa.RowMapping) -> Kept:
    mail = Mail(
        kind=row["kind"],
        about=row["about"],
        milestone=row["milestone"],
        recipient=row["recipient"],
        language=row["language"],
        subject=row["subject"],
        body=row["body"],
        urgent=row["urgent"],
    )
    return Kept(
        id=row["id"],
        mail=mail,
        created_at=row["created_at"],
        state=row["state"],
        attempts=row["attempts"],
        next_at=row["next_at"],
        ended_at=row["ended_at"],
        last_error=row["last_error"],
    )
