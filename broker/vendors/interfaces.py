"""The interfaces that services offer: which there are, which end, and what takes their place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broker.mail.milestones import Milestone
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.model import OPEN, Interface, ServiceVersion
from broker.saml.entities import Localised
from broker.web.language import TIME_ZONE

MONTHS = (12, 6, 3, 1)  # so long before its end everybody with access is told
DAYS = (60, 30, 7)  # before an access itself ends
ANNOUNCED, ENDED = "announced", "ended"


@dataclass(frozen=True, slots=True)
class Offer:
    """One interface of one service."""

    service: str
    version: ServiceVersion
    interface: Interface

    @property
    def key(self) -> str:
        """What it is called in addresses and forms."""
        return f"{self.service}/{self.interface.code}"

    @property
    def name(self) -> Localised:
        """What people call the service."""
        return self.version.name

    @property
    def successor(self) -> Interface | None:
        """What takes its place, where something does."""
        return interface_of(self.version, self.interface.successor or "")

    def askable(self, at: datetime) -> bool:
        """Whether a vendor may ask for its test environment: before it opens, never once closed."""
        closes = self.interface.closes
        return self.interface.system and (closes is None or at < closes)


def offers(catalogue: Catalogue, federation: str, at: datetime) -> tuple[Offer, ...]:
    """Every interface of the services that are in use, in the order of their documents."""

    def found() -> Iterator[Offer]:
        for service in catalogue.services:
            version = service.at(at)
            if service.federation == federation and version is not None and version.state in OPEN:
                for interface in version.interfaces:
                    yield Offer(service.code, version, interface)

    return tuple(sorted(found(), key=lambda one: one.service))


def offer_of(
    catalogue: Catalogue, federation: str, service: str, interface: str, at: datetime
) -> Offer | None:
    """One interface as the catalogue has it at an instant, or None."""
    known = catalogue.service(federation, service)
    version = known.at(at) if known is not None else None
    found = interface_of(version, interface) if version is not None else None
    return Offer(service, version, found) if version is not None and found is not None else None


def interface_of(version: ServiceVersion, code: str) -> Interface | None:
    """The interface of that code, or None."""
    return next((one for one in version.interfaces if one.code == code), None)


def closing_schedule(closes: datetime) -> tuple[Milestone, ...]:
    """When vendors are told that an interface ends: when it is known, months before, at its end."""
    first = Milestone(ANNOUNCED, closes - timedelta(days=36500))
    before = (Milestone(f"{n}m", months_before(closes, n)) for n in MONTHS)
    return (first, *before, Milestone(ENDED, closes))


def ending_schedule(until: datetime) -> tuple[Milestone, ...]:
    """When a vendor is told that their own access ends."""
    before = (Milestone(f"{n}d", until - timedelta(days=n)) for n in DAYS)
    return (*before, Milestone(ENDED, until))


def months_before(at: datetime, months: int) -> datetime:
    """The same day and time in Denmark so many months earlier; the month's last day at the most."""
    local = at.astimezone(ZoneInfo(TIME_ZONE))
    month = local.year * 12 + local.month - 1 - months
    for day in range(local.day, 0, -1):
        try:
            moved = local.replace(year=month // 12, month=month % 12 + 1, day=day)
        except ValueError:
            continue  # no 31 June
        return moved.astimezone(at.tzinfo)
    raise AssertionError("every month has a first day")
