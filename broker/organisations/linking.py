"""Ways to sign in, linked to accounts and taken away again. R22.

A key is bound to the federation and to the CVR number of its account, and only its keyed
hash is kept. A key that finds somebody already never changes hands quietly.
"""

import re
import uuid
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from broker.audit.events import IdentityChanged
from broker.errors import NotAllowed, Refused, Unknown
from broker.identities import keys as spelled
from broker.identities.model import IdentityKey
from broker.identities.store import IdentityStore
from broker.metadata.model import ConnectedIdp
from broker.organisations import store, words
from broker.organisations.desk import Desk, Work
from broker.organisations.model import Account, Actor, Deed
from broker.organisations.store import linked as rows
from broker.organisations.store import write_accounts

LinkKind = Literal["professional-uuid", "rid", "idp-subject"]

_RID = re.compile(r"(?:CVR:\d{8}-)?(?:RID:)?\d{1,20}", re.ASCII)
_LONGEST = 1024


@dataclass(frozen=True, slots=True)
class Asserted:
    """What identifies somebody: said by an IdP, or by an administrator who knows it beforehand."""

    kind: LinkKind
    value: str = field(repr=False)
    cvr: str
    idp: ConnectedIdp | None = None  # needed where the key holds at one IdP alone


@dataclass(frozen=True, slots=True)
class IdentityService:
    """What administrators do to the ways in which their people sign in."""

    desk: Desk
    identities: IdentityStore

    def link(self, actor: Actor, account_id: UUID, asserted: Asserted, deed: Deed) -> None:
        """Let a key find an account. Raises what the function `link` does, and NotAllowed."""
        with self.desk.work(actor, deed) as work:
            account = work.account(account_id)
            work.demand_for_human("identity.link", account)
            work.demand_reach(account)
            link(work, self.identities, account, asserted)

    def unlink(self, actor: Actor, identity_id: UUID, deed: Deed) -> None:
        """Let a key find nobody any more. Raises Unknown("identity.unknown"), NotAllowed."""
        with self.desk.work(actor, deed) as work:
            found = rows.linked_key(work.connection, identity_id)
            if found is None:
                raise Unknown("identity.unknown", "no such identity is linked")
            account = work.account(found.identity.account)
            work.demand_for_human("identity.link", account)
            rows.drop_key(work.connection, found.hash)
            self.identities.forget_key(work.connection, found.hash)
            record(work, account, "unlinked", found.identity.kind, found.identity.idp)


def link(work: Work, identities: IdentityStore, account: Account, asserted: Asserted) -> None:
    """Let a key find the account, in the transaction of the work; whoever calls asked permission.

    Somebody whom the key finds already, and who has no account anywhere, is the same person
    before the link, and becomes one with the account's.

    Raises Refused("identity.cvr" | "identity.value" | "identity.idp_needed" |
    "identity.idp_federation" | "identity.idp_cvr" | "identity.linked"), and NotAllowed(
    "identity.taken" | "identity.has_account" | "identity.two_people") with the way out.
    """
    key = _key(account, asserted)
    connection, at = work.connection, work.deed.at
    owner = identities.owner(connection, account.federation, key)
    if owner is None:
        owner = identities.give(connection, account.federation, key, account.person, at)
    _become_one(work, identities, account, owner)
    hashed = identities.hash_of(account.federation, key)
    idp = asserted.idp.code if asserted.idp else None
    if not rows.note_key(connection, account.id, hashed, idp, at, work.said()):
        raise Refused("identity.linked", "this is linked to the account already")
    record(work, account, "linked", key.kind, idp)


def record(
    work: Work,
    account: Account,
    change: Literal["linked", "unlinked", "let_go"],
    kind: str,
    idp: str | None,
) -> None:
    """Tell the audit trail; never which key it is."""
    event = IdentityChanged(
        federation=account.federation,
        organisation=str(account.organisation),
        account=str(account.id),
        change=change,
        kind=kind,
        idp=idp,
        reason=work.deed.reason,
        case_no=work.deed.case_no,
        by=work.actor.by,
        seat=work.actor.seat,
    )
    work.record(event)


def vouches(idp: ConnectedIdp, account: Account) -> None:
    """The IdP is of the federation and may speak for the CVR number. R22.

    Raises Refused("identity.idp_federation" | "identity.idp_cvr").
    """
    if idp.federation != account.federation:
        raise Refused("identity.idp_federation", f"{idp.code} is not in {account.federation}")
    if idp.cvrs is not None and account.cvr not in idp.cvrs:
        raise Refused("identity.idp_cvr", f"{idp.code} is not registered for CVR {account.cvr}")


def belongs(work: Work, account: Account, person: UUID) -> None:
    """Let a person's logins find the account; their earlier account that left lets them go.

    Raises NotAllowed("identity.has_account").
    """
    for other_id in write_accounts.accounts_of(work.connection, person):
        other = store.account(work.connection, other_id, work.deed.at)
        if other_id == account.id or other is None or other.organisation != account.organisation:
            continue
        if other.state != "left":
            raise NotAllowed(
                "identity.has_account",
                "whoever signs in so has an account here already; merge the two",
            )
        write_accounts.person_of(work.connection, other_id, None)
        kin = frozenset({other_id, account.id})
        write_accounts.human_of(work.connection, kin, other.human or account.human or uuid.uuid4())
        record(work, other, "let_go", "account", None)
    write_accounts.person_of(work.connection, account.id, person)
    write_accounts.share_human(work.connection, store.same_human(work.connection, account.id))


def _become_one(work: Work, identities: IdentityStore, account: Account, owner: UUID) -> None:
    if account.person == owner:
        return
    if account.person is None:
        for other_id in write_accounts.accounts_of(work.connection, owner):
            _may_share(work, account, other_id)
        belongs(work, account, owner)
        return
    if write_accounts.accounts_of(work.connection, owner):
        raise _taken()
    both = (account.person, owner)
    if all("cpr-uuid" in identities.kinds(work.connection, one) for one in both):
        why = "the two have signed in as two different citizens; they cannot be one"
        raise NotAllowed("identity.two_people", why)
    identities.hand_over(work.connection, owner, account.person)


def _may_share(work: Work, account: Account, other_id: UUID) -> None:
    """The same login may find an account elsewhere under this CVR number, if both are ours."""
    other = store.account(work.connection, other_id, work.deed.at)
    if other is None or other.organisation == account.organisation:
        return
    try:
        work.demand("identity.link", work.about(other))
    except NotAllowed as error:
        raise _taken() from error


def _taken() -> NotAllowed:
    why = (
        "this finds another account already; if both are one person, merge the accounts,"
        " or let an operator confirm it where they are in two organisations"
    )
    return NotAllowed("identity.taken", why)


def _key(account: Account, asserted: Asserted) -> IdentityKey:
    if asserted.cvr.strip() != account.cvr:
        why = f"it was asserted for another CVR number than {account.cvr}, which the account is of"
        raise Refused("identity.cvr", why)
    if asserted.idp is not None:
        vouches(asserted.idp, account)
    if asserted.kind == "professional-uuid":
        return _uuid_key(account.cvr, asserted.value)
    value = words.line("the identity", asserted.value, _LONGEST)
    if asserted.kind == "rid":
        if not _RID.fullmatch(value):
            raise Refused("identity.value", "a RID is a number, with or without its CVR number")
        return spelled.rid(account.cvr, value)
    if asserted.idp is None:
        raise Refused("identity.idp_needed", "say which identity provider knows them so")
    return spelled.idp_subject(asserted.idp.idp.entity_id, account.cvr, value)


def _uuid_key(cvr: str, value: str) -> IdentityKey:
    key = spelled.professional_uuid(cvr, value)
    bare = key.value.rpartition("|")[2]
    try:
        canonical = str(UUID(bare))
    except ValueError:
        canonical = ""
    if canonical != bare:
        raise Refused("identity.value", "a professional UUID has 32 digits and four dashes")
    return key
