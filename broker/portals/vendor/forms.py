"""What a vendor fills in."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import request

from broker.errors import Refused
from broker.portals.forms import (
    BooleanField,
    Field,
    Form,
    HiddenField,
    Needed,
    SelectField,
    Short,
    StopValidation,
    StringField,
    TextAreaField,
)
from broker.portals.moments import Moment
from broker.vendors.certificates import LARGEST, read
from broker.web.language import Text as _

LARGEST_FORM = 4 * LARGEST  # the file, the same pasted, and what is typed
_NAME, _MAIL = _("Write the name"), _("Write the mail address")
FILE = "file"


class Certificate(Form):
    """A certificate, as a file or as text."""

    certificate = TextAreaField(_("Or the certificate as text"), validators=[Short(LARGEST)])


class Ask(Certificate):
    """Access to the test environment of an interface."""

    renews = HiddenField()
    interface = SelectField(_("Interface"), validators=[Needed(_("Choose an interface"))])
    organisation = StringField(_("Company"), validators=[Needed(_NAME), Short()])
    product = StringField(
        _("Product"), validators=[Needed(_("Write what your product is called")), Short(120)]
    )
    purpose = TextAreaField(
        _("What it is for"),
        validators=[Needed(_("Write what your product will use the interface for")), Short(1000)],
    )
    contact_name = StringField(_("Your name"), validators=[Needed(_NAME), Short()])
    contact_email = StringField(_("Your mail address"), validators=[Needed(_MAIL), Short(254)])
    technical_name = StringField(_("Technical contact: name"), validators=[Short()])
    technical_email = StringField(_("Technical contact: mail"), validators=[Short(254)])
    wanted = StringField(_("Wanted from"), validators=[Moment(needed=False)])
    fictive = BooleanField(
        _("We send fictive data alone. Nobody who lives or has lived can be recognised in it.")
    )

    def validate_fictive(self, field: Field) -> None:
        """The one thing that nobody gets access without."""
        if not field.data:
            raise StopValidation(_("Declare that you send fictive data alone"))

    def validate_technical_email(self, field: Field) -> None:
        """A name without an address reaches nobody."""
        if str(self.technical_name.data or "").strip() and not str(field.data or "").strip():
            raise StopValidation(_("Write the mail address of the technical contact"))


def sent_certificate(form: Certificate) -> bytes:
    """The certificate that was sent; empty where none was. A file comes before a text.

    What can be read is kept in the form as text, since a browser forgets a file.
    """
    file = request.files.get(FILE)
    data = file.read(LARGEST + 1) if file is not None and file.filename else b""
    data = data or str(form.certificate.data or "").strip().encode()
    if data:
        try:
            form.certificate.data = pem(read(data).parsed)
        except Refused as error:
            if error.code == "vendor.private_key":
                form.certificate.data = ""  # it goes no further than this
    return data


def pem(certificate: x509.Certificate) -> str:
    """A certificate as text."""
    return certificate.public_bytes(Encoding.PEM).decode()
