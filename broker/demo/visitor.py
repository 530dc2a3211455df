"""A scripted browser: real HTTP, cookies, redirects and forms, pressing what a person would."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from lxml import etree

from broker.errors import Unavailable
from broker.saml.xml import Element

MAX_STEPS = 20
PATIENCE = 20  # seconds
NO_WISH: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Page:
    """Where the visitor is, and what the page there holds."""

    url: str
    status: int
    tree: Element

    def mark(self, name: str) -> str | None:
        """A data-… mark on the page's main part."""
        found = self.tree.find(".//main")
        return None if found is None else found.get(f"data-{name}")

    @property
    def title(self) -> str:
        """The page's heading."""
        found = self.tree.find(".//h1")
        return "" if found is None else "".join(map(str, found.itertext())).strip()

    def buttons(self, name: str) -> list[str]:
        """The values of the buttons of that name."""
        return [b.get("value", "") for b in self.tree.iter("button") if b.get("name") == name]

    @property
    def left(self) -> str:
        """What a demo site says of a logout, or "" where it says nothing."""
        return next((e.get("data-left", "") for e in self.tree.iter() if e.get("data-left")), "")

    @property
    def links(self) -> str:
        """Where the page's links lead."""
        return " ".join(e.get("href", "") for e in self.tree.iter("a"))

    def asks(self, idp: str) -> bool:
        """Whether the page lets the visitor choose that identity provider."""
        return idp in self.buttons("idp")

    def form_at(self, start: str) -> str | None:
        """The address below `start` that the page's form posts to, or None."""
        found = self.form()
        return found[0] if found and found[0].startswith(f"{start}/") else None

    def form(self) -> tuple[str, dict[str, str]] | None:
        """Where the page's posting form leads, and its hidden fields."""
        for found in self.tree.iter("form"):
            if found.get("method", "").lower() == "post":
                hidden = [i for i in found.iter("input") if i.get("type") == "hidden"]
                fields = {i.get("name", ""): i.get("value", "") for i in hidden}
                return urljoin(self.url, found.get("action", "")), fields
        return None


def _browser() -> OpenerDirector:
    """Loopback counts as secure to a real browser, so Secure cookies go there by http as well."""
    jar = CookieJar(DefaultCookiePolicy(secure_protocols=("https", "http")))
    opener = build_opener(HTTPCookieProcessor(jar))
    opener.addheaders = [("Accept-Language", "en")]
    return opener


@dataclass(frozen=True, slots=True)
class Visitor:
    """One browser with a cookie jar of its own."""

    opener: OpenerDirector = field(default_factory=_browser)

    def open(self, url: str) -> Page:
        """Go to an address and wherever it redirects to."""
        return self._landed(url, None)

    def post(self, page: Page, pressed: Mapping[str, str]) -> Page:
        """Send the page's form with the button that was pressed."""
        form = page.form()
        if form is None:
            raise Unavailable("demo.visitor", f"there is no form at {page.url}")
        target, fields = form
        return self._landed(target, urlencode({**fields, **pressed}).encode())

    def login(self, start: str, idp: str, person: str, wish: Mapping[str, str] = NO_WISH) -> Page:
        """Log in at a service from its address; the page where it ended, well or badly.

        `wish` are the demands that the service makes of the login, as its address takes them.
        Whoever may act for several organisations acts for the first one that is offered.
        """
        page = self.open(f"{start}/login?{urlencode(wish)}")
        lost = page.mark("code") is None and not page.url.startswith(f"{start}/")
        if lost and page.form_at(start) is None and not page.asks(idp) and not _at(page, idp):
            page = self.open(f"{start}/login?{urlencode({**wish, 'idp': idp})}")
        for _ in range(MAX_STEPS):
            if page.mark("code") is not None or page.url.startswith(f"{start}/"):
                return page
            if idp in page.buttons("idp"):
                page = self.post(page, {"idp": idp})
            elif person in page.buttons("person"):
                page = self.post(page, {"person": person})
            elif accounts := page.buttons("account"):
                page = self.post(page, {"account": accounts[0]})
            elif page.form() is not None:
                page = self.post(page, {})
            else:
                break
        raise Unavailable("demo.visitor", f"lost at {page.url}: {page.title}")

    def logout(self, start: str, *, thorough: bool = True) -> Page:
        """Log out at a party, press what there is to press, and end back at it.

        Somebody who is not thorough leaves out what has a button of its own.
        """
        page = self.open(f"{start}/logout")
        for _ in range(MAX_STEPS):
            if page.url.startswith(f"{start}/") or page.form() is None:
                break
            steps = page.buttons("step") if thorough else []
            page = self.post(page, {"step": steps[0]} if steps else {})
        return page

    def to_answer(self, start: str, idp: str, person: str, wish: Mapping[str, str]) -> Page:
        """The page at which the identity provider's answer waits to be posted to the broker."""
        page = self.open(f"{start}/login?{urlencode({**wish, 'idp': idp})}")
        while page.form() is not None and "SAMLResponse" not in (page.form() or ("", {}))[1]:
            page = self.post(page, {"person": person})
        return page

    def arrival(self, start: str) -> dict[str, object] | None:
        """What the service was told about this browser, or None."""
        with self.opener.open(f"{start}/arrival.json", timeout=PATIENCE) as answer:
            found: dict[str, object] | None = json.load(answer)
        return found

    def _landed(self, url: str, form: bytes | None) -> Page:
        try:
            answer = self.opener.open(url, form, timeout=PATIENCE)
        except HTTPError as refusal:  # a page as well, and the one that tells why
            answer = refusal
        with answer:
            return Page(answer.geturl(), answer.status, etree.HTML(answer.read()))


def _at(page: Page, idp: str) -> bool:
    """Whether the visitor has already come to that identity provider."""
    return f"/{idp}/sso" in page.url
