"""Substitutes: colleagues who use a mandate in its holder's place, for a while and no longer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from broker.audit.events import SubstituteChanged
from broker.errors import NotAllowed, Refused, Unknown
from broker.organisations import store
from broker.organisations.desk import Desk, Work
from broker.organisations.mandating import lasting, not_in_place_of
from broker.organisations.model import Actor, Deed, Mandate, Substitution
from broker.organisations.permissions import Thing
from broker.organisations.store import write_mandates as rows
from broker.periods import Period

STANDING_IN = timedelta(days=366)  # the longest that a substitute is named for at a time


@dataclass(frozen=True, slots=True)
class SubstituteService:
    """Names those who stand in for somebody, within what `permissions` allows."""

    desk: Desk

    def name_substitute(
        self,
        actor: Actor,
        mandate_id: UUID,
        substitute_id: UUID,
        deed: Deed,
        *,
        until: datetime,
        since: datetime | None = None,
    ) -> UUID:
        """Let a colleague use a mandate in its holder's place, until an instant at the latest.

        By the holder or a chief. Raises Refused("substitute.itself" | "substitute.elsewhere" |
        "substitute.too_long" | "substitute.already" | "person.state"), Unknown(
        "mandate.unknown"), NotAllowed("substitute.holder" | "permission.substitute" | …).
        """
        with self.desk.work(actor, deed) as work:
            mandate = lasting(work, mandate_id)
            held = work.demand("substitute.name", _thing(mandate))
            not_in_place_of(held)
            _holder_or_chief(actor, mandate, held)
            period = _checked(work, mandate, substitute_id, work.period(since, until))
            made = rows.add_substitute(work.connection, mandate, substitute_id, period, work.said())
            one = Substitution(made, mandate.id, mandate.account, substitute_id, period)
            _record(work, mandate, one, "named")
        return made

    def end_substitute(self, actor: Actor, substitution_id: UUID, deed: Deed) -> None:
        """End it now, by holder or chief. Raises Unknown("substitute.unknown"), NotAllowed."""
        with self.desk.work(actor, deed) as work:
            one = rows.substitution(work.connection, substitution_id, deed.at)
            if one is None:
                raise Unknown("substitute.unknown", "nobody stands in there")
            mandate = lasting(work, one.mandate)
            held = work.demand("substitute.name", _thing(mandate))
            _holder_or_chief(actor, mandate, held)
            rows.end_substitute(work.connection, one.id, deed.at)
            _record(work, mandate, one, "ended")


def _thing(mandate: Mandate) -> Thing:
    return Thing(mandate.federation, mandate.organisation, mandate.service)


def _holder_or_chief(actor: Actor, mandate: Mandate, held: Mandate | None) -> None:
    """At the console and by operators too; by nobody else of the organisation."""
    if held is None or held.kind in ("operator", "org_chief") or actor.is_any_of(mandate.account):
        return
    raise NotAllowed("substitute.holder", "only the holder or a chief names who stands in")


def _checked(work: Work, mandate: Mandate, substitute_id: UUID, period: Period) -> Period:
    """The period, cut to the mandate's, of a substitute who may be one."""
    principal, substitute = work.account(mandate.account), work.account(substitute_id)
    if work.actor.is_any_of(substitute.id):
        raise NotAllowed("permission.oneself", "nobody names himself a substitute")
    if substitute.id in store.same_human(work.connection, principal.id):
        raise Refused("substitute.itself", "nobody stands in for himself")
    if substitute.organisation != principal.organisation:
        raise Refused("substitute.elsewhere", "a substitute is of the same organisation")
    if substitute.state != "active":
        raise Refused("person.state", "a substitute must be active")
    if period.until - period.since > STANDING_IN:
        raise Refused("substitute.too_long", f"at most {STANDING_IN.days} days at a time")
    for one in rows.substitutes(work.connection, mandate.id, work.deed.at):
        if one.substitute == substitute.id and one.period.meets(period):
            raise Refused("substitute.already", "they stand in for it then already")
    return period


def _record(
    work: Work, mandate: Mandate, one: Substitution, change: Literal["named", "ended"]
) -> None:
    event = SubstituteChanged(
        federation=mandate.federation,
        organisation=None if mandate.organisation is None else str(mandate.organisation),
        change=change,
        mandate_id=str(mandate.id),
        principal=str(one.principal),
        substitute=str(one.substitute),
        since=one.period.since.isoformat(),
        until=one.period.until.isoformat(),
        reason=work.deed.reason,
        case_no=work.deed.case_no,
        by=work.actor.by,
        seat=work.actor.seat,
    )
    work.record(event)
