"""Ask for access: find roles, put several into the cart, and on to what narrows them.

Whoever comes from the page "you lack a role" has the service and the login in the address;
neither is trusted further than to name what is in the registry.
"""

from collections.abc import Callable
from uuid import UUID

from flask import Response, request

from broker.db import Connection
from broker.errors import Unknown
from broker.organisations.model import Account
from broker.portals import shell
from broker.portals.employee.done import notice
from broker.portals.employee.finding import Finder, finder
from broker.portals.employee.naming import unit_name
from broker.portals.employee.whom import givers
from broker.portals.employee.working import Working, own
from broker.portals.person import Person
from broker.portals.shell import Crumb
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.store import effective
from broker.roles.model import RoleVersion
from broker.roles.requests import store
from broker.roles.requests.drafts import Draft
from broker.saml.entities import Localised
from broker.web.language import Text as _

ASK = _("Ask for access")
LONGEST = 100  # characters that are searched for
View = Callable[[Person], Response]


def ask_page(working: Working) -> tuple[View, View]:
    """The page of choices, and what its form does."""

    def show(person: Person) -> Response:
        if person.account is None:
            return shell.back(person, "mine.start", service=_service(working, person))
        return _page(working, person, person.account)

    def put(person: Person) -> Response:
        if person.account is None:
            return shell.back(person, "mine.start")
        account = own(person)
        with working.office.writing() as connection:
            catalogue = working.catalogue(connection)
            draft = store.draft(connection, account.id, person.now)
            if dropped := _uuids([request.form.get("drop", "")]):
                draft = draft.without(dropped[0])
                store.keep_draft(connection, account.id, draft, person.now)
                done = None if draft.picked else "emptied"
                check = draft.picked and "stay" not in request.form
                return shell.back(person, "mine.check" if check else "mine.ask", done=done)
            known = finder(connection, catalogue, person, account)
            wanted = known.known(_uuids(request.form.getlist("role")))
            draft = draft.with_roles(wanted)
            store.keep_draft(connection, account.id, draft, person.now)
            if not draft.picked:
                return _page(working, person, account, empty=True)
            return onward(catalogue, person, draft)

    return show, put


def _page(working: Working, person: Person, account: Account, *, empty: bool = False) -> Response:
    text = request.args.get("q", "").strip()[:LONGEST]
    code = _service(working, person)
    with working.office.reading() as connection:
        known = finder(connection, working.catalogue(connection), person, account)
        found = known.by_words(text) if text else known.of_service(code) if code else None
        draft = store.draft(connection, account.id, person.now)
        return shell.page(
            "portals/mine/ask.html",
            person,
            400 if empty else 200,
            crumbs=[Crumb(ASK)],
            notice=notice(),
            text=text,
            code=code,
            service=known.names.service(person.federation.path, code) if code else None,
            came_by=_came_by(working, person),
            found=found,
            colleagues=None if found else known.of_colleagues(),
            services=() if found else known.services(),
            unit=unit_name(connection, account.home_code, person.now),
            cart=_cart(known, draft),
            people=givers(connection, person, account),
            empty=empty,
        )


def onward(catalogue: Catalogue, person: Person, draft: Draft) -> Response:
    """The next page of a cart: what narrows a role, when and why, or the check."""
    for one in draft.picked:
        role = catalogue.role(one.role)
        version = role.at(person.now) if role else None
        if version is not None and version.delimitations and not one.narrowed:
            return shell.back(person, "mine.pick", role=one.role)
    return shell.back(person, "mine.check" if draft.reason else "mine.why")


def needed(
    connection: Connection, account: Account, role: UUID, version: RoleVersion, person: Person
) -> frozenset[str]:
    """The types by which a role must be narrowed here: by the role, or by what may be given."""
    rights = effective.entitlements(connection, account.organisation, person.now, [role])
    limited = {limit.type for right in rights for limit in right.ceilings}
    return frozenset(d.type for d in version.delimitations if d.least or d.type in limited)


def _cart(known: Finder, draft: Draft) -> list[tuple[UUID, Localised, Localised]]:
    names, found = known.names, []
    for one in draft.picked:
        role = names.catalogue.role(one.role)
        service = names.service(known.person.federation.path, role.service if role else None)
        found.append((one.role, names.role(role), service))
    return found


def _service(working: Working, person: Person) -> str | None:
    """The service of the address, where there is one of that code in the catalogue."""
    code = request.args.get("service", "")[:64]
    with working.office.reading() as connection:
        known = working.catalogue(connection).service(person.federation.path, code)
    return code if known is not None else None


def _came_by(working: Working, person: Person) -> Localised | None:
    """The login that gave no role, where the address names one of this federation."""
    try:
        return working.registry.idp_by_code(
            person.federation.path, request.args.get("idp", "")[:64]
        ).name
    except Unknown:
        return None


def _uuids(values: list[str]) -> list[UUID]:
    found = []
    for value in values:
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found
