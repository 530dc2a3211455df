"""Somebody's first visit: an account of their own making, in the organisation of their login.

The login has proven the CVR number, and the identity provider is one that may speak for it; so
nothing is given here that it did not say, and an account alone gives nobody a role.
"""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from broker.db import Connection
from broker.errors import NotAllowed, Refused
from broker.identities.store import IdentityStore
from broker.metadata.model import ConnectedIdp
from broker.organisations import store, words
from broker.organisations.arrivals import activate
from broker.organisations.desk import Desk, Work
from broker.organisations.linking import belongs, vouches
from broker.organisations.linking import record as record_identity
from broker.organisations.model import Account, Actor, Deed, Organisation
from broker.organisations.people import record
from broker.organisations.store import linked as rows
from broker.organisations.store import write_accounts

Standing = Literal["free", "no_cvr", "unknown", "closed", "held"]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who has signed in and has no account: what the login said of them, and the IdP of it."""

    federation: str
    person: UUID
    cvr: str | None
    idp: ConnectedIdp
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a newcomer may do: where they could begin, or what stands in the way."""

    standing: Standing
    organisations: tuple[Organisation, ...] = ()  # several under one CVR number
    account: Account | None = None  # one that is there and may not act


def prospect(connection: Connection, who: Newcomer, deed: Deed) -> Prospect:
    """Whether a newcomer may begin, and where."""
    if who.cvr is None:
        return Prospect("no_cvr")
    held = store.standing(connection, who.person, who.federation, (who.cvr,), deed.at)
    if held is not None:
        return Prospect("held", account=held)
    here = store.organisations_of_cvr(connection, who.federation, who.cvr, deed.at)
    if not here:
        return Prospect("unknown")
    alive = tuple(one for one in here if one.state == "active")
    return Prospect("free" if alive else "closed", alive or here)


@dataclass(frozen=True, slots=True)
class JoiningService:
    """Lets people begin by themselves."""

    desk: Desk
    identities: IdentityStore

    def join(
        self, who: Newcomer, organisation: UUID, email: str | None, unit: str | None, deed: Deed
    ) -> Account:
        """An account for whoever has just signed in, active at once and without any role.

        Raises NotAllowed("join.not_here") where the organisation is not the login's or is not
        active, NotAllowed("join.known") where the person has an account that an administrator
        must open again, and what `words` and `linking.vouches` raise.
        """
        actor = Actor(label=f"person {who.person}", federation=who.federation)
        facts: dict[str, object] = {
            "display_name": words.line("the name", who.name, words.NAME),
            "email": words.mail(email),
            "home_code": words.optional("the unit", unit, words.UNIT),
        }
        with self.desk.work(actor, deed) as work:
            home = work.organisation(organisation)
            found = prospect(work.connection, who, deed)
            if found.standing == "held":
                raise NotAllowed("join.known", "an account of theirs may not act")
            if found.standing != "free" or home.id not in {one.id for one in found.organisations}:
                raise NotAllowed("join.not_here", "not an organisation of this login")
            account = _add(work, home, facts)
            vouches(who.idp, account)
            belongs(work, account, who.person)
            _note(work, self.identities, account, who)
            activate(work, account)
            made = store.account(work.connection, account.id, deed.at)
        if made is None:
            raise Refused("account.unknown", "the new account is not there")
        return made


def _add(work: Work, home: Organisation, facts: dict[str, object]) -> Account:
    at = work.deed.at
    fresh = write_accounts.add_account(work.connection, home.id, at)
    values = {"state": "pending", **facts, **work.said()}
    write_accounts.account_from(work.connection, fresh, at, values)
    account = work.account(fresh)
    record(work, account, "added", at, 0)
    return account


def _note(work: Work, identities: IdentityStore, account: Account, who: Newcomer) -> None:
    """The keys that the login came with, so that they can be seen and unlinked."""
    for hashed, kind in identities.hashes(work.connection, who.person):
        if rows.note_key(
            work.connection, account.id, hashed, who.idp.code, work.deed.at, work.said()
        ):
            record_identity(work, account, "linked", kind, who.idp.code)
