"""What a visit to the page says, what its form says, and what either comes to."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from broker.discovery.desk import Wanted
from broker.login.outcome import Cookies
from broker.login.state import IdPChosen
from broker.metadata.model import Federation
from broker.statistics.model import Source

LONGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """What the address of the page says: the flow, and what was asked for on the way."""

    flow: str = ""
    again: bool = False  # another login than the one that is known is wanted
    hint: str | None = None  # code or entityID of the one that a link names
    wanted: Wanted = field(default_factory=Wanted)

    def page(self, federation: Federation, where: str) -> str:
        """The address of the page for a flow, with what has to be known there."""
        query = {"flow": where}
        if self.hint:
            query["idp"] = self.hint[:256]
        if self.again:
            query["vaelg"] = "1"
        return f"{federation.base}/saml/discovery?{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class Pressed:
    """What the form of the page says. Only the code decides anything."""

    flow: str
    code: str
    remember: bool = False
    source: Literal["list", "last"] = "list"
    searched: bool = False
    shown: int | None = None  # when the page was made, in seconds

    def took(self, now: datetime) -> timedelta | None:
        """How long the page was looked at, as far as the form can be believed."""
        if self.shown is None:
            return None
        took = timedelta(seconds=int(now.timestamp()) - self.shown)
        return took if timedelta(0) <= took <= LONGEST else None


@dataclass(frozen=True, slots=True)
class Picked:
    """A login that is chosen without asking, and why."""

    chosen: IdPChosen
    source: Source
    cookies: Cookies = ()
