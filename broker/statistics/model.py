"""One choice of a login, and the few facts that are kept of it. Nobody can be told from them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

# Pressed on the list; pressed as the one used last; remembered and not asked; asked for by a
# link or by the service; and the only one there was.
Source = Literal["list", "last", "remembered", "hint", "only"]
# Another was chosen in the same flow; the IdP or the person gave up; our policy said no.
Wrong = Literal["changed", "cancelled", "refused"]

SOURCES: tuple[Source, ...] = get_args(Source)
WRONGS: tuple[Wrong, ...] = get_args(Wrong)

# How long somebody looked at the page, in seconds up to which each bucket goes.
BUCKETS: tuple[int, ...] = (2, 5, 10, 20, 40, 90, 300)
LONGER = 3600
UNSEEN = 0  # no page was shown, so nothing was taken


@dataclass(frozen=True, slots=True)
class Choice:
    """That one of a service's identity providers was chosen."""

    federation: str
    service: str
    idp: str
    source: Source
    at: datetime
    took: timedelta | None = None  # from the page was shown until the choice; None: no page
    searched: bool = False
    changed: bool = False  # another was chosen in the same flow before

    @property
    def bucket(self) -> int:
        """The bucket of the time that it took, by its upper end in seconds."""
        if self.took is None:
            return UNSEEN
        seconds = self.took.total_seconds()
        return next((end for end in BUCKETS if seconds <= end), LONGER)


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """The choices of one hour that are alike."""

    hour: datetime
    federation: str
    service: str
    idp: str
    source: Source
    took: int  # a bucket
    chosen: int
    searched: int
    changed: int


@dataclass(frozen=True, slots=True)
class WrongRow:
    """The choices of one hour that led nowhere, alike in how."""

    hour: datetime
    federation: str
    service: str
    idp: str
    kind: Wrong
    times: int
