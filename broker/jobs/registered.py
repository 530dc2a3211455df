"""build_jobs(): the one list of all jobs. A new one is a line here."""

import time
from collections.abc import Callable
from datetime import timedelta

from broker.audit.proof.verifying import sealed_before
from broker.audit.store import AuditStore
from broker.db import Engine, reading, writing
from broker.errors import Unavailable
from broker.health import store as health
from broker.health.probe import probe
from broker.jobs.model import Job, Turn
from broker.jobs.purging import purge_all
from broker.mail.sender import make_sender
from broker.metadata.readiness.service import Readiness
from broker.metadata.registry import RegistryCache
from broker.metadata.report import Occasion
from broker.notices.making import make_notices
from broker.registrations.changing import carry_out_due
from broker.settings import Settings
from broker.upkeep import (
    expiry_watch,
    exported_heads,
    metadata_refresher,
    revocation_service,
    rollover_reminders,
    trail_removing,
    trail_signing,
    trail_verifying,
)
from broker.vendors.making import make_vendor_reminding
from broker.web.reference import new_reference

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def build_jobs(settings: Settings, engine: Engine) -> tuple[Job, ...]:
    """Every job of an installation, in the order in which those that are due together run."""
    sender, notices = make_sender(settings, engine), make_notices(settings, engine)
    vendors = make_vendor_reminding(settings, engine)
    return (
        Job("metadata-refresh", MINUTE, _refresh(settings, engine), "ask the sources that are due"),
        Job("revocation-refresh", HOUR, _revocations(settings, engine), "ask who is revoked"),
        Job("health-probe", 5 * MINUTE, _probes(settings, engine), "ask IdPs whether they answer"),
        Job("readiness", 5 * MINUTE, _readiness(engine), "keep what was seen of ready partners"),
        Job("rollover-reminders", 5 * MINUTE, _remind(settings, engine), "remind of key changes"),
        Job("expiry-watch", 6 * HOUR, _expiry(settings, engine), "tell what runs out soon"),
        Job(
            "people-reminders",
            HOUR,
            lambda t: notices.reminding.remind(t.now, t.goes_on),
            "tell people what ends or waits",
        ),
        Job(
            "vendor-reminders",
            HOUR,
            lambda t: vendors.remind(t.now, t.goes_on),
            "tell vendors what ends: their access, and interfaces",
        ),
        Job(
            "notices",
            MINUTE,
            lambda t: notices.gathering.gather(t.now, t.goes_on),
            "write one mail of what each person is to be told",
        ),
        Job(
            "service-changes",
            MINUTE,
            lambda t: len(
                carry_out_due(engine, settings.origin, AuditStore(), t.now, new_reference())
            ),
            "bring approved changes of services into operation on their day",
        ),
        Job("mail", MINUTE, lambda t: sender.send(t.clock, t.goes_on), "send the mail that waits"),
        Job("audit-seal", HOUR, _seal(settings, engine), "seal the trail and export its heads"),
        Job("audit-verify", DAY, _verify(settings, engine), "verify what was added to the trail"),
        Job(
            "audit-retention", DAY, _retain(settings, engine), "remove what the trail need not keep"
        ),
        Job("purge", DAY, lambda t: purge_all(engine, t.now), "delete what has run out"),
    )


def _seal(settings: Settings, engine: Engine) -> Callable[[Turn], int]:
    def seal(turn: Turn) -> int:
        signing = trail_signing(settings, engine)
        sealed = signing.seal(turn.now, turn.goes_on)
        signing.export_heads(turn.now, settings.audit_heads)
        return sealed

    return seal


def _verify(settings: Settings, engine: Engine) -> Callable[[Turn], int]:
    """The seals of all of it, and every record since yesterday; the command reads all records."""

    def verify(turn: Turn) -> int:
        read = 0
        trusted = sealed_before(turn.now - 2 * DAY)
        verifying = trail_verifying(settings, engine)
        for checked in verifying.verify(exported_heads(settings), trusted, turn.goes_on):
            if checked.fault is not None:
                raise Unavailable("audit.broken", str(checked.fault))
            read += checked.records
        return read

    return verify


def _retain(settings: Settings, engine: Engine) -> Callable[[Turn], int]:
    def retain(turn: Turn) -> int:
        key = trail_signing(settings, engine).key
        removing = trail_removing(settings, engine)
        return removing.remove(key, turn.now, "jobs", new_reference(), turn.goes_on)

    return retain


def _readiness(engine: Engine) -> Callable[[Turn], int]:
    def settle(turn: Turn) -> int:
        occasion = Occasion(turn.now, "jobs", "what was seen of the partner", new_reference())
        return len(Readiness(engine, AuditStore()).settle(occasion))

    return settle


def _refresh(settings: Settings, engine: Engine) -> Callable[[Turn], int]:
    refresher = metadata_refresher(settings, engine)
    return lambda turn: len(refresher.refresh_due(turn.now, turn.goes_on))


def _revocations(settings: Settings, engine: Engine) -> Callable[[Turn], int]:
    service = revocation_service(settings, engine)

    def refresh(turn: Turn) -> int:
        occasion = Occasion(turn.now, "jobs", "the hourly refresh", new_reference())
        return sum(line.answer is not None for line in service.refresh(occasion).lines)

    return refresh


def _probes(settings: Settings, engine: Engine) -> Callable[[Turn], int]:
    def ask(turn: Turn) -> int:
        known = RegistryCache(engine, settings.origin, turn.clock).current()
        with reading(engine) as connection:
            before = {(one.federation, one.idp): one for one in health.probes(connection)}
        asked = 0
        for home in known.federations:
            for idp in known.idps(home.path):
                if not turn.goes_on():
                    return asked
                last = before.get((idp.federation, idp.code))
                found = probe(idp, last, turn.now, time.perf_counter)
                with writing(engine) as connection:
                    health.put_probe(connection, found)
                asked += 1
        return asked

    return ask


def _remind(settings: Settings, engine: Engine) -> Callable[[Turn], int]:
    reminders = rollover_reminders(settings, engine)
    return lambda turn: reminders.remind(turn.now, turn.goes_on)


def _expiry(settings: Settings, engine: Engine) -> Callable[[Turn], int]:
    watch = expiry_watch(settings, engine)
    return lambda turn: watch.tell(turn.now)
