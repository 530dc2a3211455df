"""What rules make of what an IdP said: roles given, roles denied. Pure.

A rule counts for the IdPs and organisations that it names, or for all where it names none.
Its clauses are alternatives; within a clause every condition holds. What a rule says of an
attribute that was not sent is no, whichever way round it asks: silence is no evidence. A
privilege in a group that is not understood gives nothing, but is not taken for absent either:
it denies what it would deny.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from math import prod
from uuid import UUID

from broker.roles.answer import Candidate, LeftOut, Said, Source
from broker.roles.model import (
    MAX_COMBINED,
    Condition,
    Delimitation,
    DerivedScope,
    DeriveRule,
    Role,
)
from broker.roles.understood import Understanding, Understood
from broker.roles.units import Questions, Units, pairs_of
from broker.saml.assurance import Assurance

LONGEST_NUMBER = 32  # digits; Python itself refuses to read very many

Has = Callable[[Condition], bool]  # of a condition on privileges


def sources(rule: DeriveRule) -> Source:
    """A rule as the source of a role."""
    by = f"{rule.by} / {rule.approved_by}" if rule.approved_by else rule.by
    return Source("rule", rule.id, rule.code, "rule", by, rule.period, rule.version)


def questions(rules: Iterable[DeriveRule], said: Said) -> Questions:
    """What the rules' conditions need to know about units that the IdP named."""
    pairs: frozenset[tuple[str, str, str]] = frozenset()
    for rule in rules:
        for condition in (c for clause in rule.clauses for c in clause):
            if condition.op == "in_subtree" and condition.values:
                list_id, *ancestors = condition.values
                pairs |= pairs_of(list_id, ancestors, said.values.get(condition.attribute, ()))
    return Questions(pairs)


def derive(
    rules: Sequence[DeriveRule],
    roles: Mapping[UUID, Role],
    said: Said,
    privileges: Understanding,
    units: Units,
    home: str | None = None,
) -> Iterator[Candidate | LeftOut]:
    """What each rule gives: candidates for roles given, and `rule.denied` for roles denied.

    `home` is the CVR number of the organisation that is acted for; a denial counts there too,
    whichever organisation the login is of.
    """
    for rule in rules:
        role = roles.get(rule.role)
        if role is None or not _concerns(rule, said, home):
            continue
        holds = partial(_holds, said=said, has=_has(rule, said, privileges), units=units)
        clauses = [clause for clause in rule.clauses if holds(clause)]
        if not clauses:
            continue
        if rule.effect == "deny":
            yield LeftOut("rule.denied", role, sources(rule), rule.code)
            continue
        for clause in clauses:
            yield from _candidates(rule, role, clause, said, privileges.understood)


def _concerns(rule: DeriveRule, said: Said, home: str | None) -> bool:
    if rule.idps and said.idp not in rule.idps:
        return False
    concerned = {said.cvr, home} if rule.effect == "deny" else {said.cvr}
    return not rule.cvrs or not rule.cvrs.isdisjoint(concerned)


def _has(rule: DeriveRule, said: Said, privileges: Understanding) -> Has:
    """Whether a condition on privileges holds, with every doubt against the person."""
    clear = frozenset(one.privilege for one in privileges.understood)
    deny = rule.effect == "deny"

    def has(condition: Condition) -> bool:
        found = not clear.isdisjoint(condition.values)
        doubt = not privileges.unclear.isdisjoint(condition.values)
        if not condition.negate:
            return found or (deny and doubt)
        return not found and (deny or not (doubt or said.malformed))

    return has


def _holds(clause: Sequence[Condition], said: Said, has: Has, units: Units) -> bool:
    """An empty clause holds for nobody: a rule without a question would be for everybody."""
    return bool(clause) and all(_is(c, said, has, units) for c in clause)


def _is(condition: Condition, said: Said, has: Has, units: Units) -> bool:
    if condition.op == "has_privilege":
        return has(condition)
    if condition.attribute == "loa":
        return _level(condition, said.assurance) != condition.negate
    values = said.values.get(condition.attribute, ())
    if condition.op == "present":
        return bool(values) != condition.negate
    if not values:
        return False
    return _compared(condition, values, units) != condition.negate


def _level(condition: Condition, level: Assurance | None) -> bool:
    asked = [Assurance.from_word(word) for word in condition.values]
    wanted = [a for a in asked if a is not None]
    if level is None or not wanted:
        return False
    return level >= min(wanted) if condition.op == "gte" else level in wanted


def _compared(condition: Condition, values: Sequence[str], units: Units) -> bool:
    match condition.op:
        case "eq" | "in":
            return any(value in condition.values for value in values)
        case "prefix":
            wanted = tuple(text.casefold() for text in condition.values)
            return any(value.casefold().startswith(wanted) for value in values)
        case "gte":
            return any(_number(v) >= min(map(_number, condition.values)) for v in values)
        case "in_subtree":
            list_id, *ancestors = condition.values
            return any(units.under(list_id, a, v) for v in values for a in ancestors)
    return False


def _number(text: str) -> float:
    """A whole number, or less than all of them: what is no number is never enough."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else float("-inf")


def _candidates(
    rule: DeriveRule,
    role: Role,
    clause: Sequence[Condition],
    said: Said,
    privileges: Sequence[Understood],
) -> Iterator[Candidate]:
    """One candidate, or one for each privilege where a scope is copied from its constraints."""
    source = sources(rule)
    wanted = {v for c in clause if c.op == "has_privilege" and not c.negate for v in c.values}
    matched = [p for p in privileges if p.privilege in wanted]
    copied = [s for s in rule.scopes if s.source == "privilege"]
    fixed = [_fixed(s, said) for s in rule.scopes if s.source != "privilege"]
    trouble = "scope.not_sent" if any(not options for options in fixed) else None
    if prod(map(len, fixed)) > MAX_COMBINED:
        trouble = "scope.too_many"
    each: list[Understood | None] = [*matched] or [None]
    for privilege in each:
        units, problem = _of_privilege(privilege, copied)
        for chosen in product(*fixed) if trouble is None else [()]:
            yield Candidate(role, source, (*units, *chosen), trouble or problem)


def _fixed(scope: DerivedScope, said: Said) -> list[Delimitation]:
    values = (scope.value,) if scope.source == "literal" else said.values.get(scope.value, ())
    return [Delimitation(scope.type, value, scope.with_descendants) for value in values]


def _of_privilege(
    privilege: Understood | None, copied: Sequence[DerivedScope]
) -> tuple[tuple[Delimitation, ...], str | None]:
    """The units of a privilege's constraints; one that the rule does not copy gives nothing.

    Dropping a constraint would widen the right.
    """
    if privilege is None:
        return (), "scope.not_sent" if copied else None
    ways = {scope.type: scope.with_descendants for scope in copied}
    if any(unit.type not in ways for unit in privilege.delimitations):
        return (), "scope.not_copied"
    return tuple(
        Delimitation(unit.type, unit.value, ways[unit.type]) for unit in privilege.delimitations
    ), None
