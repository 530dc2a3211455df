"""What keeps an installation up to date and tells people of it, made by hand for jobs and commands.

Nothing here is part of answering a request. Making a service reads no key and no database, so
that `broker jobs list` works on a node that has neither.
"""

from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from broker.audit.proof.keys import PUBLIC, load_key, load_public
from broker.audit.proof.model import Heads
from broker.audit.proof.removing import Removing
from broker.audit.proof.signing import Signing, read_heads
from broker.audit.proof.verifying import Verifying
from broker.audit.store import AuditStore
from broker.db import Engine, reading
from broker.metadata.inventory import Inventory
from broker.metadata.keyrings import Keyrings
from broker.metadata.notices.alarming import AlarmNews
from broker.metadata.notices.expiring import ExpiryWatch
from broker.metadata.notices.making import office_of, urgent_news
from broker.metadata.notices.reminders import Reminders
from broker.metadata.readiness.gathering import ready_since
from broker.metadata.revocations.service import RevocationService
from broker.metadata.rollover.store import rollovers
from broker.metadata.source import fetch_listed
from broker.metadata.sources.refresh import MetadataRefresher
from broker.saml.entity_parts import is_loopback
from broker.settings import Settings

__all__ = [
    "expiry_watch",
    "exported_heads",
    "inventory",
    "metadata_refresher",
    "office_of",
    "revocation_service",
    "rollover_reminders",
    "trail_removing",
    "trail_signing",
    "trail_verifying",
    "urgent_news",
]


def metadata_refresher(settings: Settings, engine: Engine) -> MetadataRefresher:
    """What keeps sources up to date, and tells the operator of alarms."""
    news = AlarmNews(office_of(settings))
    return MetadataRefresher(engine, settings.origin, AuditStore(), mail=news)


def rollover_reminders(settings: Settings, engine: Engine) -> Reminders:
    """What tells partners of changes of our keys."""
    return Reminders(engine, office_of(settings), ready_since)


def inventory(settings: Settings, engine: Engine, now: datetime) -> Inventory:
    """Every certificate in use at an instant, ours and partners'."""
    keyrings = Keyrings(settings.keys)
    with reading(engine) as connection:
        plans = rollovers(connection)
    return Inventory(engine, settings.origin, lambda home: keyrings.at(plans, home.path, now))


def expiry_watch(settings: Settings, engine: Engine) -> ExpiryWatch:
    """What tells of certificates that run out."""
    return ExpiryWatch(
        engine, office_of(settings), lambda now: inventory(settings, engine, now).held()
    )


def revocation_service(settings: Settings, engine: Engine) -> RevocationService:
    """What asks issuers about certificates."""
    fetch = partial(fetch_listed, loopback=is_loopback(urlsplit(settings.origin).hostname or ""))
    return RevocationService(engine, settings.origin, AuditStore(), fetch)


def trail_signing(settings: Settings, engine: Engine) -> Signing:
    """What seals the trail; where its key is. Raises Unavailable("key.*")."""
    return Signing(engine, load_key(settings.keys), load_public(settings.keys / PUBLIC))


def trail_verifying(settings: Settings, engine: Engine) -> Verifying:
    """What verifies the trail, with the public keys. Raises Unavailable("key.*")."""
    return Verifying(engine, load_public(settings.keys / PUBLIC))


def trail_removing(settings: Settings, engine: Engine) -> Removing:
    """What removes blocks that are older than the rule has it."""
    return Removing(engine, AuditStore(), timedelta(days=settings.audit_days))


def exported_heads(settings: Settings) -> list[Heads]:
    """The heads that were exported on this node; none before the first."""
    if not settings.audit_heads.is_file():
        return []
    public = load_public(settings.keys / PUBLIC)
    return read_heads(settings.audit_heads.read_text("utf-8"), public)
