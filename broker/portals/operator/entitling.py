"""What organisations may hand out: given, limited and withdrawn, with dates and reasons.

Who would lose what is shown before anything is done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask import Response, request

from broker.cases.wanting import offered
from broker.db import Connection
from broker.errors import BrokerError, Unknown
from broker.organisations import store as organisations
from broker.organisations.model import Organisation
from broker.organisations.service import OrganisationService
from broker.periods import FOREVER
from broker.portals import shell
from broker.portals.casework.forms import refuse
from broker.portals.casework.making import deed, entitlements
from broker.portals.casework.showing import service_names
from broker.portals.forms import (
    Form,
    choice,
)
from broker.portals.listing import Listed, asked_page, paged
from broker.portals.office import Office
from broker.portals.operator.rightforms import Give, Limit, Withdraw, after, days
from broker.portals.operator.rights import Row, named, read_ceiling, rows, write_ceiling
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.roles.grants import store
from broker.roles.grants.facts import Ceiling
from broker.roles.grants.losing import Loss
from broker.roles.grants.model import EntitlementRecord
from broker.web.language import Text as _
from broker.web.language import said
from broker.web.render import go_to


@dataclass(frozen=True, slots=True)
class Entitling:
    """The editor."""

    office: Office

    def by_service(self, person: Person) -> Response:
        """Which organisations may hand out the roles of a service."""
        services = service_names(self.office, person.federation.path, person.now)
        asked = request.args.get("service", "")
        number = asked_page(request.args.get("page"))
        listed: Listed[Row] = paged((), number)
        if asked in services:
            listed = self._of_service(person, asked, number)
        return shell.page(
            "portals/operator/entitlements.html",
            person,
            services=sorted(services.items(), key=lambda pair: pair[1].casefold()),
            asked=asked,
            listed=listed,
        )

    def give(self, person: Person, organisation: UUID) -> Response:
        """Let an organisation hand out one more role."""
        home = OrganisationService(self.office.desk).read(person.actor, organisation, person.now)
        form = Give()
        form.role.choices = self._choices(person)
        if form.sent():
            when = days(form, "since", "until")
            if when is not None:
                limits = read_ceiling(str(form.ceiling.data or ""))
                why = deed(person, str(form.reason.data))

                def act(connection: Connection) -> object:
                    return entitlements(self.office).entitle(
                        connection, person.actor, home.id, UUID(str(form.role.data)), limits, why,
                        since=after(when["since"], person.now), until=when["until"] or FOREVER,
                    )  # fmt: skip

                if self._done(form, act):
                    return self._back(person, home)
        return shell.page(
            "portals/operator/entitle.html",
            person,
            crumbs=self._crumbs(person, home, _("Give a right to hand out")),
            form=form,
            home=home,
            what="give",
            row=None,
            losses=None,
        )

    def limit(self, person: Person, entitlement: UUID) -> Response:
        """Another ceiling; first who would lose what, then done."""
        known, home = self._known(person, entitlement)
        form = Limit()
        if request.method == "GET":
            form.ceiling.data = "\n".join(write_ceiling(known.ceiling))
        losses: tuple[Loss, ...] | None = None
        if form.sent():
            when = days(form, "since")
            limits = read_ceiling(str(form.ceiling.data or ""))
            if when is not None:
                begins = after(when["since"], person.now)
                why = deed(person, str(form.reason.data))

                def act(connection: Connection) -> object:
                    return entitlements(self.office).limit(
                        connection, person.actor, known.id, limits, why, since=begins
                    )

                losses = self._losses(known, limits, begins or person.now)
                if self._confirmed(losses) and self._done(form, act):
                    return self._back(person, home)
        return self._change(person, known, home, form, "limit", losses)

    def withdraw(self, person: Person, entitlement: UUID) -> Response:
        """Not any more; first who would lose what, then done."""
        known, home = self._known(person, entitlement)
        form = Withdraw()
        losses: tuple[Loss, ...] | None = None
        if form.sent():
            when = days(form, "until")
            if when is not None:
                why, ends = deed(person, str(form.reason.data)), when["until"]

                def act(connection: Connection) -> object:
                    return entitlements(self.office).withdraw(
                        connection, person.actor, known.id, why, at=ends
                    )

                losses = self._losses(known, None, ends or person.now)
                if self._confirmed(losses) and self._done(form, act):
                    return self._back(person, home)
        return self._change(person, known, home, form, "withdraw", losses)

    def _confirmed(self, losses: Sequence[Loss]) -> bool:
        """Whether nobody loses anything, or it was seen who does."""
        return not losses or request.form.get("seen") == str(len(losses))

    def _done(self, form: Form, act: Callable[[Connection], object]) -> bool:
        try:
            with self.office.writing() as connection:
                act(connection)
        except BrokerError as error:
            refuse(form, error, "ceiling" if "ceiling" in form else "until")
            return False
        return True

    def _losses(
        self, known: EntitlementRecord, ceiling: Sequence[Ceiling] | None, at: datetime
    ) -> tuple[Loss, ...]:
        with self.office.reading() as connection:
            return entitlements(self.office).preview(connection, known, ceiling, at)

    def _known(self, person: Person, entitlement: UUID) -> tuple[EntitlementRecord, Organisation]:
        with self.office.reading() as connection:
            known = store.entitlement(connection, entitlement)
        if known is None:
            raise Unknown("entitlement.unknown", "no such entitlement")
        service = OrganisationService(self.office.desk)
        return known, service.read(person.actor, known.organisation, person.now)

    def _change(
        self,
        person: Person,
        known: EntitlementRecord,
        home: Organisation,
        form: Form,
        what: str,
        losses: tuple[Loss, ...] | None,
    ) -> Response:
        name = _("Another limit") if what == "limit" else _("Withdraw the right")
        people = len({loss.account for loss in losses}) if losses else 0
        return shell.page(
            "portals/operator/entitle.html",
            person,
            crumbs=self._crumbs(person, home, name),
            form=form,
            home=home,
            what=what,
            row=rows(self.office, person, [known])[0],
            losses=losses,
            people=people,
        )

    def _choices(self, person: Person) -> list[object]:
        services = service_names(self.office, person.federation.path, person.now)
        found = [choice("", _("Choose a role"))]
        for role in offered(self.office.catalogue.current(), person.federation.path, person.now):
            version = role.at(person.now)
            if version is not None:
                service = services.get(role.service or "", str(_("National role")))
                found.append(choice(str(role.id), f"{service}: {said(version.name)}"))
        return found

    def _of_service(self, person: Person, service: str, number: int) -> Listed[Row]:
        """A page, by name; limits are read for those who stand on it alone."""
        catalogue = self.office.catalogue.current()
        ids = [role.id for role in catalogue.roles_of(person.federation.path, service)]
        with self.office.reading() as connection:
            known = store.entitlements_to(connection, ids, person.now)
            homes = {
                one.id: one
                for one in organisations.organisations(
                    connection, person.federation.path, person.now
                )
            }
            found = rows(self.office, person, [one for one in known if one.organisation in homes])
            listed = paged(named(found, homes), number)
            full = store.limited(connection, [row.record for row in listed.rows])
        shown = [
            replace(row, record=one, limits=tuple(write_ceiling(one.ceiling)))
            for row, one in zip(listed.rows, full, strict=True)
        ]
        return replace(listed, rows=shown)

    def _crumbs(self, person: Person, home: Organisation, page: _) -> tuple[Crumb, ...]:
        own = shell.link(person, "operator.organisation", organisation=home.id)
        return (
            Crumb(_("Organisations"), shell.link(person, "operator.organisations")),
            Crumb(home.name, own),
            Crumb(page),
        )

    @staticmethod
    def _back(person: Person, home: Organisation) -> Response:
        own = shell.link(person, "operator.organisation", organisation=home.id)
        return go_to(f"{own}#roles")


def routes(office: Office) -> tuple[Route, ...]:
    """The pages of the editor."""
    pages = Entitling(office)
    change = may("entitlement.change", by=OPERATORS)
    return (
        Route(
            "entitlements",
            "entitlements",
            may("organisation.read", by=OPERATORS),
            get=pages.by_service,
            menu=_("Rights to hand out"),
        ),
        Route(
            "entitle",
            "organisations/<uuid:organisation>/entitlements/new",
            change,
            get=pages.give,
            post=pages.give,
        ),
        Route(
            "limit",
            "entitlements/<uuid:entitlement>/limit",
            change,
            get=pages.limit,
            post=pages.limit,
        ),
        Route(
            "withdraw",
            "entitlements/<uuid:entitlement>/withdraw",
            change,
            get=pages.withdraw,
            post=pages.withdraw,
        ),
    )
