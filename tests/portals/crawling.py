"""A crawl through the portals: what each page that somebody reaches lets them send."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit
from uuid import UUID

from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule

from broker.demo.visitor import Page
from broker.saml.xml import Element
from tests.portals.visiting import House, Portal

TYPED = frozenset({"text", "email", "search", "tel", "url", "number", "date", "password"})
NOWHERE: dict[str, object] = {
    "UUIDConverter": UUID(int=4),
    "IntegerConverter": 999999,
    "UnicodeConverter": "unknown",
}
SAME = 2  # pages of one kind that one person looks at


@dataclass(frozen=True)
class Found:
    """One form of a page: where it goes, what is in it, and which fields are typed into."""

    page: str
    target: str
    endpoint: str
    filled: tuple[tuple[str, str], ...]
    typed: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def key(self) -> tuple[object, ...]:
        """What makes it another form than the next."""
        return (self.endpoint, self.typed, self.files)


@dataclass
class Crawler:
    """One person, page by page, until nothing new is linked."""

    house: House
    person: Portal
    pages: list[Page] = field(default_factory=list)
    forms: dict[tuple[object, ...], Found] = field(default_factory=dict)

    @property
    def routes(self) -> MapAdapter:
        """Which page an address is of."""
        return self.house.demo.broker.url_map.bind("localhost")

    def endpoint(self, url: str, method: str) -> str:
        """The name of a page of the portals, or nothing."""
        try:
            found, _ = self.routes.match(urlsplit(url).path, method)
        except HTTPException:
            return ""
        return str(found) if str(found).startswith("portal.") else ""

    def crawl(self) -> None:
        """Look at everything."""
        sections = self.house.demo.broker.extensions["broker.portals"]
        starts = [self.person.base, *(f"{self.person.base}{one.code}/" for one in sections)]
        waiting, known, often = deque(starts), set(starts), Counter[str]()
        while waiting:
            url = waiting.popleft()
            name = self.endpoint(url, "GET")
            if not name or name == "portal.logout" or (often[name] >= SAME and url not in starts):
                continue
            often[name] += 1
            page = self.person.open(url)
            self.pages.append(page)
            if page.status != 200 or page.mark("code"):
                continue
            for form in self.on(page):
                self.forms.setdefault(form.key, form)
            for link in page.tree.iter("a"):
                there = urljoin(page.url, link.get("href", "")).partition("#")[0]
                if there.startswith(self.person.base) and there not in known:
                    known.add(there)
                    waiting.append(there)

    def again(self, form: Found) -> Found:
        """The form as its page has it now."""
        found = (one for one in self.on(self.person.open(form.page)) if one.key == form.key)
        return next(found, form)

    def on(self, page: Page) -> Iterator[Found]:
        """The forms of a page that are posted."""
        for form in page.tree.iter("form"):
            target = urljoin(page.url, form.get("action", "") or page.url)
            name = self.endpoint(target, "POST")
            if form.get("method", "").lower() == "post" and name:
                yield _found(page.url, target, name, form)


def _found(page: str, target: str, name: str, form: Element) -> Found:
    filled: dict[str, list[str]] = {}
    typed, files = [], []
    for one in form.iter("input", "textarea", "select", "button"):
        field_name, kind = one.get("name", ""), one.get("type", "text")
        if not field_name or one.get("disabled") is not None:
            continue
        if one.tag == "select":
            options = [o.get("value", "") for o in one.iter("option")]
            chosen = [
                o.get("value", "") for o in one.iter("option") if o.get("selected") is not None
            ]
            filled[field_name] = chosen or [next(filter(None, options), "")]
        elif one.tag == "textarea":
            typed.append(field_name)
            filled[field_name] = [(one.text or "").strip("\n")]
        elif one.tag == "button" or kind == "submit":
            filled.setdefault(field_name, [one.get("value", "")])
        elif kind == "file":
            files.append(field_name)
        elif kind in ("radio", "checkbox"):
            if one.get("checked") is not None or field_name not in filled:
                filled[field_name] = [one.get("value", "y")]
        else:
            filled[field_name] = [one.get("value", "")]
            if kind in TYPED:
                typed.append(field_name)
    pairs = tuple((n, value) for n, values in filled.items() for value in values)
    return Found(page, target, name, pairs, tuple(dict.fromkeys(typed)), tuple(files))


def post_routes(house: House) -> dict[str, str]:
    """Every address of the portals that posts, by its name, with what is not there in it."""
    app = house.demo.broker
    found = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("portal.") and "POST" in (rule.methods or ()):
            values = {name: NOWHERE[_kind(rule, name)] for name in rule.arguments}
            _, path = rule.build({**values, "federation": "sundhed"}) or ("", "")
            found[rule.endpoint] = path
    return found


def _kind(rule: Rule, name: str) -> str:
    return type(rule._converters[name]).__name__  # noqa: SLF001  # no other way to ask
