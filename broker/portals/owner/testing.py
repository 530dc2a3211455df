"""Test logins: choose who comes and what is wrong, log in at one's service, see what was sent."""

from collections.abc import Mapping
from uuid import UUID

from flask import Response, request

from broker.audit.masking import MASK, cleaned
from broker.errors import Refused
from broker.metadata.trust import default_start_url
from broker.portals import shell
from broker.portals.forms import (
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    Short,
    StringField,
    choice,
)
from broker.portals.owner.attributes import OFFERED
from broker.portals.owner.bench import CHANGE, Bench, Opened, crumbs, kind_names
from broker.portals.owner.reading import explained
from broker.portals.permissions import may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.registrations.comparing import fingerprint
from broker.registrations.model import Content
from broker.registrations.preview import SAMPLES
from broker.saml.entities import Localised
from broker.saml.entity_descriptor import read_entity
from broker.saml.privileges_written import is_writable
from broker.trials import store
from broker.trials.faults import BY_CODE, FAULTS
from broker.trials.model import LIFE, Choices, Trial
from broker.trials.people import BY_KEY, PEOPLE
from broker.trials.service import PREFIX
from broker.web.language import Text as _
from broker.web.language import said

# What says who somebody is stays that of the made-up people: nobody logs in as anybody real.
_WHO = ("cvr", "org_name", "full_name", "email", "professional_uuid", "rid", "cpr_uuid")
EXTRA = tuple(one for one in OFFERED if one[0] not in (*_WHO, "cpr_number"))
CHANGERS = may(CHANGE, by=("service_owner", "service_tech"))


class Login(Form):
    """What the next login at the test service shall be."""

    person = RadioField(_("Who logs in?"), choices=[])
    assurance = RadioField(
        _("How surely are they known?"),
        choices=[
            choice("Substantial", _("Substantial")),
            choice("High", _("High")),
            choice("Low", _("Low")),
        ],
        default="Substantial",
    )
    roles = SelectMultipleField(_("With which roles?"), choices=[])
    extra = StringField(_("A further attribute: which"), validators=[Short(40)])
    value = StringField(_("A further attribute: its value"), validators=[Short(200)])
    fault = SelectField(
        _("What shall be wrong?"), choices=[choice(one.code, one.name) for one in FAULTS]
    )


def routes(bench: Bench) -> tuple[Route, ...]:
    """The page where a login is chosen, and the page of one that happened."""

    def show(person: Person, opened: Opened, form: Login) -> Response:
        mine: tuple[Trial, ...] = ()
        if person.account is not None:
            with bench.office.reading() as connection:
                mine = store.of_account(connection, person.account.id, opened.code)
        return shell.page(
            "portals/service/testing.html",
            person,
            crumbs=crumbs(person, opened, _("Test login")),
            form=form,
            opened=opened,
            ready=opened.tested is not None and bench.has_test_login(opened),
            here=bench.has_test_login(opened),
            units=_units(opened),
            kinds=kind_names(bench),
            typed=request.form,
            trials=mine,
            faults=BY_CODE,
            people=BY_KEY,
            offered=EXTRA,
        )

    def page(person: Person, code: str) -> Response:
        opened = bench.open(person, code, CHANGE)
        form = Login(formdata=None)
        _offer(form, opened)
        form.person.data = form.person.data or PEOPLE[0].key
        form.roles.data = [str(one.get("code")) for one in _roles(opened)][:1]
        return show(person, opened, form)

    def arm(person: Person, code: str) -> Response:
        opened = bench.open(person, code, CHANGE)
        form = Login()
        _offer(form, opened)
        test = opened.where.test
        if opened.tested is None or test is None or not bench.has_test_login(opened):
            raise Refused("trial.not_in_test", "the service is not in operation in test")
        if not form.sent():
            return show(person, opened, form)
        short = str(form.extra.data or "").strip()
        if short and (short not in dict(EXTRA) or not _may_be_said(str(form.value.data or ""))):
            form.extra.errors = [_("Choose an attribute from the list, and write its value")]
            return show(person, opened, form)
        with bench.office.writing() as connection:
            deed = bench.deed(person, "test login")
            made, cookie = bench.trials.arm(
                connection,
                person.actor,
                opened.where.home,
                test,
                code,
                _choices(form, opened),
                person.now,
                deed.reference,
            )
        response = shell.page(
            "portals/service/armed.html",
            person,
            crumbs=crumbs(person, opened, _("Test login")),
            opened=opened,
            trial=made,
            fault=BY_CODE[made.choices.fault],
            start=_start(opened),
        )
        response.set_cookie(
            PREFIX + test.path,
            cookie,
            max_age=int(LIFE.total_seconds()),
            path="/",
            secure=True,
            httponly=True,
            samesite="Lax",
        )
        return response

    def seen(person: Person, code: str, trial: UUID) -> Response:
        opened = bench.open(person, code, CHANGE)
        with bench.office.reading() as connection:
            found, xml = bench.trials.seen(connection, person.actor, trial)
        return shell.page(
            "portals/service/seen.html",
            person,
            crumbs=crumbs(person, opened, _("Test login")),
            opened=opened,
            trial=found,
            who=BY_KEY.get(found.choices.person),
            fault=BY_CODE[found.choices.fault],
            read=explained(xml) if xml else None,
            error=found.outcome if found.outcome not in (None, "sent") else None,
        )

    return (
        Route("testing", "<code>/testing", CHANGERS, get=page, post=arm),
        Route("seen", "<code>/testing/<uuid:trial>", CHANGERS, get=seen),
    )


def _roles(opened: Opened) -> tuple[Mapping[str, object], ...]:
    return (opened.tested or opened.content).listed("role")


def _offer(form: Login, opened: Opened) -> None:
    form.person.choices = [
        choice(one.key, f"{one.name}, {said(one.what)} ({one.organisation})") for one in PEOPLE
    ]
    form.roles.choices = [
        choice(str(one.get("code")), f"{_name(one)} ({one.get('code')})") for one in _roles(opened)
    ]


def _name(role: Mapping[str, object]) -> str:
    name = role.get("name")
    if not isinstance(name, Mapping):
        return ""
    return said(Localised(str(name.get("da", "")), str(name.get("en", ""))))


def _may_be_said(value: str) -> bool:
    """Whether a value can be written, and is no CPR number: those are kept nowhere."""
    return is_writable(value) and MASK not in cleaned(value)


def _units(opened: Opened) -> dict[str, str]:
    """A value for each delimitation type that some role takes."""
    content = opened.tested or opened.content
    types = [
        str(one.get("type"))
        for role in content.listed("role")
        for one in Content(role).listed("delimitations")
    ]
    return {one: SAMPLES.get(one, "1") for one in dict.fromkeys(types)}


def _choices(form: Login, opened: Opened) -> Choices:
    person = BY_KEY[str(form.person.data)]
    short = str(form.extra.data or "").strip()
    units = {}
    for kind, sample in _units(opened).items():
        typed = "".join(request.form.get(f"unit-{kind}", sample).split())[:40]
        if is_writable(typed):
            units[kind] = typed
    return Choices(
        person=person.key,
        name=person.name,
        cvr=person.cvr,
        organisation=person.organisation,
        uuid=person.uuid,
        email=person.email,
        assurance=str(form.assurance.data),
        roles=tuple(form.roles.data or ()),
        units=units,
        extra={short: str(form.value.data).strip()} if short else {},
        fault=str(form.fault.data),
        content=fingerprint(opened.content) if opened.tries_it_all else "",
    )


def _start(opened: Opened) -> str:
    """Where the owner begins to log in at their own test service."""
    content = opened.tested or opened.content
    if content.text("start_url"):
        return content.text("start_url")
    facts = read_entity(content.xml) if content.xml else None
    return default_start_url(facts.sp) if facts and facts.sp else ""
