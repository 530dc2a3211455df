"""The pages, each with what it needs of the person."""

from broker.portals.office import Office
from broker.portals.owner import (
    about,
    attributes,
    beginning,
    cases,
    certificates,
    interfaces,
    inviting,
    logins,
    metadata,
    numbers,
    production,
    roles,
    team,
    testing,
    vendors,
)
from broker.portals.owner.bench import Bench
from broker.portals.permissions import OWNERS, may
from broker.portals.routes import Route, Section
from broker.web.language import Text as _


def section(office: Office) -> Section:
    """The section of this portal."""

    bench = Bench(office)
    overview = beginning.overview(bench)
    return Section(
        "service",
        _("My services"),
        (
            Route("overview", "", may("service.read", by=OWNERS), get=overview, menu=_("Overview")),
            *certificates.routes(office),
            *beginning.routes(bench),
            *metadata.routes(bench),
            *about.routes(bench),
            *roles.routes(bench),
            *attributes.routes(bench),
            *logins.routes(bench),
            *interfaces.routes(bench),
            *testing.routes(bench),
            *production.routes(bench),
            *cases.routes(office),
            *vendors.routes(office),
            *numbers.routes(office),
            *team.routes(office),
            *inviting.routes(office),
        ),
        purpose=_("The services that you look after: metadata, roles, test and production."),
        tasks=lambda person: cases.tasks(office, person),
    )
