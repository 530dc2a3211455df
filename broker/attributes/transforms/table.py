"""Every step by its name, and how the list of them in a document is read."""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from broker.attributes.model import Claims, Say, Step, Values
from broker.attributes.transforms import health, identifiers, moving, people, values
from broker.attributes.transforms.arguments import Arguments
from broker.metadata.documents import Table

MOST = 50  # steps in one mapping
_Given = TypeVar("_Given")


@dataclass(frozen=True, slots=True)
class Kind:
    """A step as documents name it: what it does in words, and how its arguments are bound."""

    name: str
    words: str
    bind: Callable[[Arguments], Callable[[Claims, Say], Values]]


def _kind(
    run: Callable[[Claims, _Given, Say], Values],
    read: Callable[[Arguments], _Given],
) -> Kind:
    def bind(arguments: Arguments) -> Callable[[Claims, Say], Values]:
        given = read(arguments)
        return lambda claims, say: run(claims, given, say)

    return Kind(run.__name__, run.__doc__ or "", bind)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind(moving.rename, moving.read_from_to),
        _kind(moving.copy, moving.read_from_to),
        _kind(moving.first_of, moving.read_first_of),
        _kind(moving.keep, moving.read_named),
        _kind(moving.drop, moving.read_named),
        _kind(moving.default, moving.read_default),
        _kind(people.split_name, people.read_split_name),
        _kind(people.join_names, people.read_join_names),
        _kind(people.compose, people.read_compose),
        _kind(identifiers.uuid_form, identifiers.read_uuid_form),
        _kind(identifiers.write_uid, identifiers.read_write_uid),
        _kind(identifiers.write_level, identifiers.read_write_level),
        _kind(values.map_values, values.read_map_values),
        _kind(values.add_affix, values.read_affix),
        _kind(values.strip_affix, values.read_affix),
        _kind(values.only_matching, values.read_only_matching),
        _kind(values.first_value, values.read_one),
        _kind(values.join_values, values.read_listed),
        _kind(values.split_values, values.read_listed),
        _kind(values.change_case, values.read_change_case),
        _kind(health.authorisations, health.read_authorisation_step),
        _kind(health.own_privileges, health.read_own_privileges),
    )
}


def read_steps(tables: Iterable[Table], known: frozenset[str]) -> tuple[Step, ...]:
    """The steps of a document in their order; each may read what those before it wrote.

    Raises Refused("metadata.document") that says which step, which key, and what to write.
    """
    steps: list[Step] = []
    for number, table in enumerate(tables, start=1):
        if number > MOST:
            raise table.wrong("name", f"is one of more than {MOST} steps")
        step = _read_step(number, table, known)
        known |= step.writes
        steps.append(step)
    return tuple(steps)


def _read_step(number: int, table: Table, known: frozenset[str]) -> Step:
    name = table.text("name")
    kind = KINDS.get(name)
    if kind is None:
        near = difflib.get_close_matches(name, KINDS, n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        raise table.wrong("name", f"{name!r} is no step; {meant}there are {', '.join(KINDS)}")
    table.where = f"{table.where} ({name})"
    arguments = Arguments(table, known)
    apply = kind.bind(arguments)
    table.done()
    return Step(number, name, apply, frozenset(arguments.reads), frozenset(arguments.writes))
