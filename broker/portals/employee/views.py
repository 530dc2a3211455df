"""The pages, each with what it needs of the person."""

from flask import Response

from broker.portals import shell
from broker.portals.notices import choosing
from broker.portals.office import Office
from broker.portals.permissions import OWN
from broker.portals.person import Person
from broker.portals.routes import Route, Section
from broker.web.language import Text as _


def section(office: Office) -> Section:
    """The section of this portal."""

    def overview(person: Person) -> Response:
        return shell.page("portals/mine/overview.html", person)

    return Section(
        "mine",
        _("My access"),
        (
            Route("overview", "", OWN, get=overview, menu=_("Overview")),
            *choosing.routes(office),
        ),
        purpose=_(
            "What you have access to, from where and until when; ask for more, or give back."
        ),
    )
