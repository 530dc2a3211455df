"""Sending a cart: every line becomes a request, or none does."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from broker.audit.events import RequestFinished, RequestSent
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import NotAllowed, Unavailable
from broker.organisations import words
from broker.organisations.model import Actor, Deed
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.service import GrantService
from broker.roles.requests import store
from broker.roles.requests.carrying_out import Hand, carry_out
from broker.roles.requests.model import Asked, Outlook, Request
from broker.roles.requests.preview import Line, look
from broker.web.reference import ALPHABET

REASON = 1000  # characters of what is kept
AT_ONCE = "at-once"  # the policy's name where a practice of one person has none

_ATTEMPTS = 5  # to find a number that is free, of a hundred thousand million


def spoken(said: str) -> str:
    """What somebody wrote, on one line. Raises Refused("input.cpr" | "input.too_long" | …).

    It is the reason of the grant as well, and stands in records: so it holds what those may.
    """
    return words.line("the reason", " ".join(said.split()), words.REASON)


def new_number() -> str:
    """A number to quote on the phone, such as `7KQ2-9F4M`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


@dataclass(frozen=True, slots=True)
class Sender:
    """Previews and sends carts, in the caller's transaction."""

    audit: AuditStore
    grants: GrantService
    catalogue: Callable[[Connection], Catalogue]

    def preview(
        self, connection: Connection, actor: Actor, cart: Sequence[Asked], deed: Deed
    ) -> tuple[Outlook, ...]:
        """What each line would meet: objections, remarks, who decides, until when at most."""
        lines = look(connection, self.catalogue(connection), actor, cart, deed.at)
        return tuple(line.outlook for line in lines)

    def send(
        self, connection: Connection, actor: Actor, cart: Sequence[Asked], deed: Deed
    ) -> tuple[Request, ...]:
        """Send every line of a cart; `deed.reason` is what approvers read.

        Raises what the preview would tell, as NotAllowed with the first objection's code; and
        `request.reason` where no reason is given. What needs no approval takes effect at once.
        Raises Refused where the reason holds a CPR number or is too long.
        """
        if not deed.reason.strip():
            raise NotAllowed("request.reason", "no reason")
        deed = replace(deed, reason=spoken(deed.reason))
        lines = look(connection, self.catalogue(connection), actor, cart, deed.at)
        for line in lines:
            for objection in line.outlook.objections:
                raise NotAllowed(objection.code, objection.what)
        own = uuid4()
        return tuple(self._file(connection, actor, line, own, deed) for line in lines)

    def _file(
        self, connection: Connection, actor: Actor, line: Line, cart: UUID, deed: Deed
    ) -> Request:
        if actor.account is None:
            raise NotAllowed("request.account", "nobody in particular asks")
        made = Request(
            id=uuid4(),
            number="",
            cart=cart,
            action=line.asked.action,
            requester=actor.account,
            subject=line.subject.id,
            organisation=line.subject.organisation,
            role=line.role.id,
            grant=line.grant.id if line.grant else None,
            scopes=line.wanted.scopes,
            period=line.period,
            reason=deed.reason.strip()[:REASON],
            stages=line.outlook.stages,
            stage=0,
            stage_since=deed.at,
            state="submitted" if line.outlook.stages else "approved",
            created_at=deed.at,
        )
        made = self._numbered(connection, made)
        self._tell_sent(connection, actor, line, made, deed)
        if made.state != "approved":
            return made
        policy = line.version.policy or AT_ONCE
        ended = carry_out(connection, self.grants, made, Hand(actor, policy=policy), deed)
        store.save(connection, made, ended)
        tell_finished(connection, self.audit, ended, line.role.federation, deed)
        return ended

    @staticmethod
    def _numbered(connection: Connection, made: Request) -> Request:
        for _ in range(_ATTEMPTS):
            numbered = replace(made, number=new_number())
            if store.add(connection, numbered):
                return numbered
        raise Unavailable("request.number", "no number is free")

    def _tell_sent(
        self, connection: Connection, actor: Actor, line: Line, made: Request, deed: Deed
    ) -> None:
        event = RequestSent(
            federation=line.role.federation,
            organisation=str(made.organisation),
            request=str(made.id),
            number=made.number,
            action=made.action,
            role=line.role.urn,
            subject=str(made.subject),
            stages=len(made.stages),
            reason=made.reason,
            by=actor.by,
            seat=actor.seat,
        )
        self.audit.append(connection, event, at=deed.at, reference=deed.reference)


def tell_finished(
    connection: Connection, audit: AuditStore, ended: Request, federation: str, deed: Deed
) -> None:
    """Record how a request ended once everything was approved."""
    event = RequestFinished(
        federation=federation,
        organisation=str(ended.organisation),
        request=str(ended.id),
        number=ended.number,
        state=ended.state,
        outcome=ended.outcome.code if ended.outcome else "ok",
        grant=str(ended.given) if ended.given else None,
    )
    audit.append(connection, event, at=deed.at, reference=deed.reference)
