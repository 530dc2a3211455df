"""Alarms: told once in the log and the audit trail however often they are seen."""

import logging
from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class AlarmDesk:
    """Raises and clears alarms inside the transaction of what they are about."""

    audit: AuditStore

    def raise_all(self, connection: Connection, found: Iterable[Alarm], occasion: Occasion) -> None:
        """Raise alarms; of more than fifty of one kind the rest become one."""
        by_code: dict[str, list[Alarm]] = {}
        for alarm in found:
            by_code.setdefault(alarm.code, []).append(alarm)
        for some in by_code.values():
            for alarm in some[:MOST]:
                self.raise_one(connection, alarm, occasion)
            if len(some) > MOST:
                self.raise_one(connection, _rest(some), occasion)

    def raise_one(self, connection: Connection, alarm: Alarm, occasion: Occasion) -> None:
        """Raise an alarm, or count it once more where it is open already."""
        if not alarms.seen(connection, alarm, occasion.at):
            return
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
    words = objection.words
    return Alarm(source.federation, source.code, subject, objection.code, level, words)


def of_source(source: Source, code: str, level: AlarmLevel, da: str, en: str) -> Alarm:
    """An alarm about a source as a whole."""
    return Alarm(source.federation, source.code, source.code, code, level, Localised(da, en))


def _rest(some: list[Alarm]) -> Alarm:
    first, more = some[0], len(some) - MOST
    words = Localised(
        f"Det samme gælder {more} parter til.", f"The same is true of {more} entities more."
    )
    subject = first.source or first.federation
    return Alarm(first.federation, first.source, subject, first.code, first.level, words)
