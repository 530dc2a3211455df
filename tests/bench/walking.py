"""A walk through the portals: from the navigation to wherever links and searches lead.

A page that is new is measured without anybody naming it here: of each page and each way to ask
for it (first, middle and last page, sorted, filtered, with words to search for) some addresses.
"""

import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.bench.country import FEDERATION
from tests.bench.load import ORIGIN
from tests.bench.waits import Waits

# One person, everybody, nobody, those of few pages, and an organisation.
WORDS = ("Person 000123", "person", "nobody of that name", "Person 0001", "Enhed 9000")
EACH = 6  # addresses of each page, asked for in each way
FILES = ("template", "export", "csv", "xlsx", "copy")  # of a whole organisation: no pages
_FEW, _SLOW = 3, 1.5  # times; seconds, from where on a few are enough
_TOLD = 0.300  # seconds; where somebody watches, such a page is told of at once
_BASE = f"/{FEDERATION}/portal/"
_HOST = urlsplit(ORIGIN).hostname or ""


@dataclass(frozen=True, slots=True)
class Answer:
    """How long one answer took, in seconds, and how much of that a core was waited for."""

    took: float
    waited: float
    status: int

    @property
    def own(self) -> float:
        """What it would have taken with a core to itself."""
        return max(0.0, self.took - self.waited)


@dataclass(slots=True)
class Page:
    """One page asked for in one way: its addresses, and each answer."""

    who: str
    name: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)  # by address

    @property
    def every(self) -> list[Answer]:
        """All answers."""
        return [one for some in self.answers.values() for one in some]

    @property
    def worst(self) -> str:
        """The address that takes longest, at its best."""
        return max(
            self.answers, key=lambda one: min((found.own for found in self.answers[one]), default=0)
        )


class Walk:
    """One person's way through everything that the portals show them."""

    def __init__(
        self, app: Flask, browser: FlaskClient, who: str, waits: Waits, each: int = EACH
    ) -> None:
        self._app, self._browser, self._who = app, browser, who
        self._waits, self._each = waits, each
        self._rules = app.url_map.bind(_HOST, url_scheme="https")
        self.pages: dict[str, Page] = {}

    def find(self) -> None:
        """Ask for every page that can be reached, so that all templates are compiled."""
        todo = deque(self._starts())
        while todo:
            todo += self._arrive(todo.popleft())

    def measure(self, page: Page, times: int) -> None:
        """Ask for a page so often, or a few times where it is slow; the first was for caches."""
        page.answers = {address: [] for address in page.answers}
        self._ask(page, _FEW)
        if max(one.own for one in page.every) < _SLOW:
            self._ask(page, times - _FEW)

    def _ask(self, page: Page, times: int) -> None:
        """Each address in its turn, each once at least."""
        turns = cycle(sorted(page.answers, key=lambda one: len(page.answers[one])))
        for address in islice(turns, times):
            page.answers[address].append(self.answer(address)[0])

    def answer(self, address: str) -> tuple[Answer, TestResponse]:
        """Ask once."""
        waited, began = self._waits.seconds(), time.perf_counter()
        said = self._browser.get(address, base_url=ORIGIN)
        took = time.perf_counter() - began
        return Answer(took, self._waits.seconds() - waited, said.status_code), said

    def _starts(self) -> Iterator[str]:
        for rule in self._app.url_map.iter_rules():
            ours = rule.rule.startswith("/<federation>/portal/")
            if ours and "GET" in (rule.methods or ()) and rule.arguments == {"federation"}:
                yield rule.rule.replace("<federation>", FEDERATION)

    def _arrive(self, address: str) -> list[str]:
        """Look at a page for the first time, and where it leads."""
        name = self._name(address)
        if name is None:
            return []
        page = self.pages.get(name) or Page(self._who, name)
        if address in page.answers or len(page.answers) >= self._each:
            return []
        first, said = self.answer(address)
        if said.status_code in (302, 303, 403, 404) or said.mimetype != "text/html":
            return []
        self.pages[name] = page
        page.answers[address] = [first]
        if first.own > _TOLD and sys.stderr.isatty():
            print(f"\r\x1b[K{self._who} {first.own * 1000:.0f} ms {address}", file=sys.stderr)
        tree = etree.HTML(said.data)
        return [*_leads(address, tree), *self._sought(address, tree)]

    def _sought(self, address: str, tree: etree._Element) -> Iterator[str]:
        """Where searches lead that are posted, because they say why."""
        for form in tree.iter("form"):
            if form.find(".//input[@name='sought']") is None:
                continue
            kept = {one.get("name"): one.get("value", "") for one in form.iter("input")}
            for word in WORDS:
                filled = {**kept, "sought": word, "reason": "they cannot log in"}
                answer = self._browser.post(
                    address, data=filled, base_url=ORIGIN, headers={"Referer": ORIGIN + address}
                )
                if answer.status_code in (302, 303):
                    yield urlsplit(answer.headers["Location"]).path

    def _name(self, address: str) -> str | None:
        """The page's endpoint with the names of what is asked for; None where it is no page."""
        parts = urlsplit(address)
        if not parts.path.startswith(_BASE):
            return None
        try:
            endpoint, _ = self._rules.match(parts.path, method="GET")
        except HTTPException:
            return None
        asked = sorted({key for key, value in parse_qsl(parts.query) if value})
        if any(word in parts.path or word in parts.query for word in FILES):
            return None
        if endpoint.partition(".")[2] in ("login", "logout") or "lang" in asked:
            return None
        return str(endpoint).removeprefix("portal.") + (f"?{'&'.join(asked)}" if asked else "")


def _leads(address: str, tree: etree._Element) -> Iterator[str]:
    """Where the links of a page lead, its middle and last page first, and its searches, filled."""
    links = []
    for link in tree.iter("a"):
        found = urlsplit(urljoin(ORIGIN + address, link.get("href", "")))
        if found.hostname == _HOST:
            links.append(found._replace(scheme="", netloc="", fragment=""))
    pages = [(_page_of(one.query), one) for one in links if one.path == urlsplit(address).path]
    number, last = max(pages, default=(0, None), key=lambda pair: pair[0])
    if last is not None and number > 1:
        yield last.geturl()
        asked = [(k, str(number // 2) if k == "page" else v) for k, v in parse_qsl(last.query)]
        yield last._replace(query=urlencode(asked)).geturl()
    yield from (one.geturl() for one in links)
    for form in tree.iter("form"):
        if form.get("method", "get").lower() == "get":
            target = urlsplit(urljoin(ORIGIN + address, form.get("action") or address)).path
            for filled in _filled(form):
                yield f"{target}?{urlencode(filled)}"


def _page_of(query: str) -> int:
    found = dict(parse_qsl(query)).get("page", "")
    return int(found) if found.isdigit() else 0


def _filled(form: etree._Element) -> Iterator[dict[str, str]]:
    """A form that asks: each field for itself, with words or with its last choice."""
    kept, fields = {}, []
    for one in form.iter("input"):
        name, kind = one.get("name"), one.get("type", "text")
        if name and kind == "hidden":
            kept[name] = one.get("value", "")
        elif name and kind in ("text", "search"):
            fields += [(name, word) for word in WORDS]
        elif name and kind in ("radio", "checkbox"):
            fields.append((name, one.get("value", "on")))
    for select in form.iter("select"):
        values = [option.get("value", "") for option in select.iter("option")]
        fields += [(select.get("name", ""), values[-1])] if values else []
    for name, value in fields:
        yield {**kept, name: value}
