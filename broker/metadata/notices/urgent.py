"""That a switch was taken back, or a key is known to others: told as it is decided."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.db import Connection
from broker.mail.facts import EmergencyFacts, TakenBackFacts
from broker.mail.model import Event
from broker.metadata import store
from broker.metadata.homes import federations_in
from broker.metadata.model import Federation
from broker.metadata.notices.office import Office
from broker.metadata.notices.people import Person, people
from broker.metadata.report import Occasion
from broker.metadata.rollover.choosing import counts
from broker.metadata.rollover.desk import ReadySource, held
from broker.metadata.rollover.model import Ask
from broker.metadata.rollover.telling import Compromised, News, TakenBack

_JUST_NOW = timedelta(microseconds=1)
_KIND_OF = {"idp": "sp", "sp": "idp"}


@dataclass(frozen=True, slots=True)
class UrgentNews:
    """Writes to every partner that a decision changes something for, in its transaction."""

    office: Office
    ready: ReadySource

    def __call__(self, connection: Connection, news: News, occasion: Occasion) -> None:
        """Tell the partners. What cannot be written is left out: the decision stands."""
        path = news.slot.federation
        homes = {h.path: h for h in federations_in(connection, self.office.origin)}
        home = homes.get(path)
        if home is None:
            return
        if isinstance(news, TakenBack):
            codes = self._taken_back(connection, news, occasion)
            for person in people(connection, path, news.slot.side, codes):
                self._put(connection, home, person, self._back(home, person, news, occasion))
        else:
            for person in people(connection, path, news.slot.side):
                self._put(connection, home, person, self._stolen(home, person, news, occasion))

    def _taken_back(
        self, connection: Connection, news: TakenBack, occasion: Occasion
    ) -> frozenset[str]:
        """Whom it concerns: the one that was named, or everybody who had switched until now."""
        if news.partner is not None:
            return frozenset({news.partner})
        known, slot, now = held(connection, self.ready), news.slot, occasion.at

        def key(code: str, at: datetime) -> str:
            return counts(known, slot, Ask(code), at).epoch

        federation = store.members(connection, slot.federation)
        codes = {member.code for member in federation if member.kind == _KIND_OF[slot.side]}
        return frozenset(
            code
            for code in codes
            if key(code, now) == news.epoch and key(code, now - _JUST_NOW) != news.epoch
        )

    def _back(
        self, home: Federation, person: Person, news: TakenBack, occasion: Occasion
    ) -> tuple[Event, Occasion]:
        facts = TakenBackFacts(
            federation=home.name,
            partner=person.name,
            taken_back_at=occasion.at,
            fingerprint=self.office.fingerprint(news.slot, news.epoch),
            reason=occasion.reason,
            alone=news.partner is not None,
        )
        about = f"{home.path}/{news.slot.side}/{news.plan}/{person.code}"
        return Event("rollover-taken-back", about, f"back {_stamp(occasion)}", facts), occasion

    def _stolen(
        self, home: Federation, person: Person, news: Compromised, occasion: Occasion
    ) -> tuple[Event, Occasion]:
        side, office = news.slot.side, self.office
        facts = EmergencyFacts(
            federation=home.name,
            partner=person.name,
            since=occasion.at,
            stolen=tuple(filter(None, (office.fingerprint(s, news.epoch) for s in news.slots))),
            fingerprints=tuple(
                filter(None, (office.fingerprint(s, e) for s, e in news.instead.items()))
            ),
            switched=news.switched,
            metadata_url=office.own_address(home, side, person.row),
        )
        about = f"{home.path}/{side}/{news.epoch}/{person.code}"
        return Event("rollover-emergency", about, _stamp(occasion), facts), occasion

    def _put(
        self, connection: Connection, home: Federation, person: Person, told: tuple[Event, Occasion]
    ) -> None:
        event, occasion = told
        recipients = person.to(everybody=True, instead=self.office.operators_of(home))
        self.office.letters.put(connection, event, recipients, occasion.at)


def _stamp(occasion: Occasion) -> str:
    return f"{occasion.at:%Y-%m-%dT%H:%M:%S.%fZ}"
