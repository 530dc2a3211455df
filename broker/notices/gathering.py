"""From notices to the outbox: one mail for each person and turn, whatever it tells of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from broker.db import Connection, Engine, reading, writing
from broker.mail.letters import Letters
from broker.mail.model import Event, Language, Recipient
from broker.mail.people import PeopleFacts
from broker.notices import store
from broker.notices.model import LANGUAGES
from broker.notices.writing import Writer
from broker.organisations.store import account as account_at

AT_ONCE = 200  # people asked for at a time
MOST = 40  # pieces of news in one mail; the others follow in the next


@dataclass(frozen=True, slots=True)
class Gathering:
    """Writes the mails of notices that are due."""

    engine: Engine
    letters: Letters
    writer: Writer

    def gather(self, now: datetime, goes_on: Callable[[], bool]) -> int:
        """Put everything due into the outbox; how many mails that are.

        Each person is one transaction: their notices count as told if their mail is there, and
        only then.
        """
        written = 0
        while people := self._waiting(now):
            for account in people:
                if not goes_on():
                    return written
                with writing(self.engine) as connection:
                    written += self._tell(connection, account, now)
        return written

    def _waiting(self, now: datetime) -> tuple[UUID, ...]:
        with reading(self.engine) as connection:
            return store.waiting(connection, now, AT_ONCE)

    def _tell(self, connection: Connection, account_id: UUID, now: datetime) -> int:
        kept = store.due_for(connection, account_id, now)[:MOST]
        store.told(connection, kept, now)
        account = account_at(connection, account_id, now)
        if not kept or account is None or account.email is None or account.state == "left":
            return 0
        found = [self.writer.event(connection, one.notice, now) for one in kept]
        events = [_as_own(event, account_id) for event in found if event is not None]
        if not events:
            return 0
        language = _language(store.choices(connection, account_id).get(store.LANGUAGE, ""))
        recipient = Recipient(account.email, "person", language)
        around = _around(events, account_id, now)
        return self.letters.put_together(connection, events, around, recipient, now)


def _as_own(event: Event, account: UUID) -> Event:
    """Accounts may share an address, and the outbox tells an address of a thing once."""
    return replace(event, about=f"{event.about}/{account}")


def _around(events: list[Event], account: UUID, now: datetime) -> Event:
    facts = events[0].facts
    if not isinstance(facts, PeopleFacts):
        raise TypeError("a notice is about people")
    said = replace(facts, count=len(events))
    return Event("digest", str(account), now.isoformat()[:64], said)


def _language(said: str) -> Language:
    return next((one for one in LANGUAGES if one == said), "both")
