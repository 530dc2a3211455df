"""The pages, each with what it needs of the person: every part of the portal adds its own."""

from broker.portals.office import Office
from broker.portals.organisation import batches, forwarding, importing, requests
from broker.portals.organisation import batches, claiming, history, importing, mandates, substitutes
from broker.portals.organisation import cases
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route, Section
from broker.portals.organisation import (
    access,
    adding,
    bundles,
    changing,
    copying,
    expiring,
    forwarding,
    giving,
    groups,
    merging,
    moving,
    overview,
    people,
    person,
    requests,
)
from broker.portals.routes import Section
from broker.web.language import Text as _


def section(office: Office) -> Section:
    """The section of this portal."""

    def overview(person: Person) -> Response:
        return shell.page("portals/org/overview.html", person)

    return Section(
        "org",
        _("My organisation"),
        (
            *overview.routes(office),
            *requests.routes(office),
            *forwarding.routes(office),
            *importing.routes(office),
            *batches.routes(office),
            *people.routes(office),
            *adding.routes(office),
            *person.routes(office),
            *moving.routes(office),
            *merging.routes(office),
            *giving.routes(office),
            *changing.routes(office),
            *copying.routes(office),
            *groups.routes(office),
            *bundles.routes(office),
            *expiring.routes(office),
            *access.routes(office),
            *mandates.routes(office),
            *substitutes.routes(office),
            *claiming.routes(office),
            *history.routes(office),
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
        tasks=requests.tasks(office),
    )
