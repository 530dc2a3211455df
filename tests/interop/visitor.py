"""A browser that visits the pages of a service as well, and carries what both sides send."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

import requests

from tests.interop.browser import Browser, Sent


@dataclass(frozen=True)
class Visitor(Browser):
    """A scripted browser at one origin; `at()` takes its cookies along to another."""

    def at(self, origin: str) -> "Visitor":
        """The same browser at another site."""
        return Visitor(origin, self.session)

    def page(self, url: str, fields: Mapping[str, str] | None = None) -> requests.Response:
        """What is shown at an address, or after a form sent there, on this site or the next."""
        page = self._send("GET" if fields is None else "POST", url, fields)
        while page.is_redirect:
            page = self._send("GET", urljoin(page.url, page.headers["Location"]))
        return page

    def bring(self, sent: Sent, idp: str = "") -> Sent:
        """Bring what somebody sent to this site, and stop where it sends the browser away."""
        if sent.fields:
            return self.post(sent.url, sent.fields, idp)
        return self.get(sent.url, idp)
