"""Alarms by mail to the operator, in the transaction that raises them.

A notice is for whoever looks; a warning or worse is written. A thing that comes and goes is told
once a day, and of many that go wrong in one refresh one mail tells how many there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from broker.db import Connection
from broker.mail.facts import Facts, KeyFacts, MetadataFacts
from broker.mail.model import Event
from broker.metadata import store
from broker.metadata.homes import federations_in
from broker.metadata.model import Federation, Localised
from broker.metadata.notices.office import Office
from broker.metadata.notices.people import name_of
from broker.metadata.report import Occasion
from broker.metadata.sources.model import Alarm

FEW = 3  # alarms of one kind and source that each get a mail
_NAMED = 5  # of more than that, so many are named


@dataclass(frozen=True, slots=True)
class AlarmNews:
    """Writes to the operator what was raised."""

    office: Office

    def __call__(self, connection: Connection, found: Sequence[Alarm], occasion: Occasion) -> None:
        """Tell of alarms of one kind that nobody was told of yet."""
        telling = [alarm for alarm in found if alarm.level != "notice"]
        if not telling:
            return
        homes = {h.path: h for h in federations_in(connection, self.office.origin)}
        for home in homes.values():
            mine = [alarm for alarm in telling if alarm.federation == home.path]
            keys = [alarm for alarm in mine if alarm.fingerprint]
            rest = [alarm for alarm in mine if not alarm.fingerprint]
            names = _names(connection, home) if mine else {}
            for alarm in keys:
                facts = KeyFacts(home.name, _name(names, alarm), alarm.fingerprint, occasion.at)
                self._put(
                    connection, home, alarm, ("key-waits", alarm.fingerprint, facts), occasion
                )
            for alarm in rest if len(rest) <= FEW else [_together(rest)]:
                told = MetadataFacts(
                    federation=home.name,
                    partner=_name(names, alarm),
                    code=alarm.code,
                    words=alarm.words,
                    seen_at=occasion.at,
                    waits=alarm.waits,
                )
                day = f"{occasion.at:%Y-%m-%d}"
                self._put(connection, home, alarm, ("metadata-alarm", day, told), occasion)

    def _put(
        self,
        connection: Connection,
        home: Federation,
        alarm: Alarm,
        said: tuple[str, str, Facts],
        occasion: Occasion,
    ) -> None:
        kind, milestone, facts = said
        about = f"{home.path}/{alarm.source}/{alarm.subject}/{alarm.code}"
        event = Event(kind, about, milestone, facts)
        recipients = self.office.operators_of(home)
        self.office.letters.put(connection, event, recipients, occasion.at)


def _names(connection: Connection, home: Federation) -> dict[str, Localised]:
    return {
        record.entity_id: name_of(record.document, record.code)
        for record in store.members(connection, home.path)
        if record.entity_id is not None
    }


def _name(names: dict[str, Localised], alarm: Alarm) -> Localised:
    """What a partner is called; what is new or is a source has its own word alone."""
    return names.get(alarm.subject, Localised(alarm.subject, alarm.subject))


def _together(alarms: Sequence[Alarm]) -> Alarm:
    first, more = alarms[0], len(alarms) - _NAMED
    named = ", ".join(alarm.subject for alarm in alarms[:_NAMED])
    rest_da = f" og {more} til" if more > 0 else ""
    rest_en = f" and {more} more" if more > 0 else ""
    words = Localised(
        f"{len(alarms)} partnere: {named}{rest_da}.", f"{len(alarms)} entities: {named}{rest_en}."
    )
    subject = first.source or first.federation
    waits = any(alarm.waits for alarm in alarms)
    return Alarm(
        first.federation, first.source, subject, first.code, first.level, words, waits=waits
    )
