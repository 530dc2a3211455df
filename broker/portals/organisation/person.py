"""One person: who they are, everything they have, and what may be done about it."""

from uuid import UUID

from flask import Response, request

from broker.organisations import store as organisations
from broker.organisations.model import Account
from broker.portals import shell
from broker.portals.office import Office
from broker.portals.organisation import held as having
from broker.portals.organisation import store
from broker.portals.organisation.counter import Counter, about, colleague
from broker.portals.organisation.pages import page
from broker.portals.organisation.people import READS, STATES
from broker.portals.organisation.wording import Wording
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.web.language import Text
from broker.web.language import Text as _

DONE: dict[str, Text] = {
    "given": _("The role is given. It counts from the next login."),
    "asked": _("The request is sent. Somebody else answers it before the role counts."),
    "several": _("Everything that you ticked is done."),
    "ended": _("The last day is changed."),
    "narrowed": _("The role is narrowed. It counts from the next login."),
    "revoked": _("The role is taken back. It counts no more from the next login."),
    "changed": _("Name and mail address are saved."),
    "moved": _("The person is moved to the other unit."),
    "left": _("The person has left. Nothing of theirs counts any more."),
    "leaving": _("The last day is noted. Nothing of theirs counts after it."),
    "undone": _("The person is back, with everything they had."),
    "merged": _("The two are one now."),
}


def routes(office: Office) -> tuple[Route, ...]:
    """The page."""
    desk = _Desk(office)
    return (Route("person", "people/<uuid:account>", READS, get=desk.show),)


def crumbs(person: Person, one: Account, last: Text | None = None) -> list[Crumb]:
    """The way to a page of somebody."""
    listed = Crumb(_("People"), shell.link(person, "org.people"))
    if last is None:
        return [listed, Crumb(one.display_name)]
    return [listed, Crumb(one.display_name, at(person, one)), Crumb(last)]


def at(person: Person, one: Account) -> str:
    """The address of somebody's page."""
    return shell.link(person, "org.person", account=one.id)


class _Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def show(self, person: Person, account: UUID) -> Response:
        """Everything of one person."""
        with self._office.reading() as connection:
            one = colleague(connection, person, account)
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            listed = having.of_person(connection, wording, one)
            inside = organisations.groups_of(connection, (account,), person.now)
            groups = organisations.these_groups(connection, inside)
            seen = store.last_login(connection, account)
            unit = wording.unit(one.home_code)
            thing = about(connection, person, one)
            identities = organisations.identities(connection, account)
        return page(
            "portals/org/person.html",
            person,
            crumbs=crumbs(person, one),
            notice=DONE.get(request.args.get("done", "")),
            one=one,
            unit=unit,
            seen=seen,
            held=listed,
            groups=groups,
            identities=identities,
            states=STATES,
            oneself=person.actor.is_any_of(one.id),
            may={
                "give": person.may("grant.give", thing),
                "revoke": person.may("grant.revoke", thing),
                "change": person.may("person.change", thing),
                "leave": person.may("person.leave", thing),
                "merge": person.may("person.merge", thing),
                "add": person.may("person.add", thing),
                "group": person.may("group.member", thing),
            },
        )
