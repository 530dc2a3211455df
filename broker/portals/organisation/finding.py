"""One person of the organisation, found by name: a search, and then links to choose one of them.

No script is needed, and no list of ten thousand people is sent to anybody.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import request

from broker.db import Connection
from broker.errors import Unknown
from broker.organisations import store
from broker.organisations.model import Account, AccountState
from broker.portals.organisation.counter import home
from broker.portals.organisation.wording import Wording
from broker.portals.person import Person

MOST = 20


@dataclass(frozen=True, slots=True)
class Search:
    """What was looked for, and who was found; `chosen` once somebody is."""

    text: str
    found: tuple[Account, ...] = ()
    more: bool = False  # than are shown
    chosen: Account | None = None


def search(
    connection: Connection,
    organisation: UUID,
    at: datetime,
    states: tuple[AccountState, ...] = ("pending", "active"),
) -> Search:
    """What the address asks for: `?account=` is somebody, `?q=` a part of a name or an address.

    Raises Unknown("account.unknown") for whoever is not of the organisation.
    """
    text = request.args.get("q", "").strip()[:100]
    if asked := request.args.get("account"):
        return Search(text, chosen=_one(connection, asked, organisation, at))
    if not text:
        return Search("")
    found = store.accounts(connection, organisation, at, text=text, states=states, limit=MOST + 1)
    return Search(text, found[:MOST], len(found) > MOST)


def _one(connection: Connection, asked: str, organisation: UUID, at: datetime) -> Account:
    try:
        account = store.account(connection, UUID(asked), at)
    except ValueError:
        account = None
    if account is None or account.organisation != organisation:
        raise Unknown("account.unknown", "nobody of this organisation")
    return account


def others(
    connection: Connection,
    person: Person,
    wording: Wording,
    text: str,
    without: Container[UUID],
    *,
    states: tuple[AccountState, ...] = ("active",),
    units: tuple[str, ...] | None = None,
) -> list[tuple[Account, str]]:
    """Colleagues to choose one of, but for some, each with the unit that they work in."""
    found = store.accounts(
        connection, home(person).id, person.now, text=text, units=units, states=states, limit=MOST
    )
    wording.learn_units(one.home_code for one in found)
    return [(one, wording.unit(one.home_code)) for one in found if one.id not in without]
