"""What may replace a whole feed: rules over what a source says of itself. Pure.

A feed that is refused changes nothing: every member keeps the document that it has, and the
feed before stays the one that counts. G01, G02, G06.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.metadata.instants import when
from broker.metadata.model import Localised
from broker.metadata.trust_rules import Objection
from broker.saml.entities import Feed

CLOCKS = timedelta(minutes=5)  # how far a publisher's clock may be ahead of ours
FEW, SHARE = 10, 0.1  # how many members may be gone at once: the larger of the two


@dataclass(frozen=True, slots=True)
class ComingFeed:
    """A document that a source brings, beside the one of that source that counts."""

    feed: Feed
    now: datetime
    many: bool
    published: datetime | None  # the newest that counted
    valid_until: datetime | None
    replaced: bool  # it counted once and was replaced since
    members: frozenset[str]  # entityIDs that the source keeps up to date
    shrinking_accepted: bool


def expired(coming: ComingFeed) -> Iterator[Objection]:
    """It ran out before it came. SAML Metadata 2.3.1."""
    until = coming.feed.valid_until
    if until is not None and until <= coming.now:
        yield _refuse(
            "metadata.expired",
            f"Dokumentet udløb {when(until, 'da')}.",
            f"The document ran out on {until:%Y-%m-%d %H:%M} UTC.",
        )


def rollback(coming: ComingFeed) -> Iterator[Objection]:
    """What was signed once stays signed: only the order of publication tells a replay. G06."""
    if not coming.feed.verified:
        return
    new, old = coming.feed.published, coming.published
    if new is not None and old is not None:
        older = new < old
    elif new is None and old is not None:
        older = True  # without its instant there is no order to check
    else:
        until, known = coming.feed.valid_until, coming.valid_until
        older = known is not None and (until is None or until < known)
    if older or coming.replaced:
        yield _refuse(
            "metadata.rollback",
            "Dokumentet er ældre end det, der gælder.",
            "The document is older than the one that counts.",
        )


def from_the_future(coming: ComingFeed) -> Iterator[Objection]:
    """One dated far ahead would have every later one refused as a rollback."""
    published = coming.feed.published
    if published is not None and published > coming.now + CLOCKS:
        yield _refuse(
            "metadata.published_later",
            # In UTC: the year 9999 that somebody may write has no time in Denmark.
            f"Dokumentet er angiveligt udgivet {published:%Y-%m-%d %H:%M} UTC, altså i fremtiden.",
            f"The document says it was published on {published:%Y-%m-%d %H:%M} UTC, still to come.",
        )


def members(coming: ComingFeed) -> Iterator[Objection]:
    """A broken feed is often an empty or a short one."""
    listed = {entity.entity_id for entity in coming.feed.entities}
    if not listed:
        yield _refuse(
            "metadata.empty",
            "Der er ingen partnere i dokumentet.",
            "There is no entity in the document.",
        )
        return
    if not coming.many:
        yield from _single(coming, listed)
        return
    gone = len(coming.members - listed)
    if gone > max(FEW, SHARE * len(coming.members)) and not coming.shrinking_accepted:
        yield _refuse(
            "metadata.feed_shrunk",
            f"{gone} af {len(coming.members)} partnere mangler på én gang.",
            f"{gone} of {len(coming.members)} entities are gone at once. Where that is meant: "
            "broker metadata refresh --accept-shrinking",
        )


def _single(coming: ComingFeed, listed: set[str]) -> Iterator[Objection]:
    if len(listed) > 1:
        yield _refuse(
            "metadata.many",
            f"Kilden er til én partner, og dokumentet har {len(listed)}.",
            f"The source is for one entity, and the document has {len(listed)}.",
        )
    elif coming.members and not listed <= coming.members:
        (was,) = sorted(coming.members)[:1]
        yield _refuse(
            "metadata.entity_id_changed",
            f"EntityID er ikke længere {was}. Det er en anden partner.",
            f"The entityID is no longer {was}. It is another entity.",
        )


FeedRule = Callable[[ComingFeed], Iterator[Objection]]
RULES: tuple[FeedRule, ...] = (expired, rollback, from_the_future, members)


def _refuse(code: str, da: str, en: str) -> Objection:
    return Objection("refuse", code, "EntitiesDescriptor", Localised(da, en))
