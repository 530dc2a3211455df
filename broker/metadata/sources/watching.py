"""What goes wrong by the clock alone: feeds and documents that run out. R27.

A signed feed that ran out stops counting, which the registry does by itself at each request;
here it is told beforehand. A document that a person approved goes on counting, and is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from broker.audit.store import AuditStore
from broker.db import Connection, Engine, writing
from broker.errors import BrokerError
from broker.metadata import store
from broker.metadata.dated import store as dated
from broker.metadata.instants import when
from broker.metadata.model import Localised
from broker.metadata.report import Occasion
from broker.metadata.sources.alarms import AlarmDesk, TellAlarms, of_source, tell_nobody
from broker.metadata.sources.model import Alarm, Source
from broker.metadata.sources.store import alarms, sources
from broker.saml.entity_descriptor import read_entity

SOON = timedelta(days=3)
SILENT = 3  # refreshes in a row that gave nothing, before it is critical

RUNS_OUT, RAN_OUT, SILENCE = "metadata.runs_out", "metadata.ran_out", "metadata.source_silent"


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at every source and at every document that a person loaded."""

    engine: Engine
    audit: AuditStore
    mail: TellAlarms = tell_nobody

    def look(self, occasion: Occasion) -> tuple[Alarm, ...]:
        """Raise what is wrong at this instant, close what is not any more; what is wrong."""
        desk = AlarmDesk(self.audit, self.mail)
        with writing(self.engine) as connection:
            found = [*_sources(connection, occasion), *_by_hand(connection, occasion)]
            wrong = {(a.federation, a.source, a.subject, a.code) for a in found}
            for record in alarms.every(connection):
                alarm = record.alarm
                key = (alarm.federation, alarm.source, alarm.subject, alarm.code)
                if alarm.code in (RUNS_OUT, RAN_OUT, SILENCE) and key not in wrong:
                    alarms.clear(connection, *key, occasion.at)
            desk.raise_all(connection, found, occasion)
        return tuple(found)


def _sources(connection: Connection, occasion: Occasion) -> Iterator[Alarm]:
    for source in sources.every(connection):
        yield from _validity(source, occasion)
        if source.failures >= SILENT:
            yield of_source(
                source,
                SILENCE,
                "critical",
                f"{source.failures} gange i træk er der ikke kommet noget brugbart fra kilden.",
                f"Nothing usable came {source.failures} times in a row.",
            )


def _validity(source: Source, occasion: Occasion) -> Iterator[Alarm]:
    until = source.valid_until
    if until is None or until > occasion.at + SOON:
        return
    day, day_da = f"{until:%Y-%m-%d %H:%M} UTC", when(until, "da")
    stops_da = " Dens partnere holder op med at gælde." if source.certificates else ""
    stops_en = " Its entities stop counting." if source.certificates else ""
    if until > occasion.at:
        da, en = (
            f"Metadata udløber {day_da}.{stops_da}",
            f"The metadata runs out on {day}.{stops_en}",
        )
        yield of_source(source, RUNS_OUT, "warning", da, en)
    else:
        da, en = f"Metadata udløb {day_da}.{stops_da}", f"The metadata ran out on {day}.{stops_en}"
        yield of_source(source, RAN_OUT, "critical", da, en)


def _by_hand(connection: Connection, occasion: Occasion) -> Iterator[Alarm]:
    """Documents that nobody keeps up to date: few, for a person loaded each of them."""
    records = [r for r in store.members(connection) if r.version and r.source_code is None]
    found = dated.documents(connection, [r.version for r in records if r.version])
    for record in records:
        try:
            until = read_entity(found[record.version or 0]).valid_until
        except BrokerError:
            continue  # the registry says so each time it is made
        if until is None or until > occasion.at + SOON:
            continue
        day, day_da = f"{until:%Y-%m-%d %H:%M} UTC", when(until, "da")
        over = until <= occasion.at
        words = Localised(
            f"Metadata {'udløb' if over else 'udløber'} {day_da}. De gælder stadig. Bed om nye.",
            f"The metadata {'ran' if over else 'runs'} out on {day}. It still counts: ask for new.",
        )
        code = RAN_OUT if over else RUNS_OUT
        subject = record.entity_id or record.code
        yield Alarm(record.federation, "", subject, code, "warning", words)
