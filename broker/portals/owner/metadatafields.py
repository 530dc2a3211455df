"""The fields of a service's metadata: as a document has them, and a document made of them."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from broker.errors import Refused
from broker.portals.forms import (
    BooleanField,
    Form,
    Needed,
    SelectField,
    Short,
    StringField,
    TextAreaField,
    choice,
)
from broker.portals.owner.bench import Opened
from broker.portals.owner.saving import Wrong
from broker.registrations.verdicts import Examined
from broker.saml import names
from broker.saml.entities import Endpoint, EntityContact, Localised, ServiceProvider
from broker.saml.entity_descriptor import read_metadata
from broker.saml.entity_parts import bad_entity_id, bad_location
from broker.saml.keys import Certificate
from broker.saml.service_descriptor import write_service
from broker.web.language import Text as _

LINES = 20_000


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


def kept(examined: Examined) -> dict[str, object]:
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


def written(fields: Fields, opened: Opened) -> bytes | None:
    """A document with what was corrected; None where nothing was. Raises Wrong."""
    before = opened.content.xml
    facts = None
    if before is not None:
        try:
            facts = read_metadata(before, opened.draft.changed_at).entities[0]
        except (Refused, IndexError):
            facts = None
    said = {name: fields[name].data for name in _NAMES}
    if facts is not None and _same(kept(Examined(facts, ())), said):
        return None
    entity_id = str(said["entity_id"]).strip()
    if bad_entity_id(entity_id):
        words = _("Use an address that you own, such as https://service.example.dk/saml")
        raise Wrong("entity_id", words)
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


def _same(was: dict[str, object], said: dict[str, object]) -> bool:
    return all(_tidy(was[name]) == _tidy(said[name]) for name in _NAMES)


def _tidy(value: object) -> str:
    """Without what a browser or a copy of a text changes."""
    return "".join(str(value or "").split())


def _addresses(field: str, text: object) -> list[str]:
    found = str(text or "").split()
    for location in found:
        if bad_location(location):
            words = _("Write each address with https:// and a host name, one on each line")
            raise Wrong(field, words)
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
        raise Wrong(field, words) from error


def _contacts(opened: Opened) -> tuple[EntityContact, ...]:
    found = opened.content.about.get("contacts")
    rows = found if isinstance(found, list) else []
    return tuple(
        EntityContact(str(one.get("kind")), str(one.get("name", "")), str(one["mail"]))
        for one in rows
        if isinstance(one, dict) and one.get("mail")
    )
