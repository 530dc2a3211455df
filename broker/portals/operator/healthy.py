"""The board of health: what is not well stands first, each with what to do about it."""

from flask import Response

from broker.portals import shell
from broker.portals.health.board import gather
from broker.portals.health.model import WORST
from broker.portals.office import Office
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.web.language import Text as _

TITLE = _("How it is doing")


def routes(office: Office) -> tuple[Route, ...]:
    """The page."""

    def show(person: Person) -> Response:
        parts = gather(office, person.federation, person.now)
        wrong = [
            (part, line) for part in parts for line in part.lines if line.state in ("bad", "soon")
        ]
        return shell.page(
            "portals/operator/health.html",
            person,
            crumbs=(Crumb(TITLE),),
            parts_of=parts,
            wrong=sorted(wrong, key=lambda one: WORST.index(one[1].state)),
        )

    need = may("federation.read", by=OPERATORS)
    return (Route("health", "health", need, get=show, menu=TITLE),)
