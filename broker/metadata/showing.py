"""What people are shown of a federation, a service and an identity provider, beyond the name.

Read from the table `page` of a service's or an IdP's document, and from `look`, `accessibility`
and `network` of a federation's. All of it is optional: who says nothing gets a plain page.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network

from broker.metadata.documents import Table
from broker.metadata.logos import Logo, read_logo
from broker.saml.entities import Localised

KINDS = ("national", "region", "municipality", "hospital", "practice", "pharmacy", "other")
SLA = ("standard", "society-critical")  # of a service
_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+\Z")
_STATUSES = ("full", "partial", "none")
_READABLE = 4.5  # contrast of white on the colour; WCAG 2.1, 1.4.3
_MAX_WORDS = 600  # characters of a text on the page


@dataclass(frozen=True, slots=True)
class IdpPage:
    """An identity provider on the discovery page: what it is, and what it is looked for by."""

    subline: Localised | None = None
    kind: str = "other"
    pinned: bool = False  # stands above the search
    aliases: tuple[str, ...] = ()  # abbreviations and nicknames
    keywords: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()  # of mail addresses
    city: str | None = None
    logo: Logo | None = field(default=None, repr=False)
    notice: Localised | None = None


@dataclass(frozen=True, slots=True)
class ServicePage:
    """A service on the discovery page, and what its owner allows there."""

    logo: Logo | None = field(default=None, repr=False)
    help: Localised | None = None  # a line of the owner's in the help
    help_instead: tuple[Localised, ...] = ()  # lines in place of ours
    notice: Localised | None = None
    remember: bool = True  # whether a choice may be kept
    hint: bool = False  # whether its requests may name an IdP by `idp`
    start_links: bool = False  # whether links of ours may begin a login there


@dataclass(frozen=True, slots=True)
class Look:
    """What a federation's pages look like."""

    accent: str | None = None  # as #rrggbb, dark enough for white text
    logo: Logo | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Duty:
    """A phone that is answered beside the service desk's, for services of one SLA class."""

    sla: str
    phone: str
    hours: Localised


@dataclass(frozen=True, slots=True)
class Network:
    """Addresses of one house: whether choices are kept there, and what most people there use."""

    name: str
    addresses: tuple[IPv4Network | IPv6Network, ...]
    remember: bool = True
    suggest: str | None = None  # ConnectedIdp.code; shown first, never sent to


@dataclass(frozen=True, slots=True)
class Statement:
    """The accessibility statement of a federation's pages, as the law wants it."""

    authority: Localised
    status: str  # full, partial or none
    assessed: date
    method: Localised
    known: tuple[Localised, ...] = ()  # what does not live up to it, and why
    official: str | None = None  # where the statement is kept in the WAS tool


def read_idp_page(table: Table) -> IdpPage:
    """The page of an IdP's document. Raises Refused("metadata.document")."""
    domains = table.texts("domains")
    for domain in domains:
        if not _DOMAIN.match(domain):
            raise table.wrong("domains", f"names {domain!r}, which is no domain in small letters")
    found = IdpPage(
        subline=_words(table, "subline"),
        kind=table.choice("kind", {kind: kind for kind in KINDS}, "other"),
        pinned=table.flag("pinned", default=False),
        aliases=table.texts("aliases"),
        keywords=table.texts("keywords"),
        domains=domains,
        city=table.optional("city"),
        logo=read_logo(table),
        notice=_words(table, "notice"),
    )
    table.done()
    return found


def read_service_page(table: Table) -> ServicePage:
    """The page of a service's document. Raises Refused("metadata.document")."""
    lines = []
    for inner in table.tables("help_instead"):
        lines.append(Localised(inner.text("da"), inner.text("en")))
        inner.done()
    found = ServicePage(
        logo=read_logo(table),
        help=_words(table, "help"),
        help_instead=tuple(lines),
        notice=_words(table, "notice"),
        remember=table.flag("remember", default=True),
        hint=table.flag("hint", default=False),
        start_links=table.flag("start_links", default=False),
    )
    table.done()
    return found


def read_look(table: Table) -> Look:
    """The look of a federation. Raises Refused("metadata.document")."""
    accent = table.optional("accent")
    if accent is not None:
        accent = accent.lower()
        if not _COLOUR.match(accent):
            raise table.wrong("accent", "is no colour such as #0f4c5c")
        if contrast_to_white(accent) < _READABLE:
            raise table.wrong("accent", f"is too light: white on it needs {_READABLE} to 1")
    found = Look(accent, read_logo(table))
    table.done()
    return found


def read_duty(table: Table) -> Duty:
    """The phone for one SLA class. Raises Refused("metadata.document")."""
    sla = table.choice("sla", {one: one for one in SLA}, SLA[-1])
    found = Duty(sla, table.text("phone"), table.localised("hours"))
    table.done()
    return found


def read_network(table: Table) -> Network:
    """One registered network. Raises Refused("metadata.document")."""
    try:
        addresses = tuple(ip_network(text) for text in table.texts("addresses"))
    except ValueError as error:
        raise table.wrong("addresses", f"are not such as 10.20.0.0/16: {error}") from None
    if not addresses:
        raise table.wrong("addresses", "are missing")
    found = Network(
        name=table.text("name"),
        addresses=addresses,
        remember=table.flag("remember", default=True),
        suggest=table.slug("suggest") if table.has("suggest") else None,
    )
    table.done()
    return found


def read_statement(table: Table) -> Statement:
    """The accessibility statement. Raises Refused("metadata.document")."""
    try:
        assessed = date.fromisoformat(table.text("assessed"))
    except ValueError:
        raise table.wrong("assessed", "is no day such as 2026-03-02, in quotes") from None
    known = []
    for inner in table.tables("known"):
        known.append(Localised(inner.text("da"), inner.text("en")))
        inner.done()
    official = table.optional("official")
    if official is not None and not official.startswith("https://"):
        raise table.wrong("official", "is no address that begins with https://")
    found = Statement(
        authority=table.localised("authority"),
        status=table.choice("status", {word: word for word in _STATUSES}, "partial"),
        assessed=assessed,
        method=table.localised("method"),
        known=tuple(known),
        official=official,
    )
    table.done()
    return found


def contrast_to_white(colour: str) -> float:
    """The contrast of white on a colour #rrggbb. WCAG 2.1, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _words(table: Table, key: str) -> Localised | None:
    if not table.has(key):
        return None
    words = table.localised(key)
    if max(len(words.da), len(words.en)) > _MAX_WORDS:
        raise table.wrong(key, f"is longer than {_MAX_WORDS} characters")
    return words
