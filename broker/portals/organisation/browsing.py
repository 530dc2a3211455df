"""The codes of one type as links: the tree, what a search found, and what stands chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import request

from broker.codelists import store as codes
from broker.codelists.model import CodeValue, ListId
from broker.db import Connection
from broker.portals.organisation import tokens
from broker.portals.organisation.wording import Wording
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.scopes import canonical
from broker.roles.model import DelimitationType, RoleDelimitation

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
class Looker:
    """The codes of one type, as far as one may choose them."""

    connection: Connection
    at: datetime
    wording: Wording
    whole: bool  # the service takes a code for everything below it
    rule: RoleDelimitation
    kind: DelimitationType
    list_id: ListId
    limits: tuple[Ceiling, ...] | None
    scopes: tuple[Scope, ...]

    def browse(self) -> tuple[tuple[tuple[str, str], ...], tuple[Row, ...]]:
        """The way to where one stands, and what hangs there."""
        connection, at = self.connection, self.at
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
        text = asked(self.rule.type)
        if not text:
            return None
        connection, at = self.connection, self.at
        found = codes.search(connection, self.list_id, text, at, LOOKED_AT)
        book = CodeBook(connection, at)
        if self.limits is not None:
            book.learn(self.wording.catalogue.types, self.limits, [v.code for v in found])
        inside = [one for one in found if self._inside(one.code, book)][:SHOWN]
        return self._rows(inside, told=True)

    def _tops(self) -> tuple[Row, ...]:
        connection, at = self.connection, self.at
        if self.limits is None:
            return self._rows(codes.children(connection, self.list_id, None, at))
        listed = [limit.value for limit in self.limits]
        known = codes.values(connection, self.list_id, listed, at)
        return self._rows([known[value] for value in listed if value in known])

    def _inside(self, code: str, book: CodeBook | None = None) -> bool:
        if self.limits is None:
            return True
        book = book or CodeBook(self.connection, self.at)
        return any(
            code == limit.value
            or (limit.with_descendants and book.is_below(self.list_id, limit.value, code))
            for limit in self.limits
        )

    def _rows(self, values: Sequence[CodeValue], *, told: bool = False) -> tuple[Row, ...]:
        above = {value.parent for value in values if value.parent} if told else set()
        names = codes.values(self.connection, self.list_id, above, self.at)
        kept = [value for value in values if value.code not in self.rule.forbidden]
        return tuple(self._row(value, names) for value in kept[: SHOWN * 4])

    def _row(self, value: CodeValue, above: Mapping[str, CodeValue]) -> Row:
        book = CodeBook(self.connection, self.at)
        has_below = self.kind.hierarchical and book.has_below(self.list_id, value.code)
        deep = self._may_go_below(value.code)
        parent = above.get(value.parent or "")
        return Row(
            value.name,
            value.code,
            parent.name if parent else "",
            self._with(value.code, below=True) if has_below and deep else None,
            None if has_below and self.whole else self._with(value.code, below=False),
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
        return query((*(one for one in self.scopes if not self._meets(one, fresh)), fresh))

    def _meets(self, one: Scope, fresh: Scope) -> bool:
        if one.type != fresh.type or one.mode != "value":
            return False
        book = CodeBook(self.connection, self.at)
        return (
            one.value == fresh.value
            or (one.with_descendants and book.is_below(self.list_id, one.value, fresh.value))
            or (fresh.with_descendants and book.is_below(self.list_id, fresh.value, one.value))
        )

    def _in(self, code: str) -> str:
        return query(self.scopes, ("in", f"{self.rule.type}={code}"))


def asked(type_id: str) -> str:
    """What was searched for, of one type."""
    return request.args.get(f"q_{type_id}", "").strip()[:100]


def plain(limit: Ceiling, scopes: Sequence[Scope]) -> Row:
    """A code of a type that has no list."""
    fresh = Scope(limit.type, "value", limit.value, with_descendants=False)
    return Row(limit.value, limit.value, "", None, query((*scopes, fresh)), None)


def query(scopes: Sequence[Scope], *more: tuple[str, str]) -> str:
    """An address of this page with other delimitations, the rest of it kept."""
    kept = [
        (key, value)
        for key, value in request.args.items(multi=True)
        if key not in ("scope", "in", "picked", "lang") and not key.startswith(("q_", "typed_"))
    ]
    chosen = [("scope", token) for token in tokens.written(canonical(scopes))]
    return "?" + urlencode([*kept, ("picked", "1"), *chosen, *more])
