"""The pages, each with what it needs of the person."""

from flask import Response

from broker.portals import shell
from broker.portals.office import Office
from broker.portals.owner import certificates, numbers, team
from broker.portals.permissions import OWNERS, may
from broker.portals.person import Person
from broker.portals.routes import Route, Section
from broker.web.language import Text as _


def section(office: Office) -> Section:
    """The section of this portal."""

    def overview(person: Person) -> Response:
        return shell.page("portals/service/overview.html", person)

    return Section(
        "service",
        _("My services"),
        (
            Route("overview", "", may("service.read", by=OWNERS), get=overview, menu=_("Overview")),
            *certificates.routes(office),
            *numbers.routes(office),
            *team.routes(office),
        ),
        purpose=_("The services that you look after: metadata, roles, test and production."),
    )
