"""Metadata of a service: by address, as a file or pasted; then each field with its verdict."""

from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Response, request

from broker.errors import BrokerError, Refused, Unavailable
from broker.metadata.source import fetch
from broker.portals import shell
from broker.portals.forms import (
    BooleanField,
    Change,
    Form,
    Needed,
    SelectField,
    Short,
    StringField,
    TextAreaField,
    choice,
)
from broker.portals.owner.beginning import CHANGERS, READERS, notice
from broker.portals.owner.bench import CHANGE, Bench, Opened, crumbs
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.registrations.verdicts import Examined, Verdict, examine, verdict_of
from broker.saml import names
from broker.saml.entities import Endpoint, EntityContact, Localised, ServiceProvider
from broker.saml.entity_descriptor import read_metadata
from broker.saml.entity_parts import bad_entity_id, bad_location, is_loopback
from broker.saml.keys import Certificate
from broker.saml.service_descriptor import write_service
from broker.web.language import Text as _

LINES = 20_000
MAX_BYTES = 400_000  # of what is uploaded or pasted; one service is far smaller


class Source(Form):
    """Where the metadata comes from."""

    address = StringField(_("Address of your metadata"), validators=[Short(2000)])
    pasted = TextAreaField(_("Metadata as text"), validators=[Short(MAX_BYTES)])


class Fields(Form):
    """Everything that may be corrected."""

    entity_id = StringField("EntityID", validators=[Needed(_("Write the entityID")), Short(256)])
    acs = TextAreaField(
        _("Addresses for answers (AssertionConsumerService)"),
        validators=[Needed(_("Write at least one address")), Short(LINES)],
    )
    slo = TextAreaField(
        _("Addresses for logout through the browser (SingleLogoutService)"),
        validators=[Short(LINES)],
    )
    slo_soap = StringField(_("Address for logout by SOAP"), validators=[Short(2000)])
    signing = TextAreaField(_("Certificates that you sign with"), validators=[Short(LINES)])
    encryption = TextAreaField(_("Certificates to encrypt to"), validators=[Short(LINES)])
    signed = BooleanField(_("We sign our requests"))
    name_id = SelectField(
        _("Form of the name (NameID)"),
        choices=[
            choice("", _("Any: we take what comes")),
            choice(names.PERSISTENT, _("The same at every login (persistent)")),
            choice(names.TRANSIENT, _("A new one at every login (transient)")),
        ],
    )


def routes(bench: Bench) -> tuple[Route, ...]:
    """The page, its two forms, and the document itself."""

    def show(
        person: Person,
        opened: Opened,
        source: Source | None = None,
        fields: Fields | None = None,
        verdicts: tuple[Verdict, ...] = (),
        changes: tuple[Change, ...] = (),
    ) -> Response:
        examined = bench.examined(person, opened)
        shown = fields or Fields(formdata=None, version=opened.draft.version, **_kept(examined))
        faulty = next((form for form in (source, fields) if form is not None), None)
        return shell.page(
            "portals/service/metadata.html",
            person,
            400 if verdicts else 200,
            crumbs=crumbs(person, opened, _("Metadata")),
            notice=notice(),
            form=faulty,
            opened=opened,
            source=source or Source(formdata=None),
            fields=shown,
            examined=examined,
            refused=verdicts,
            changes=changes,
            may_change=person.may(CHANGE, person.thing(service=opened.code)),
            is_known=opened.tested is not None or opened.produced is not None,
        )

    def page(person: Person, code: str) -> Response:
        return show(person, bench.open(person, code))

    def take(person: Person, code: str) -> Response:
        """Fetch, read or take what was sent; nothing is kept that nobody could read."""
        opened = bench.open(person, code, CHANGE)
        source = Source()
        if not source.sent():
            return show(person, opened, source)
        try:
            raw = _received(source, opened)
        except (Refused, Unavailable) as error:
            return show(person, opened, source, None, (verdict_of(error),))
        if raw is None:
            words = _("Write an address, choose a file, or paste the text")
            source.address.errors = [*source.address.errors, words]
            return show(person, opened, source)
        found = _one_service(raw, person)
        if isinstance(found, BrokerError):
            return show(person, opened, source, None, (verdict_of(found),))
        home = opened.where.test or opened.where.home
        content = replace(opened.content, xml=raw)
        examined = examine(content, home, person.now)
        if examined.facts is None or examined.facts.sp is None:
            bad = tuple(v for v in examined.verdicts if v.level == "refused")
            return show(person, opened, source, None, bad)
        bench.save(person, opened, content, opened.draft.version, "metadata")
        return shell.back(person, "service.metadata", code=code, done="saved")

    def correct(person: Person, code: str) -> Response:
        opened = bench.open(person, code, CHANGE)
        fields = Fields()
        kept = _kept(bench.examined(person, opened))
        changes = fields.changed(kept, opened.draft.version)
        if changes or not fields.sent():
            return show(person, opened, None, fields, changes=changes)
        try:
            written = _written(fields, opened)
        except _Wrong as wrong:
            fields[wrong.field].errors = [wrong.words]
            return show(person, opened, None, fields)
        content = opened.content
        if written is not None:
            content = replace(content, xml=written)
        bench.save(person, opened, content, opened.draft.version, "metadata, corrected")
        return shell.back(person, "service.metadata", code=code, done="saved")

    def document(person: Person, code: str) -> Response:
        opened = bench.open(person, code)
        return Response(opened.content.xml or b"", content_type="text/plain; charset=utf-8")

    return (
        Route("metadata", "<code>/metadata", READERS, get=page, post=take),
        Route("correct", "<code>/metadata/fields", CHANGERS, get=page, post=correct),
        Route("document", "<code>/metadata/document", READERS, get=document),
    )


def _received(source: Source, opened: Opened) -> bytes | None:
    """What was sent, by the first way that was used. Raises Refused, Unavailable."""
    address = str(source.address.data or "").strip()
    if address:
        origin = opened.where.home.origin
        host = origin.partition("://")[2].partition(":")[0]
        return fetch(address, loopback=is_loopback(host))
    file = request.files.get("file")
    if file is not None and file.filename:
        raw = file.stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise Refused("metadata.too_large", "an uploaded file")
        return bytes(raw)
    pasted = str(source.pasted.data or "").strip()
    return pasted.encode() if pasted else None


def _one_service(raw: bytes, person: Person) -> ServiceProvider | BrokerError:
    try:
        read = read_metadata(raw, person.now)
    except Refused as error:
        return error
    found = [one for one in read.entities if one.sp is not None]
    if len(read.entities) != 1 or not found or found[0].sp is None:
        return Refused("metadata.no_role", "no service provider, or several")
    return found[0].sp


def _kept(examined: Examined) -> dict[str, object]:
    """The fields as the saved document has them."""
    facts = examined.facts
    sp = facts.sp if facts else None
    if sp is None:
        return {"signed": True}
    first = sorted(sp.acs, key=lambda e: not e.is_default)
    return {
        "entity_id": sp.entity_id,
        "acs": "\n".join(e.location for e in first if e.binding == names.POST),
        "slo": "\n".join(
            dict.fromkeys(e.location for e in sp.slo if e.binding in (names.REDIRECT, names.POST))
        ),
        "slo_soap": next((e.location for e in sp.slo if e.binding == names.SOAP), ""),
        "signing": "\n".join(c.pem().decode().strip() for c in sp.signing),
        "encryption": "\n".join(c.pem().decode().strip() for c in sp.encryption),
        "signed": sp.authn_requests_signed,
        "name_id": next((f for f in sp.name_id_formats if f in _FORMS), ""),
    }


_FORMS = (names.PERSISTENT, names.TRANSIENT)


class _Wrong(Exception):
    """A field that cannot be read."""

    def __init__(self, field: str, words: object) -> None:
        super().__init__(field)
        self.field, self.words = field, words


def _written(fields: Fields, opened: Opened) -> bytes | None:
    """A document with what was corrected; None where nothing was. Raises _Wrong."""
    before = opened.content.xml
    facts = None
    if before is not None:
        try:
            facts = read_metadata(before, opened.draft.changed_at).entities[0]
        except (Refused, IndexError):
            facts = None
    said = {name: fields[name].data for name in _NAMES}
    if facts is not None and _same(_kept(Examined(facts, ())), said):
        return None
    entity_id = str(said["entity_id"]).strip()
    if bad_entity_id(entity_id):
        words = _("Use an address that you own, such as https://service.example.dk/saml")
        raise _Wrong("entity_id", words)
    name = opened.name
    old = facts.sp if facts else None
    form = str(said["name_id"] or "")
    contacts = facts.contacts if facts else _contacts(opened)
    sp = ServiceProvider(
        entity_id=entity_id,
        acs=tuple(
            Endpoint(names.POST, location, index, index == 0)
            for index, location in enumerate(_addresses("acs", said["acs"]))
        ),
        slo=(
            *(Endpoint(names.SOAP, one) for one in _addresses("slo_soap", said["slo_soap"])),
            *(
                Endpoint(binding, one)
                for one in _addresses("slo", said["slo"])
                for binding in (names.REDIRECT, names.POST)
            ),
        ),
        signing=_certificates("signing", said["signing"]),
        encryption=_certificates("encryption", said["encryption"]),
        authn_requests_signed=bool(said["signed"]),
        want_assertions_signed=old.want_assertions_signed if old else True,
        name_id_formats=(form,) if form else (),
        name=Localised(name.da, name.en),
    )
    return write_service(sp, contacts)


_NAMES = ("entity_id", "acs", "slo", "slo_soap", "signing", "encryption", "signed", "name_id")


def _same(kept: dict[str, object], said: dict[str, object]) -> bool:
    return all(_tidy(kept[name]) == _tidy(said[name]) for name in _NAMES)


def _tidy(value: object) -> str:
    """Without what a browser or a copy of a text changes."""
    return "".join(str(value or "").split())


def _addresses(field: str, text: object) -> list[str]:
    found = str(text or "").split()
    for location in found:
        if bad_location(location):
            words = _("Write each address with https:// and a host name, one on each line")
            raise _Wrong(field, words)
    return found


def _certificates(field: str, text: object) -> tuple[Certificate, ...]:
    pem = str(text or "").strip()
    if not pem:
        return ()
    if "-----BEGIN CERTIFICATE-----" not in pem:
        pem = f"-----BEGIN CERTIFICATE-----\n{pem}\n-----END CERTIFICATE-----"
    try:
        loaded = x509.load_pem_x509_certificates(pem.encode())
        return tuple(Certificate.from_der(one.public_bytes(Encoding.DER)) for one in loaded)
    except ValueError as error:
        words = _("Paste whole certificates, from BEGIN CERTIFICATE to END CERTIFICATE")
        raise _Wrong(field, words) from error


def _contacts(opened: Opened) -> tuple[EntityContact, ...]:
    found = opened.content.about.get("contacts")
    rows = found if isinstance(found, list) else []
    return tuple(
        EntityContact(str(one.get("kind")), str(one.get("name", "")), str(one["mail"]))
        for one in rows
        if isinstance(one, dict) and one.get("mail")
    )
