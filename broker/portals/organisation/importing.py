"""People and roles out of a spreadsheet: the files so far, the template, and a new file.

Reading 10,000 rows takes some seconds and is done while the browser waits; nothing is changed.
"""

from flask import Response, request

from broker.db import reading
from broker.errors import NotAllowed, Refused
from broker.portals import shell
from broker.portals.forms import FileField, Form, RadioField, choice
from broker.portals.office import Office
from broker.portals.organisation.here import (
    deed_of,
    download,
    format_of,
    home_of,
    names_of,
    refuse,
)
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.roles.exporting import Table
from broker.roles.grants.service import GrantService
from broker.roles.importing.service import ImportService
from broker.roles.importing.spreadsheet import BYTES
from broker.roles.importing.template import exported
from broker.web.language import Text as _
from broker.web.language import language

_ROOM = 64 * 1024  # for what a form says beside its file
STATES = {
    "preview": _("Not applied yet"),
    "applied": _("Applied"),
    "undone": _("Taken back"),
    "discarded": _("Thrown away"),
}


class Upload(Form):
    """A file, and what it means that somebody is not in it."""

    file = FileField(_("Workbook or CSV file"))
    missing = RadioField(
        _("What does it mean when an access of today is not in the file?"),
        choices=[
            choice("keep", _("Nothing: it is left as it is")),
            choice("end", _("It ends, where the file is about the same service")),
        ],
        default="keep",
    )


def importer(office: Office) -> ImportService:
    """What does it."""
    grants = GrantService(office.audit, office.catalogue.current_in)
    return ImportService(office.desk, office.identities, grants, office.catalogue.current_in)


def routes(office: Office) -> tuple[Route, ...]:
    """The pages, each with what it needs."""
    service = importer(office)

    def listed(person: Person) -> Response:
        batches = service.listed(person.actor, home_of(person).id, deed_of(person, "look"))
        with reading(office.engine) as connection:
            names = names_of(connection, {one.by_account for one in batches}, person.now)
        return shell.page(
            "portals/org/imports/list.html",
            person,
            crumbs=[Crumb(_("Import"))],
            batches=batches,
            names=names,
            states=STATES,
        )

    def upload(person: Person) -> Response:
        form = Upload()
        if form.sent():
            found = request.files.get("file")
            try:
                if found is None or not found.filename:
                    raise Refused("import.no_file", "nothing was chosen")
                result = service.preview(
                    person.actor,
                    home_of(person).id,
                    found.read(BYTES + 1),
                    found.filename,
                    deed_of(person, str(_("A file to look at before it is used"))),
                    missing="end" if form.missing.data == "end" else "keep",
                )
            except NotAllowed:
                raise
            except Refused as error:
                refuse(form, error, field="file")
            else:
                return shell.back(person, "org.import_show", batch=result.batch.id)
        crumbs = [
            Crumb(_("Import"), shell.link(person, "org.imports")),
            Crumb(_("Upload a file")),
        ]
        return shell.page("portals/org/imports/new.html", person, crumbs=crumbs, form=form)

    def template(person: Person, kind: str) -> Response:
        ending = format_of(kind)
        with reading(office.engine) as connection:
            tables: tuple[Table, ...] = exported(
                connection,
                office.catalogue.current_in(connection),
                person.actor,
                home_of(person).id,
                person.now,
                language=language(),
                blank=request.args.get("blank") == "1",
            )
        return download(tables, _("people and roles"), ending)

    needs = may("import.upload", by=ORGANISATION)
    return (
        Route("imports", "imports", needs, get=listed, menu=_("Import")),
        Route(
            "import_new",
            "imports/new",
            needs,
            get=upload,
            post=upload,
            largest=BYTES + _ROOM,
        ),
        Route("import_template", "imports/template/<kind>", needs, get=template),
    )
