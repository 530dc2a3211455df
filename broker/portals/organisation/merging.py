"""Two entries of one person made into one."""

from uuid import UUID

from flask import Response, request

from broker.errors import BrokerError, Unknown
from broker.organisations.model import Account, AccountState
from broker.portals import shell
from broker.portals.forms import Form, Needed, RadioField, Short, TextAreaField, choice
from broker.portals.office import Office
from broker.portals.organisation import held as having
from broker.portals.organisation.counter import Counter, colleague, deed, refuse
from broker.portals.organisation.finding import others
from broker.portals.organisation.pages import page
from broker.portals.organisation.people import STATES
from broker.portals.organisation.person import at, crumbs
from broker.portals.organisation.wording import Wording
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.web.language import Text as _

MERGES = may("person.merge", by=ORGANISATION)
_HERE: tuple[AccountState, ...] = ("active", "pending", "suspended")


class Merge(Form):
    """Which of the two stays, and how one knows that they are one person."""

    keep = RadioField(_("Which one stays?"), validators=[Needed(_("Choose the one that stays"))])
    reason = TextAreaField(
        _("How do you know that they are one person?"),
        validators=[Needed(_("Write how you know")), Short(500)],
    )


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    desk, where = _Desk(office), "people/<uuid:account>/merge"
    both = f"{where}/<uuid:other>"
    return (
        Route("merge", where, MERGES, get=desk.find),
        Route("merge_two", both, MERGES, get=desk.merge, post=desk.merge),
    )


class _Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def find(self, person: Person, account: UUID) -> Response:
        """With whom: to begin with, whoever has the same name."""
        with self._office.reading() as connection:
            one = colleague(connection, person, account)
            text = request.args.get("q", one.display_name).strip()[:100]
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            found = others(connection, person, wording, text, (account,), states=_HERE)
        return page(
            "portals/org/merge.html",
            person,
            crumbs=crumbs(person, one, _("Merge")),
            one=one,
            others=found,
            q=text,
            states=STATES,
            home=at(person, one),
        )

    def merge(self, person: Person, account: UUID, other: UUID) -> Response:
        """Both side by side, and which one stays."""
        with self._office.reading() as connection:
            one = colleague(connection, person, account)
            two = colleague(connection, person, other)
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            both = [
                (each, wording.unit(each.home_code), having.of_person(connection, wording, each))
                for each in (one, two)
            ]
        form = Merge(keep=str(account))
        form.keep.choices = [choice(str(each.id), _called(each)) for each in (one, two)]
        if form.sent():
            kept = account if form.keep.data == str(account) else other
            gone = other if kept == account else account
            try:
                why = deed(person, form.reason.data)
                self._counter.people.merge(person.actor, kept, gone, why)
            except Unknown:
                raise
            except BrokerError as error:
                refuse(form, error)
            else:
                return shell.back(person, "org.person", account=kept, done="merged")
        return page(
            "portals/org/merge_two.html",
            person,
            crumbs=crumbs(person, one, _("Merge")),
            one=one,
            both=both,
            form=form,
            states=STATES,
            home=at(person, one),
        )


def _called(one: Account) -> str:
    return f"{one.display_name} ({one.email})" if one.email else one.display_name
