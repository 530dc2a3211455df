"""Numbers of a service: logins by day and identity provider, and days left of certificates."""

from flask import Response

from broker.health.store import between
from broker.portals import shell
from broker.portals.office import Office
from broker.portals.owner.certificates_own import own_keys
from broker.portals.owner.figures import FOOT, HEIGHT, WIDTH, figures
from broker.portals.permissions import OWNERS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.portals.switching.board import Switchboard
from broker.web.language import Text as _


def routes(office: Office) -> tuple[Route, ...]:
    """One page for each service."""
    board = Switchboard.of(office)

    def numbers(person: Person, service: str) -> Response:
        found, path = board.service(person, service), person.federation.path
        with office.reading() as connection:
            told = figures(
                lambda since, until: between(connection, path, service, since, until), person.now
            )
        known = office.registry.current()
        names = {idp.code: idp.name for idp in known.idps(path)} if told.idps else {}
        return shell.page(
            "portals/service/numbers.html",
            person,
            crumbs=[
                Crumb(_("Certificates"), shell.link(person, "service.certificates")),
                Crumb(service, shell.link(person, "service.certificate", service=service)),
                Crumb(_("Numbers")),
            ],
            service=found,
            figures=told,
            names=names,
            keys=own_keys(board, person, found),
            place={"width": WIDTH, "high": HEIGHT, "foot": FOOT},
        )

    look = may("service.read", by=OWNERS)
    return (Route("numbers", "numbers/<service>", look, get=numbers),)
