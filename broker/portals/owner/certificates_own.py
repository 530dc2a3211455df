"""A service's own certificates: how long they last, the next one, and who is written to."""

from dataclasses import dataclass

from flask import Response, request

from broker.db import writing
from broker.errors import BrokerError, Refused
from broker.mail.facts import TryFacts
from broker.mail.model import Event
from broker.metadata.model import Service
from broker.metadata.notices.people import people
from broker.metadata.partner_keys import PartnerKey
from broker.metadata.store import EntityRecord
from broker.portals import shell
from broker.portals.forms import Form, HiddenField, Needed, Short, StringField, TextAreaField
from broker.portals.permissions import OWNERS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.portals.switching.board import Switchboard
from broker.saml.entity_phone_list import ListedContact, read_phone_list
from broker.web.language import Text
from broker.web.language import Text as _

_BIGGEST = 64_000  # bytes of a certificate that somebody uploads


class Bring(Form):
    """The next certificate, as text or as a file."""

    pem = TextAreaField(_("The certificate as text"), validators=[Short(20_000)])
    reason = StringField(_("Remark"), validators=[Short(200)])


class End(Form):
    """Which one is to count no more."""

    fingerprint = HiddenField(validators=[Needed(_("Say which certificate"))])


def own_keys(board: Switchboard, person: Person, service: Service) -> tuple[PartnerKey, ...]:
    """The certificates that a service signs with."""
    return board.partner_keys.keys(_record(board, person, service), person.now)


def _record(board: Switchboard, person: Person, service: Service) -> EntityRecord:
    found = board.partner_keys.find(service.code, person.federation.path)
    return next(one for one in found if one.kind == "sp")


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The pages about a service's own certificates and its contacts."""

    board: Switchboard

    def routes(self) -> tuple[Route, ...]:
        """Two pages, and a deed of each."""
        at = "certificates/<service>"
        keys = may("service.change", by=OWNERS, fresh=True)
        change = may("service.change", by=OWNERS)
        return (
            Route("certificate_own", f"{at}/own", keys, get=self.bring, post=self.bring),
            Route("certificate_end", f"{at}/own/end", keys, post=self.end),
            Route(
                "certificate_contacts", f"{at}/contacts", change, get=self.contacts, post=self.mail
            ),
        )

    def bring(self, person: Person, service: str) -> Response:
        """The next certificate counts as well, from now on."""
        board, form = self.board, Bring()
        found = board.service(person, service)
        person.demand("service.change", person.thing(service=service))
        if form.sent():
            try:
                self._bring(person, found, form)
            except BrokerError as error:
                form.refuse(error, field="pem")
            else:
                return shell.back(person, "service.certificate", service=service, done="brought")
        return shell.page(
            "portals/service/certificate_own.html",
            person,
            crumbs=self._crumbs(person, service, _("Your own certificate")),
            form=form,
            service=found,
            keys=own_keys(board, person, found),
        )

    def _bring(self, person: Person, service: Service, form: Form) -> None:
        upload = request.files.get("file")
        raw = upload.read(_BIGGEST) if upload else b""
        raw = raw or str(form["pem"].data or "").strip().encode()
        if not raw:
            raise Refused("metadata.next_key", "nothing was sent")
        reason = str(form["reason"].data or "")
        self.board.partner_keys.bring(
            _record(self.board, person, service),
            raw,
            person.federation,
            self.board.occasion(person, reason or "the next certificate"),
        )

    def end(self, person: Person, service: str) -> Response:
        """One that was brought, or kept, counts no more."""
        found = self.board.service(person, service)
        person.demand("service.change", person.thing(service=service))
        form = End()
        if not form.sent():
            raise Refused("metadata.kept_key", "no certificate was named")
        record = _record(self.board, person, found)
        occasion = self.board.occasion(person, "ended by its owner")
        self.board.partner_keys.end(record, str(form.fingerprint.data), occasion)
        return shell.back(person, "service.certificate", service=service, done="ended")

    def contacts(self, person: Person, service: str) -> Response:
        """Who is written to, and whom we ring."""
        found = self.board.service(person, service)
        record = _record(self.board, person, found)
        listed: tuple[ListedContact, ...] = read_phone_list(record.xml) if record.xml else ()
        with self.board.office.reading() as connection:
            told = people(connection, person.federation.path, "idp", {service})
        return shell.page(
            "portals/service/certificate_contacts.html",
            person,
            crumbs=self._crumbs(person, service, _("Contacts")),
            service=found,
            listed=listed,
            told=told[0] if told else None,
        )

    def mail(self, person: Person, service: str) -> Response:
        """A mail to all of them, to see whether it arrives."""
        found, notices = self.board.service(person, service), self.board.notices
        person.demand("service.change", person.thing(service=service))
        with writing(self.board.office.engine) as connection:
            told = people(connection, person.federation.path, "idp", {service})
            recipients = (*told[0].close, *told[0].around) if told else ()
            if not recipients:
                raise Refused("metadata.no_contacts", "nobody can be written to")
            facts = TryFacts(notices.origin, person.now)
            about = f"{person.federation.path}/{found.code}/contacts"
            event = Event("try", about, f"{person.now:%Y-%m-%dT%H:%MZ}", facts)
            notices.letters.put(connection, event, recipients, person.now)
        return shell.back(person, "service.certificate", service=service, done="mailed")

    def _crumbs(self, person: Person, code: str, page: Text) -> list[Crumb]:
        return [
            Crumb(_("Certificates"), shell.link(person, "service.certificates")),
            Crumb(code, shell.link(person, "service.certificate", service=code)),
            Crumb(page),
        ]
