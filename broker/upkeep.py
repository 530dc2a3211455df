"""What keeps an installation up to date and tells people of it, made by hand for jobs and commands.

Nothing here is part of answering a request. Making a service reads no key and no database, so
that `broker jobs list` works on a node that has neither.
"""

from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from broker.audit.store import AuditStore
from broker.db import Engine, reading
from broker.mail.letters import make_letters, operators_of
from broker.metadata.epochs import EpochFiles
from broker.metadata.inventory import Inventory
from broker.metadata.keyring import PSEUDONYM, load_secret
from broker.metadata.keyrings import Keyrings
from broker.metadata.model import Federation
from broker.metadata.notices.alarming import AlarmNews
from broker.metadata.notices.expiring import ExpiryWatch
from broker.metadata.notices.office import Office
from broker.metadata.notices.reminders import Reminders
from broker.metadata.notices.urgent import UrgentNews
from broker.metadata.published.tokens import Tokens
from broker.metadata.readiness.gathering import ready_since
from broker.metadata.revocations.service import RevocationService
from broker.metadata.rollover.model import Side
from broker.metadata.rollover.store import rollovers
from broker.metadata.source import fetch_listed
from broker.metadata.sources.refresh import MetadataRefresher
from broker.saml.entity_parts import is_loopback
from broker.settings import Settings


def office_of(settings: Settings) -> Office:
    """Where mails about metadata and our keys are written."""

    def address(home: Federation, side: Side, row: int) -> str:
        return Tokens(load_secret(settings.keys / PSEUDONYM)).address(home, side, row)

    return Office(
        letters=make_letters(settings),
        origin=settings.origin,
        operators=operators_of(settings),
        key_of=EpochFiles(settings.keys).certificate,
        address=address,
    )


def urgent_news(settings: Settings) -> UrgentNews:
    """What tells partners that a switch was taken back, or that a key is known to others."""
    return UrgentNews(office_of(settings), ready_since)


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
