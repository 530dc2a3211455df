"""Everything that is kept about one person in one organisation, as plain data. No CPR number.

None is kept: persons are found by keyed hashes, and neither hash nor key is told here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from broker.db import Connection
from broker.organisations import store as organisations
from broker.organisations.model import Account
from broker.organisations.store.write_accounts import last_login
from broker.portals.employee.working import Working
from broker.portals.person import Person
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.facts import Scope
from broker.roles.grants.store import issuing
from broker.roles.grants.store.ever import of_account_ever
from broker.roles.requests import store
from broker.roles.requests.lists import Item

LOGINS = 500
_HISTORY = ("since", "until", "state", "display_name", "email", "home_code", "reason")


def dossier(
    connection: Connection, working: Working, person: Person, account: Account
) -> dict[str, object]:
    """Account, ways to log in, roles now and before, requests, mandates, logins and sessions."""
    catalogue, at = working.catalogue(connection), person.now
    home = person.organisation
    draft = store.draft(connection, account.id, at)
    mine = working.lists.mine(connection, person.actor, at)
    return {
        "at": at.isoformat(),
        "federation": account.federation,
        "organisation": {"cvr": account.cvr, "name": home.name if home else None},
        "account": {
            "id": str(account.id),
            "name": account.display_name,
            "mail": account.email,
            "unit": account.home_code,
            "state": account.state,
            "last_login": _iso(last_login(connection, account.id)),
        },
        "history": [
            {key: _plain(row[key]) for key in _HISTORY if key in row}
            for row in organisations.account_history(connection, account.id)
        ],
        "identities": [
            {"kind": one.kind, "idp": one.idp, "linked_at": one.linked_at.isoformat()}
            for one in organisations.identities(connection, account.id)
        ],
        "mandates": [
            {
                "kind": one.kind,
                "service": one.service,
                "unit": one.unit_code,
                "since": one.period.since.isoformat(),
                "until": _iso(one.period.ends),
            }
            for one in person.actor.mandates
        ],
        "grants": _grants(connection, catalogue, account),
        "requests": [_request(item, catalogue) for item in mine],
        "draft": [{"role": str(one.role), "units": _units(one.scopes)} for one in draft.picked],
        "logins": [
            {
                "at": _plain(row["at"]),
                "service": row["service"],
                "idp": row["idp"],
                "roles": row["items"],
                "reference": row["reference"],
            }
            for row in issuing.issues_of(connection, (account.id,), LOGINS)
        ],
        "organisations_chosen": organisations.chosen_at_services(
            connection, person.session.person, at
        ),
        "session": {
            "started_at": person.session.started_at.isoformat(),
            "ends_at": person.session.ends_at.isoformat(),
            "level": person.session.level.word,
            "idp": person.session.idp,
        },
    }


def _grants(
    connection: Connection, catalogue: Catalogue, account: Account
) -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = []
    for one in of_account_ever(connection, account.id):
        role = catalogue.role(one.role)
        found.append(
            {
                "role": role.urn if role else str(one.role),
                "via": one.via,
                "units": _units(one.scopes),
                "since": one.grant.period.since.isoformat(),
                "until": _iso(one.grant.period.ends),
                "revoked_at": _iso(one.grant.revoked_at),
                "reason": one.reason,
                "case": one.case_no,
            }
        )
    return found


def _request(item: Item, catalogue: Catalogue) -> Mapping[str, object]:
    asked = item.filed.request
    role = catalogue.role(asked.role)
    return {
        "number": asked.number,
        "action": asked.action,
        "role": role.urn if role else str(asked.role),
        "units": _units(asked.scopes),
        "since": asked.period.since.isoformat(),
        "until": _iso(asked.period.ends),
        "reason": asked.reason,
        "state": item.standing.state,
        "created_at": asked.created_at.isoformat(),
        "decisions": [
            {"decision": one.verb, "at": one.at.isoformat(), "comment": one.comment}
            for one in asked.decisions
        ],
    }


def _units(scopes: Sequence[Scope]) -> list[str]:
    return [f"{one.type}:{one.value or one.mode}" for one in scopes]


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
