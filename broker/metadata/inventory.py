"""Every certificate in use with its verdict: partners' and ours, for a person or a job to read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from broker.db import Engine, reading
from broker.errors import BrokerError
from broker.metadata import store
from broker.metadata.certificates import Verdict, judge
from broker.metadata.expiry import OURS, Held, held_by_partner, held_by_us
from broker.metadata.homes import federations_in
from broker.metadata.model import Federation, FederationKeys
from broker.metadata.revocations import store as revocations
from broker.saml.chains import Use
from broker.saml.entity_descriptor import read_entity

LoadKeys = Callable[[Federation], FederationKeys]


@dataclass(frozen=True, slots=True)
class Entry:
    """One certificate in use; our own are judged by nobody's policy and have no verdict."""

    held: Held
    verdict: Verdict | None
    days: int  # left, negative once it has run out


@dataclass(frozen=True, slots=True)
class Inventory:
    """Reads what is registered and, with `keys`, what we hold ourselves."""

    engine: Engine
    origin: str
    keys: LoadKeys

    def held(self) -> Iterator[Held]:
        """Every certificate in use; a document that cannot be read has none."""
        with reading(self.engine) as connection:
            homes = {home.path: home for home in federations_in(connection, self.origin)}
            records = store.entities(connection)
        for home in homes.values():
            try:
                yield from held_by_us(home, self.keys(home))
            except BrokerError:
                continue  # `broker check` says what is wrong with our keys
        for record in records:
            if record.xml is None or record.federation not in homes:
                continue
            try:
                facts = read_entity(record.xml)
                home = homes[record.federation]
                found = held_by_partner(home, record.code, record.kind, record.document, facts)
                yield from list(found)
            except (BrokerError, ValueError):
                continue

    def entries(self, now: datetime) -> list[Entry]:
        """Each with its verdict now, what runs out first first."""
        with reading(self.engine) as connection:
            homes = {home.path: home for home in federations_in(connection, self.origin)}
            answers = revocations.answers(connection)
        entries = []
        for held in self.held():
            verdict = None
            if held.whose != OURS:
                policy = homes[held.federation].certificates
                verdict = _worst(
                    [judge(held.certificate, policy, answers, now, use=use) for use in _uses(held)]
                )
            days = (held.certificate.not_after - now).days
            entries.append(Entry(held, verdict, days))
        return sorted(entries, key=lambda one: (one.days, one.held.federation, one.held.whose))


def _uses(held: Held) -> Iterator[Use]:
    for use in held.uses:
        yield "signing" if use == "signing" else "encryption"


def _worst(verdicts: list[Verdict]) -> Verdict | None:
    return next((one for one in verdicts if not one.usable), verdicts[0] if verdicts else None)
