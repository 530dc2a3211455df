"""The pages, each with what it needs of the person."""

from flask import Response

from broker.portals import shell
from broker.portals.office import Office
from broker.portals.organisation import cases
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route, Section
from broker.web.language import Text as _


def section(office: Office) -> Section:
    """The section of this portal."""

    def overview(person: Person) -> Response:
        return shell.page("portals/org/overview.html", person)

    return Section(
        "org",
        _("My organisation"),
        (
            Route(
                "overview",
                "",
                may("organisation.read", by=ORGANISATION),
                get=overview,
                menu=_("Overview"),
            ),
            *cases.routes(office),
        ),
        purpose=_(
            "The people in your organisation, what they have access to, and what they ask for."
        ),
    )
