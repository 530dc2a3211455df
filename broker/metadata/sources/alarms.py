"""Alarms: told once in the log and the audit trail however often they are seen."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from broker.audit.events import MetadataAlarm
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.metadata.model import Localised
from broker.metadata.report import Occasion
from broker.metadata.sources.model import Alarm, AlarmLevel, Source
from broker.metadata.sources.store import alarms
from broker.metadata.trust_rules import Objection

MOST = 50  # of one kind at a time; a person reads no more, and one row says how many there were

_LOG = logging.getLogger("broker.metadata.alarms")
_CRITICAL = frozenset(
    {"metadata.other_source", "metadata.rollback", "metadata.entity_id_changed", "metadata.ran_out"}
)
_LEVELS: dict[str, AlarmLevel] = {"refuse": "critical", "wait": "warning", "note": "notice"}


TellAlarms = Callable[[Connection, Sequence[Alarm], Occasion], None]
"""Tells people of alarms of one kind, inside the transaction that raises them."""


def tell_nobody(_connection: Connection, _alarms: Sequence[Alarm], _occasion: Occasion) -> None:
    """Where nobody is written to: the log and the audit trail have them."""


@dataclass(frozen=True, slots=True)
class AlarmDesk:
    """Raises and clears alarms inside the transaction of what they are about."""

    audit: AuditStore
    mail: TellAlarms = tell_nobody

    def raise_all(self, connection: Connection, found: Iterable[Alarm], occasion: Occasion) -> None:
        """Raise alarms; of more than fifty of one kind the rest become one."""
        by_code: dict[str, list[Alarm]] = {}
        for alarm in found:
            by_code.setdefault(alarm.code, []).append(alarm)
        for some in by_code.values():
            new = [a for a in some[:MOST] if self._raise(connection, a, occasion) or a.fingerprint]
            if len(some) > MOST:
                self._raise(connection, _rest(some), occasion)
                new += some[MOST:] if new else []
            self.mail(connection, new, occasion)

    def raise_one(self, connection: Connection, alarm: Alarm, occasion: Occasion) -> None:
        """Raise an alarm, or count it once more where it is open already."""
        self.raise_all(connection, [alarm], occasion)

    def _raise(self, connection: Connection, alarm: Alarm, occasion: Occasion) -> bool:
        """Whether it is new. One of a key is mailed by its fingerprint: a second new key of a
        partner is another thing to approve, while its alarm is the same.
        """
        if not alarms.seen(connection, alarm, occasion.at):
            return False
        _LOG.warning(
            "%s %s: %s",
            alarm.code,
            alarm.subject,
            alarm.words.en,
            extra={
                "alarm": alarm.code,
                "level_of_alarm": alarm.level,
                "federation": alarm.federation,
                "source": alarm.source,
                "subject": alarm.subject,
            },
        )
        self._tell(connection, alarm, "raised", occasion)
        return True

    def acknowledge(self, connection: Connection, number: int, occasion: Occasion) -> Alarm | None:
        """Keep that somebody saw an alarm; None where there is no open one of that number."""
        reason = occasion.reason
        if not alarms.acknowledge(connection, number, occasion.at, occasion.by, reason):
            return None
        alarm = next(r.alarm for r in alarms.every(connection) if r.id == number)
        self._tell(connection, alarm, "acknowledged", occasion)
        return alarm

    def _tell(self, connection: Connection, alarm: Alarm, change: str, occasion: Occasion) -> None:
        event = MetadataAlarm(
            federation=alarm.federation,
            source=alarm.source,
            subject=alarm.subject,
            code=alarm.code,
            level=alarm.level,
            change=change,
            by=occasion.by,
            reason=occasion.reason,
        )
        self.audit.append(connection, event, at=occasion.at, reference=occasion.reference)


def of_objection(source: Source, subject: str, objection: Objection) -> Alarm:
    """The alarm that an objection is."""
    level = "critical" if objection.code in _CRITICAL else _LEVELS[objection.verdict]
    waits = objection.verdict == "wait"
    return Alarm(
        source.federation,
        source.code,
        subject,
        objection.code,
        level,
        objection.words,
        fingerprint=objection.fingerprint if waits else "",
        waits=waits,
    )


def of_source(source: Source, code: str, level: AlarmLevel, da: str, en: str) -> Alarm:
    """An alarm about a source as a whole."""
    return Alarm(source.federation, source.code, source.code, code, level, Localised(da, en))


def _rest(some: list[Alarm]) -> Alarm:
    first, more = some[0], len(some) - MOST
    words = Localised(
        f"Det samme gælder {more} partnere til.", f"The same is true of {more} entities more."
    )
    subject = first.source or first.federation
    return Alarm(first.federation, first.source, subject, first.code, first.level, words)
