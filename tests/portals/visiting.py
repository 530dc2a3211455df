"""People at the portals: each signed in by a real login over HTTP, with a page to look at.

house = the fixture of tests/portals/conftest.py
bodil = house.enter("bodil")            # once per session of tests; a fresh one: anew=True
page = bodil.open("org/")               # below /sundhed/portal/
page = bodil.send(page, {"reason": "…"})
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin

from lxml import etree

from broker.demo.federation import DemoFederation
from broker.demo.people import person_of
from broker.demo.visitor import MAX_STEPS, Page, Visitor
from tests.box import Moved

# One of each kind, by what they may do: keys of broker/demo/data/people.toml.
KINDS: dict[str, str] = {
    "employee": "mette",
    "org_admin": "bodil",
    "org_chief": "vibeke",
    "org_approver": "anton",
    "org_reader": "else",
    "admin_elsewhere": "annelise",
    "service_owner": "merete",
    "service_tech": "palle",
    "auditor": "rosa",
    "operator": "ravn",
}


@dataclass(frozen=True)
class Portal:
    """One person's browser at the portals of one federation."""

    origin: str
    federation: str
    idp: str
    key: str
    visitor: Visitor = field(default_factory=Visitor)

    @property
    def base(self) -> str:
        return f"{self.origin}/{self.federation}/portal/"

    def url(self, path: str) -> str:
        return path if path.startswith("http") else self.base + path

    def open(self, path: str = "", *, follow: bool = True) -> Page:
        """Go to a page; where that leads through a login, log in (unless told not to)."""
        page = self.visitor.open(self.url(path))
        return self.through(page) if follow else page

    def send(self, page: Page, fields: Mapping[str, str], *, action: str = "") -> Page:
        """Send a form of the page: the first but for the logout, or the one with that action."""
        for form in page.tree.iter("form"):
            target = form.get("action", "") or page.url
            if form.get("method", "").lower() != "post":
                continue
            if (not action and target.endswith("/portal/logout")) or action not in target:
                continue
            filled = {
                i.get("name", ""): i.get("value", "")
                for i in form.iter("input")
                if i.get("name") and i.get("type") not in ("checkbox", "radio")
            }
            filled |= {t.get("name", ""): (t.text or "") for t in form.iter("textarea")}
            return self.post(target, {**filled, **fields})
        raise AssertionError(f"no such form at {page.url}")

    def post(self, path: str, fields: Mapping[str, str]) -> Page:
        """Post by hand, as an attacker would; `token` of a page makes it one of ours."""
        url = urljoin(self.base, path)
        return self.visitor._landed(url, urlencode(fields).encode())  # noqa: SLF001  # the same walk

    def post_all(self, path: str, fields: Sequence[tuple[str, str]]) -> Page:
        """The same with fields that come several times."""
        url = urljoin(self.base, path)
        return self.visitor._landed(url, urlencode(fields).encode())  # noqa: SLF001  # the same walk

    def fetch(self, path: str) -> bytes:
        """A file, byte by byte."""
        with self.visitor.opener.open(self.url(path)) as answer:
            data: bytes = answer.read()
        return data

    def through(self, page: Page) -> Page:
        """Through the login pages until a page of the portals, or one with a code."""
        for _ in range(MAX_STEPS):
            if page.mark("code") is not None or page.url.startswith(self.base):
                return page
            if page.asks(self.idp):
                page = self.visitor.post(page, {"idp": self.idp})
            elif self.key in page.buttons("person"):
                page = self.visitor.post(page, {"person": self.key})
            elif accounts := page.buttons("account"):
                page = self.visitor.post(page, {"account": accounts[0]})
            else:
                page = self.visitor.post(page, {})
        raise AssertionError(f"lost at {page.url}")


def token(page: Page) -> str:
    """The token of the page's forms."""
    found = page.tree.find(".//input[@name='csrf_token']")
    return "" if found is None else found.get("value", "")


def text(page: Page) -> str:
    """What the page's main part says, in one line."""
    main = page.tree.find(".//main")
    said = etree.tostring(main, encoding="unicode", method="text") if main is not None else ""
    return " ".join(said.split())


def whole(page: Page) -> str:
    """What the whole page says, shell and footer included."""
    return " ".join(" ".join(map(str, page.tree.itertext())).split())


def jar(portal: Portal) -> CookieJar:
    """The cookies of a person's browser."""
    handlers = getattr(portal.visitor.opener, "handlers")  # noqa: B009 # unknown to its types
    found = next(h.cookiejar for h in handlers if hasattr(h, "cookiejar"))
    assert isinstance(found, CookieJar)
    return found


@dataclass
class House:
    """A running demo and whoever is signed in to it; its clock only goes forward."""

    demo: DemoFederation
    clock: Moved
    inside: dict[tuple[str, str], Portal] = field(default_factory=dict)

    def enter(self, key: str, *, federation: str = "sundhed", anew: bool = False) -> Portal:
        """Somebody signed in, by the key of a person or a kind of `KINDS`."""
        key = KINDS.get(key, key)
        known = self.inside.get((federation, key))
        if known is not None and not anew and known.open().mark("code") is None:
            return known
        who = person_of(key)
        assert who is not None, key
        made = Portal(self.demo.ports.origin, federation, who.idp, key)
        page = made.open()
        assert page.mark("code") is None, (page.mark("code"), page.title)
        if not anew:
            self.inside[federation, key] = made
        return made
