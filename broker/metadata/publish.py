"""Our own signed EntityDescriptors, each written once for as long as it stays as it is.

Every worker and every node writes the same bytes on the same day and in the same phase of a
plan, so that whoever fetches twice sees one document. They last a month: some partners load
them by hand.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from broker.errors import Unknown
from broker.metadata.model import Federation
from broker.metadata.published.changing import fresh_seconds
from broker.metadata.published.drafting import LASTS, NOW, Draft, Wanted, draft_of, slots_of
from broker.metadata.published.keys import OwnKeys
from broker.metadata.published.writing import write
from broker.metadata.rollover.model import Rollovers, Side

__all__ = ["CONTENT_TYPE", "LASTS", "Published", "Publisher", "Side"]

CONTENT_TYPE = "application/samlmetadata+xml"
MOST = 256  # documents that one process keeps; a federation has about ten
_NOTHING = Rollovers()


@dataclass(frozen=True, slots=True)
class Published:
    """One document as it is sent, its hash and mark, what it shows, and for how long it is fresh.

    `draft` says which epochs stand in it.
    """

    content: bytes
    etag: str
    sha256: str
    draft: Draft
    seconds: int


class Publisher:
    """Writes each document once and keeps it for the next who asks."""

    def __init__(self, keys: OwnKeys) -> None:
        self.keys = keys
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Federation, Draft], bytes] = OrderedDict()

    def document(
        self,
        federation: Federation,
        side: Side,
        now: datetime,
        rollovers: Rollovers = _NOTHING,
        wanted: Wanted = NOW,
    ) -> Published:
        """The signed document wanted, as it stands now.

        Raises Unknown("metadata.nothing_planned") where there is no such document now, and what
        the keys raise where one is missing.
        """
        draft = draft_of(rollovers, federation.path, side, wanted, now)
        if draft is None:
            raise Unknown("metadata.nothing_planned", f"no {wanted.which} document of {side} now")
        content = self._written(federation, draft)
        sha256 = hashlib.sha256(content).hexdigest()
        seconds = fresh_seconds(rollovers, slots_of(federation.path, side), now)
        return Published(content, sha256[:32], sha256, draft, seconds)

    def _written(self, federation: Federation, draft: Draft) -> bytes:
        with self._lock:
            kept = self._kept.get((federation, draft))
            if kept is None:
                kept = write(federation, draft, self.keys)
                self._kept[federation, draft] = kept
                while len(self._kept) > MOST:
                    self._kept.popitem(last=False)
            self._kept.move_to_end((federation, draft))
            return kept
