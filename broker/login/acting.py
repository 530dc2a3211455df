"""Whom a person acts for at a service, and with which roles. R22; runs inside the login's
transaction, before anything is mapped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from broker.attributes.model import Claims
from broker.db import Connection
from broker.errors import Refused
from broker.identities.model import Found, IdentityKey
from broker.login.state import Permitted
from broker.login.turn import Turn
from broker.metadata.model import ConnectedIdp
from broker.organisations import store as organisations
from broker.organisations.arrivals import Arrivals
from broker.organisations.model import Account
from broker.roles.answer import Answer, Said
from broker.roles.asking import Resolver
from broker.roles.recording import Recording
from broker.saml.privileges import PrivilegeGroup, read_privileges

_OF_THE_OTHER = frozenset({"rid", "uid", "production_unit", "se_number", "privileges"})


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
    ) -> Acting:
        """The account that the person acts for, and its roles at the service.

        Somebody without an account has the roles that rules give to anybody of an
        organisation: none. Raises SeveralAccounts where the person has to choose.
        """
        service, idp = turn.known()
        claims = permitted.claims
        account = self._account(turn, connection, claims, found, keys)
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
        self.recording.issued(
            connection,
            acting.answer,
            acting.found.person,
            federation=turn.federation.path,
            service=service.code,
            idp=idp.code,
            reference=turn.reference,
        )

    def _account(
        self,
        turn: Turn,
        connection: Connection,
        claims: Claims,
        found: Found,
        keys: Sequence[IdentityKey],
    ) -> Account | None:
        service, idp = turn.known()
        cvr = claims.one("cvr")
        if cvr is None:
            return None
        path, cvrs = turn.federation.path, spoken_for(claims, idp)
        accounts = organisations.acting_for(connection, found.person, path, cvrs, turn.now)
        if not accounts or found.news:
            # Somebody's first time here, or the first time with this identity.
            self.arrivals.arrived(
                connection,
                found.person,
                keys,
                federation=path,
                cvr=cvr,
                idp=idp,
                at=turn.now,
                reference=turn.reference,
            )
            accounts = organisations.acting_for(connection, found.person, path, cvrs, turn.now)
        if not accounts:
            # Somebody who left, or is suspended, has no roles, whatever an IdP says of them.
            return organisations.standing(connection, found.person, path, cvrs, turn.now)
        if len(accounts) == 1:
            return accounts[0]
        chosen = organisations.chosen_account(connection, found.person, service.code)
        for account in accounts:
            if account.id == chosen:
                return account
        raise SeveralAccounts(found.person, accounts)


def _of_organisation(claims: Claims, answer: Answer) -> Claims:
    """The claims as they are of the organisation that is acted for; the CVR number shows it. R22.

    What numbers the person within another organisation does not go along.
    """
    organisation = answer.organisation
    if organisation is None or organisation.cvr == claims.one("cvr"):
        return claims
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
