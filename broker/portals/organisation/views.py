"""The pages, each with what it needs of the person: every part of the portal adds its own."""

from flask import Response

from broker.portals import shell
from broker.portals.office import Office
from broker.portals.organisation import batches, cases, forwarding, importing, requests
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
            *requests.routes(office),
            *forwarding.routes(office),
            *importing.routes(office),
            *batches.routes(office),
        ),
        purpose=_(
            "The people in your organisation, what they have access to, and what they ask for."
        ),
        tasks=requests.tasks(office),
    )
