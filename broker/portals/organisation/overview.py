"""The front page of the portal: what there is to do, and what to be aware of."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Response

from broker.organisations import store as organisations
from broker.portals import shell
from broker.portals.office import Office
from broker.portals.organisation import store
from broker.portals.organisation.counter import Counter, home
from broker.portals.organisation.pages import counted, page
from broker.portals.organisation.requests import DECIDES
from broker.portals.organisation.store import Search
from broker.portals.permissions import ORGANISATION, may, missing
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.web.language import Text as _

SOON = timedelta(days=30)
SILENT = timedelta(days=90)
READS = may("report.read", by=ORGANISATION)


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the work list: how many, of what, where, and what more to say."""

    number: int
    words: str
    href: str
    more: str = ""
    beyond: bool = False  # there are more than that


def routes(office: Office) -> tuple[Route, ...]:
    """The page."""
    needs = may("organisation.read", by=ORGANISATION)
    desk = _Desk(office)
    return (Route("overview", "", needs, get=desk.show, menu=_("Overview")),)


class _Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def show(self, person: Person) -> Response:
        """The work list."""
        here, at = home(person), person.now
        with self._office.reading() as connection:
            requests = (
                self._counter.lists.inbox(connection, person.actor, at)
                if missing(person, DECIDES) is None
                else ()
            )
            here_only = [one for one in requests if one.filed.request.organisation == here.id]
            ending = store.ending(connection, here.id, at, at + SOON)
            silent = store.number(
                connection, Search(here.id, states=("active",), silent=at - SILENT), at
            )
            left = store.number(connection, Search(here.id, states=("left",)), at)
            waiting = store.number(connection, Search(here.id, states=("pending",)), at)
            people = store.number(connection, Search(here.id, states=("active",)), at)
            administrators = organisations.administrators(connection, here.id, at)
        oldest = max((one.standing.age for one in here_only), default=0)
        age = counted(
            oldest,
            str(_("The oldest has waited 1 working day.")),
            str(_("The oldest has waited {n} working days.")),
        )
        link = shell.link
        jobs = (
            Job(
                len(here_only),
                counted(
                    len(here_only), str(_("request waits for you")), str(_("requests wait for you"))
                ),
                link(person, "org.requests"),
                age if oldest else "",
            ),
            Job(
                ending,
                counted(
                    ending, str(_("role ends within 30 days")), str(_("roles end within 30 days"))
                ),
                link(person, "org.expiring"),
            ),
            Job(
                silent,
                counted(
                    silent,
                    str(_("person has not logged in for 90 days")),
                    str(_("people have not logged in for 90 days")),
                ),
                link(person, "org.people", status="silent"),
                beyond=silent >= store.MOST,
            ),
            Job(
                left,
                counted(left, str(_("person has left")), str(_("people have left"))),
                link(person, "org.people", status="left"),
            ),
            Job(
                waiting,
                counted(
                    waiting, str(_("person has not begun yet")), str(_("people have not begun yet"))
                ),
                link(person, "org.people", status="pending"),
            ),
        )
        return page(
            "portals/org/overview.html",
            person,
            here=here,
            jobs=[job for job in jobs if job.number],
            people=people,
            administrators=administrators,
        )
