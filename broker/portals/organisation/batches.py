"""One file of people and roles: what each row would do, and what is done with it.

Applying and undoing are one transaction each. Up to some hundred rows it ends while the browser
waits; beyond, the page says how far it is and loads itself anew until it is over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from flask import Response, request

from broker.db import reading
from broker.errors import BrokerError, NotAllowed, Unknown
from broker.organisations.model import Actor
from broker.organisations.model import Deed as WhenAndWhy
from broker.portals import shell
from broker.portals.forms import Form, Needed, RadioField, Short, StringField, choice
from broker.portals.listing import asked_page, paged
from broker.portals.office import Office
from broker.portals.organisation.here import deed_of, names_of, refuse
from broker.portals.organisation.importing import STATES, importer
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route, View
from broker.portals.shell import Crumb
from broker.roles.importing.model import (
    Mode,
    Planned,
    Progress,
    Result,
    Verdict,
    no_progress,
)
from broker.roles.importing.service import PREVIEW, UNDO, ImportService
from broker.roles.importing.underway.carrying import Carrier
from broker.roles.importing.underway.store import DeedName, Work, work_on
from broker.roles.importing.words import WORDS
from broker.roles.importing.words import said as in_words
from broker.web.language import Text
from broker.web.language import Text as _
from broker.web.language import said as said_in
from broker.web.texts import explain

AT_ONCE = 1500  # rows that are worked on while the browser waits: some seconds
VERDICTS: dict[Verdict, Text] = {
    "new": _("New"),
    "change": _("Changes"),
    "end": _("Ends"),
    "error": _("Fault"),
    "unchanged": _("Unchanged"),
}
_DONE = {
    "previewed": _("The file has been read. Nothing is changed yet."),
    "applied": _("The import has been applied. It can be taken back for 24 hours."),
    "confirmed": _("You have confirmed the import. It can be applied now."),
    "undone": _("The import has been taken back."),
    "discarded": _("The file has been thrown away. Nothing was changed."),
}


class Why(Form):
    """Why it is done."""

    reason = StringField(_("Why"), validators=[Needed(_("Write why")), Short(500)])
    case_no = StringField(_("Case number"), validators=[Short(64)])


class Apply(Why):
    """And how much of it."""

    mode = RadioField(
        _("How much?"),
        choices=[
            choice("all", _("Everything, or nothing at all where one row fails")),
            choice("valid", _("The rows without faults, and leave out the others")),
        ],
        default="all",
    )


@dataclass(frozen=True, slots=True)
class Deed:
    """What can be done to a file, and the words of its page."""

    name: str
    done: str
    heading: Text
    button: Text
    states: tuple[str, ...]
    form: type[Why] = Why
    long: DeedName | None = None  # where thousands of rows take longer than a browser waits


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said when they did it."""

    deed: WhenAndWhy
    mode: Mode


_DEEDS = (
    Deed("apply", "applied", _("Apply the import"), _("Apply"), ("preview",), Apply, "apply"),
    Deed("confirm", "confirmed", _("Confirm the import"), _("Confirm"), ("preview",)),
    Deed(
        "undo",
        "undone",
        _("Take the import back"),
        _("Take the import back"),
        ("applied",),
        long="undo",
    ),
    Deed("discard", "discarded", _("Throw the file away"), _("Throw away"), ("preview",)),
)


def routes(office: Office) -> tuple[Route, ...]:
    """The pages, each with what it needs."""
    service, carrier = importer(office), Carrier(office.engine, office.clock)

    def read(person: Person, batch: UUID) -> Result:
        return service.read(person.actor, batch, deed_of(person, "look"))

    def show(person: Person, batch: UUID) -> Response:
        result = read(person, batch)
        wanted = request.args.get("verdict", "")
        rows = _chosen(result, wanted)
        listed = paged(rows, asked_page(request.args.get("page")))
        accounts = {row.account for row in (*listed.rows, *result.left_out)}
        with reading(office.engine) as connection:
            by = {result.batch.by_account, result.batch.confirmed_account}
            names = names_of(connection, accounts | by, person.now)
            work = work_on(connection, batch)
        goes_on = work is not None and work.goes_on(person.now)
        answer = shell.page(
            "portals/org/imports/show.html",
            person,
            crumbs=[
                Crumb(_("Import"), shell.link(person, "org.imports")),
                Crumb(result.batch.name),
            ],
            notice=_DONE.get(request.args.get("done", "")),
            result=result,
            batch=result.batch,
            listed=listed,
            wanted=wanted,
            names=names,
            verdicts=VERDICTS,
            states=STATES,
            in_words=in_words,
            own=person.actor.is_any_of(result.batch.by_account),
            undo_until=result.batch.applied_at + UNDO if result.batch.applied_at else None,
            apply_until=result.batch.uploaded_at + PREVIEW,
            work=work if goes_on else None,
            failed=None if work is None or goes_on else _failure(work, result),
        )
        if goes_on:
            answer.headers["Refresh"] = "3"  # no script is needed
        return answer

    def doing(deed: Deed) -> View:
        run = _runner(service, deed)

        def view(person: Person, batch: UUID) -> Response:
            result = read(person, batch)
            if result.batch.state not in deed.states:
                return shell.back(person, "org.import_show", batch=batch)
            form = deed.form()
            if form.sent():
                try:
                    done = deed_of(person, str(form.reason.data), form.case_no.data)
                    work = partial(run, person.actor, batch, Said(done, _mode(form)))
                    if deed.long is not None and len(result.rows) > AT_ONCE:
                        carrier.start(batch, deed.long, _steps(result), work)
                        return shell.back(person, "org.import_show", batch=batch)
                    work(no_progress)
                except (NotAllowed, Unknown) as error:
                    if not error.code.startswith("import."):
                        raise
                    refuse(form, error)
                except BrokerError as error:
                    at_reason = error.code.startswith(("input.", "change."))
                    refuse(form, error, field="reason" if at_reason else None)
                else:
                    return shell.back(person, "org.import_show", batch=batch, done=deed.done)
            crumbs = [
                Crumb(_("Import"), shell.link(person, "org.imports")),
                Crumb(result.batch.name, shell.link(person, "org.import_show", batch=batch)),
                Crumb(deed.heading),
            ]
            return shell.page(
                "portals/org/imports/deed.html",
                person,
                crumbs=crumbs,
                form=form,
                deed=deed,
                result=result,
                batch=result.batch,
            )

        return view

    needs = may("import.upload", by=ORGANISATION)
    made = [
        Route(f"import_{d.name}", f"imports/<uuid:batch>/{d.name}", needs, get=v, post=v)
        for d, v in ((d, doing(d)) for d in _DEEDS)
    ]
    return (Route("import_show", "imports/<uuid:batch>", needs, get=show), *made)


def _failure(work: Work, result: Result) -> str | None:
    """Why nothing came of what was done last, where nothing did."""
    words = WORDS.get(work.code or "")
    if work.ended_at is None and result.batch.state in ("preview", "applied"):
        return str(_("It was interrupted, and nothing was changed. Try again."))
    if work.code is None:
        return None
    return said_in(words) if words else str(explain(work.code).what)


def _chosen(result: Result, wanted: str) -> tuple[Planned, ...]:
    """The rows of one verdict, or all; those that change nothing only where they are asked for."""
    if wanted in VERDICTS:
        return tuple(row for row in result.rows if row.verdict == wanted)
    return tuple(row for row in result.rows if row.verdict != "unchanged")


def _steps(result: Result) -> int:
    """How many rows there is something to do about."""
    return sum(row.verdict in ("new", "change", "end") for row in result.rows)


def _mode(form: Why) -> Mode:
    return "valid" if "mode" in form and form["mode"].data == "valid" else "all"


def _runner(service: ImportService, deed: Deed) -> Callable[[Actor, UUID, Said, Progress], object]:
    def run(actor: Actor, batch: UUID, said: Said, progress: Progress) -> object:
        if deed.name == "apply":
            return service.apply(actor, batch, said.deed, mode=said.mode, progress=progress)
        if deed.name == "confirm":
            return service.confirm(actor, batch, said.deed)
        if deed.name == "undo":
            return service.undo(actor, batch, said.deed, progress=progress)
        return service.discard(actor, batch, said.deed)

    return run
