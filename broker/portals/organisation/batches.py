"""One file of people and roles: what each row would do, and what is done with it.

Applying and undoing are one transaction each and end while the browser waits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Response, request

from broker.db import reading
from broker.errors import BrokerError, NotAllowed, Unknown
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
from broker.roles.importing.model import Mode, Planned, Result, Verdict
from broker.roles.importing.service import PREVIEW, UNDO, ImportService
from broker.roles.importing.words import said as in_words
from broker.web.language import Text
from broker.web.language import Text as _

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


_DEEDS = (
    Deed("apply", "applied", _("Apply the import"), _("Apply"), ("preview",), Apply),
    Deed("confirm", "confirmed", _("Confirm the import"), _("Confirm"), ("preview",)),
    Deed("undo", "undone", _("Take the import back"), _("Take it back"), ("applied",)),
    Deed("discard", "discarded", _("Throw the file away"), _("Throw away"), ("preview",)),
)


def routes(office: Office) -> tuple[Route, ...]:
    """The pages, each with what it needs."""
    service = importer(office)

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
        return shell.page(
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
        )

    def doing(deed: Deed) -> View:
        run = _runner(service, deed)

        def view(person: Person, batch: UUID) -> Response:
            result = read(person, batch)
            if result.batch.state not in deed.states:
                return shell.back(person, "org.import_show", batch=batch)
            form = deed.form()
            if form.sent():
                try:
                    run(person, batch, form)
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


def _chosen(result: Result, wanted: str) -> tuple[Planned, ...]:
    """The rows of one verdict, or all; those that change nothing only where they are asked for."""
    if wanted in VERDICTS:
        return tuple(row for row in result.rows if row.verdict == wanted)
    return tuple(row for row in result.rows if row.verdict != "unchanged")


def _runner(service: ImportService, deed: Deed) -> Callable[[Person, UUID, Why], object]:
    def run(person: Person, batch: UUID, form: Why) -> object:
        done = deed_of(person, str(form.reason.data), form.case_no.data)
        if deed.name == "apply":
            mode: Mode = "valid" if form["mode"].data == "valid" else "all"
            return service.apply(person.actor, batch, done, mode=mode)
        if deed.name == "confirm":
            return service.confirm(person.actor, batch, done)
        if deed.name == "undo":
            return service.undo(person.actor, batch, done)
        return service.discard(person.actor, batch, done)

    return run
