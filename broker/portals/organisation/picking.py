"""Choosing a delimitation without a script: the tree, a search, own unit, and how far one may go.

Everything chosen so far stands in the address, so that each step is a link, the back button
takes one step back, and nothing is kept between.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from flask import request

from broker.codelists import store as codes
from broker.codelists.model import CodeValue, ListId, is_list
from broker.db import Connection
from broker.portals.organisation import tokens
from broker.portals.organisation.wording import Wording
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.scopes import ORGANISATIONS, UNITS, canonical
from broker.roles.model import DelimitationType, RoleDelimitation, RoleVersion, ScopeMode
from broker.web.language import said

SHOWN, LOOKED_AT = 50, 400


@dataclass(frozen=True, slots=True)
class Row:
    """One code to choose: with everything below it, alone, or to look below."""

    name: str
    code: str
    under: str  # what it lies below, where that helps
    whole: str | None  # addresses; None where it can't be chosen so
    alone: str | None
    below: str | None


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
            (text, _query([s for s in scopes if s != one]))
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
            (self.wording.scope(Scope(rule.type, mode)), _query((*scopes, Scope(rule.type, mode))))
            for mode in self.reach.modes.get(rule.type, ())
            if not any(s.type == rule.type and s.mode == mode for s in scopes)
        )
        trail: tuple[tuple[str, str], ...] = ()
        rows: tuple[Row, ...] = ()
        found: tuple[Row, ...] | None = None
        if listed is not None:
            looker = _Looker(self, rule, kind, listed, limits, tuple(scopes))
            trail, rows = looker.browse()
            found = looker.search()
        elif limits is not None:
            rows = tuple(_plain(limit, scopes) for limit in limits)
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
            asked=_asked(rule.type),
            top=_query(scopes),
        )


@dataclass(frozen=True, slots=True)
class _Looker:
    """The codes of one type."""

    picker: Picker
    rule: RoleDelimitation
    kind: DelimitationType
    list_id: ListId
    limits: tuple[Ceiling, ...] | None
    scopes: tuple[Scope, ...]

    def browse(self) -> tuple[tuple[tuple[str, str], ...], tuple[Row, ...]]:
        """The way to where one stands, and what hangs there."""
        connection, at = self.picker.connection, self.picker.at
        here = request.args.get("in", "").partition("=")
        code = here[2] if here[0] == self.rule.type else None
        if code and not self._inside(code):
            code = None
        if code is None:
            return (), self._tops()
        way = codes.path(connection, self.list_id, code, at)
        shown = [one for one in way if self._inside(one.code)]
        trail = tuple((one.name, self._in(one.code)) for one in shown)
        return trail, self._rows(codes.children(connection, self.list_id, code, at))

    def search(self) -> tuple[Row, ...] | None:
        """What was searched for, as far as one may choose it; None where nobody did."""
        text = _asked(self.rule.type)
        if not text:
            return None
        connection, at = self.picker.connection, self.picker.at
        found = codes.search(connection, self.list_id, text, at, LOOKED_AT)
        book = CodeBook(connection, at)
        if self.limits is not None:
            book.learn(self.picker.wording.catalogue.types, self.limits, [v.code for v in found])
        inside = [one for one in found if self._inside(one.code, book)][:SHOWN]
        return self._rows(inside, told=True)

    def _tops(self) -> tuple[Row, ...]:
        connection, at = self.picker.connection, self.picker.at
        if self.limits is None:
            return self._rows(codes.children(connection, self.list_id, None, at))
        listed = [limit.value for limit in self.limits]
        known = codes.values(connection, self.list_id, listed, at)
        return self._rows([known[value] for value in listed if value in known])

    def _inside(self, code: str, book: CodeBook | None = None) -> bool:
        if self.limits is None:
            return True
        book = book or CodeBook(self.picker.connection, self.picker.at)
        return any(
            code == limit.value
            or (limit.with_descendants and book.is_below(self.list_id, limit.value, code))
            for limit in self.limits
        )

    def _rows(self, values: Sequence[CodeValue], *, told: bool = False) -> tuple[Row, ...]:
        above = {value.parent for value in values if value.parent} if told else set()
        names = codes.values(self.picker.connection, self.list_id, above, self.picker.at)
        kept = [value for value in values if value.code not in self.rule.forbidden]
        return tuple(self._row(value, names) for value in kept[: SHOWN * 4])

    def _row(self, value: CodeValue, above: Mapping[str, CodeValue]) -> Row:
        book = CodeBook(self.picker.connection, self.picker.at)
        has_below = self.kind.hierarchical and book.has_below(self.list_id, value.code)
        deep = self._may_go_below(value.code)
        parent = above.get(value.parent or "")
        return Row(
            value.name,
            value.code,
            parent.name if parent else "",
            self._with(value.code, below=True) if has_below and deep else None,
            None if has_below and self.picker.whole else self._with(value.code, below=False),
            self._in(value.code) if has_below and deep else None,
        )

    def _may_go_below(self, code: str) -> bool:
        limits = self.limits
        return limits is None or any(
            limit.with_descendants or limit.value != code for limit in limits
        )

    def _with(self, code: str, *, below: bool) -> str:
        """With a code, in the place of those that it lies below and of those below it."""
        fresh = Scope(self.rule.type, "value", code, with_descendants=below)
        return _query((*(one for one in self.scopes if not self._meets(one, fresh)), fresh))

    def _meets(self, one: Scope, fresh: Scope) -> bool:
        if one.type != fresh.type or one.mode != "value":
            return False
        book = CodeBook(self.picker.connection, self.picker.at)
        return (
            one.value == fresh.value
            or (one.with_descendants and book.is_below(self.list_id, one.value, fresh.value))
            or (fresh.with_descendants and book.is_below(self.list_id, fresh.value, one.value))
        )

    def _in(self, code: str) -> str:
        return _query(self.scopes, ("in", f"{self.rule.type}={code}"))


def _asked(type_id: str) -> str:
    return request.args.get(f"q_{type_id}", "").strip()[:100]


def _plain(limit: Ceiling, scopes: Sequence[Scope]) -> Row:
    """A code of a type that has no list."""
    fresh = Scope(limit.type, "value", limit.value, with_descendants=False)
    return Row(limit.value, limit.value, "", None, _query((*scopes, fresh)), None)


def _query(scopes: Sequence[Scope], *more: tuple[str, str]) -> str:
    """An address of this page with other delimitations, the rest of it kept."""
    kept = [
        (key, value)
        for key, value in request.args.items(multi=True)
        if key not in ("scope", "in", "picked", "lang") and not key.startswith(("q_", "typed_"))
    ]
    chosen = [("scope", token) for token in tokens.written(canonical(scopes))]
    return "?" + urlencode([*kept, ("picked", "1"), *chosen, *more])
