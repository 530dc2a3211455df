"""What narrows a role of the cart: own unit, a search, or a way down the tree; without script.

Every button of the page sends the form, so that what was ticked is kept while one searches.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from flask import Response, request

from broker.db import Connection
from broker.errors import Unknown
from broker.organisations.model import Account
from broker.portals import shell
from broker.portals.employee.asking import ASK, LONGEST, needed, onward
from broker.portals.employee.naming import names_of
from broker.portals.employee.narrowing import MOST, PickDesk, part_of
from broker.portals.employee.working import Working, own
from broker.portals.person import Person
from broker.portals.shell import Crumb
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.facts import Scope
from broker.roles.grants.store import effective
from broker.roles.model import ScopeMode
from broker.roles.requests import store
from broker.roles.requests.drafts import Draft
from broker.web.language import said

_OWN: dict[str, ScopeMode] = {
    "own_unit": "own_unit",
    "own_unit_tree": "own_unit_tree",
    "own_cvr": "own_cvr",
}
View = Callable[..., Response]


def pick_page(working: Working) -> tuple[View, View]:
    """The picker of one role, and what its form does."""

    def show(person: Person, role: UUID) -> Response:
        account = own(person)
        with working.office.reading() as connection:
            draft = store.draft(connection, account.id, person.now)
            return _page(working, _desk(working, connection, person, account, draft, role))

    def keep(person: Person, role: UUID) -> Response:
        account = own(person)
        do, _, rest = request.form.get("do", "").partition(":")
        with working.office.writing() as connection:
            draft = store.draft(connection, account.id, person.now)
            desk = _desk(working, connection, person, account, draft, role)
            scopes = _sent(desk)
            draft = draft.narrowed(role, scopes, done=do not in ("find", "in"))
            picked = draft.of(role) or desk.picked
            lacking = _lacking(desk, scopes) if do not in ("find", "in") else frozenset[str]()
            if lacking:
                return _page(working, replace(desk, picked=picked), lacking)
            store.keep_draft(connection, account.id, draft, person.now)
            if do in ("find", "in"):
                return shell.back(person, "mine.pick", role=role, **_looking(do, rest))
            return onward(working.catalogue(connection), person, draft)

    return show, keep


def _looking(do: str, rest: str) -> dict[str, str]:
    """What to search for, or where to look: as the address of the next page says it."""
    kind, _, code = rest.partition(":")
    if do == "in":
        return {f"in-{kind}": code} if code else {}
    text = request.form.get(f"find-{kind}", "").strip()[:LONGEST]
    return {f"find-{kind}": text} if text else {}


def _desk(
    working: Working,
    connection: Connection,
    person: Person,
    account: Account,
    draft: Draft,
    role_id: UUID,
) -> PickDesk:
    catalogue = working.catalogue(connection)
    picked, role = draft.of(role_id), catalogue.role(role_id)
    version = role.at(person.now) if role else None
    if picked is None or role is None or version is None:
        raise Unknown("request.role", "not in the cart")
    rights = effective.entitlements(connection, account.organisation, person.now, [role_id])
    ceiling = tuple(limit for right in rights for limit in right.ceilings)
    names = names_of(connection, catalogue, [*picked.scopes, *ceiling], person.now)
    book = CodeBook(connection, person.now)
    return PickDesk(connection, person, account, role, version, picked, names, ceiling, book)


def _page(working: Working, desk: PickDesk, lacking: frozenset[str] = frozenset()) -> Response:
    del working
    must = needed(desk.connection, desk.account, desk.role.id, desk.version, desk.person)
    types = desk.names.catalogue.types
    parts = [
        part_of(desk, types[rule.type], rule, needed=rule.type in must, fault=rule.type in lacking)
        for rule in desk.version.delimitations
        if rule.type in types
    ]
    return shell.page(
        "portals/mine/pick.html",
        desk.person,
        400 if lacking else 200,
        crumbs=[Crumb(ASK, shell.link(desk.person, "mine.ask")), Crumb(said(desk.version.name))],
        role=desk.role,
        version=desk.version,
        service=desk.names.service(desk.person.federation.path, desk.role.service),
        parts_of=parts,
        lacking=[part for part in parts if part.fault],
        account=desk.account,
    )


def _sent(desk: PickDesk) -> list[Scope]:
    """The scopes that the form says; what the role does not take is left out."""
    found = []
    for rule in desk.version.delimitations:
        kind = desk.names.catalogue.types.get(rule.type)
        if kind is None:
            continue
        values = request.form.getlist(f"pick-{rule.type}")
        if kind.list_id is None:
            values = request.form.get(f"typed-{rule.type}", "").replace(",", " ").split()
        for value in values[:MOST]:
            if value in _OWN:
                found.append(Scope(rule.type, _OWN[value], "", with_descendants=False))
            elif code := value.strip()[:64].rstrip("+"):
                found.append(Scope(rule.type, "value", code, value.endswith("+")))
    return found


def _lacking(desk: PickDesk, scopes: Sequence[Scope]) -> frozenset[str]:
    must = needed(desk.connection, desk.account, desk.role.id, desk.version, desk.person)
    return must - {one.type for one in scopes}
