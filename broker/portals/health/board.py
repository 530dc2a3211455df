"""Every section of the board, gathered for one federation at one instant."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from broker.db import Connection
from broker.health.snapshot import HealthBoard
from broker.mail.store import Outbox
from broker.mail.trail import store as trail
from broker.metadata.expiry import OURS
from broker.metadata.inventory import Inventory
from broker.metadata.model import Federation
from broker.metadata.sources.store import alarms, sources
from broker.portals.health import store
from broker.portals.health.model import Line, Part, State
from broker.portals.office import Office
from broker.saml.entities import Localised
from broker.web.language import Text, speaking
from broker.web.language import Text as _

LATE = timedelta(minutes=15)
DRIFT = timedelta(seconds=5)  # a clock that is further off than this is set wrong
SOON, URGENT = 60, 14  # days before a certificate runs out
LISTED = 20

_JOBS: dict[str, Text] = {
    "metadata-refresh": _("Fetch metadata that is due"),
    "revocation-refresh": _("Ask which certificates are revoked"),
    "health-probe": _("Ask logins whether they answer"),
    "readiness": _("Keep what was seen of ready partners"),
    "rollover-reminders": _("Remind of changes of certificates"),
    "expiry-watch": _("Tell what runs out soon"),
    "mail": _("Send the mail that waits"),
    "audit-seal": _("Seal the audit trail and export its heads"),
    "audit-verify": _("Verify the audit trail"),
    "audit-retention": _("Remove what the audit trail need not keep"),
    "purge": _("Delete what has run out"),
}


def gather(office: Office, home: Federation, now: datetime) -> tuple[Part, ...]:
    """The whole board."""
    with office.reading() as connection:
        feeds = Part("feeds", _("Metadata that is fetched"), tuple(_feeds(connection, home, now)))
        mail = Part("mail", _("Mail"), tuple(_mail(connection, now)))
        work = Part(
            "jobs",
            _("What happens by itself"),
            (*_jobs(connection, now), *_evidence(office)),
        )
        clock = Part("clock", _("Clocks"), (_clock(connection, now),))
    return (
        Part("idps", _("Login providers"), tuple(_idps(office, home, now))),
        feeds,
        Part("certificates", _("Certificates"), tuple(_certificates(office, home, now))),
        mail,
        work,
        clock,
    )


def _idps(office: Office, home: Federation, now: datetime) -> Iterator[Line]:
    known = HealthBoard(office.engine).current(now)
    quiet = 0
    for idp in office.registry.current().idps(home.path):
        found = known.overall(home.path, idp.code)
        failures = sum(count for _what, count in found.failures)
        figures = f"{found.returned} / {found.started}" + (f" ({failures})" if failures else "")
        if found.state == "failing":
            yield Line(
                idp.name,
                "bad",
                _("Fewer come back than usual"),
                found.since,
                figures=figures,
                do=_("Call whoever runs the login. Pause it where people have another."),
            )
        elif found.state == "ok":
            words = _("People come back as they use to")
            yield Line(idp.name, "good", words, found.since, figures=figures)
        else:
            quiet += 1
    if quiet:
        yield Line(_("The others"), "off", _("Too few try them to say"), figures=f"{quiet}")


def _feeds(connection: Connection, home: Federation, now: datetime) -> Iterator[Line]:
    for one in sources.every(connection, home.path):
        due = one.due_at()
        figures = f"{one.entities}"
        if one.failures:
            state: State = "bad" if one.failures > 3 else "soon"
            words = Localised(
                f"Hentning mislykkedes {one.failures} gange: {one.failure}",
                f"Fetching failed {one.failures} times: {one.failure}",
            )
            do = _("See that the address answers. What was loaded last counts until then.")
            yield Line(one.code, state, words, one.loaded_at, due, figures, do)
        elif one.valid_until is not None and one.valid_until - now < timedelta(days=2):
            words = Localised("Udløber snart", "Runs out soon")
            do = _("Ask whoever publishes it to sign a new one before it runs out.")
            yield Line(one.code, "bad", words, one.valid_until, due, figures, do)
        else:
            yield Line(one.code, "good", _("Fetched as planned"), one.loaded_at, due, figures)
    for record in alarms.every(connection, home.path):
        level: State = "bad" if record.alarm.level == "critical" else "soon"
        seen = record.acknowledged_at is not None
        if record.alarm.level != "notice" and not seen:
            do = _("Decide on it among the alarms of metadata.")
            yield Line(
                record.alarm.subject, level, record.alarm.words, record.last_seen, None, "", do
            )


def _certificates(office: Office, home: Federation, now: datetime) -> Iterator[Line]:
    plans = office.registry.current().rollovers
    keys = office.keyrings
    inventory = Inventory(office.engine, home.origin, lambda one: keys.at(plans, one.path, now))
    entries = [e for e in inventory.entries(now) if e.held.federation == home.path]
    told = [e for e in entries if e.days <= SOON or (e.verdict and not e.verdict.usable)]
    if not told:
        words = Localised(
            f"Alle {len(entries)} gælder mindst {SOON} dage endnu",
            f"All {len(entries)} are valid for {SOON} days or more",
        )
        yield Line(_("Certificates in use"), "good", words)
    for entry in told[:LISTED]:
        unusable = entry.verdict is not None and not entry.verdict.usable
        ours = entry.held.whose == OURS
        name: str | Text = _("Our own") if ours else entry.held.whose
        yield Line(
            name,
            "bad" if unusable or entry.days <= URGENT else "soon",
            _("May not be used") if unusable else _("Runs out"),
            entry.held.certificate.not_after,
            figures=f"{entry.days}",
            do=_("Plan a change of our key.")
            if ours
            else _("Write to the partner's technical contact; the reminders are sent already."),
        )


def _mail(connection: Connection, now: datetime) -> Iterator[Line]:
    waiting, oldest = Outbox().waiting(connection)
    late = oldest is not None and now - oldest > LATE
    yield Line(
        _("Waits to be sent"),
        "bad" if late else "good",
        _("The oldest has waited too long") if late else _("Nothing waits longer than it should"),
        oldest,
        figures=str(waiting),
        do=_("See that the mail server answers and that jobs run.") if late else None,
    )
    lost = len(trail.failing(connection))
    yield Line(
        _("Came back or was never taken"),
        "soon" if lost else "good",
        _("Some addresses do not work") if lost else _("Every address works"),
        figures=str(lost),
        do=_("Find a better address, and send it again.") if lost else None,
    )


def _jobs(connection: Connection, now: datetime) -> Iterator[Line]:
    rows = {row.name: row for row in store.jobs(connection)}
    start = _("Start “broker jobs run” on a host; nothing that counts waits for it.")
    if not rows:
        yield Line(_("All of it"), "soon", _("Has never run"), do=start)
        return
    for name in sorted({*_JOBS, *rows}):
        row, words = rows.get(name), _JOBS.get(name, name)
        if row is None:
            yield Line(words, "soon", _("Has never run"), do=start)
            continue
        running = row.lease_until is not None and row.lease_until > now
        if row.last_outcome == "failed":
            said = Localised(
                f"Mislykkedes {row.failures} gange: {row.last_error}",
                f"Failed {row.failures} times: {row.last_error}",
            )
            do = _("Look in the log of the job for why; it is tried again by itself.")
            yield Line(words, "bad", said, row.last_good, row.due_at, do=do)
        elif not running and now - row.due_at > LATE:
            yield Line(words, "bad", _("Is late"), row.last_good, row.due_at, do=start)
        else:
            state = _("Runs now") if running else _("Went well")
            count = "" if row.last_count is None else str(row.last_count)
            yield Line(words, "good", state, row.last_good, row.due_at, count)


def _evidence(office: Office) -> Iterator[Line]:
    """Said where browsers come by https and no key was set: nothing could be proven later."""
    if office.settings.secure and office.settings.evidence_key in ("", "none"):
        do = _("Make a pair of keys with “broker evidence key” on a machine that is offline.")
        yield Line(_("Messages of logins"), "soon", _("None is kept as evidence"), do=do)


def _clock(connection: Connection, now: datetime) -> Line:
    off = abs(store.database_now(connection) - now)
    seconds = f"{off.total_seconds():.1f} s"
    if speaking() == "da":
        seconds = seconds.replace(".", ",")
    if off > DRIFT:
        do = _("Set both clocks by the same time server: logins are refused when they differ.")
        return Line(_("Database and broker"), "bad", _("They differ"), figures=seconds, do=do)
    return Line(_("Database and broker"), "good", _("They agree"), figures=seconds)
