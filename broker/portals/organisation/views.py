"""The pages, each with what it needs of the person: every part of the portal adds its own."""

from broker.portals.office import Office
from broker.portals.organisation import (
    access,
    adding,
    batches,
    bundles,
    cases,
    changing,
    claiming,
    copying,
    expiring,
    forwarding,
    giving,
    groups,
    history,
    importing,
    mandates,
    merging,
    moving,
    overview,
    people,
    person,
    requests,
    substitutes,
)
from broker.portals.routes import Section
from broker.web.language import Text as _


def section(office: Office) -> Section:
    """The section of this portal."""
    return Section(
        "org",
        _("My organisation"),
        (
            *overview.routes(office),
            *requests.routes(office),
            *forwarding.routes(office),
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
            *importing.routes(office),
            *batches.routes(office),
            *mandates.routes(office),
            *substitutes.routes(office),
            *claiming.routes(office),
            *history.routes(office),
            *cases.routes(office),
        ),
        purpose=_(
            "The people in your organisation, what they have access to, and what they ask for."
        ),
        tasks=requests.tasks(office),
    )
