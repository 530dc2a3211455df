"""What partners publish: alarms, what waits for a person, every version, and where it comes from.

metadata           alarms, the list of what waits, sources
metadata_versions  one version beside the one in force, and what is decided about it
"""

from flask import Response, request

from broker.metadata.sources.approving import ApprovalDesk
from broker.metadata.sources.registering import SourceDesk
from broker.portals import shell
from broker.portals.forms import Form, Short, StringField
from broker.portals.listing import asked_page, paged
from broker.portals.office import Office
from broker.portals.operator.metadata_versions import version_routes
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route, Task
from broker.portals.shell import Crumb
from broker.portals.switching.board import Switchboard
from broker.web.language import Text as _

DONE = {
    "seen": _("It is written down that you have seen it."),
    "approved": _("The version counts."),
    "later": _("The version counts from the time you chose."),
    "rejected": _("The version is rejected. Nothing changed."),
    "withdrawn": _("The metadata is out of force: nobody gets through until it is approved again."),
}
LEVELS = {"critical": _("Urgent"), "warning": _("Warning"), "notice": _("To know")}


class Seen(Form):
    """What somebody does about an alarm."""

    words = StringField(_("What you do about it"), validators=[Short(200)])


def routes(office: Office) -> tuple[Route, ...]:
    """The pages of metadata that comes by itself."""
    desk = ApprovalDesk(office.engine, office.settings.origin, office.audit)
    board = Switchboard.of(office)
    look = may("federation.read", by=OPERATORS)

    def alarms(person: Person) -> Response:
        path, closed = person.federation.path, request.args.get("all") == "1"
        found = desk.alarms(path, closed=closed)
        return shell.page(
            "portals/operator/metadata.html",
            person,
            crumbs=[Crumb(_("Metadata"))],
            notice=DONE.get(request.args.get("done", "")),
            listed=paged(found, asked_page(request.args.get("page"))),
            closed=closed,
            waiting=desk.waiting(path),
            names=board.names(person, [a.acknowledged_by for a in found if a.acknowledged_by]),
            levels=LEVELS,
            form=Seen(formdata=None),
            may_decide=person.may("metadata.decide", person.thing()),
        )

    def see(person: Person, number: int) -> Response:
        person.demand("metadata.decide", person.thing())
        form = Seen()
        known = {one.id for one in desk.alarms(person.federation.path)}
        words = str(form.words.data or "") if form.sent() else ""
        # One of another federation is none here.
        desk.acknowledge(number if number in known else 0, board.occasion(person, words))
        return shell.back(person, "operator.metadata", done="seen")

    def sources(person: Person) -> Response:
        found = SourceDesk(office.engine, office.settings.origin, office.audit)
        return shell.page(
            "portals/operator/metadata_sources.html",
            person,
            crumbs=[*crumbs(person), Crumb(_("Sources"))],
            sources=found.every(person.federation.path),
        )

    return (
        Route("metadata", "metadata", look, get=alarms, menu=_("Metadata")),
        Route("metadata_alarm", "metadata/alarms/<int:number>", may("metadata.decide"), post=see),
        Route("metadata_sources", "metadata/sources", look, get=sources),
        *version_routes(office, desk, board),
    )


def tasks(office: Office, person: Person) -> tuple[Task, ...]:
    """What waits for an operator: metadata, and alarms that nobody has seen."""
    desk = ApprovalDesk(office.engine, office.settings.origin, office.audit)
    href, path = shell.link(person, "operator.metadata"), person.federation.path
    unseen = [one for one in desk.alarms(path) if one.acknowledged_at is None]
    found = []
    if desk.waiting(path):
        found.append(Task(_("Metadata of partners waits for your approval"), href))
    if unseen:
        found.append(Task(_("Alarms about metadata that nobody has seen"), href))
    return tuple(found)


def crumbs(person: Person) -> list[Crumb]:
    """The step to metadata."""
    return [Crumb(_("Metadata"), shell.link(person, "operator.metadata"))]
