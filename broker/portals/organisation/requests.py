"""Requests to decide: the list, and the answers to one, each on a page of its own."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, request

from broker.db import Connection
from broker.errors import BrokerError, Unknown
from broker.organisations.model import Deed
from broker.portals import shell
from broker.portals.forms import Form, HiddenField, Needed, Short, StringField, TextAreaField
from broker.portals.listing import asked_page, paged
from broker.portals.office import Office
from broker.portals.organisation import asked as about
from broker.portals.organisation import dates, tokens
from broker.portals.organisation.asked import Shown
from broker.portals.organisation.counter import Counter, deed, home, refuse
from broker.portals.organisation.pages import page
from broker.portals.organisation.wording import Wording
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route, Task
from broker.portals.shell import Crumb
from broker.roles.requests.model import Request
from broker.web.language import Text as _

DECIDES = may("request.decide.org_approver", "request.decide.org_chief", by=ORGANISATION)
SIZE = 25
_LONGEST = 1000


class Approve(Form):
    """What an approval gives: until when, how far, and a word to the person."""

    until = StringField(_("Last day"), validators=[Short(20)])
    scopes = HiddenField()  # the narrower delimitation, one word each; empty is as asked
    reason = TextAreaField(_("A word to the person"), validators=[Short(_LONGEST)])


class Reason(Form):
    """Words that the person reads."""

    reason = TextAreaField(_("What the person reads"), validators=[Short(_LONGEST)])


class Refuse(Form):
    """A refusal says why."""

    reason = TextAreaField(
        _("Why not"), validators=[Needed(_("Write why, so that the person knows")), Short(_LONGEST)]
    )


class Ask(Form):
    """A question."""

    reason = TextAreaField(
        _("Your question"), validators=[Needed(_("Write your question")), Short(_LONGEST)]
    )


def routes(office: Office) -> tuple[Route, ...]:
    """The pages of requests."""
    desk = Decisions(office)
    one = "requests/<uuid:asked>"
    return (
        Route("requests", "requests", DECIDES, get=desk.listed, menu=_("Requests")),
        Route("request", one, DECIDES, get=desk.show, post=desk.approve),
        Route("request_refuse", f"{one}/refuse", DECIDES, get=desk.refusing, post=desk.refusing),
        Route("request_ask", f"{one}/ask", DECIDES, get=desk.asking, post=desk.asking),
        Route("request_claim", f"{one}/claim", DECIDES, post=desk.claim),
    )


def tasks(office: Office) -> Callable[[Person], tuple[Task, ...]]:
    """For the front page: how many wait for this person."""
    counter = Counter(office)

    def waiting(person: Person) -> tuple[Task, ...]:
        with office.reading() as connection:
            number = len(counter.lists.inbox(connection, person.actor, person.now))
        if not number:
            return ()
        words = _("One request waits for you.") if number == 1 else _("{n} requests wait for you.")
        return (Task(str(words).format(n=number), shell.link(person, "org.requests")),)

    return waiting


class Decisions:
    """The pages of requests in one organisation."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def listed(self, person: Person) -> Response:
        """What waits for this person: their own first, then what is due first."""
        here = home(person)
        with self._office.reading() as connection:
            found = self._counter.lists.inbox(connection, person.actor, person.now)
            mine = [item for item in found if item.filed.request.organisation == here.id]
            listed = paged(mine, asked_page(request.args.get("page")), SIZE)
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            wording.learn(scope for item in listed.rows for scope in item.filed.request.scopes)
            rows = [
                (item, role, wording.within(role, item.filed.request.scopes))
                for item in listed.rows
                for role in (wording.role(item.filed.request.role),)
            ]
        return page(
            "portals/org/requests.html",
            person,
            crumbs=[Crumb(_("Requests"))],
            listed=listed,
            rows=rows,
            asks=about.ASKS,
        )

    def show(self, person: Person, asked: UUID) -> Response:
        """One request, and the form that approves it."""
        with self._office.reading() as connection:
            shown = about.look(self._counter, connection, person, asked)
            return self._page(connection, person, shown, _filled(shown))

    def approve(self, person: Person, asked: UUID) -> Response:
        """Approve: as it was asked for, or less."""
        with self._office.reading() as connection:
            shown = about.look(self._counter, connection, person, asked)
            form = _filled(shown)
            if meanwhile := _meanwhile(form, shown):
                return self._page(connection, person, shown, form, meanwhile=meanwhile)
        if form.sent():
            try:
                self._approved(person, shown.request, form)
            except Unknown:
                raise
            except BrokerError as error:
                refuse(form, error, "until" if error.code == "org.date" else None)
            else:
                return shell.back(person, "org.request", asked=asked, done="approve")
        with self._office.reading() as connection:
            shown = about.look(self._counter, connection, person, asked)
            return self._page(connection, person, shown, form)

    def _approved(self, person: Person, made: Request, form: Approve) -> None:
        until = dates.ends(form.until.data)
        words = str(form.scopes.data or "").split()
        with self._office.writing() as connection:
            self._counter.requests.approve(
                connection,
                person.actor,
                made.id,
                deed(person, form.reason.data),
                until=None if until == made.period.until else until,
                scopes=tokens.read(words) if words else None,
            )

    def refusing(self, person: Person, asked: UUID) -> Response:
        """Refuse, with the reason that the person reads."""

        def done(connection: Connection, why: Deed) -> object:
            return self._counter.requests.reject(connection, person.actor, asked, why)

        return self._with_words(person, asked, Refuse, "refuse", done)

    def asking(self, person: Person, asked: UUID) -> Response:
        """Ask back; the time to answer stands still meanwhile."""

        def done(connection: Connection, why: Deed) -> object:
            return self._counter.requests.ask(connection, person.actor, asked, why)

        return self._with_words(person, asked, Ask, "ask", done)

    def claim(self, person: Person, asked: UUID) -> Response:
        """Say that one is looking at it, or no longer."""
        with self._office.writing() as connection:
            shown = about.look(self._counter, connection, person, asked)
            act = self._counter.requests.release if shown.claimed else self._counter.requests.claim
            act(connection, person.actor, asked, deed(person))
        return shell.back(person, "org.request", asked=asked)

    def _with_words(
        self,
        person: Person,
        asked: UUID,
        make: type[Form],
        what: str,
        done: Callable[[Connection, Deed], object],
    ) -> Response:
        with self._office.reading() as connection:
            shown = about.look(self._counter, connection, person, asked)
        form = make(version=shown.version)
        meanwhile = _meanwhile(form, shown)
        if not meanwhile and form.sent():
            try:
                with self._office.writing() as connection:
                    done(connection, deed(person, form["reason"].data))
            except Unknown:
                raise
            except BrokerError as error:
                refuse(form, error)
            else:
                return shell.back(person, "org.request", asked=asked, done=what)
        crumbs = [
            Crumb(_("Requests"), shell.link(person, "org.requests")),
            Crumb(shown.request.number, shell.link(person, "org.request", asked=asked)),
            Crumb(_("Refuse") if what == "refuse" else _("Ask back")),
        ]
        return page(
            "portals/org/request_words.html",
            person,
            crumbs=crumbs,
            shown=shown,
            form=form,
            what=what,
            meanwhile=meanwhile,
            status=409 if meanwhile else 200,
        )

    def _page(
        self,
        connection: Connection,
        person: Person,
        shown: Shown,
        form: Approve,
        *,
        meanwhile: bool = False,
    ) -> Response:
        wording = Wording(connection, self._counter.catalogue(connection), person.now)
        words = str(form.scopes.data or "").split()
        narrower = wording.within(shown.role, tokens.read(words)) if words else ""
        crumbs = [
            Crumb(_("Requests"), shell.link(person, "org.requests")),
            Crumb(shown.request.number),
        ]
        done = request.args.get("done", "")
        return page(
            "portals/org/request.html",
            person,
            409 if meanwhile else 200,
            crumbs=crumbs,
            notice=_DONE.get(done),
            shown=shown,
            form=form,
            narrower=narrower,
            chosen=words,
            meanwhile=meanwhile,
            ends=about.grant_before(connection, shown.request),
        )


_DONE = {
    "approve": _("Your approval is recorded. Below you see what came of it."),
    "refuse": _("You have refused the request. The person can read your reason."),
    "ask": _("Your question is sent. The time to answer stands still until the person replies."),
    "forward": _("The request is sent on."),
}


def _filled(shown: Shown) -> Approve:
    """The form, with what was asked for and what was chosen in the picker."""
    made = shown.request
    chosen = tokens.written(tokens.read(request.args.getlist("scope")))
    until = request.args.get("until", dates.last_day(made.period.until))
    return Approve(version=shown.version, until=until, scopes=" ".join(chosen))


def _meanwhile(form: Form, shown: Shown) -> bool:
    """Whether somebody else did something to it since the page was made."""
    if request.method != "POST" or form.version.data == shown.version:
        return False
    form.version.data = shown.version
    return True
