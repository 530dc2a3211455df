"""The pages, each with what it needs of the person."""

from flask import Response

from broker.portals import shell
from broker.portals.office import Office
from broker.portals.operator import (
    activating,
    connecting,
    desk,
    entitling,
    healthy,
    mapping,
    metadata,
    organisations,
    posting,
    rescue,
    simulating,
    switching,
    vendors,
    worklist,
)
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route, Section
from broker.web.language import Text as _


def section(office: Office) -> Section:
    """The section of this portal."""

    def overview(person: Person) -> Response:
        return shell.page("portals/operator/overview.html", person)

    return Section(
        "operator",
        _("Operation"),
        (
            Route(
                "overview",
                "",
                may("federation.read", by=OPERATORS),
                get=overview,
                menu=_("Overview"),
            ),
            *worklist.routes(office),
            *connecting.routes(office),
            *desk.routes(office),
            *organisations.routes(office),
            *entitling.routes(office),
            *vendors.routes(office),
            *rescue.routes(office),
            *activating.routes(office),
            *healthy.routes(office),
            *posting.routes(office),
            *metadata.routes(office),
            *mapping.routes(office),
            *switching.routes(office),
            *simulating.routes(office),
        ),
        tasks=lambda person: (
            *worklist.tasks(office, person),
            *rescue.tasks(office, person),
            *metadata.tasks(office, person),
            *switching.tasks(office, person),
        ),
        purpose=_(
            "Members of the federation, cases, changes of certificates, and how it all is doing."
        ),
    )
