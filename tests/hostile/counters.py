"""What the counters behind `broker metrics` say, handed over already or not, and what moves which.

A refusal moves the counter of its code. Where it is known between which service and which identity
provider it happened, it moves their refusals as well, by whose fault it was; and where the answer
itself held, that somebody came back.
"""

from collections import Counter
from logging import LogRecord

import sqlalchemy as sa

from broker.audit.tallies.tables import TALLY
from broker.db import reading
from broker.health.tables import FLOW_COUNT, FLOW_DETAIL
from broker.statistics.tables import DISCOVERY_CHOICE, DISCOVERY_WRONG
from tests.box import Box

Name = tuple[str, ...]
WHOLE = ("started", "returned", "refused")
CHOSEN = ("chosen", "searched", "changed")
# Whose fault a refusal is, as the metrics tell it: by code, or else by family.
FAULTS = {
    "context.replay": "other", "idp.cancelled": "cancelled", "idp.no_passive": "cancelled",
    "idp.no_authn_context": "cancelled", "context": "message", "idp": "failed",
    "limit": "message", "malformed": "message", "policy": "policy", "signature": "message",
}  # fmt: skip
WRONGS = {"cancelled": "cancelled", "policy": "refused"}
_PAIR = ("federation", "service", "idp")


def standing(box: Box) -> Counter[Name]:
    """Every counter, of the database and of what this process has not handed over."""
    found = _in_memory(box)
    with reading(box.services.engine) as connection:
        for table, names in ((FLOW_COUNT, WHOLE), (DISCOVERY_CHOICE, CHOSEN)):
            pair = [table.c[name] for name in _PAIR]
            sums = (sa.func.sum(table.c[name]) for name in names)
            for row in connection.execute(sa.select(*pair, *sums).group_by(*pair)):
                found.update(
                    {(*row[:3], n): times for n, times in zip(names, row[3:], strict=True)}
                )
        for table, label, times in (
            (FLOW_DETAIL, "what", "times"),
            (DISCOVERY_WRONG, "kind", "times"),
        ):
            by = [table.c[name] for name in (*_PAIR, label)]
            query = sa.select(*by, sa.func.sum(table.c[times])).group_by(*by)
            for row in connection.execute(query):
                found[_detail(table.name, *row[:4])] += row[4]
        for what, federation, side, name, times in connection.execute(sa.select(TALLY)):
            found[(what, federation, side, name)] += times
    return found


def moved(before: Counter[Name], after: Counter[Name]) -> dict[Name, int]:
    """Which counters differ, and by how much."""
    names = before.keys() | after.keys()
    return {n: after[n] - before[n] for n in names if after[n] != before[n]}


def of_refusal(event: LogRecord) -> dict[Name, int]:
    """What one refusal moves, by the fields of its line in the security log."""
    said = event.__dict__
    code, federation = said["code"], said["federation"]
    wanted: dict[Name, int] = {(event.getMessage(), federation, "", code): 1}
    service, idp = said.get("service"), said.get("idp")
    if event.getMessage() != "login.refused" or service is None or idp is None:
        return wanted
    pair = (federation, service, idp)
    fault = FAULTS.get(code) or FAULTS.get(code.partition(".")[0], "other")
    wanted |= {(*pair, "refused"): 1, (*pair, fault): 1}
    if fault in WRONGS:
        wanted[(*pair, "wrong", WRONGS[fault])] = 1
    return wanted


def came_back(event: LogRecord) -> dict[Name, int]:
    """What somebody who came back with an answer that holds moves."""
    said = event.__dict__
    pair = (said["federation"], said["service"], said["idp"])
    return {(*pair, "returned"): 1, (*pair, "within"): 1}


def _in_memory(box: Box) -> Counter[Name]:
    recorder, found = box.services.flow.recorder, Counter[Name]()
    for (_, *pair), sums in recorder.counts._counts.items():  # noqa: SLF001  # not handed over yet
        for what, times in sums.items():
            found[_detail("flow_detail", *pair, what)] += times
    for (_, federation, service, idp, *_), sums in recorder.choices._choices.items():  # noqa: SLF001  # as above
        found.update({(federation, service, idp, what): times for what, times in sums.items()})
    for (_, *pair, kind), times in recorder.choices._wrong.items():  # noqa: SLF001  # as above
        found[_detail("discovery_wrong", *pair, kind)] += times
    found.update(recorder.tallies._counts)  # noqa: SLF001  # as above
    return found


def _detail(table: str, *labels: object) -> Name:
    *pair, what = map(str, labels)
    if table == "discovery_wrong":
        return (*pair, "wrong", what)
    return (*pair, "within" if what.startswith("within") else what)
