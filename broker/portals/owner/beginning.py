"""The services of a person, a new one, and the page of one of them."""

from flask import Response, request

from broker.errors import Refused
from broker.portals import shell
from broker.portals.forms import Field, Form, Needed, Short, StopValidation, StringField
from broker.portals.owner.bench import CHANGE, READ, Bench, crumbs
from broker.portals.permissions import ORGANISATION, may
from broker.portals.person import Person
from broker.portals.routes import Route, View
from broker.portals.shell import Crumb
from broker.registrations.carrying import NotFit
from broker.registrations.checklist import checklist
from broker.registrations.service import MAX_CODE, is_short_name
from broker.registrations.verdicts import verdict_of
from broker.trials.model import CODE
from broker.web.language import Text
from broker.web.language import Text as _

READERS = may(READ)
CHANGERS = may(CHANGE)
NOTICES: dict[str, Text] = {
    "begun": _("The service is begun. Go through the steps below; nobody can log in yet."),
    "saved": _("Saved. It is not in operation yet."),
    "tested": _("It is in operation in test now."),
    "asked": _("You have asked for it. You can see here when it is decided."),
    "approved": _("Approved. Whoever asked can see it on the service’s page."),
    "rejected": _("Rejected. Whoever asked can see your reason on the service’s page."),
    "withdrawn": _("Taken back. Nothing is asked for any more."),
}


def notice() -> Text | None:
    """What was just done, as the address of the page says it."""
    return NOTICES.get(request.args.get("done", ""))


class Begin(Form):
    """A new service: what it is called."""

    name_da = StringField(
        _("Name in Danish"), validators=[Needed(_("Write the name in Danish")), Short()]
    )
    name_en = StringField(
        _("Name in English"), validators=[Needed(_("Write the name in English")), Short()]
    )
    code = StringField(
        _("Short name"), validators=[Needed(_("Write a short name")), Short(MAX_CODE)]
    )

    def validate_code(self, field: Field) -> None:
        """Said together with what is wrong with the names."""
        if not is_short_name(_text(field.data).lower()):
            raise StopValidation(_("Use small letters a–z, digits and hyphens"))


def overview(bench: Bench) -> View:
    """The services that a person looks after, each with where it stands."""

    def page(person: Person) -> Response:
        looked_after = [c for c in person.services if person.may(READ, person.thing(service=c))]
        opened = [bench.open(person, code) for code in looked_after]
        mays = person.kinds & may("service.register").kinds
        return shell.page(
            "portals/service/overview.html", person, services=opened, may_begin=bool(mays)
        )

    return page


def routes(bench: Bench) -> tuple[Route, ...]:
    """Beginning a service, and its own page."""

    def begin(person: Person) -> Response:
        form = Begin()
        if form.sent():
            name = {"da": _text(form.name_da.data), "en": _text(form.name_en.data)}
            code = _text(form.code.data).lower()
            try:
                deed = bench.deed(person, f"begin {code}")
                bench.registrations.begin(person.actor, bench.where(person), code, name, deed)
            except Refused as error:
                form.refuse(error, field="code")
            else:
                return shell.back(person, "service.one", code=code, done="begun")
        return shell.page(
            "portals/service/begin.html", person, crumbs=[Crumb(_("A new service"))], form=form
        )

    def one(person: Person, code: str) -> Response:
        opened = bench.open(person, code)
        examined = bench.examined(person, opened)
        items = checklist(opened.content, examined, tested=bench.tested_well(opened))
        return shell.page(
            "portals/service/one.html",
            person,
            crumbs=crumbs(person, opened),
            notice=notice(),
            opened=opened,
            items=items,
            may_change=person.may(CHANGE, person.thing(service=code)),
        )

    def put_into_test(person: Person, code: str) -> Response:
        opened = bench.open(person, code, CHANGE)
        always = (CODE,) if bench.has_test_login(opened) else ()
        try:
            bench.registrations.put_into_test(
                person.actor,
                opened.where,
                code,
                bench.deed(person, "put into operation in test"),
                always=always,
            )
        except NotFit as error:
            return shell.page(
                "portals/service/notfit.html",
                person,
                409,
                crumbs=crumbs(person, opened, _("Test")),
                opened=opened,
                verdicts=[verdict_of(finding) for finding in error.findings],
            )
        return shell.back(person, "service.one", code=code, done="tested")

    registering = may("service.register", by=("service_owner", *ORGANISATION[:2]))
    return (
        Route("begin", "new", registering, get=begin, post=begin),
        Route("one", "<code>/", READERS, get=one),
        Route("put", "<code>/test", CHANGERS, get=one, post=put_into_test),
    )


def _text(value: object) -> str:
    return " ".join(str(value or "").split())
