"""The pages, each with what it needs of the person."""

from flask import Response

from broker.portals import shell
from broker.portals.office import Office
from broker.portals.operator import metadata, switching
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
            *switching.routes(office),
            *metadata.routes(office),
        ),
        tasks=lambda person: switching.tasks(office, person) + metadata.tasks(office, person),
        purpose=_(
            "Members of the federation, cases, changes of certificates, and how it all is doing."
        ),
    )
