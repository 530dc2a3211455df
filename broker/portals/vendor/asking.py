"""The application of a vendor: prefilled with what the login and an earlier access say."""

import base64
from dataclasses import dataclass, replace

from flask import Response, request

from broker.cases.documents import Building, Contact
from broker.errors import NotAllowed, Refused, Unknown
from broker.portals import shell
from broker.portals.casework.building import Said, issuers, refusal, verdict
from broker.portals.casework.making import cases, deed, party
from broker.portals.forms import choice
from broker.portals.moments import read_moment
from broker.portals.office import Office
from broker.portals.person import Person
from broker.portals.shell import Crumb
from broker.portals.vendor.forms import Ask, sent_certificate
from broker.saml.entities import Language
from broker.vendors import store
from broker.vendors.asking import Asking, company, renewable
from broker.vendors.certificates import read
from broker.vendors.interfaces import Offer, offers
from broker.vendors.model import Access
from broker.web.language import Text as _
from broker.web.language import said, speaking
from broker.web.render import go_to

_FIELDS = {
    "vendor.fictive": "fictive",
    "vendor.closed": "interface",
    "vendor.day": "wanted",
    "vendor.asked": "product",
    "input.mail": "contact_email",
}
_CERTIFICATE = frozenset(
    f"vendor.{word}"
    for word in ("private_key", "no_certificate", "weak_key", "authority", "not_oces", "personal",
                 "generation", "production", "other_company", "expired", "not_yet", "key_usage")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Applying:
    """The page and what it sends."""

    office: Office

    def page(self, person: Person) -> Response:
        """The form; sent and in order, it is a case."""
        if person.cvr is None:
            return self._shown(person, Ask(formdata=None), ())
        company(party(person))
        form, offered = Ask(), self._offered(person)
        form.interface.choices = [choice("", _("Choose an interface")), *map(_choice, offered)]
        if request.method == "GET":
            self._prefill(person, form, offered)
        data = sent_certificate(form) if request.method == "POST" else b""
        if request.form.get("check"):
            return self._checked(person, form, offered, data)
        if not form.sent():
            self._also(person, form, data)
            return self._shown(person, form, offered)
        try:
            reference = self._send(person, form, person.cvr, data)
        except (NotAllowed, Unknown) as error:
            form.refuse(error)
        except Refused as error:
            _refuse(form, error)
        else:
            return go_to(f"{shell.link(person, 'vendor.case', reference=reference)}?done=opened")
        return self._shown(person, form, offered)

    def _send(self, person: Person, form: Ask, cvr: str, data: bytes) -> str:
        who, path = party(person), person.federation.path
        wanted = _wanted(form, cvr, speaking())
        if data:
            der = base64.b64encode(read(data).der).decode()
            wanted = replace(wanted, certificate=der)
        with self.office.reading() as connection:
            catalogue = self.office.catalogue.current_in(connection)
            asking = Asking(connection, catalogue, path, who, person.now)
            opening = asking.opening(wanted)
        return cases(self.office).open(who, opening, deed(person, "adgang til test")).reference

    def _offered(self, person: Person) -> tuple[Offer, ...]:
        every = offers(self.office.catalogue.current(), person.federation.path, person.now)
        return tuple(one for one in every if one.askable(person.now))

    def _prefill(self, person: Person, form: Ask, offered: tuple[Offer, ...]) -> None:
        """What the login says, and what the company wrote before."""
        home = person.organisation
        form.organisation.data = home.name if home else person.session.workplace or ""
        form.contact_name.data = person.name
        form.contact_email.data = (person.account.email or "") if person.account else ""
        form.interface.data = request.args.get("interface", "")
        if len(offered) == 1 and not form.interface.data:
            form.interface.data = offered[0].key
        before = self._before(person, form)
        if before is not None:
            form.organisation.data, form.product.data = before.organisation, before.product
            form.purpose.data, form.contact_email.data = before.purpose, before.contact.email
            if before.technical is not None:
                form.technical_name.data = before.technical.name
                form.technical_email.data = before.technical.email

    def _before(self, person: Person, form: Ask) -> Access | None:
        """The access that is to go on, or that another one is to be like."""
        who, again = party(person), request.args.get("renews", "")
        with self.office.reading() as connection:
            if again:
                catalogue = self.office.catalogue.current_in(connection)
                found = renewable(connection, catalogue, who, again, person.now)
                form.renews.data = str(found.id)
                form.interface.data = f"{found.service}/{found.interface}"
                return found
            like = request.args.get("like", "")
            ours = store.of_vendor(connection, person.federation.path, person.cvr or "")
            return next((one for one in ours if str(one.id) == like), None)

    def _also(self, person: Person, form: Ask, data: bytes) -> None:
        """What is wrong with the certificate too, so that nobody is told of one thing at a time."""
        known = issuers(self.office, person.federation.path)
        for one in verdict(data, person.cvr or "", person.now, known) if data else ():
            if one.level == "refused":
                form.certificate.errors = [one.words]

    def _checked(
        self, person: Person, form: Ask, offered: tuple[Offer, ...], data: bytes
    ) -> Response:
        """What is said of the certificate, before anything is sent."""
        known = issuers(self.office, person.federation.path)
        found = verdict(data, person.cvr or "", person.now, known)
        return self._shown(person, form, offered, found)

    def _shown(
        self,
        person: Person,
        form: Ask,
        offered: tuple[Offer, ...],
        found: tuple[Said, ...] = (),
    ) -> Response:
        chosen = next((one for one in offered if one.key == form.interface.data), None)
        return shell.page(
            "portals/vendor/ask.html",
            person,
            crumbs=[Crumb(_("Ask for test access"))],
            form=form,
            offered=offered,
            chosen=chosen,
            verdict=found,
            renews=bool(form.renews.data),
        )


def _choice(one: Offer) -> object:
    return choice(one.key, f"{said(one.name)} – {said(one.interface.name)}")


def _wanted(form: Ask, cvr: str, language: Language) -> Building:
    service, _slash, interface = str(form.interface.data).partition("/")
    begins = read_moment(form.wanted.data)
    technical = None
    if _line(form.technical_email.data):
        name = _line(form.technical_name.data) or _line(form.technical_email.data)
        technical = Contact(name, _line(form.technical_email.data))
    return Building(
        service=service,
        interface=interface,
        cvr=cvr,
        organisation=_line(form.organisation.data),
        product=_line(form.product.data),
        purpose=_line(form.purpose.data),
        contact=Contact(_line(form.contact_name.data), _line(form.contact_email.data)),
        fictive=bool(form.fictive.data),
        language=language,
        wanted_at=begins.isoformat() if begins else "",
        technical=technical,
        renews=_line(form.renews.data),
    )


def _refuse(form: Ask, error: Refused) -> None:
    """Say at the field what a service said no to, where it is about one; else at the top."""
    if error.code in _CERTIFICATE:
        form.certificate.errors = [refusal(error)]
    else:
        form.refuse(error, field=_FIELDS.get(error.code))


def _line(value: object) -> str:
    """What was typed, in one line."""
    return " ".join(str(value or "").split())
