"""How I log in, what this browser remembers, and everything that is kept about me. No CPR number.

What is shown and what is exported come from one place, so that neither says less.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request

from broker.db import Connection
from broker.discovery import memory
from broker.errors import Unknown
from broker.organisations import store as organisations
from broker.organisations.model import Account
from broker.organisations.store.write_accounts import last_login
from broker.portals import shell
from broker.portals.employee.done import notice
from broker.portals.employee.dossier import dossier
from broker.portals.employee.naming import Names, unit_name
from broker.portals.employee.overview import idp_name
from broker.portals.employee.working import Working, own
from broker.portals.person import Person
from broker.portals.shell import Crumb
from broker.roles.grants.store import issuing
from broker.saml.entities import Localised
from broker.web.language import Text as _

View = Callable[..., Response]

KINDS = {
    "cpr-uuid": _("MitID as a citizen"),
    "professional-uuid": _("Professional identity"),
    "rid": _("Employee number (RID) of an older signature"),
    "idp-subject": _("The login of one identity provider"),
}


@dataclass(frozen=True, slots=True)
class Login:
    """One login to a service."""

    at: datetime
    service: Localised
    idp: Localised
    roles: tuple[Localised, ...]
    reference: str


def logins_page(working: Working) -> View:
    """Ways to log in that lead to this account, and the last logins."""

    def logins(person: Person) -> Response:
        account = own(person)
        path = person.federation.path
        with working.office.reading() as connection:
            linked = [
                (KINDS.get(one.kind, one.kind), idp_name(working, path, one.idp), one.linked_at)
                if one.idp
                else (KINDS.get(one.kind, one.kind), None, one.linked_at)
                for one in organisations.identities(connection, account.id)
            ]
            return shell.page(
                "portals/mine/logins.html",
                person,
                crumbs=[Crumb(_("My logins"))],
                linked=linked,
                logins=_logins(connection, working, person, account),
                last=last_login(connection, account.id),
            )

    return logins


def _logins(
    connection: Connection, working: Working, person: Person, account: Account
) -> list[Login]:
    catalogue, path = working.catalogue(connection), person.federation.path
    names, found = Names(catalogue, person.now), list[Login]()
    for row in issuing.issues_of(connection, (account.id,)):
        at, items = row["at"], row["items"]
        if not isinstance(at, datetime) or not isinstance(items, list):
            continue
        roles = [catalogue.role_by_urn(path, item["role"]) for item in items]
        found.append(
            Login(
                at,
                _service(working, names, path, str(row["service"])),
                idp_name(working, path, str(row["idp"])),
                tuple(names.role(one) for one in roles if one is not None),
                str(row["reference"]),
            )
        )
    return found


def _service(working: Working, names: Names, path: str, code: str) -> Localised:
    try:
        return working.registry.service_by_code(path, code).name
    except Unknown:
        return names.service(path, code)


def choices_page(working: Working) -> tuple[View, View]:
    """What this browser remembers of the page where a login is chosen; and forget it."""

    def show(person: Person) -> Response:
        kept = _remembered(working, person)
        path = person.federation.path
        shown = []
        for one in kept:
            try:
                service = working.registry.service_by_row(path, one.service)
                idp = working.registry.idp_by_row(path, one.idp)
            except Unknown:
                continue  # of another federation, or gone
            if not one.once:
                shown.append((service, idp, one))
        with working.office.reading() as connection:
            chosen = organisations.chosen_at_services(connection, person.session.person, person.now)
            names = Names(working.catalogue(connection), person.now)
        places = [
            (code, _service(working, names, path, code), name)
            for code, name in sorted(chosen.items())
        ]
        return shell.page(
            "portals/mine/choices.html",
            person,
            crumbs=[Crumb(_("Remembered choices"))],
            notice=notice(),
            shown=shown,
            places=places,
        )

    def forget(person: Person) -> Response:
        code, place = request.form.get("service", ""), request.form.get("place", "")
        if place:
            with working.office.writing() as connection:
                organisations.forget_account(connection, person.session.person, place)
            return shell.back(person, "mine.choices", done="forgotten")
        services = working.registry.services(person.federation.path)
        rows = {one.row for one in services if not code or one.code == code}
        kept = memory.without(_remembered(working, person), rows)
        response = shell.back(person, "mine.choices", done="forgotten")
        response.set_cookie(
            memory.COOKIE,
            memory.seal(working.office.sealing, kept) if kept else "",
            max_age=int(memory.LIFE.total_seconds()) if kept else 0,
            path="/",
            secure=True,
            httponly=True,
            samesite="Lax",
        )
        return response

    return show, forget


def _remembered(working: Working, person: Person) -> memory.Memory:
    cookie = request.cookies.get(memory.COOKIE)
    return memory.read(working.office.sealing, cookie, person.now)


def data_page(working: Working) -> tuple[View, View]:
    """Everything that is kept about somebody, in words; and the same as a file."""

    def show(person: Person) -> Response:
        account = own(person)
        with working.office.reading() as connection:
            found = dossier(connection, working, person, account)
            unit = unit_name(connection, account.home_code, person.now)
        return shell.page(
            "portals/mine/data.html",
            person,
            crumbs=[Crumb(_("My data"))],
            found=found,
            account=account,
            unit=unit,
        )

    def fetch(person: Person) -> Response:
        account = own(person)
        with working.office.reading() as connection:
            found = dossier(connection, working, person, account)
        text = json.dumps(found, ensure_ascii=False, indent=2)
        response = Response(text, content_type="application/json; charset=utf-8")
        day = person.now.date().isoformat()
        response.headers["Content-Disposition"] = f'attachment; filename="my-data-{day}.json"'
        response.headers["Cache-Control"] = "no-store"
        return response

    return show, fetch
