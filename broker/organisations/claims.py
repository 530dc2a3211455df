"""Codes that take an account over: random, shown once, bound, short-lived, and good for one use.

For people of whom nothing is known yet that an IdP would say. A code is worth nothing without
a login that asserts the organisation's CVR number.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from uuid import UUID

from broker.audit.events import ClaimChanged
from broker.errors import NotAllowed, Refused
from broker.identities.model import IdentityKey
from broker.identities.store import IdentityStore
from broker.metadata.model import ConnectedIdp
from broker.organisations import store
from broker.organisations.arrivals import activate
from broker.organisations.codes import Code, new_code, read_code
from broker.organisations.desk import Desk, Work
from broker.organisations.linking import belongs, record, vouches
from broker.organisations.model import Account, Actor, Claim, Deed
from broker.organisations.permissions import Thing
from broker.organisations.store import linked as rows
from broker.periods import Period

LIFE = timedelta(days=14)
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who has just signed in, as a verified assertion said it."""

    federation: str
    person: UUID
    keys: tuple[IdentityKey, ...] = field(repr=False)
    cvr: str
    idp: ConnectedIdp


@dataclass(frozen=True, slots=True)
class ClaimService:
    """Makes codes, and lets people use them."""

    desk: Desk
    identities: IdentityStore

    def issue(self, actor: Actor, account_id: UUID, deed: Deed) -> str:
        """A new code for an account that nobody signs in as yet; earlier ones end.

        Raises Refused("claim.not_needed" | "person.state"), NotAllowed.
        """
        with self.desk.work(actor, deed) as work:
            account = work.account(account_id)
            thing = Thing(
                account.federation, account.organisation, units=work.above(account.home_code)
            )
            work.demand("person.add", thing)
            work.demand_reach(account)
            if account.person is not None or account.human is not None:
                raise Refused("claim.not_needed", "somebody signs in as this already; link instead")
            if account.state != "pending":
                raise Refused("person.state", "a code is for somebody who has not begun")
            return issue(work, account)

    def use(self, arrival: Arrival, code: str, deed: Deed) -> Account:
        """Let whoever has just signed in have the account of a code.

        An attempt in vain is counted, and a code that saw five is dead. Every fault of a code
        is the same for whoever tries. Raises NotAllowed("claim.wrong"), and what `vouches`
        and `belongs` do.
        """
        who = Actor(label="login", federation=arrival.federation)
        found: Account | None = None
        with self.desk.work(who, deed) as work:
            typed = read_code(code)
            claim = rows.claim(work.connection, typed.selector)
            if claim is not None:
                found = self._take(work, claim, typed, arrival)
        if found is None:
            why = "the code is wrong, used, too old, or of another organisation; ask for a new one"
            raise NotAllowed("claim.wrong", why)
        return found

    def _take(self, work: Work, claim: Claim, typed: Code, arrival: Arrival) -> Account | None:
        account = work.account(claim.account)
        right = typed.opens(account.organisation, claim.code_hash)
        alive = claim.open and claim.period.covers(work.deed.at) and claim.attempts < ATTEMPTS
        here = (arrival.federation, arrival.cvr) == (account.federation, account.cvr)
        free = account.state == "pending" and account.person is None and account.human is None
        if not (right and alive and here and free):
            rows.claim_missed(work.connection, claim.id)
            _record(work, account, "missed", claim.period)
            return None
        vouches(arrival.idp, account)
        belongs(work, account, arrival.person)
        rows.claim_used(work.connection, claim.id, work.deed.at)
        _record(work, account, "used", claim.period)
        for key in arrival.keys:
            hashed = self.identities.hash_of(arrival.federation, key)
            said = work.said()
            if rows.note_key(
                work.connection, account.id, hashed, arrival.idp.code, work.deed.at, said
            ):
                record(work, account, "linked", key.kind, arrival.idp.code)
        activate(work, account)
        return store.account(work.connection, account.id, work.deed.at)


def issue(work: Work, account: Account) -> str:
    """A new code, in the transaction of the work; only its hash is kept."""
    rows.withdraw_claims(work.connection, account.id, work.deed.at)
    code = new_code()
    period = Period(work.deed.at, work.deed.at + LIFE)
    hashed = code.hashed(account.organisation)
    rows.add_claim(work.connection, account.id, code.selector, hashed, period, work.said())
    _record(work, account, "issued", period)
    return code.shown


def _record(
    work: Work,
    account: Account,
    change: Literal["issued", "used", "missed", "withdrawn"],
    period: Period,
) -> None:
    event = ClaimChanged(
        federation=account.federation,
        organisation=str(account.organisation),
        account=str(account.id),
        change=change,
        until=period.until.isoformat(),
        by=work.actor.by,
        seat=work.actor.seat,
    )
    work.record(event)
