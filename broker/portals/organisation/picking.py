"""Choosing a delimitation without a script: the tree, a search, own unit, and how far one may go.

Everything chosen so far stands in the address, so that each step is a link, the back button
takes one step back, and nothing is kept between.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import request

from broker.codelists.model import is_list
from broker.db import Connection
from broker.portals.organisation import tokens
from broker.portals.organisation.browsing import Looker, Row, asked, plain, query
from broker.portals.organisation.wording import Wording
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.scopes import ORGANISATIONS, UNITS, canonical
from broker.roles.model import RoleDelimitation, RoleVersion, ScopeMode
from broker.web.language import said


@dataclass(frozen=True, slots=True)
class TypeView:
    """One type that the role is delimited by."""

    id: str
    name: str
    needed: bool
    limits: tuple[str, ...]  # the ceiling in words
    own: tuple[tuple[str, str], ...]  # words and address
    trail: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    found: tuple[Row, ...] | None  # None where nobody searched
    typed: bool  # a code is written, not chosen
    searches: bool  # there is a list to search
    asked: str = ""  # what was searched for
    top: str = ""  # the address of the top of the tree


@dataclass(frozen=True, slots=True)
class Picked:
    """The page of the picker."""

    chosen: tuple[tuple[str, str], ...]  # words, and the address without it
    types: tuple[TypeView, ...]
    tokens: tuple[str, ...]
    scopes: tuple[Scope, ...]
    missing: tuple[str, ...]  # names of types that something must be chosen of


@dataclass(frozen=True, slots=True)
class Reach:
    """How far somebody may choose: codes by type, and the modes that are open."""

    limits: Mapping[str, tuple[Ceiling, ...]] = field(default_factory=dict)
    modes: Mapping[str, tuple[ScopeMode, ...]] = field(default_factory=dict)


def reach_of(ceiling: Sequence[Ceiling], version: RoleVersion, wording: Wording) -> Reach:
    """As far as the organisation may hand a role out, and "own unit" where the role takes it."""
    limits: dict[str, tuple[Ceiling, ...]] = {}
    for one in ceiling:
        limits[one.type] = (*limits.get(one.type, ()), one)
    modes: dict[str, tuple[ScopeMode, ...]] = {}
    for rule in version.delimitations:
        kind = wording.catalogue.types.get(rule.type)
        if rule.own_unit and kind is not None:
            if kind.list_id == UNITS:
                modes[rule.type] = ("own_unit_tree", "own_unit")
            elif kind.list_id == ORGANISATIONS:
                modes[rule.type] = ("own_cvr",)
    return Reach(limits, modes)


def narrowed(reach: Reach, scopes: Sequence[Scope]) -> Reach:
    """No further than these delimitations either."""
    limits, modes = dict(reach.limits), dict(reach.modes)
    for type_id in {scope.type for scope in scopes}:
        there = [scope for scope in scopes if scope.type == type_id]
        limits[type_id] = tuple(
            Ceiling(type_id, one.value, one.with_descendants)
            for one in there
            if one.mode == "value"
        )
        open_modes = {one.mode for one in there if one.mode != "value"}
        if "own_unit_tree" in open_modes:
            open_modes.add("own_unit")
        modes[type_id] = tuple(m for m in reach.modes.get(type_id, ()) if m in open_modes)
    return Reach(limits, modes)


@dataclass(frozen=True, slots=True)
class Picker:
    """Chooses delimitations for one role; what is asked stands in the address of the request."""

    connection: Connection
    version: RoleVersion
    wording: Wording
    reach: Reach
    at: datetime
    start: tuple[Scope, ...] = ()  # what is chosen to begin with
    whole: bool = False  # the service takes a code for everything below it

    def look(self) -> Picked:
        """The page as its address asks for it. Raises Refused("org.scope")."""
        args = request.args
        begun = "scope" in args or "picked" in args
        scopes = tokens.read(args.getlist("scope")) if begun else canonical(self.start)
        for rule in self.version.delimitations:
            kept = self._typed(rule.type, args.get(f"typed_{rule.type}", ""))
            scopes = canonical((*scopes, kept)) if kept else scopes
        words = self.wording.scopes(scopes)
        chosen = tuple(
            (text, query([s for s in scopes if s != one]))
            for one, text in zip(scopes, words, strict=True)
        )
        types = tuple(self._type(rule, scopes) for rule in self.version.delimitations)
        missing = tuple(
            view.name
            for view in types
            if view.needed and not any(scope.type == view.id for scope in scopes)
        )
        return Picked(chosen, types, tokens.written(scopes), scopes, missing)

    def _typed(self, type_id: str, written: str) -> Scope | None:
        """A code that was written in the field of a type without a list."""
        value, kind = written.replace(" ", ""), self.wording.catalogue.types.get(type_id)
        if kind is None or not value:
            return None
        if kind.pattern is not None and re.fullmatch(kind.pattern, value) is None:
            return None
        return Scope(type_id, "value", value, with_descendants=False)

    def _type(self, rule: RoleDelimitation, scopes: Sequence[Scope]) -> TypeView:
        kind = self.wording.catalogue.types[rule.type]
        limits = self.reach.limits.get(rule.type)
        listed = kind.list_id if kind.list_id and is_list(kind.list_id) else None
        own = tuple(
            (self.wording.scope(Scope(rule.type, mode)), query((*scopes, Scope(rule.type, mode))))
            for mode in self.reach.modes.get(rule.type, ())
            if not any(s.type == rule.type and s.mode == mode for s in scopes)
        )
        trail: tuple[tuple[str, str], ...] = ()
        rows: tuple[Row, ...] = ()
        found: tuple[Row, ...] | None = None
        if listed is not None:
            looker = Looker(
                self.connection,
                self.at,
                self.wording,
                self.whole,
                rule,
                kind,
                listed,
                limits,
                tuple(scopes),
            )
            trail, rows = looker.browse()
            found = looker.search()
        elif limits is not None:
            rows = tuple(plain(limit, scopes) for limit in limits)
        return TypeView(
            rule.type,
            said(kind.name),
            rule.least > 0,
            self.wording.scopes(limits or ()),
            own,
            trail,
            rows,
            found,
            typed=listed is None and limits is None,
            searches=listed is not None,
            asked=asked(rule.type),
            top=query(scopes),
        )
