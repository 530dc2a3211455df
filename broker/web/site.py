"""What install() was told about this installation, for whatever renders a page of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import current_app

from broker.clock import Clock

EXTENSION = "broker.web"
_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Site:
    """One public origin and what its pages need to know."""

    origin: str
    clock: Clock
    versions: Mapping[str, str]  # of our stylesheets and scripts, by path below /static
    # Pages of `broker.web.posting`, each with whose it is, and its halves around what differs.
    kept: dict[tuple[object, ...], tuple[object, str, str]] = field(
        default_factory=dict, repr=False
    )

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over TLS."""
        return self.origin.startswith("https://")

    def asset(self, path: str) -> str:
        """The address of a static file, with its version so that it may be kept for long."""
        version = self.versions.get(path)
        return f"/static/{path}?v={version}" if version else f"/static/{path}"

    def is_host(self, host: str) -> bool:
        """Whether a Host header names this origin; case and the usual port don't matter."""
        if host == self.origin.partition("://")[2]:  # as nearly always
            return True
        if not _HOST.fullmatch(host):
            return False
        scheme = urlsplit(self.origin).scheme
        return _authority(f"{scheme}://{host}") == _authority(self.origin)


def this_site() -> Site:
    """The site of the application that answers this request."""
    site = current_app.extensions[EXTENSION]
    if not isinstance(site, Site):
        raise TypeError("install() has not been called for this application")
    return site


def _authority(origin: str) -> tuple[str | None, int | None] | None:
    parts = urlsplit(origin)
    try:
        return parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
