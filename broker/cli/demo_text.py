"""What `broker demo` prints for people: one login hop by hop, or every service in a table."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from broker.demo.everything import Played
from broker.demo.federation import DemoFederation
from broker.demo.once import Told
from broker.demo.people import person_of
from broker.demo.told import Role
from broker.demo.words import Words


def one_login(told: Told) -> str:
    """One login for a person to read."""
    lines = [f"{told.person} logs in to {told.service} through {told.idp}", ""]
    for hop in told.hops:
        lines.append(f"  {hop.hop} {hop.name:<13} {hop.ms:7.1f} ms  {hop.peer}")
        lines.append(f"    {', '.join(hop.checks)}")
    lines.append("")
    if told.refused:
        lines.append(f"  refused: {told.refused[0]} – {told.refused[1]}")
    facts = told.facts()
    if told.arrival:
        lines += [f"  NameID     {facts['name_id']}", f"  assurance  {facts['assurance']}"]
        attributes = told.arrival["attributes"]
        if isinstance(attributes, dict):
            lines += [f"  {name} = {', '.join(values)}" for name, values in attributes.items()]
        roles = told.arrival["roles"]
        written = roles if isinstance(roles, list) else []
        lines.append(f"  roles      {f'{chr(10)}             '.join(written) or 'none'}")
    if told.logout:
        lines.append(
            f"  logout     {told.logout['service']}, session at the broker {told.logout['broker']}"
        )
    lines.append(f"  reference  {facts['reference']}")
    return "\n".join(lines)


def table(played: Iterable[Played], demo: DemoFederation, now: datetime) -> Iterator[str]:
    """The lines of a table for each service, and what came of it all."""
    logins = refusals = 0
    wrong: list[str] = []
    by_service = groupby(played, key=lambda one: (one.told.federation, one.told.service))
    for (federation, service), logged in by_service:
        sp = demo.sps[service]
        yield f"{service} – {sp.name.en} ({sp.owner}), {federation}"
        closed = []
        for one in logged:
            told = one.told
            wrong += [f"{federation}, {service}, {told.idp}: {what}" for what in one.wrong]
            if told.refused and one.planned is None and not one.wrong:
                closed.append(told.idp)
                refusals += 1
            else:
                logins += 1
                yield from _row(one, demo.words, now)
        if closed:
            yield f"  not active: {', '.join(closed)}"
        yield ""
    yield f"{logins} logins, and {refusals} refused at what is not active"
    yield f"{len(wrong)} not as planned:" if wrong else "Everything came out as planned."
    yield from (f"  {line}" for line in wrong)


def _row(one: Played, words: Words, now: datetime) -> Iterator[str]:
    told, facts = one.told, one.told.facts()
    who = person_of(told.person)
    name = who.name if who else told.person
    if told.refused:
        yield f"  {told.idp:<19} {name:<17} refused: {told.refused[0]}"
        return
    bare = str(facts["name_id"]).rpartition("/")[2]
    yield f"  {told.idp:<19} {name:<17} {facts['assurance']!s:<12} {bare}"
    roles = list(dict.fromkeys(_in_words(told, role, words, now) for role in one.issued))
    yield from (f"      {line}" for line in roles or ["no roles"])


def _in_words(told: Told, role: Role, words: Words, now: datetime) -> str:
    units = [
        f"{unit.kind.en if unit.kind else ''} {unit.code} {unit.name or ''}".strip()
        for unit in words.units(told.federation, told.service, role, now)
    ]
    return f"{role.name}  {', '.join(units)}".rstrip()
