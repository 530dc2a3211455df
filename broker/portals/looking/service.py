"""Looking begins with a reason, lasts an hour, and leaves a trail at every page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from broker.audit.events import DeskLooked
from broker.audit.masking import MASK, cleaned
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import NotAllowed, Refused, Unknown
from broker.organisations.model import Actor
from broker.organisations.permissions import Thing, demand
from broker.portals.looking import store
from broker.portals.looking.model import LIFE, Look
from broker.web.reference import new_reference

SHORTEST = 3  # letters of a search
REASON = 5

What = Literal["search", "person", "login", "simulate"]


@dataclass(frozen=True, slots=True)
class Looking:
    """Whoever may look, and what is kept of it."""

    audit: AuditStore

    def begin(
        self,
        connection: Connection,
        actor: Actor,
        federation: str,
        sought: str,
        reason: str,
        case_no: str,
        now: datetime,
    ) -> Look:
        """Say what is sought and why. Raises NotAllowed, Refused("desk.cpr" | ".short" |
        ".reason").
        """
        demand(actor, "desk.look", Thing(federation))
        if actor.account is None:
            raise NotAllowed("permission.mandate", "nobody who could be told of")
        typed = " ".join(sought.split())[:200]
        if MASK in cleaned(typed) or MASK in cleaned(reason):
            raise Refused("desk.cpr", "a CPR number was typed")
        if len(typed) < SHORTEST:
            raise Refused("desk.short", "that would find everybody")
        if len(reason.strip()) < REASON:
            raise Refused("desk.reason", "no reason was given")
        look = Look(
            id=uuid4(),
            federation=federation,
            account=actor.account,
            at=now,
            sought=cleaned(typed)[:200],
            reason=cleaned(reason.strip())[:500],
            case_no=cleaned(case_no.strip())[:64] or None,
        )
        store.add(connection, look)
        self._told(connection, look, "search", None, look.reference or "", now)
        return look

    def opened(
        self, connection: Connection, actor: Actor, federation: str, look_id: UUID, now: datetime
    ) -> Look:
        """A look of one's own that still counts. Raises Unknown("desk.look"), NotAllowed."""
        demand(actor, "desk.look", Thing(federation))
        look = store.look(connection, look_id)
        if look is None or look.federation != federation or look.account != actor.account:
            raise Unknown("desk.look", "no look of this person's")
        if now >= look.at + LIFE:
            raise NotAllowed("desk.over", "the reason was given too long ago")
        return look

    def saw(
        self,
        connection: Connection,
        look: Look,
        what: What,
        subject: UUID | None,
        reference: str,
        now: datetime,
    ) -> None:
        """That a page about somebody was looked at."""
        self._told(connection, look, what, subject, reference, now)

    def _told(
        self,
        connection: Connection,
        look: Look,
        what: What,
        subject: UUID | None,
        reference: str,
        now: datetime,
    ) -> None:
        event = DeskLooked(
            federation=look.federation,
            by=str(look.account),
            look=str(look.id),
            what=what,
            subject=str(subject) if subject else None,
            login=reference,
            reason=look.reason,
            case_no=look.case_no or "",
        )
        self.audit.append(connection, event, at=now, reference=new_reference())
