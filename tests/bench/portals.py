"""What the pages of the portals cost in a whole country, walked as five people would.

The walk begins at the navigation and goes wherever links and searches of the pages lead, so that
a page that is new is measured without anybody naming it here: of each page and each way to ask
for it (its first, next and last page, sorted, filtered, with words to search for) a few.
"""

import secrets
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.exceptions import HTTPException

from broker.app import create_app
from broker.bootstrap import Services, metadata_service
from broker.db import Engine, writing
from broker.metadata.keyring import create_keys, create_secrets
from broker.portals.gate import PREFIX
from broker.portals.model import PortalSession
from broker.portals.registering import register, suits
from broker.saml import names
from broker.saml.assurance import Assurance
from broker.settings import read_settings
from tests.bench.country import FEDERATION, NOW
from tests.bench.load import OCCASION, ORIGIN
from tests.bench.portal_rows import Visitor
from tests.bench.progress import Say
from tests.bench.table import Line, most_of

TARGET = 0.300  # seconds, p95
WORDS = ("Person 01234", "person", "æ", "Enhed 9")
EACH = 3  # addresses of each page, asked for in each way
TIMES = 5  # how often each; the least disturbed counts
FILES = ("template", "export", "csv", "xlsx")  # of a whole organisation, to take away: no pages
_SLOW = 1.5  # seconds; such a page need not be asked for as often
_BASE = f"/{FEDERATION}/portal/"
_HOST = urlsplit(ORIGIN).hostname or ""


@dataclass(frozen=True, slots=True)
class Ran:
    """A statement that a page waited for."""

    seconds: float
    text: str
    values: object = field(repr=False)


@dataclass(slots=True)
class Page:
    """One page asked for in one way: its addresses, and how long each answer took."""

    who: str
    name: str
    addresses: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)  # the least disturbed of each
    statuses: set[int] = field(default_factory=set)

    @property
    def line(self) -> Line:
        """The page as a line of the table."""
        line = most_of(self.who, self.name, list(self.seconds.values()), TARGET)
        return line if max(self.statuses) < 500 else replace(line, met=False)


def application(engine: Engine, folder: Path) -> Flask:
    """A broker on that database, with keys of its own and its portals registered."""
    url = engine.url.render_as_string(hide_password=False)
    environ = {"BROKER_DATA": str(folder), "BROKER_ORIGIN": ORIGIN, "BROKER_DATABASE_URL": url}
    settings = read_settings(environ)
    service = metadata_service(engine, ORIGIN)
    create_secrets(settings.keys)
    for federation in service.federations():
        create_keys(settings.keys, federation, NOW, bits=2048)
        if suits(federation):
            register(service, federation, settings.keys, replace(OCCASION, at=NOW), bits=2048)
    return create_app(settings, clock=lambda: NOW)


def signed_in(app: Flask, visitor: Visitor) -> FlaskClient:
    """A browser of somebody who logged in a moment ago."""
    services = app.extensions["broker"]
    assert isinstance(services, Services)
    office, cookie = services.portals, secrets.token_urlsafe(32)
    session = PortalSession(
        id=uuid4(),
        federation=FEDERATION,
        person=visitor.person,
        account=visitor.account,
        level=Assurance.HIGH,
        authenticated_at=NOW,
        started_at=NOW,
        seen_at=NOW,
        ends_at=NOW + timedelta(hours=8),
        session_index=None,
        name=str(visitor.person),
        name_format=names.UNSPECIFIED,
        idp="https://idp.example.dk",
        reference="BENCH",
    )
    with writing(office.engine) as connection:
        office.sessions.open(connection, session, cookie, secrets.token_hex(16))
    browser = app.test_client()
    browser.set_cookie(PREFIX + FEDERATION, cookie, domain=_HOST, secure=True)
    return browser


class Walk:
    """One person's way through everything that the portals show them."""

    def __init__(self, app: Flask, visitor: Visitor) -> None:
        self._app, self._who = app, visitor.kind
        self._browser = signed_in(app, visitor)
        self._rules = app.url_map.bind(_HOST, url_scheme="https")
        self.pages: dict[str, Page] = {}

    def go(self, times: int) -> None:
        """Ask for every page that can be reached, and then again."""
        todo = deque(self._starts())
        while todo:
            todo += self._arrive(todo.popleft())
        for page in self.pages.values():
            for _ in range(times if max(page.seconds.values()) < _SLOW else 1):
                for address in page.addresses:
                    self.ask(page, address)

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
        page = self.pages.setdefault(name, Page(self._who, name))
        if address in page.addresses or len(page.addresses) >= EACH:
            return []
        answer = self._browser.get(address, base_url=ORIGIN)  # its templates are compiled now
        if answer.status_code in (302, 303, 403, 404) or answer.mimetype != "text/html":
            if not page.addresses:
                del self.pages[name]
            return []
        page.addresses.append(address)
        self.ask(page, address)
        if page.seconds[address] > TARGET:
            print(f"{self._who} {page.seconds[address] * 1000:.0f} ms {address}", file=sys.stderr)
        return list(_leads(address, answer.data))

    def ask(self, page: Page, address: str) -> None:
        """Ask for a page once more."""
        began = time.perf_counter()
        answer = self._browser.get(address, base_url=ORIGIN)
        took = time.perf_counter() - began
        page.seconds[address] = min(took, page.seconds.get(address, took))
        page.statuses.add(answer.status_code)

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
        if "log" in endpoint.partition(".")[2][:3] or "lang" in asked:
            return None
        return str(endpoint).removeprefix("portal.") + (f"?{'&'.join(asked)}" if asked else "")


def _leads(address: str, content: bytes) -> Iterator[str]:
    """Where the links of a page lead, and its searches, filled in."""
    tree = etree.HTML(content)
    for link in tree.iter("a"):
        found = urlsplit(urljoin(ORIGIN + address, link.get("href", "")))
        if found.hostname == _HOST:
            yield found._replace(scheme="", netloc="", fragment="").geturl()
    for form in tree.iter("form"):
        if form.get("method", "get").lower() == "get":
            target = urlsplit(urljoin(ORIGIN + address, form.get("action") or address)).path
            for filled in _filled(form):
                yield f"{target}?{urlencode(filled)}"


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


def portal_pages(
    engine: Engine, cast: tuple[Visitor, ...], say: Say, times: int = TIMES, explain: int = 0
) -> list[Line]:
    """A line for each page of the portals; of the slowest statements tell what the server does."""
    lines: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="broker-bench-") as folder:
        app = application(engine, Path(folder) / "data")
        services = app.extensions["broker"]
        for number, visitor in enumerate(cast):
            say(f"portals, {visitor.kind}", number, len(cast))
            walk = Walk(app, visitor)
            walk.go(times)
            lines += [page.line for page in walk.pages.values()]
            for page in walk.pages.values():
                if explain and page.line.met is False:
                    _explain(services.engine, walk, page, explain)
        services.engine.dispose()
    return lines


def _explain(engine: Engine, walk: Walk, page: Page, most: int) -> None:
    """Print the slowest statements of a page, and how the server ran each."""
    worst = max(page.addresses, key=lambda address: page.seconds[address])
    found: list[Ran] = []
    began: list[float] = []

    def before(*_: object) -> None:
        began.append(time.perf_counter())

    def after(_c: object, _k: object, text: str, values: object, *_: object) -> None:
        found.append(Ran(time.perf_counter() - began.pop(), text, values))

    sa.event.listen(engine, "before_cursor_execute", before)
    sa.event.listen(engine, "after_cursor_execute", after)
    walk.ask(page, worst)
    sa.event.remove(engine, "before_cursor_execute", before)
    sa.event.remove(engine, "after_cursor_execute", after)
    took = sum(one.seconds for one in found)
    print(f"\n{page.who} {worst}: {len(found)} statements, {took * 1000:.0f} ms")
    for one in sorted(found, key=lambda ran: -ran.seconds)[:most]:
        print(f"  {one.seconds * 1000:.0f} ms  {' '.join(one.text.split())[:600]}")
        if not one.text.lstrip().upper().startswith(("SELECT", "WITH")):
            continue
        with engine.connect() as connection:
            statement = f"EXPLAIN (ANALYZE, COSTS OFF) {one.text}"
            for row in connection.exec_driver_sql(statement, one.values):  # type: ignore[arg-type]
                print(f"    {row[0]}")
