"""What a login tells about accounts: who has begun, which keys they have, when they were here.

An account is found by what identifies a person and by nothing else: a stranger of the same
name finds none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.audit.events import AccountChanged
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.identities.model import IdentityKey
from broker.identities.store import IdentityStore
from broker.metadata.model import ConnectedIdp
from broker.organisations import store
from broker.organisations.desk import Work
from broker.organisations.hooks import UnitsAlone
from broker.organisations.model import Account, Actor, Deed
from broker.organisations.store import linked as rows
from broker.organisations.store import write_accounts

REASON = "signed in"


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Follows up on a login, in its transaction."""

    identities: IdentityStore
    audit: AuditStore

    def arrived(
        self,
        connection: Connection,
        person: UUID,
        keys: Sequence[IdentityKey],
        *,
        federation: str,
        cvr: str,
        idp: ConnectedIdp,
        at: datetime,
        reference: str,
    ) -> tuple[Account, ...]:
        """The person's accounts under the asserted CVR number, after this login. R22.

        Whoever was pending is active from now on; keys that came along are noted. Nobody has
        an account through an IdP that is not registered for the number. Ask for what the
        person may act for (`store.acting_for`) after this.
        """
        if idp.cvrs is not None and cvr not in idp.cvrs:
            return ()
        deed = Deed(at=at, reason=REASON, reference=reference)
        who = Actor(label="login", federation=federation)
        work = Work(connection, self.audit, UnitsAlone(), who, deed)
        found = []
        for account_id in write_accounts.accounts_of(connection, person):
            account = store.account(connection, account_id, at)
            if account is None or (account.federation, account.cvr) != (federation, cvr):
                continue
            if account.state == "pending":
                store.lock_account(connection, account_id)
                account = store.account(connection, account_id, at) or account
            if account.state == "pending":
                activate(work, account)
                account = store.account(connection, account_id, at) or account
            if account.state != "active":
                continue
            self._note(work, account, keys, idp)
            write_accounts.signed_in(connection, account_id, at)
            found.append(account)
        return tuple(found)

    def _note(
        self, work: Work, account: Account, keys: Sequence[IdentityKey], idp: ConnectedIdp
    ) -> None:
        """Keys that the login brought along, so that an administrator sees and can unlink them."""
        known = rows.noted(work.connection, account.id)
        for key in keys:
            hashed = self.identities.hash_of(account.federation, key)
            if hashed not in known:
                at, said = work.deed.at, work.said()
                rows.note_key(work.connection, account.id, hashed, idp.code, at, said)


def activate(work: Work, account: Account) -> None:
    """Let a pending account begin; what is planned for it stays planned."""
    values = {"state": "active", **work.said()}
    write_accounts.account_begun(work.connection, account.id, work.deed.at, values)
    event = AccountChanged(
        federation=account.federation,
        organisation=str(account.organisation),
        account=str(account.id),
        change="activated",
        since=work.deed.at.isoformat(),
        dropped=0,
        reason=work.deed.reason,
        case_no=None,
        by=work.actor.by,
        seat=None,
    )
    work.record(event)
