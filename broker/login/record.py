"""What is written when: replay marks, session, audit, counters and the security log. R8, R9.

One event in the security log for every refusal and every finished login; an audit row
from a verified signature on; rows for nothing that an unauthenticated peer sent.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broker.audit.events import How, LoginCompleted, LoginRefused
from broker.audit.evidence.keeping import Evidence
from broker.audit.evidence.model import Message, request_key
from broker.audit.flights import store as flights
from broker.audit.flights.model import CHOOSE, OK
from broker.audit.flights.waiting import WaitingFlights
from broker.audit.log import SecurityLog
from broker.audit.store import AuditStore
from broker.audit.tallies import store as tallies
from broker.audit.tallies.counting import Tallies
from broker.db import Connection, Engine, writing
from broker.errors import BrokerError, NotAllowed
from broker.health.counts import FlowCounts
from broker.health.model import failure_kind
from broker.health.store import add_minutes
from broker.identities.model import Found, IdentityKey, NameIdResult
from broker.identities.numbers.store import CprIndex
from broker.identities.store import IdentityStore
from broker.login.crowds import Crowds
from broker.login.flight import flight_of
from broker.login.state import Accepted, AwaitingChoice, AwaitingResponse, Permitted, Try
from broker.login.store import LoginStore
from broker.login.turn import Turn
from broker.metadata.model import ConnectedIdp, Service
from broker.metadata.readiness import store as readiness
from broker.metadata.readiness.signals import Signals
from broker.statistics.choices import ChoiceLog
from broker.statistics.model import Wrong
from broker.statistics.store import add_choices

_LOG = logging.getLogger("broker.login")
REPLAY_MARGIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes what a login leaves behind, in the transaction it is given."""

    store: LoginStore
    identities: IdentityStore
    numbers: CprIndex
    audit: AuditStore
    log: SecurityLog
    counts: FlowCounts
    choices: ChoiceLog
    signals: Signals
    engine: Engine
    evidence: Evidence
    tallies: Tallies
    crowds: Crowds
    waiting: WaitingFlights = field(default_factory=WaitingFlights)

    def started(self, federation: str, service: Service, idp: ConnectedIdp, now: datetime) -> None:
        """Count a flow that went to an IdP in memory; at most once a minute the sums are kept.

        So an IdP that sends nobody back shows, and a flood writes one row a minute (R8).
        """
        self.counts.add("started", federation, service.code, idp.code, now)
        self.keep(now)

    def keep(self, now: datetime) -> None:
        """Hand over what was counted in minutes that are over, in a transaction of its own."""
        rows, (choices, wrong) = self.counts.take(now), self.choices.take(now)
        seen = self.signals.take(now)
        flown, counted = self.waiting.take(), self.tallies.take(now)
        if rows or choices or wrong or seen or flown or counted:
            with writing(self.engine) as connection:
                flights.keep(connection, flown)
                add_minutes(connection, rows)
                add_choices(connection, choices, wrong)
                readiness.keep(connection, seen)
                tallies.add(connection, counted)

    def waits(self, now: datetime) -> None:
        """Count a page that told somebody to wait, whose address was refused too often (R17)."""
        self.tallies.add("wait")
        self._keep_if_due(now)

    def _keep_if_due(self, now: datetime) -> None:
        """At most once a minute, also where nobody begins a login any more."""
        if not self.tallies.due(now):
            return
        try:
            with writing(self.engine) as connection:
                tallies.add(connection, self.tallies.take(now))
        except Exception:  # noqa: BLE001  # counting must not cost the person the page
            _LOG.exception("counters.lost")

    def answered(self, turn: Turn, made: Try | None) -> None:
        """Count somebody whom the IdP sent back with an answer that holds, and the time away."""
        service, idp = turn.known()
        away = turn.now - made.at if made else None
        self.counts.add(
            "returned", turn.federation.path, service.code, idp.code, turn.now, away=away
        )

    def instead(self, turn: Turn, waiting: AwaitingChoice | AwaitingResponse, idp: int) -> None:
        """Count the choice before as wrong, where another is made in the same flow."""
        if not isinstance(waiting, AwaitingResponse) or turn.service is None:
            return
        before = waiting.tries[-1].idp
        if before != idp:
            left = turn.registry.idp_by_row(turn.federation.path, before)
            self.choices.wrong(
                "changed", turn.federation.path, turn.service.code, left.code, turn.now
            )

    def spend(self, connection: Connection, turn: Turn, accepted: Accepted) -> None:
        """Use up the assertion and every request of the flow. Raises Refused("context.replay").

        The flow itself as well, so that a copy of its cookie cannot end it twice (R4). An
        assertion that a session remembers was used up when it came.
        """
        waiting, assertion = accepted.waiting, accepted.assertion
        messages = [("", waiting.flow)]
        if isinstance(waiting, AwaitingResponse):
            messages += [("", made.request_id) for made in waiting.tries if made.request_id]
            messages.append((assertion.issuer, assertion.id))
        conditions = assertion.conditions
        end = conditions.not_on_or_after if conditions else None
        until = max(end or turn.now, waiting.valid_until) + REPLAY_MARGIN
        self.store.spend(connection, turn.federation.path, messages, until)

    def person(
        self, connection: Connection, turn: Turn, keys: Sequence[IdentityKey], cpr: str | None
    ) -> Found:
        """Which person it is, who is found again by a CPR number that was said with it.

        Raises NotAllowed("policy.no_identity").
        """
        if not keys:
            raise NotAllowed("policy.no_identity", "nothing lasting identifies the person")
        found = self.identities.person(connection, turn.federation.path, keys, turn.now)
        self.numbers.said(connection, found.person, cpr, turn.now)
        return found

    def name(self, connection: Connection, turn: Turn, found: Found) -> NameIdResult:
        """The NameID of this person at this group of services (R18)."""
        service, _ = turn.known()
        create = turn.asked is None or turn.asked.create
        return self.identities.name_id(connection, found, service.group, turn.now, create=create)

    def completed(
        self,
        connection: Connection,
        turn: Turn,
        permitted: Permitted,
        named: NameIdResult,
        roles: int,
        how: How,
        issued: bytes,
    ) -> None:
        """The audit row of a finished login, with what is kept of its messages."""
        service, idp = turn.known()
        answered = permitted.accepted.answered
        event = LoginCompleted(
            federation=turn.federation.path,
            service=service.code,
            idp=idp.code,
            assurance=permitted.claims.level,
            roles=roles,
            subject=str(named.person),
            request_id=answered.request_id if answered else "",
            how=how,
            evidence=self._evidence(connection, turn, issued),
            trace=tuple(f"{s.hop}:{s.peer}:{s.ms}" for s in permitted.accepted.waiting.trace),
        )
        self.audit.append(connection, event, at=turn.now, reference=turn.reference)
        flown = flight_of(turn, OK, how=how, level=permitted.claims.level)
        flights.keep(connection, [flown])
        readiness.keep(connection, self.signals.take(turn.now))

    def chooses(self, connection: Connection, turn: Turn) -> None:
        """The flight of a login that holds, and goes on when an organisation is chosen."""
        self._evidence(connection, turn)
        flights.keep(connection, [flight_of(turn, CHOOSE)])

    def announce(self, turn: Turn) -> None:
        """Log a finished login, once it is certain that it was kept."""
        self.log.record(
            "login.completed", reference=turn.reference, code="ok", fields=_fields(turn)
        )

    def refused(self, connection: Connection | None, turn: Turn, error: BrokerError) -> None:
        """One event in the security log, and an audit row where a transaction is given (R8)."""
        fields = _fields(turn)
        fields["detail"] = error.detail
        self.log.record("login.refused", reference=turn.reference, code=error.code, fields=fields)
        if turn.service is not None and turn.idp is not None:
            self._failed(turn, turn.service.code, turn.idp.code, error.code)
        if connection is not None:
            event = LoginRefused(
                federation=turn.federation.path,
                service=turn.service.code if turn.service else None,
                idp=turn.idp.code if turn.idp else None,
                code=error.code,
                hop=turn.hop,
                evidence=self._evidence(connection, turn),
            )
            self.audit.append(
                connection, event, at=turn.now, reference=turn.reference, subject=turn.person
            )
        flown = flight_of(turn, error.code, detail=error.detail)
        if connection is not None:
            flights.keep(connection, [flown])
        elif turn.trail is not None:  # a flow that we began ourselves
            self.waiting.add(flown)
        if connection is None:
            self._keep_if_due(turn.now)

    def _evidence(self, connection: Connection, turn: Turn, issued: bytes | None = None) -> str:
        """What came from the IdP and what went to the service, encrypted; what it is called."""
        messages = [Message("response", "post", turn.received)] if turn.received else []
        if issued is not None:
            messages.append(Message("issued", "post", issued))
        request = None
        if turn.asked is not None and turn.asked.solicited and turn.service is not None:
            request = request_key(turn.federation.path, turn.service.code, turn.asked.request_id)
        return self.evidence.keep(
            connection,
            messages,
            reference=turn.reference,
            federation=turn.federation.path,
            at=turn.now,
            request=request,
        )

    def _failed(self, turn: Turn, service: str, idp: str, code: str) -> None:
        """Count a refusal by whose fault it is; also as a wrong choice, where another may do."""
        path, kind = turn.federation.path, failure_kind(code)
        if turn.hop == "idp_response" and kind == "cancelled":
            self.counts.add("returned", path, service, idp, turn.now)
        self.counts.add("refused", path, service, idp, turn.now, failure=kind)
        if kind in ("cancelled", "policy"):
            wrong: Wrong = "cancelled" if kind == "cancelled" else "refused"
            self.choices.wrong(wrong, path, service, idp, turn.now)


def _fields(turn: Turn) -> dict[str, str | int | None]:
    return {
        "federation": turn.federation.path,
        "hop": turn.hop,
        "service": turn.service.code if turn.service else None,
        "idp": turn.idp.code if turn.idp else None,
        "unverified_issuer": turn.claimed,
        "sha256": turn.sha256,
    }
