"""Somebody's roles at a service: the facts read from stores, and resolved. One way for all.

A login, the command line and a report ask here, so that none can see another answer. At a
login this is four statements in the login's own transaction, one more where units are limited,
and one where roles could meet that an exception may allow.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from broker.codelists import store as codes
from broker.codelists.model import ListId, is_list
from broker.db import Connection
from broker.organisations import store as organisations
from broker.organisations.model import Account, Organisation
from broker.roles.answer import Answer, Said
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.facts import Entitlement
from broker.roles.grants.store import effective
from broker.roles.grants.store.conflicts import exceptions_of
from broker.roles.model import DelimitationType
from broker.roles.preparing import Situation, opening, prepare
from broker.roles.resolve import resolve
from broker.roles.units import Questions, Units
from broker.saml.profiles import Profile

MAX_BELOW = 201  # one more than a form may be told, so that too many shows


@dataclass(frozen=True, slots=True)
class Resolver:
    """Answers for one service and one account at an instant."""

    catalogue: CatalogueCache

    def answer(
        self,
        connection: Connection,
        federation: str,
        service: str,
        account: Account | None,
        said: Said | None,
        profile: Profile,
        at: datetime,
    ) -> Answer:
        """The roles of an account, or of somebody without one, and what was left out.

        A service that the catalogue does not know has no roles to give.
        """
        catalogue = self.catalogue.current_in(connection)
        found = situation(connection, catalogue, federation, service, account, said, at)
        if found is None:
            return Answer(at, account)
        opened = ask(connection, opening(found), catalogue.types, at)
        prepared = prepare(found, opened)
        units = ask(connection, prepared.questions, catalogue.types, at)
        return resolve(prepared, units, profile)


def situation(
    connection: Connection,
    catalogue: Catalogue,
    federation: str,
    service: str,
    account: Account | None,
    said: Said | None,
    at: datetime,
) -> Situation | None:
    """Everything that decides, as it stood or will stand at an instant; None without a service."""
    known = catalogue.service(federation, service)
    version = known.at(at) if known else None
    if version is None:
        return None
    roles = {role.id: role for role in catalogue.issued_at(federation, service, at)}
    rules = tuple(rule for role in roles for rule in catalogue.rules_of(role))
    home = _organisation(connection, federation, account, said, at)
    found = Situation(
        at=at,
        service=version,
        roles=roles,
        types=catalogue.types,
        said=said,
        account=account,
        organisation=home,
        entitlements=_entitlements(connection, home, roles, at),
        rules=rules,
        known=catalogue.privileges,
    )
    return found if account is None else _held_by(connection, catalogue, found, account)


def _organisation(
    connection: Connection,
    federation: str,
    account: Account | None,
    said: Said | None,
    at: datetime,
) -> Organisation | None:
    """The organisation that roles hold in: the account's, or the one that the login is of.

    None where it is not active, or the account is not: then there is nothing to hold.
    """
    if account is not None:
        home = organisations.organisation(connection, account.organisation, at)
        return home if account.state == "active" and home and home.state == "active" else None
    if said is None or said.cvr is None:
        return None
    home = organisations.organisation_by_cvr(connection, federation, said.cvr, "", at)
    return home if home and home.state == "active" else None


def _entitlements(
    connection: Connection, home: Organisation | None, roles: Collection[UUID], at: datetime
) -> dict[UUID, Entitlement]:
    if home is None or not roles:
        return {}
    found = effective.entitlements(connection, home.id, at, sorted(roles))
    return {one.role: one for one in found}


def _held_by(
    connection: Connection, catalogue: Catalogue, found: Situation, account: Account
) -> Situation:
    """With what the account is granted, and what else its human being holds."""
    rules = catalogue.conflicts_at(account.federation, found.at)
    others: frozenset[UUID] = frozenset()
    # Accounts that one login finds are one human being too, whoever confirmed it or did not.
    known = account.human is not None or account.person is not None
    concerned = (rule.a | rule.b for rule in rules if rule.reach == "person")
    if known and any(not found.roles.keys().isdisjoint(roles) for roles in concerned):
        others = organisations.same_human(connection, account.id) - {account.id}
    meeting = frozenset[UUID]().union(*(rule.a | rule.b for rule in rules))
    asked = sorted(meeting | found.roles.keys())
    grants = effective.of_account(connection, account.id, found.at, asked)
    elsewhere = {other: _held(connection, other, meeting, found.at) for other in others}
    possible = {grant.role for grant in grants}.union(
        (rule.role for rule in found.rules), *elsewhere.values()
    )
    excepting = any(
        rule.action == "exception" and possible & rule.a and possible & rule.b for rule in rules
    )
    holders = (account.id, *others)
    return replace(
        found,
        grants=grants,
        conflict_rules=rules,
        exceptions=exceptions_of(connection, holders, found.at) if excepting else (),
        elsewhere=elsewhere,
    )


def _held(
    connection: Connection, account: UUID, roles: frozenset[UUID], at: datetime
) -> frozenset[UUID]:
    found = effective.of_account(connection, account, at, sorted(roles))
    return frozenset(grant.role for grant in found)


def ask(
    connection: Connection,
    questions: Questions,
    types: Mapping[str, DelimitationType],
    at: datetime,
) -> Units:
    """Ask the code lists everything at once: one statement for each list that is concerned."""
    listed: dict[str, ListId] = {
        kind.id: kind.list_id
        for kind in types.values()
        if kind.list_id is not None and is_list(kind.list_id)
    }
    pairs: set[tuple[str, str, str]] = set()
    wide: set[tuple[str, str]] = set()
    for type_id, list_id in listed.items():
        asked = {(above, code) for of, above, code in questions.pairs if of == type_id}
        alone = {code for of, code in questions.alone if of == type_id}
        held, broad = codes.placed(connection, list_id, asked, alone, at)
        pairs |= {(type_id, above, code) for above, code in held}
        wide |= {(type_id, code) for code in broad}
    below = {
        (type_id, code): codes.descendants(connection, listed[type_id], code, at, MAX_BELOW)
        for type_id, code in questions.spread & wide
    }
    return Units(frozenset(pairs), frozenset(wide), below, frozenset(listed))
