"""Role packages: lists of roles that are often given together, and giving one of them."""

from uuid import UUID

from flask import Response, request

from broker.errors import BrokerError, Refused, Unknown
from broker.portals import shell
from broker.portals.forms import (
    Form,
    HiddenField,
    Needed,
    RadioField,
    Short,
    StringField,
    TextAreaField,
    choice,
)
from broker.portals.office import Office
from broker.portals.organisation import dates
from broker.portals.organisation.counter import Counter, bundle_of, colleague, deed, home, refuse
from broker.portals.organisation.entitled import offered
from broker.portals.organisation.giving import GIVES, Preview, look
from broker.portals.organisation.holders import demand, holder_of
from broker.portals.organisation.pages import page
from broker.portals.organisation.people import READS
from broker.portals.organisation.person import at, crumbs
from broker.portals.organisation.wording import Wording
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.roles.grants import store as grant_store
from broker.roles.grants.bundles import Handing
from broker.roles.grants.model import Wanted
from broker.web.language import Text as _

MAKES = may("bundle.change", by=ORGANISATION)
_WHY = Needed(_("Write why"))


class Package(Form):
    """Why the roles of a package change."""

    reason = TextAreaField(_("Why"), validators=[_WHY, Short(500)])


class NewPackage(Package):
    """A name too."""

    name = StringField(_("Name"), validators=[Needed(_("Write a name")), Short(120)])


class Hand(Form):
    """Which package, until when and why."""

    bundle = RadioField(_("Role package"), validators=[Needed(_("Choose a role package"))])
    until = StringField(_("Last day"), validators=[Short(20)])
    reason = TextAreaField(_("Why"), validators=[_WHY, Short(500)])
    case_no = StringField(_("Case number"), validators=[Short(64)])
    step = HiddenField()


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    desk, hand = _Desk(office), "people/<uuid:account>/package"
    return (
        Route("bundles", "packages", READS, get=desk.listed, menu=_("Role packages")),
        Route("bundle_new", "packages/new", MAKES, get=desk.make, post=desk.make),
        Route("bundle", "packages/<uuid:bundle>", MAKES, get=desk.change, post=desk.change),
        Route("hand", hand, GIVES, get=desk.hand, post=desk.hand),
    )


class _Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._counter = Counter(office)

    def listed(self, person: Person) -> Response:
        """Every package with its roles."""
        here = home(person)
        with self._office.reading() as connection:
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            rows = [
                (one, sorted(map(wording.role, one.roles), key=lambda role: role.name.casefold()))
                for one in grant_store.bundles_of(connection, here.id)
            ]
        return page(
            "portals/org/bundles.html",
            person,
            crumbs=[Crumb(_("Role packages"))],
            rows=rows,
            may_make=person.may("bundle.change", person.thing(organisation=here.id)),
        )

    def make(self, person: Person) -> Response:
        """A new package."""
        form, here = NewPackage(), home(person)
        if form.sent():
            try:
                with self._office.writing() as connection:
                    self._counter.bundles.make(
                        connection,
                        person.actor,
                        here.id,
                        str(form["name"].data),
                        _ticked(),
                        deed(person, form.reason.data),
                    )
            except BrokerError as error:
                refuse(form, error, "name" if error.code == "bundle.name" else None)
            else:
                return shell.back(person, "org.bundles")
        return self._page(person, form, None, set(request.form.getlist("roles")))

    def change(self, person: Person, bundle: UUID) -> Response:
        """Other roles; what somebody else made of it meanwhile is shown."""
        with self._office.reading() as connection:
            known = bundle_of(connection, person, bundle)
        now_is = " ".join(sorted(map(str, known.roles)))
        form = Package(version=now_is)
        stale = request.method == "POST" and form.version.data != now_is
        form.version.data = now_is
        if not stale and form.sent():
            try:
                with self._office.writing() as connection:
                    why = deed(person, form.reason.data)
                    self._counter.bundles.change(connection, person.actor, bundle, _ticked(), why)
            except Unknown:
                raise
            except BrokerError as error:
                refuse(form, error)
            else:
                return shell.back(person, "org.bundles")
        ticked = (
            set(request.form.getlist("roles"))
            if request.method == "POST"
            else set(map(str, known.roles))
        )
        return self._page(person, form, bundle, ticked, stale=stale)

    def _page(
        self,
        person: Person,
        form: Form,
        bundle: UUID | None,
        ticked: set[str],
        *,
        stale: bool = False,
    ) -> Response:
        with self._office.reading() as connection:
            wording = Wording(connection, self._counter.catalogue(connection), person.now)
            offers = offered(connection, person, wording)
            known = bundle_of(connection, person, bundle) if bundle else None
            changes = []
            if known is not None and stale:
                theirs = ", ".join(sorted(wording.role(role).name for role in known.roles))
                yours = ", ".join(one.named.name for one in offers if str(one.id) in ticked)
                changes = [{"label": _("Roles"), "now": theirs, "typed": yours}]
        listed = Crumb(_("Role packages"), shell.link(person, "org.bundles"))
        return page(
            "portals/org/bundle.html",
            person,
            409 if stale else 200,
            crumbs=[listed, Crumb(known.name if known else _("Make a role package"))],
            form=form,
            bundle=known,
            offers=offers,
            ticked=ticked,
            changes=changes,
        )

    def hand(self, person: Person, account: UUID) -> Response:
        """Give somebody a package: what each role comes to, then all of it or nothing."""
        with self._office.reading() as connection:
            one = colleague(connection, person, account)
            demand(connection, person, holder_of(connection, person, account, None), "grant.give")
            known = grant_store.bundles_of(connection, one.organisation)
            form, previews = Hand(step="look"), None
            form.bundle.choices = [choice(str(each.id), each.name) for each in known]
            wanted: tuple[Wanted, ...] = ()
            if form.sent():
                try:
                    handing = Handing(account=account, until=dates.ends(form.until.data))
                    chosen = UUID(str(form.bundle.data))
                    wanted = self._counter.bundles.wanted(connection, chosen, handing, person.now)
                    wording = Wording(connection, self._counter.catalogue(connection), person.now)
                    previews = [
                        look(self._counter, connection, person, wording, one.display_name, each)
                        for each in wanted
                    ]
                except BrokerError as error:
                    refuse(form, error, "until" if error.code == "org.date" else None)
        if previews is not None and form.step.data == "give" and not _stuck(previews):
            try:
                with self._office.writing() as connection:
                    why = deed(person, form.reason.data, form.case_no.data)
                    self._counter.four_eyes.give_all(connection, person.actor, wanted, why)
            except BrokerError as error:
                refuse(form, error)
                previews = None
            else:
                return shell.back(person, "org.person", account=account, done="several")
        return page(
            "portals/org/hand.html" if previews is None else "portals/org/hand_look.html",
            person,
            crumbs=crumbs(person, one, _("Give a role package")),
            one=one,
            one_id=one.id,
            form=form,
            previews=previews,
            stuck=_stuck(previews or []),
            home=at(person, one),
        )


def _stuck(previews: list[Preview]) -> bool:
    return any(one.objections for one in previews)


def _ticked() -> list[UUID]:
    """The roles that were ticked. Raises Refused("org.nothing") for what are no roles."""
    try:
        return [UUID(value) for value in request.form.getlist("roles")]
    except ValueError as error:
        raise Refused("org.nothing", "no role") from error
