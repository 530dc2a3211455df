"""Identity providers as the operator connects them: the form, and what a test login brought."""

from dataclasses import dataclass, replace

from flask import Response, request

from broker.audit.flights import store as flights
from broker.cases.connecting import LEVELS, Connections, connecting, shown
from broker.cases.documents import Connecting, Contact, read
from broker.cases.model import Case
from broker.errors import BrokerError, Refused
from broker.metadata.source import MAX_BYTES, fetch
from broker.portals import shell
from broker.portals.casework.making import cases, deed, party
from broker.portals.casework.showing import service_names
from broker.portals.forms import (
    DocumentField,
    FileField,
    Form,
    Needed,
    RadioField,
    SelectField,
    Short,
    StringField,
    TextAreaField,
    choice,
    without_cpr,
)
from broker.portals.office import Office
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.saml.entity_parts import is_loopback
from broker.web.language import Text as _
from broker.web.render import go_to
from broker.web.texts import explain

_SEEN = 10  # logins that are shown


class Connect(Form):
    """An identity provider, for whom it may speak, and how surely."""

    address = StringField(_("Address of its metadata"), validators=[Short(1000)])
    file = FileField(_("Or a file"))
    pasted = DocumentField(_("Or its metadata as text"))
    name = StringField(
        _("Name of the identity provider"), validators=[Needed(_("Write the name")), Short()]
    )
    cvrs = TextAreaField(
        _("CVR numbers that it may speak for"),
        validators=[Needed(_("Write at least one CVR number")), Short(2000)],
    )
    level = RadioField(
        _("The highest level that it may assert"),
        choices=[choice(level, level) for level in LEVELS],
        default="Substantial",
    )
    evidence = TextAreaField(_("What the level rests on"), validators=[Short(500)])
    contact_name = StringField(_("Contact: name"), validators=[Needed(_("Write the name"))])
    contact_email = StringField(
        _("Contact: mail address"), validators=[Needed(_("Write the mail address"))]
    )
    service = SelectField(
        _("The first service to open it for"), validators=[Needed(_("Choose a service"))]
    )


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a case about an identity provider, beside those of every case."""

    office: Office

    def new(self, person: Person) -> Response:
        """The form; sent and in order, the metadata is loaded and the case is open."""
        form = Connect()
        services = service_names(self.office, person.federation.path, person.now)
        ordered = sorted(services.items(), key=lambda pair: pair[1].casefold())
        form.service.choices = [
            choice("", _("Choose a service")),
            *(choice(code, name) for code, name in ordered),
        ]
        if form.sent():
            try:
                reference = self._open(person, form)
            except BrokerError as error:
                self._refuse(form, error)
            else:
                return go_to(
                    f"{shell.link(person, 'operator.case', reference=reference)}?done=noted"
                )
        crumbs = (
            Crumb(_("Cases"), shell.link(person, "operator.cases")),
            Crumb(_("Connect an identity provider")),
        )
        return shell.page("portals/operator/idp_new.html", person, crumbs=crumbs, form=form)

    def logins(self, person: Person, reference: str) -> Response:
        """What came in test logins, and the test itself begun."""
        case = self._case(person, reference)
        asked = read(case, Connecting)
        with self.office.reading() as connection:
            found = flights.of_idp(connection, case.federation, asked.code, case.opened_at, _SEEN)
        if request.method == "POST":
            return self._act(person, case, asked, {str(one.id): one.story for one in found})
        rows = [(one, explain(one.code).title, shown(one.story.get("came"))) for one in found]
        services = service_names(self.office, case.federation, person.now)
        crumbs = (
            Crumb(_("Cases"), shell.link(person, "operator.cases")),
            Crumb(case.reference, shell.link(person, "operator.case", reference=case.reference)),
            Crumb(_("Test logins")),
        )
        return shell.page(
            "portals/operator/idp_logins.html",
            person,
            crumbs=crumbs,
            case=case,
            asked=asked,
            service=services.get(asked.service, asked.service),
            rows=rows,
            begun=request.args.get("done") == "begun",
        )

    def _act(
        self, person: Person, case: Case, asked: Connecting, stories: dict[str, object]
    ) -> Response:
        place = request.path
        if not case.lasting:
            raise Refused("case.over", "the case is over")
        if request.form.get("act") == "begin":
            why = deed(person, "testlogin")
            self._connections(person).let_try(case, party(person), why)
            return go_to(f"{place}?done=begun")
        story = stories.get(request.form.get("flight", ""))
        if not isinstance(story, dict):
            raise Refused("portal.choice", "no such login")
        kept = replace(asked, shown=shown(story.get("came")))
        version = request.form.get("version", "")
        cases(self.office).note(
            party(person),
            case.id,
            int(version) if version.isdigit() else 0,
            deed(person, "testlogin set"),
            kept,
        )
        where = shell.link(person, "operator.case", reference=case.reference)
        return go_to(f"{where}?done=noted")

    def _open(self, person: Person, form: Connect) -> str:
        path, who = person.federation.path, party(person)
        connections, raw = self._connections(person), _received(form, person)
        facts = connections.read(raw, path, person.now)
        asked = Connecting(
            name=str(form.name.data),
            entity_id=facts.entity_id,
            cvrs=tuple(str(form.cvrs.data).replace(",", " ").split()),
            level=str(form.level.data),
            contact=Contact(str(form.contact_name.data), str(form.contact_email.data)),
            service=str(form.service.data),
            evidence=str(form.evidence.data or ""),
        ).checked()
        why = deed(person, f"ny identitetsudbyder: {asked.name}"[:500])
        loaded = connections.load(raw, asked, path, who, why)
        with self.office.reading() as connection:
            opening = connecting(connection, path, loaded, person.now)
        return cases(self.office).open(who, opening, why).reference

    def _connections(self, person: Person) -> Connections:
        return Connections(self.office.engine, self.office.audit, person.federation.origin)

    def _case(self, person: Person, reference: str) -> Case:
        found = cases(self.office).read(party(person), person.federation.path, reference)
        if found.kind != "idp":
            raise Refused("case.kind", "a case of something else")
        return found

    @staticmethod
    def _refuse(form: Connect, error: BrokerError) -> None:
        field = {"case.cvrs": "cvrs", "input.cvr": "cvrs", "input.mail": "contact_email"}
        form.refuse(error, field=field.get(error.code, "address"))


def _received(form: Connect, person: Person) -> bytes:
    """What was sent, by the first way that was used. Raises Refused, Unavailable."""
    address = str(form.address.data or "").strip()
    if address:
        host = person.federation.origin.partition("://")[2].partition(":")[0]
        return without_cpr(fetch(address, loopback=is_loopback(host)))
    file = request.files.get("file")
    if file is not None and file.filename:
        raw = file.stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise Refused("metadata.too_large", "an uploaded file")
        return without_cpr(raw)
    pasted = str(form.pasted.data or "").strip()
    if not pasted:
        raise Refused("case.idp_one", "no metadata")
    return pasted.encode()


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    pages = Pages(office)
    trust = may("case.work", by=OPERATORS, fresh=True)
    logins = "cases/<reference>/logins"
    return (
        Route("idp_new", "idps/new", trust, get=pages.new, post=pages.new),
        Route(
            "idp_logins",
            logins,
            may("case.work", by=OPERATORS),
            get=pages.logins,
            post=pages.logins,
        ),
    )
