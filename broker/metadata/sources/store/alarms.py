"""Rows of alarms: an open one for each thing, however often it is seen."""

from datetime import datetime

import sqlalchemy as sa

from broker.db import Connection, insert_new
from broker.metadata.model import Localised
from broker.metadata.sources.model import Alarm, AlarmRecord
from broker.metadata.tables import METADATA_ALARM

_A = METADATA_ALARM.c


def seen(connection: Connection, alarm: Alarm, at: datetime) -> bool:
    """Keep that something was seen; whether it is seen for the first time."""
    values = {
        "federation": alarm.federation,
        "source_code": alarm.source,
        "subject": alarm.subject[:300],
        "code": alarm.code,
        "level": alarm.level,
        "words_da": alarm.words.da,
        "words_en": alarm.words.en,
        "first_seen": at,
        "last_seen": at,
        "times": 1,
    }
    if insert_new(connection, METADATA_ALARM, [values]):
        return True
    again = {key: values[key] for key in ("level", "words_da", "words_en", "last_seen")}
    open_one = _same(alarm.federation, alarm.source, alarm.subject[:300], alarm.code)
    connection.execute(
        sa.update(METADATA_ALARM).where(*open_one).values(**again, times=_A.times + 1)
    )
    return False


def clear(
    connection: Connection, federation: str, source: str, subject: str, code: str, at: datetime
) -> bool:
    """Close an alarm whose cause is gone; whether there was one."""
    gone = sa.update(METADATA_ALARM).where(*_same(federation, source, subject[:300], code))
    return connection.execute(gone.values(cleared_at=at)).rowcount > 0


def clear_subject(connection: Connection, federation: str, subject: str, at: datetime) -> int:
    """Close everything about an entity: a person decided. How many there were."""
    gone = sa.update(METADATA_ALARM).where(
        _A.federation == federation, _A.subject == subject[:300], _A.cleared_at.is_(None)
    )
    return connection.execute(gone.values(cleared_at=at)).rowcount


def acknowledge(connection: Connection, number: int, at: datetime, by: str, words: str) -> bool:
    """Keep that a person saw an open alarm; False where there is none of that number."""
    values = {"acknowledged_at": at, "acknowledged_by": by, "acknowledgement": words}
    found = sa.update(METADATA_ALARM).where(_A.id == number, _A.cleared_at.is_(None))
    return connection.execute(found.values(values)).rowcount > 0


def every(
    connection: Connection, federation: str | None = None, *, closed: bool = False
) -> list[AlarmRecord]:
    """The open alarms, or all that ever were; the newest first."""
    query = sa.select(METADATA_ALARM).order_by(_A.id.desc())
    if federation is not None:
        query = query.where(_A.federation == federation)
    if not closed:
        query = query.where(_A.cleared_at.is_(None))
    return [_record(row) for row in connection.execute(query).mappings()]


def _same(
    federation: str, source: str, subject: str, code: str
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        _A.federation == federation,
        _A.source_code == source,
        _A.subject == subject,
        _A.code == code,
        _A.cleared_at.is_(None),
    )


def _record(row: sa.RowMapping) -> AlarmRecord:
    alarm = Alarm(
        federation=row["federation"],
        source=row["source_code"],
        subject=row["subject"],
        code=row["code"],
        level=row["level"],
        words=Localised(row["words_da"], row["words_en"]),
    )
    return AlarmRecord(
        id=row["id"],
        alarm=alarm,
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        times=row["times"],
        acknowledged_at=row["acknowledged_at"],
        acknowledged_by=row["acknowledged_by"],
        acknowledgement=row["acknowledgement"],
        cleared_at=row["cleared_at"],
    )
