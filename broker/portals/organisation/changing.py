"""Changing what somebody has: its last day, a narrower delimitation, or taking it back."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, request

from broker.db import Connection
from broker.errors import BrokerError, Refused, Unknown
from broker.organisations.model import Deed
from broker.portals import shell
from broker.portals.forms import Form, HiddenField, Needed, Short, StringField, TextAreaField
from broker.portals.office import Office
from broker.portals.organisation import dates, tokens
from broker.portals.organisation.counter import Counter, about, colleague, deed, grant_of, refuse
from broker.portals.organisation.entitled import offered
from broker.portals.organisation.giving import GIVES
from broker.portals.organisation.held import Held, one, version_of
from broker.portals.organisation.holders import Holder, holder_of
from broker.portals.organisation.pages import page
from broker.portals.organisation.picking import Picker, narrowed, reach_of
from broker.portals.organisation.wording import Wording
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.roles.grants.examining import is_read_whole
from broker.roles.grants.model import Grant
from broker.roles.requests.model import Request
from broker.web.language import Text
from broker.web.language import Text as _

REVOKES = may("grant.revoke", by=ORGANISATION)
_WHY = Needed(_("Write why"))


class Why(Form):
    """Why, and under which case."""

    reason = TextAreaField(_("Why"), validators=[_WHY, Short(500)])
    case_no = StringField(_("Case number"), validators=[Short(64)])


class End(Why):
    """Another last day."""

    until = StringField(_("Last day"), validators=[Needed(_("Write the last day")), Short(20)])


class Narrow(Why):
    """Narrower delimitations, one word each."""

    scopes = HiddenField()


Do = Callable[[Connection, Grant, Why, Deed], object]


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    desk = _Desk(office)
    where = "grants/<uuid:grant>"
    return (
        Route("grant_end", f"{where}/end", GIVES, get=desk.end, post=desk.end),
        Route("grant_narrow", f"{where}/narrow", GIVES, get=desk.pick),
        Route("grant_narrowed", f"{where}/narrow/why", GIVES, get=desk.narrow, post=desk.narrow),
        Route("grant_revoke", f"{where}/revoke", REVOKES, get=desk.revoke, post=desk.revoke),
    )


class _Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def end(self, person: Person, grant: UUID) -> Response:
        """Let it end later, or sooner."""

        def do(connection: Connection, known: Grant, form: Why, why: Deed) -> object:
            until = dates.ends(form["until"].data)
            if until is None:
                raise Refused("org.date", "no day")
            if until > known.period.until:
                eyes = self._counter.four_eyes
                return eyes.extend(connection, person.actor, grant, until, why)
            return self._counter.grants.shorten(connection, person.actor, grant, until, why)

        return self._form(person, grant, End, do, "ended", "portals/org/grant_end.html")

    def revoke(self, person: Person, grant: UUID) -> Response:
        """Take it back from now on."""

        def do(connection: Connection, known: Grant, form: Why, why: Deed) -> object:
            del known, form
            return self._counter.grants.revoke(connection, person.actor, grant, why)

        return self._form(person, grant, Why, do, "revoked", "portals/org/grant_revoke.html")

    def narrow(self, person: Person, grant: UUID) -> Response:
        """Delimit it as was chosen in the tree, and why."""

        def do(connection: Connection, known: Grant, form: Why, why: Deed) -> object:
            del known
            scopes = tokens.read(str(form["scopes"].data or "").split())
            return self._counter.grants.narrow(connection, person.actor, grant, scopes, why)

        return self._form(person, grant, Narrow, do, "narrowed", "portals/org/grant_narrowed.html")

    def pick(self, person: Person, grant: UUID) -> Response:
        """The tree, no wider than it is."""
        with self._office.reading() as connection:
            known = grant_of(connection, person, grant)
            holder = self._holder(connection, person, known)
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            held = one(connection, wording, known)
            role, version = held.role.role, held.role.version
            if role is None or version is None:
                raise Unknown("role.unknown", "gone")
            offers = offered(connection, person, wording)
            ceiling = next((offer.ceiling for offer in offers if offer.id == role.id), ())
            reach = narrowed(reach_of(ceiling, version, wording), known.scopes)
            whole = is_read_whole(wording.catalogue, role, person.now)
            picked = Picker(
                connection, version, wording, reach, person.now, known.scopes, whole=whole
            ).look()
        return page(
            "portals/org/grant_narrow.html",
            person,
            crumbs=holder.crumbs(person, _("Narrow")),
            holder=holder,
            held=held,
            picked=picked,
            home=holder.home(person),
        )

    def _holder(self, connection: Connection, person: Person, known: Grant) -> Holder:
        """Who has it, which must not be the person. Raises NotAllowed."""
        holder = holder_of(connection, person, known.account, known.group)
        if known.account is not None:
            thing = about(connection, person, colleague(connection, person, known.account))
            if not person.may("grant.revoke", thing):
                person.demand("grant.change", thing)
        return holder

    def _form(
        self,
        person: Person,
        grant: UUID,
        make: type[Why],
        do: Do,
        done: str,
        template: str,
    ) -> Response:
        with self._office.reading() as connection:
            known = grant_of(connection, person, grant)
            holder = self._holder(connection, person, known)
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            held = one(connection, wording, known)
            form = _filled(make, known)
            now_is = version_of(known)
            stale = request.method == "POST" and form.version.data != now_is
            form.version.data = now_is
            within = held.within
            if isinstance(form, Narrow):
                words = tokens.read(str(form.scopes.data or "").split())
                within = wording.within(held.role, words)
        if not stale and form.sent():
            try:
                with self._office.writing() as connection:
                    why = deed(person, form.reason.data, form.case_no.data)
                    result = do(connection, known, form, why)
            except Unknown:
                raise
            except BrokerError as error:
                field = "until" if error.code == "org.date" and "until" in form else None
                refuse(form, error, field)
            else:
                what = "asked" if isinstance(result, Request) else done
                if known.account is not None:
                    return shell.back(person, "org.person", account=known.account, done=what)
                return shell.back(person, "org.group", group=known.group, done=what)
        return page(
            template,
            person,
            409 if stale else 200,
            crumbs=holder.crumbs(person, TITLES[done]),
            holder=holder,
            held=held,
            form=form,
            within=within,
            stale=stale,
            asks=self._asks(person, held),
            home=holder.home(person),
        )

    def _asks(self, person: Person, held: Held) -> bool:
        with self._office.reading() as connection:
            return self._counter.four_eyes.asks(connection, held.grant.role, person.now)


TITLES: dict[str, Text] = {
    "ended": _("Change the last day"),
    "narrowed": _("Narrow"),
    "revoked": _("Take back"),
}


def _filled(make: type[Why], known: Grant) -> Why:
    form = make(version=version_of(known), until=dates.last_day(known.period.until))
    if isinstance(form, Narrow) and request.method == "GET":
        form.scopes.data = " ".join(tokens.written(tokens.read(request.args.getlist("scope"))))
    return form
