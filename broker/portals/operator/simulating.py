"""What a person would get at a service now: simulated, instead of acting as them."""

from dataclasses import dataclass
from uuid import UUID

from flask import Response, request

from broker.errors import NotAllowed, Refused
from broker.portals import shell
from broker.portals.forms import (
    MAX_TEXT,
    Form,
    SelectField,
    Short,
    TextAreaField,
    choice,
)
from broker.portals.office import Office
from broker.portals.operator.desk import SEARCH, Desk
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.portals.simulated import reachable, simulate
from broker.roles.reasons import words
from broker.saml.assurance import Assurance
from broker.web.language import Text as _
from broker.web.language import said, speaking
from broker.web.texts import explain, level


class Simulation(Form):
    """Which service, through which login, how surely, and what the login says."""

    service = SelectField(_("Service"), choices=[])
    idp = SelectField(_("Login"), choices=[])
    level = SelectField(_("Level of assurance"), choices=[])
    claims = TextAreaField(_("What the login says of the person"), validators=[Short(MAX_TEXT)])


@dataclass(frozen=True, slots=True)
class Simulations:
    """The page, over one office."""

    office: Office

    def show(self, person: Person, look: UUID, account: UUID) -> Response:
        """The form; with a service and a login in the address, the answer as well."""
        form = self._form(person, request.args.get("service"))
        for field in ("service", "idp"):
            asked = request.args.get(field)
            if asked in {value for value, *_rest in form[field].iter_choices()}:
                form[field].data = asked
        form.level.data = request.args.get("level") or Assurance.HIGH.word
        ready = {"service", "idp"} <= request.args.keys()
        return self._page(person, look, account, form, answer=ready)

    def answer(self, person: Person, look: UUID, account: UUID) -> Response:
        """The answer to what was sent."""
        form = self._form(person, request.form.get("service"))
        return self._page(person, look, account, form, answer=form.sent())

    def _form(self, person: Person, service: str | None) -> Simulation:
        registry, path = self.office.registry.current(), person.federation.path
        form = Simulation()
        services = sorted(registry.services(path), key=lambda one: one.name.da)
        form.service.choices = [choice(one.code, said(one.name)) for one in services]
        logins = reachable(registry, path, service or (services[0].code if services else None))
        form.idp.choices = [choice(one.code, said(one.name)) for one in logins]
        form.level.choices = [choice(one.word, level(one.word)) for one in reversed(Assurance)]
        return form

    def _page(
        self, person: Person, look: UUID, account: UUID, form: Simulation, *, answer: bool
    ) -> Response:
        desk, found = Desk(self.office), None
        with self.office.writing() as connection:
            opened, whom = desk.saw(connection, person, look, "simulate", account)
            if answer:
                try:
                    found = simulate(
                        self.office,
                        connection,
                        person,
                        whom,
                        str(form.service.data or ""),
                        str(form.idp.data or ""),
                        str(form.level.data or ""),
                        str(form.claims.data or ""),
                    )
                except (Refused, NotAllowed) as error:
                    form.refuse(error, field="claims")
        code = found.refusal if found else None
        crumbs = (
            Crumb(SEARCH, shell.link(person, "operator.desk")),
            Crumb(opened.sought, shell.link(person, "operator.found", look=look)),
            Crumb(
                whom.display_name,
                shell.link(person, "operator.desk_person", look=look, account=account),
            ),
            Crumb(_("What would this person get now?")),
        )
        return shell.page(
            "portals/operator/simulate.html",
            person,
            crumbs=crumbs,
            form=form,
            look=opened,
            whom=whom,
            found=found,
            code=code,
            explanation=explain(code) if code else None,
            telling=found.telling(speaking()) if found else None,
            why=words,
        )


def routes(office: Office) -> tuple[Route, ...]:
    """The page."""
    pages, look = Simulations(office), may("desk.look", by=OPERATORS)
    path = "desk/<uuid:look>/<uuid:account>/simulate"
    return (Route("simulate", path, look, get=pages.show, post=pages.answer),)
