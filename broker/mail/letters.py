"""One event to its recipients: words, addresses, outbox, all in the event's transaction."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from broker.db import Connection
from broker.errors import Refused
from broker.mail.addresses import read_address
from broker.mail.facts import RolloverFacts
from broker.mail.kinds import KINDS, rollover_kind
from broker.mail.milestones import Milestone
from broker.mail.model import Event, Mail, Recipient
from broker.mail.store import Outbox
from broker.mail.templates import Templates
from broker.mail.wording import store as wording
from broker.settings import Settings

_LOGGER = logging.getLogger("broker.mail")


@dataclass(frozen=True, slots=True)
class Letters:
    """What services use to tell people that something happened."""

    templates: Templates
    outbox: Outbox

    def put(
        self, connection: Connection, event: Event, recipients: Iterable[Recipient], at: datetime
    ) -> int:
        """Queue a mail for everybody who has none about this yet; how many were new.

        An address that is none is said in the log and never ends the transaction: partners
        write addresses, and what happened has happened.
        """
        new = 0
        templates = self._templates(connection, [event.kind])
        chosen: dict[str, Recipient] = {}
        for recipient in recipients:
            try:
                chosen.setdefault(read_address(recipient.address), recipient)
            except Refused as error:
                fields = {"kind": event.kind, "about": event.about, "code": error.code}
                _LOGGER.warning("mail.skipped", extra=fields)
        # In an order that everybody keeps: two transactions that tell the same people don't
        # wait for each other in a circle.
        for address, recipient in sorted(chosen.items(), key=lambda item: item[0]):
            words = templates.write(event.kind, event.facts, recipient.capacity, recipient.language)
            mail = Mail(
                kind=event.kind,
                about=event.about,
                milestone=event.milestone,
                recipient=address,
                language=recipient.language,
                subject=words.subject,
                body=words.body,
                urgent=KINDS[event.kind].urgent,
            )
            new += self.outbox.put(connection, mail, at)
        return new

    def put_together(
        self,
        connection: Connection,
        events: Sequence[Event],
        around: Event,
        recipient: Recipient,
        at: datetime,
    ) -> int:
        """Queue one mail about several events, below the words of another; one alone as it is.

        An address that is none is said in the log, as `put` does.
        """
        if len(events) == 1:
            return self.put(connection, events[0], (recipient,), at)
        try:
            address = read_address(recipient.address)
        except Refused as error:
            fields = {"kind": around.kind, "about": around.about, "code": error.code}
            _LOGGER.warning("mail.skipped", extra=fields)
            return 0
        kinds = [around.kind, *(event.kind for event in events)]
        words = self._templates(connection, kinds).gather(
            [(event.kind, event.facts) for event in events],
            (around.kind, around.facts),
            recipient.capacity,
            recipient.language,
        )
        mail = Mail(
            kind=around.kind,
            about=around.about,
            milestone=around.milestone,
            recipient=address,
            language=recipient.language,
            subject=words.subject,
            body=words.body,
            urgent=any(KINDS[event.kind].urgent for event in events),
        )
        return int(self.outbox.put(connection, mail, at))

    def _templates(self, connection: Connection, kinds: Sequence[str]) -> Templates:
        """The words that count now: those that an operator changed at the portal come first."""
        return self.templates.with_changed(wording.sources(connection, kinds))


def rollover_event(about: str, milestone: Milestone, facts: RolloverFacts) -> Event:
    """A milestone of a switch for one partner, named so that nobody is told of it twice."""
    occasion = milestone_name(milestone, facts.switch_at)
    return Event(rollover_kind(milestone.name), about, occasion, facts)


def milestone_name(milestone: Milestone, switch: datetime) -> str:
    """A milestone of a switch at an instant: one that is moved begins anew, and so is told."""
    return f"{milestone.name} of {switch:%Y-%m-%dT%H:%M:%SZ}"


def make_letters(settings: Settings) -> Letters:
    """What services of an installation tell people with."""
    return Letters(Templates(settings.mail_templates, settings.origin), Outbox())


def operators_of(settings: Settings) -> tuple[Recipient, ...]:
    """Who gets the alarms of an installation: BROKER_MAIL_OPERATOR, or nobody."""
    address = settings.mail_operator
    return (Recipient(address, "operator", "da"),) if address else ()
