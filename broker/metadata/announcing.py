"""What is decided, as texts to send and to show: for owners, the discovery and the status page.

They are drafts: somebody reads them first. The words stand in templates/announcements, one file
for each reader and language.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from broker.metadata.activation import State
from broker.metadata.activations import Offer
from broker.metadata.instants import when
from broker.metadata.model import Federation, Language, Localised, Service
from broker.resources import resource

Audience = Literal["owners", "discovery", "status"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Announcement:
    """Services at which one IdP is in the same state, for the same reason, to the same date."""

    idp: Localised
    state: State
    date: datetime | None
    reason: Localised | None
    case_no: str | None
    services: tuple[Service, ...]

    def text(self, audience: Audience, language: Language, federation: Federation) -> str:
        """The text for one kind of reader in one language."""
        template = _environment().get_template(f"{audience}.{language}.txt")
        return template.render(
            idp=self.idp.of(language),
            services=[service.name.of(language) for service in self.services],
            state=self.state,
            when=when(self.date, language) if self.date else None,
            reason=self.reason.of(language) if self.reason else None,
            federation=federation.name.of(language),
            desk=federation.contact,
            case_no=self.case_no,
        ).strip()


def announcements(offers: Iterable[tuple[Service, Offer]]) -> Sequence[Announcement]:
    """Offers of one IdP as few announcements as they need, in the order they are first told of."""
    found: dict[Announcement, list[Service]] = {}
    for service, offer in offers:
        date = offer.date if offer.state != "active" else None
        case = offer.activation.case_no
        key = Announcement(offer.idp.name, offer.state, date, offer.reason, case, ())
        found.setdefault(key, []).append(service)
    return [
        Announcement(k.idp, k.state, k.date, k.reason, k.case_no, tuple(services))
        for k, services in found.items()
    ]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(resource("templates") / "announcements"),
        autoescape=False,  # noqa: S701  # plain text: a reader of HTML escapes it
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
