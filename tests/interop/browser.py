"""A scripted browser: cookies, redirects by hand, and the forms that scripts would send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from lxml import etree
from requests.cookies import get_cookie_header

PATIENCE = 20  # seconds


@dataclass(frozen=True)
class Sent:
    """What the broker has a browser bring to somebody else: an address, and the fields for it."""

    url: str
    fields: dict[str, str]

    @property
    def query(self) -> dict[str, str]:
        """The parameters in the address."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}


def _session() -> requests.Session:
    """Loopback counts as secure to a real browser, so Secure cookies go there by http as well."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Accept-Language"] = "en"
    session.cookies.set_policy(DefaultCookiePolicy(secure_protocols=("https", "http")))
    return session


@dataclass(frozen=True)
class Browser:
    """One browser with a cookie jar of its own, which stops wherever the broker sends it away."""

    origin: str
    session: requests.Session = field(default_factory=_session)

    def get(self, url: str, idp: str = "") -> Sent:
        """Open an address of the broker, and choose that identity provider where it asks."""
        return self._away(self._send("GET", url), idp)

    def post(self, url: str, fields: Mapping[str, str], idp: str = "") -> Sent:
        """Send a form to the broker, and choose that identity provider where it asks."""
        return self._away(self._send("POST", url, fields), idp)

    def shown(self, url: str, fields: Mapping[str, str] | None = None) -> requests.Response:
        """The page of the broker that is shown at an address, or after a form sent there."""
        found = self._followed(self._send("GET" if fields is None else "POST", url, fields))
        assert not isinstance(found, Sent), found
        return found

    def _send(
        self, method: str, url: str, fields: Mapping[str, str] | None = None
    ) -> requests.Response:
        prepared = self.session.prepare_request(requests.Request(method, url, data=fields))
        # It prepares from a copy of the jar that has lost its policy, and keeps what it has.
        prepared.headers.pop("Cookie", None)
        header = get_cookie_header(self.session.cookies, prepared)  # type: ignore[no-untyped-call]  # requests' own, without types
        if header:
            prepared.headers["Cookie"] = header
        return self.session.send(prepared, allow_redirects=False, timeout=PATIENCE)

    def _away(self, page: requests.Response, idp: str) -> Sent:
        """Follow the broker until it sends the browser to somebody else."""
        found = self._followed(page)
        if isinstance(found, Sent):
            return found
        for form in etree.HTML(found.content).iter("form"):
            if idp and idp in [b.get("value") for b in form.iter("button")]:
                fields = {**_hidden(form), "idp": idp}
                target = urljoin(found.url, form.get("action", ""))
                return self._away(self._send("POST", target, fields), "")
        raise AssertionError(_words(found))

    def _followed(self, page: requests.Response) -> requests.Response | Sent:
        """Follow the broker to a page for people, or until it sends the browser away."""
        while page.is_redirect:
            target = urljoin(page.url, page.headers["Location"])
            if not target.startswith(f"{self.origin}/"):
                return Sent(target, {})
            page = self._send("GET", target)
        assert page.status_code == 200, _words(page)
        for form in etree.HTML(page.content).iter("form"):
            target = urljoin(page.url, form.get("action", ""))
            if not target.startswith(f"{self.origin}/"):
                return Sent(target, _hidden(form))
        return page


def _hidden(form: etree._Element) -> dict[str, str]:
    hidden = [found for found in form.iter("input") if found.get("type") == "hidden"]
    return {found.get("name", ""): found.get("value", "") for found in hidden}


def _words(page: requests.Response) -> str:
    """What a page says, for whoever reads why a test stopped at it."""
    tree = etree.HTML(page.content)
    codes = [e.get("data-code") for e in tree.iter() if e.get("data-code")]
    return f"{page.status_code} {codes} {' '.join(' '.join(map(str, tree.itertext())).split())}"
