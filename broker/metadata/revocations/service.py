"""Ask for every certificate that a federation wants answers for, and keep what counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from broker.audit.events import RevocationChanged
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, reading, writing
from broker.errors import BrokerError
from broker.metadata import store as registry
from broker.metadata.certificates import certificates_of, fingerprint, judge
from broker.metadata.homes import federations_in
from broker.metadata.model import Federation
from broker.metadata.report import Occasion
from broker.metadata.revocations import store
from broker.metadata.revocations.asking import Asking, Fetch
from broker.metadata.revocations.model import Line, Question, RefreshReport
from broker.saml.entity_descriptor import read_entity
from broker.saml.keys import Certificate
from broker.saml.revocation import Answer

_Held = list[tuple[str, Certificate]]  # by the path of a federation


@dataclass(frozen=True, slots=True)
class RevocationService:
    """Refreshes the answers. Called by a person's command or a job, never by a login."""

    engine: Engine
    origin: str
    audit: AuditStore
    fetch: Fetch

    def refresh(self, occasion: Occasion, extra: Sequence[Certificate] = ()) -> RefreshReport:
        """Ask for each certificate in use, each that is wanted, and `extra` in every federation.

        Questions are asked outside of any transaction. Every node learns of what changed.
        """
        with reading(self.engine) as connection:
            homes = [
                home
                for home in federations_in(connection, self.origin)
                if home.certificates.revocation != "off"
            ]
            held = [*_in_force(connection, occasion.at), *store.wanted(connection)]
        held += [(home.path, certificate) for home in homes for certificate in extra]
        asking = Asking(self.fetch, occasion.at)
        lines = [asking.ask(question) for question in _questions(homes, held, occasion)]
        with writing(self.engine) as connection:
            before = store.answers(connection)
            kept = [self._keep(connection, line, before, occasion) for line in lines]
            store.forget_wanted(connection, occasion.at)
            if any(line.changed for line in kept):
                registry.bump(connection)
        return RefreshReport(tuple(kept))

    def _keep(
        self, connection: Connection, line: Line, before: dict[str, Answer], occasion: Occasion
    ) -> Line:
        answer, known = line.answer, before.get(line.asked.fingerprint)
        if answer is None:
            return line
        if not store.keep(connection, line.asked, answer, occasion.at):
            words = f"{line.asked.source}: older than the answer that we have (revocation.older)"
            return replace(line, answer=None, failures=(words,))
        told = known is not None and (known.status, known.revoked_at) == (
            answer.status,
            answer.revoked_at,
        )
        if not told and (known is not None or answer.status != "good"):
            event = RevocationChanged(
                fingerprint=line.asked.fingerprint,
                issuer=line.asked.issuer_name,
                serial=line.asked.serial,
                before=known.status if known else "",
                after=answer.status,
                reason=answer.reason,
                source=line.asked.source,
                by=occasion.by,
            )
            self.audit.append(connection, event, at=occasion.at, reference=occasion.reference)
        fresh = known is not None and known.next_update > occasion.at
        return replace(line, changed=not told or not fresh)


def _in_force(connection: Connection, at: datetime) -> Iterator[tuple[str, Certificate]]:
    """The certificates of every document in force, and those kept beside it; one that cannot be
    read has none.
    """
    for record in registry.entities(connection):
        yield from ((record.federation, one.certificate) for one in record.kept if at < one.until)
        if record.xml is None:
            continue
        try:
            facts = read_entity(record.xml)
        except (BrokerError, ValueError):
            continue
        for _role, _use, certificate in certificates_of(facts):
            yield record.federation, certificate


def _questions(homes: Sequence[Federation], held: _Held, occasion: Occasion) -> Iterator[Question]:
    """Each certificate on a path to a trusted root once, in each federation that wants to know."""
    policies = {home.path: home.certificates for home in homes}
    seen: set[tuple[str, str]] = set()
    for path, certificate in held:
        policy = policies.get(path)
        if policy is None or (path, certificate.fingerprint) in seen:
            continue
        found = judge(certificate, policy, {}, occasion.at).path
        if found is None or found.defect is not None:
            continue
        for issued, issuer in found.links:
            key = (path, fingerprint(issued))
            if key not in seen:
                seen.add(key)
                yield Question(path, issued, issuer, policy)
