"""A unit that somebody works in, written as its SOR number or its name."""

from collections.abc import Sequence
from datetime import datetime

from broker.codelists import store as codes
from broker.codelists.model import CodeValue
from broker.db import Connection
from broker.errors import Refused
from broker.organisations.model import Organisation
from broker.portals.forms import RadioField, choice
from broker.roles.grants.scopes import UNITS

MOST = 20
_LOOKED_AT = 200


def fitting(
    connection: Connection, text: str, home: Organisation, at: datetime
) -> tuple[CodeValue, ...]:
    """The units that a text may mean, those of the organisation's CVR number first.

    A number means that unit alone. Raises Refused("org.unit") where nothing fits.
    """
    text = text.strip()
    known = codes.value(connection, UNITS, text.replace(" ", ""), at)
    if known is not None:
        return (known,)
    found = codes.search(connection, UNITS, text, at, _LOOKED_AT) if text else ()
    if not found:
        raise Refused("org.unit", "no such unit")
    exact = [one for one in found if one.name.casefold() == text.casefold()]
    if len(exact) == 1:
        return (exact[0],)
    order = sorted(found, key=lambda one: (one.cvr != home.cvr, one.name.casefold(), one.code))
    return tuple(order[:MOST])


def offer(field: RadioField, units: Sequence[CodeValue]) -> None:
    """Let somebody say which of several they mean."""
    field.choices = [choice(one.code, f"{one.name} ({one.code})") for one in units]
