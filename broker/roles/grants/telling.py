"""What the audit trail is told of a grant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from broker.audit.events import GrantChanged, GrantEnded, GrantGiven
from broker.audit.events.grants import GrantEnd
from broker.organisations.model import Actor, Deed, Mandate
from broker.periods import Period
from broker.roles.grants.model import Grant, Objection
from broker.roles.grants.scopes import spelled

LABEL = 128  # characters of whoever did it, as rows keep it
REASON = 500


@dataclass(frozen=True, slots=True)
class Record:
    """Who does something, by which mandate, when and why, and to which role."""

    actor: Actor
    mandate: Mandate | None
    deed: Deed
    federation: str
    role: str  # URN

    @property
    def on_behalf_of(self) -> str | None:
        """The account that a substitute stands in for, where the mandate is a substitute's."""
        return text_of(self.mandate.on_behalf_of) if self.mandate else None


def short(reason: str) -> str:
    """A reason as rows keep it."""
    return reason[:REASON]


def text_of(id_: UUID | None) -> str | None:
    """An id as the trail keeps it."""
    return None if id_ is None else str(id_)


def end_of(period: Period) -> str | None:
    """The end of a period as the trail keeps it; None where there is none."""
    return period.ends.isoformat() if period.ends else None


def given(record: Record, grant: Grant, warnings: Sequence[Objection]) -> GrantGiven:
    """That a grant was given."""
    return GrantGiven(
        grant=str(grant.id),
        federation=record.federation,
        organisation=str(grant.organisation),
        account=text_of(grant.account),
        group=text_of(grant.group),
        role=record.role,
        scopes=tuple(map(spelled, grant.scopes)),
        since=grant.period.since.isoformat(),
        until=end_of(grant.period),
        bundle=text_of(grant.bundle),
        request=text_of(grant.request),
        batch=text_of(grant.batch),
        warnings=tuple(one.code for one in warnings),
        case_no=record.deed.case_no,
        by=record.actor.by,
        seat=record.actor.seat,
        on_behalf_of=record.on_behalf_of,
        reason=record.deed.reason,
    )


def changed(
    record: Record,
    before: Grant,
    after: Grant,
    what: Literal["extended", "shortened", "narrowed"],
    warnings: Sequence[Objection],
) -> GrantChanged:
    """That a grant was changed, or that another follows it."""
    return GrantChanged(
        grant=str(before.id),
        federation=record.federation,
        organisation=str(before.organisation),
        account=text_of(before.account),
        group=text_of(before.group),
        role=record.role,
        what=what,
        followed_by=str(after.id) if after.id != before.id else None,
        scopes=tuple(map(spelled, after.scopes)),
        until_before=end_of(before.period),
        until=end_of(after.period),
        warnings=tuple(one.code for one in warnings),
        case_no=record.deed.case_no,
        by=record.actor.by,
        seat=record.actor.seat,
        on_behalf_of=record.on_behalf_of,
        reason=record.deed.reason,
    )


def ended(record: Record, grant: Grant, what: GrantEnd) -> GrantEnded:
    """That a grant counts no more."""
    return GrantEnded(
        grant=str(grant.id),
        federation=record.federation,
        organisation=str(grant.organisation),
        account=text_of(grant.account),
        group=text_of(grant.group),
        role=record.role,
        what=what,
        case_no=record.deed.case_no,
        by=record.actor.by,
        seat=record.actor.seat,
        on_behalf_of=record.on_behalf_of,
        reason=record.deed.reason,
    )
