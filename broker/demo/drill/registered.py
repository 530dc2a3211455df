"""The registered partners as a drill plays them: what we know of how they load and read."""

from datetime import datetime

from broker.db import Connection
from broker.demo.drill.behaviours import Behaviour, Loads
from broker.metadata.model import Localised
from broker.metadata.readiness.gathering import gather
from broker.metadata.rollover.model import Plan, Rollovers
from broker.metadata.speech import Reads

_LOADED: dict[Loads, Localised] = {
    "daily": Localised("henter selv", "seen to load by itself"),
    "once": Localised("har ikke hentet igen", "not seen to load again"),
}
_READ: dict[Reads, Localised] = {
    "several": Localised("kan have flere nøgler", "holds several"),
    "one": Localised("kan have én nøgle", "holds one certificate"),
    "first": Localised("læser kun den første nøgle", "reads the first key only"),
}


def behaviours_of(
    connection: Connection, rollovers: Rollovers, plan: Plan, now: datetime
) -> tuple[Behaviour, ...]:
    """How each registered partner on the side of a plan is known to behave.

    Who was seen to fetch on two days loads by itself; of anybody else we expect the least.
    """
    known = gather(connection, rollovers, plan, now)
    found = []
    for partner in known.partners:
        fetched = {
            s.last_at.date() for s in known.evidence[partner.code].signs if s.kind == "fetched"
        }
        loads: Loads = "daily" if len(fetched) > 1 else "once"
        words = Localised(
            f"{_LOADED[loads].da}, {_READ[partner.reads].da}",
            f"{_LOADED[loads].en}, {_READ[partner.reads].en}",
        )
        found.append(Behaviour(partner.code, words, loads, partner.reads))
    return tuple(found)
