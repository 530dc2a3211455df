"""Forms of cases: a decision, a question, an answer, and what an organisation applies for."""

from broker.cases.documents import Contact, Joining, Limit, WantedRole
from broker.cases.wanting import offered
from broker.errors import BrokerError
from broker.organisations.model import OrganisationKind
from broker.portals.casework.showing import service_names
from broker.portals.casework.wording import fault
from broker.portals.forms import (
    Form,
    HiddenField,
    Needed,
    RadioField,
    SelectField,
    SelectMultipleField,
    Short,
    StringField,
    TextAreaField,
    choice,
)
from broker.portals.office import Office
from broker.portals.person import Person
from broker.roles.model import Role
from broker.web.language import Text as _
from broker.web.language import said

REASON = 500
UNIT = "sor"  # the delimitation type that an organisation knows of itself
_NAME = _("Write the name")
_MAIL = _("Write the mail address")
KINDS: tuple[tuple[OrganisationKind, _], ...] = (
    ("practice", _("Practice")),
    ("pharmacy", _("Pharmacy")),
    ("private", _("Private company")),
    ("municipality", _("Municipality")),
    ("region", _("Region")),
    ("state", _("State authority")),
    ("other", _("Other")),
)


class Decide(Form):
    """What somebody decides about one step."""

    step = HiddenField()
    deed = RadioField(
        _("Your decision"),
        choices=[
            choice("approve", _("Approve")),
            choice("ask", _("Ask the applicant something first")),
            choice("refuse", _("Refuse")),
        ],
        validators=[Needed(_("Choose what you decide"))],
    )
    reason = TextAreaField(_("Reason or question"), validators=[Short(REASON)])


class Officer(Form):
    """What the security officer decides."""

    deed = RadioField(
        _("Your decision"),
        choices=[choice("approve", _("Approve")), choice("refuse", _("Refuse"))],
        validators=[Needed(_("Choose what you decide"))],
    )
    reason = TextAreaField(_("Reason"), validators=[Short(REASON)])


class Answer(Form):
    """What the applicant answers, or why they take the case back."""

    words = TextAreaField(
        _("Your answer"), validators=[Needed(_("Write an answer")), Short(REASON)]
    )


class Roles(Form):
    """Which roles an organisation wants to hand out, how far, and what for."""

    roles = SelectMultipleField(
        _("Roles that you want to give colleagues"), validators=[Needed(_("Choose a role"))]
    )
    unit = StringField(_("SOR number of your topmost unit"), validators=[Short(18)])
    purpose = TextAreaField(
        _("What you need it for"), validators=[Needed(_("Write what you need it for")), Short(1000)]
    )


class Apply(Roles):
    """An organisation that wants to be a member."""

    name = StringField(_("Name of the organisation"), validators=[Needed(_NAME), Short()])
    kind = SelectField(_("Kind"), choices=[choice(code, words) for code, words in KINDS])
    applicant_name = StringField(_("Your name"), validators=[Needed(_NAME), Short()])
    applicant_email = StringField(_("Your mail address"), validators=[Needed(_MAIL), Short()])
    officer_name = StringField(_("Security officer: name"), validators=[Needed(_NAME), Short()])
    officer_email = StringField(
        _("Security officer: mail address"), validators=[Needed(_MAIL), Short()]
    )
    first_name = StringField(_("First administrator: name"), validators=[Needed(_NAME), Short()])
    first_email = StringField(
        _("First administrator: mail address"), validators=[Needed(_MAIL), Short()]
    )
    second_name = StringField(_("Second administrator: name"), validators=[Needed(_NAME), Short()])
    second_email = StringField(
        _("Second administrator: mail address"), validators=[Needed(_MAIL), Short()]
    )


def offer(form: Roles, office: Office, person: Person) -> None:
    """The roles to choose from, by service."""
    path, at = person.federation.path, person.now
    services = service_names(office, path, at)
    roles = offered(office.catalogue.current(), path, at)
    form.roles.choices = [choice(str(role.id), _label(role, services, person)) for role in roles]


def wanted(form: Roles, office: Office, person: Person) -> tuple[WantedRole, ...]:
    """The chosen roles, each within the unit where it takes units."""
    chosen = set(form.roles.data or ())
    unit = "".join((form.unit.data or "").split())
    found = []
    for role in offered(office.catalogue.current(), person.federation.path, person.now):
        version = role.at(person.now)
        if str(role.id) in chosen and version is not None:
            limits = (Limit(UNIT, unit),) if unit and version.takes(UNIT) else ()
            name = said(version.name)
            found.append(WantedRole(str(role.id), role.service or "", name, limits))
    return tuple(found)


def application(form: Apply, cvr: str, roles: tuple[WantedRole, ...]) -> Joining:
    """What the form asks for."""
    kinds: dict[str, OrganisationKind] = {code: code for code, _words in KINDS}
    return Joining(
        cvr=cvr,
        name=str(form.name.data),
        kind=kinds[str(form.kind.data)],
        applicant=Contact(str(form.applicant_name.data), str(form.applicant_email.data)),
        officer=Contact(str(form.officer_name.data), str(form.officer_email.data)),
        administrators=(
            Contact(str(form.first_name.data), str(form.first_email.data)),
            Contact(str(form.second_name.data), str(form.second_email.data)),
        ),
        roles=roles,
        purpose=str(form.purpose.data),
    )


def _label(role: Role, services: dict[str, str], person: Person) -> str:
    version = role.at(person.now)
    name = said(version.name) if version else role.code
    code = role.service
    service = str(_("National role")) if code is None else services.get(code, code)
    return f"{service}: {name}"


def refuse(form: Form, error: BrokerError, field: str) -> None:
    """Say at the field what a service said no to, where it is about codes; else at the top."""
    if error.code.startswith("entitlement."):
        form[field].errors = [*form[field].errors, fault(error)]
    else:
        form.refuse(error)
