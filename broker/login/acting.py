"""Whom a person acts for at a service, and with which roles. R22; runs inside the login's
transaction, before anything is mapped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from broker.attributes.model import Claims
from broker.audit.events import AccountChosen
from broker.db import Connection
from broker.errors import NotAllowed, Refused
from broker.identities.model import Found, IdentityKey
from broker.login.state import Permitted
from broker.login.turn import Turn
from broker.metadata.model import ConnectedIdp
from broker.organisations import store as organisations
from broker.organisations.arrivals import Arrivals
from broker.organisations.model import Account
from broker.organisations.store.write_accounts import signed_in
from broker.roles.answer import Answer, Said
from broker.roles.asking import Resolver
from broker.roles.recording import Recording
from broker.saml.privileges import PrivilegeGroup, read_privileges

_OF_THE_OTHER = frozenset(
    {"rid", "uid", "production_unit", "se_number", "privileges", "title", "org_unit"}
)


class SeveralAccounts(Exception):
    """The person may act for several organisations here and has not said for which."""

    def __init__(self, person: UUID, accounts: Sequence[Account]) -> None:
        super().__init__("several accounts")
        self.person = person
        self.accounts = tuple(accounts)


@dataclass(frozen=True, slots=True)
class Acting:
    """A person in one of their organisations, and the roles that they have there."""

    found: Found
    answer: Answer = field(repr=False)
    claims: Claims = field(repr=False)  # of the organisation that the person acts for


@dataclass(frozen=True, slots=True)
class Actors:
    """Finds accounts and roles, and keeps what was issued."""

    arrivals: Arrivals
    asking: Resolver
    recording: Recording

    def acting(
        self,
        turn: Turn,
        connection: Connection,
        permitted: Permitted,
        found: Found,
        keys: Sequence[IdentityKey],
        chosen: UUID | None = None,
    ) -> Acting:
        """The account that the person acts for, and its roles at the service.

        Somebody without an account has the roles that rules give to anybody of an
        organisation: none. Raises SeveralAccounts where the person has to choose, and
        NotAllowed("policy.account_not_active") where they `chose` what is not theirs to choose.
        """
        service, idp = turn.known()
        claims = permitted.claims
        if chosen is None:
            account = self._account(turn, connection, claims, found, keys)
        else:
            account = self._chosen(turn, connection, claims, found, keys, chosen)
        said = read_said(claims, idp)
        answer = self.asking.answer(
            connection,
            turn.federation.path,
            service.code,
            account,
            said,
            service.speech.profile,
            turn.now,
        )
        return Acting(found, answer, _of_organisation(claims, answer))

    def issued(self, turn: Turn, connection: Connection, acting: Acting) -> None:
        """Keep what was issued and why, and count what an IdP said in vain."""
        service, idp = turn.known()
        account = acting.answer.account
        if account is not None and account.state == "active":
            signed_in(connection, account.id, turn.now)
        self.recording.issued(
            connection,
            acting.answer,
            acting.found.person,
            federation=turn.federation.path,
            service=service.code,
            idp=idp.code,
            reference=turn.reference,
        )

    def forget(self, turn: Turn, connection: Connection, person: UUID, service: str) -> None:
        """Let the person be asked again at a service, and keep that it was so."""
        organisations.forget_account(connection, person, service)
        self._told(turn, connection, person, service, None)

    def _account(
        self,
        turn: Turn,
        connection: Connection,
        claims: Claims,
        found: Found,
        keys: Sequence[IdentityKey],
    ) -> Account | None:
        service, idp = turn.known()
        accounts = self._open(turn, connection, claims, found, keys)
        turn.several = len(accounts) > 1
        if not accounts and claims.one("cvr") is not None:
            # Somebody who left, or is suspended, has no roles, whatever an IdP says of them.
            path, cvrs = turn.federation.path, spoken_for(claims, idp)
            return organisations.standing(connection, found.person, path, cvrs, turn.now)
        if len(accounts) < 2:
            return accounts[0] if accounts else None
        chosen = organisations.chosen_account(connection, found.person, service.code)
        for account in accounts:
            if account.id == chosen:
                turn.recalled = found.person
                return account
        raise SeveralAccounts(found.person, accounts)

    def _chosen(
        self,
        turn: Turn,
        connection: Connection,
        claims: Claims,
        found: Found,
        keys: Sequence[IdentityKey],
        chosen: UUID,
    ) -> Account:
        """What the person chose just now, as far as it is open to them now; it is remembered."""
        service, _ = turn.known()
        accounts = self._open(turn, connection, claims, found, keys)
        turn.several = len(accounts) > 1
        account = next((account for account in accounts if account.id == chosen), None)
        if account is None:
            turn.several = bool(accounts)
            raise NotAllowed("policy.account_not_active", "not an account that is offered now")
        organisations.choose_account(connection, found.person, service.code, chosen, turn.now)
        self._told(turn, connection, found.person, service.code, chosen)
        return account

    def _open(
        self,
        turn: Turn,
        connection: Connection,
        claims: Claims,
        found: Found,
        keys: Sequence[IdentityKey],
    ) -> tuple[Account, ...]:
        """The accounts that the person may act for, after this login has told what it tells."""
        _, idp = turn.known()
        cvr = claims.one("cvr")
        if cvr is None:
            return ()
        path, cvrs = turn.federation.path, spoken_for(claims, idp)
        accounts = organisations.acting_for(connection, found.person, path, cvrs, turn.now)
        if accounts and not found.news:
            return accounts
        # Somebody's first time here, or the first time with this identity.
        came = self.arrivals.arrived(
            connection,
            found.person,
            keys,
            federation=path,
            cvr=cvr,
            idp=idp,
            at=turn.now,
            reference=turn.reference,
        )
        if not came:  # nothing was changed, so there is nothing else to see
            return accounts
        return organisations.acting_for(connection, found.person, path, cvrs, turn.now)

    def _told(
        self,
        turn: Turn,
        connection: Connection,
        person: UUID,
        service: str,
        account: UUID | None,
    ) -> None:
        event = AccountChosen(
            federation=turn.federation.path,
            service=service,
            subject=str(person),
            account=str(account) if account else None,
        )
        self.arrivals.audit.append(connection, event, at=turn.now, reference=turn.reference)


def _of_organisation(claims: Claims, answer: Answer) -> Claims:
    """The claims as they are of the organisation that is acted for; the CVR number shows it. R22.

    What numbers the person within another organisation does not go along. Of several under one
    number the name tells which.
    """
    organisation = answer.organisation
    if organisation is None:
        return claims
    if organisation.cvr == claims.one("cvr"):
        if not organisation.unit_key:
            return claims
        named = {**claims.values, "org_name": (organisation.name,)}
        return Claims(named, claims.assurance, claims.nist)
    values = {short: v for short, v in claims.values.items() if short not in _OF_THE_OTHER}
    values |= {"cvr": (organisation.cvr,), "org_name": (organisation.name,)}
    return Claims(values, claims.assurance, claims.nist)


def spoken_for(claims: Claims, idp: ConnectedIdp) -> frozenset[str]:
    """The organisations that this login may be for: the person's, and those they represent.

    Only as far as the IdP is registered to speak for them. R22.
    """
    said = {*claims.values.get("cvr", ()), *claims.values.get("represents", ())}
    return frozenset(said if idp.cvrs is None else said & idp.cvrs)


def read_said(claims: Claims, idp: ConnectedIdp) -> Said:
    """What the IdP said, as roles look at it; privileges that cannot be read are none."""
    groups: list[PrivilegeGroup] = []
    malformed: list[str] = []
    for value in claims.values.get("privileges", ()):
        try:
            groups += read_privileges(value)
        except Refused as refused:
            malformed.append(refused.code)
    return Said(
        idp=idp.code,
        idp_cvrs=idp.cvrs,
        cvr=claims.one("cvr"),
        assurance=claims.assurance,
        values=claims.values,
        groups=tuple(groups),
        malformed=tuple(malformed),
    )
