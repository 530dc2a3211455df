"""What a refresh tells: its audit rows, and in words why a source gave nothing usable."""

from collections.abc import Iterator

from broker.audit.events import Event, MetadataLoaded, MetadataRefreshed
from broker.errors import BrokerError, Refused
from broker.metadata.model import Localised
from broker.metadata.report import Occasion
from broker.metadata.sources.alarms import of_source
from broker.metadata.sources.intake import Plan
from broker.metadata.sources.model import Alarm, AlarmLevel, Source
from broker.saml.entities import Feed

EACH = 50  # entities that have an audit row of their own; more are proved by the digest

FAILED = "metadata.source_failed"

_DANISH = {
    "signature.missing": "dokumentet er ikke signeret",
    "signature.invalid": "signaturen er ikke lavet med den aftalte nøgle",
    "signature.algorithm": "signaturen bruger en metode, vi ikke tillader",
    "source.address": "adressen er ikke https på en offentlig vært",
    "source.encoding": "svaret er pakket på en måde, vi ikke kan læse",
    "source.missing": "filen findes ikke",
    "source.redirect": "adressen sender videre til en anden",
    "source.slow": "svaret kom ikke inden for tiden",
    "source.status": "serveren svarede med en fejl",
    "source.too_large": "svaret er for stort",
    "source.unreachable": "serveren kan ikke nås",
    "metadata.dtd": "dokumentet har en DTD eller entiteter",
    "metadata.encoding": "dokumentet har en tegnkodning, vi ikke kan læse",
    "metadata.too_large": "dokumentet er for stort eller for dybt",
    "metadata.xml": "dokumentet er ikke velformet XML",
    "metadata.not_metadata": "dokumentet er ikke SAML-metadata",
}


def events(
    source: Source, feed: Feed, sha256: str, plan: Plan, occasion: Occasion
) -> Iterator[Event]:
    """One row for the whole document, and one for each entity where they are few."""
    counts = plan.counts()
    yield MetadataRefreshed(
        federation=source.federation,
        source=source.code,
        sha256=sha256,
        digest=plan.digest,
        entities=len(feed.entities),
        added=counts["added"],
        changed=counts["changed"],
        waiting=counts["waiting"],
        refused=counts["refused"],
        dropped=counts["dropped"],
        by=occasion.by,
        reason=occasion.reason,
    )
    steps = plan.of("added", "changed")
    for step in steps if len(steps) <= EACH else ():
        yield MetadataLoaded(
            federation=source.federation,
            kind=step.kind,
            code=step.code,
            entity_id=step.facts.entity_id,
            sha256=step.sha256,
            source=source.code,
            by=occasion.by,
            reason=occasion.reason,
        )


def why_nothing(error: BrokerError) -> Localised:
    """Why a source gave nothing usable."""
    danish = _DANISH.get(error.code, "dokumentet kan ikke bruges")
    detail = error.detail or error.code
    return Localised(
        f"Kilden gav intet brugbart: {danish} ({error.code}).",
        f"Nothing usable came: {detail} ({error.code}).",
    )


def failure(source: Source, error: BrokerError) -> Alarm:
    """The alarm: a document that is not what was agreed on is graver than a server that is away."""
    level: AlarmLevel = "critical" if isinstance(error, Refused) else "warning"
    words = why_nothing(error)
    return of_source(source, FAILED, level, words.da, words.en)
