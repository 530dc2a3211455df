"""Certificates that run out: 90, 60, 30, 14, 7 and 1 days ahead, each level told once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from broker.db import Connection, Engine, reading, writing
from broker.mail.facts import ExpiryFacts
from broker.mail.model import Event, Recipient
from broker.metadata import store
from broker.metadata.expiry import OURS, Expiring, Held, Side, warnings
from broker.metadata.homes import federations_in
from broker.metadata.model import Federation, Localised
from broker.metadata.notices.office import Office
from broker.metadata.notices.people import name_of

_NAMED = 5  # partners of one certificate that a mail names


@dataclass(frozen=True, slots=True)
class ExpiryWatch:
    """Tells whoever can renew a certificate; `held` reads every certificate in use."""

    engine: Engine
    office: Office
    held: Callable[[datetime], Iterable[Held]]

    def tell(self, now: datetime) -> int:
        """Tell of every warning that is due; how many mails were new.

        A certificate that several partners use is one certificate: who hears of it for several
        gets one mail that names them.
        """
        due = warnings(self.held(now), now)
        with reading(self.engine) as connection:
            homes = {h.path: h for h in federations_in(connection, self.office.origin)}
            names = {
                (r.federation, r.kind, r.code): name_of(r.document, r.code)
                for r in store.members(connection)
            }
        by_certificate: dict[str, list[Expiring]] = {}
        for one in due:
            if one.federation in homes:
                by_certificate.setdefault(one.fingerprint, []).append(one)
        told = 0
        for every in by_certificate.values():
            with writing(self.engine) as connection:
                told += self._one(connection, every, homes, names, now)
        return told

    def _one(
        self,
        connection: Connection,
        every: list[Expiring],
        homes: dict[str, Federation],
        names: Mapping[tuple[str, Side, str], Localised],
        now: datetime,
    ) -> int:
        concerns: dict[Recipient, list[Expiring]] = {}
        for one in every:
            for recipient in self._recipients(one, homes[one.federation]):
                concerns.setdefault(recipient, []).append(one)
        told = 0
        for recipient, some in concerns.items():
            first = some[0]
            called = [
                names.get((one.federation, one.side, one.whose), Localised(one.whose, one.whose))
                for one in some
            ]
            facts = ExpiryFacts(
                federation=_listed([homes[one.federation].name for one in some]),
                partner=_listed(called),
                subject=first.subject,
                fingerprint=first.fingerprint,
                not_after=first.expires,
                ours=first.whose == OURS,
            )
            level = f"{first.milestone}d"
            event = Event("certificate-expiry", first.fingerprint, level, facts)
            told += self.office.letters.put(connection, event, [recipient], now)
        return told

    def _recipients(self, one: Expiring, home: Federation) -> tuple[Recipient, ...]:
        """Its contacts, or the operator: for our own, and in place of who cannot be written to."""
        operators = self.office.operators_of(home)
        if one.whose == OURS:
            return operators
        contacts = [mail for mail in one.contacts if mail != home.contact.mail]
        if not contacts:
            return tuple(Recipient(each.address, "instead") for each in operators)
        return tuple(Recipient(mail, "contact") for mail in contacts)


def _listed(texts: list[Localised]) -> Localised:
    """Names in a row, each once, and how many more there are."""
    unique = list(dict.fromkeys(texts))
    shown, more = unique[:_NAMED], len(unique) - _NAMED
    danish, english = ", ".join(t.da for t in shown), ", ".join(t.en for t in shown)
    if more > 0:
        return Localised(f"{danish} og {more} til", f"{english} and {more} more")
    return Localised(danish, english)
