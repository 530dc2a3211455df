"""What can be wrong on purpose, and on which side; each has what a good service does about it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from broker.saml.ids import new_id
from broker.saml.keys import Certificate, SigningKey
from broker.saml.messages import AssertionDraft
from broker.web.language import Text
from broker.web.language import Text as _

Side = Literal["none", "login", "broker", "answer"]
NOBODY = "https://another-service.example.invalid/saml"
_LONG_AGO = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where it arises, in words, and what should happen."""

    code: str
    side: Side
    name: Text
    expect: Text
    bend: Callable[[AssertionDraft], AssertionDraft] | None = None
    unsigned: bool = False
    foreign: bool = False


def _expired(draft: AssertionDraft) -> AssertionDraft:
    return replace(
        draft,
        issued_at=draft.issued_at - _LONG_AGO,
        confirm_until=draft.confirm_until - _LONG_AGO,
        valid_until=draft.valid_until - _LONG_AGO,
        authn_instant=draft.authn_instant - _LONG_AGO,
        session_until=None,
    )


_REFUSE = _("Your service must refuse it and let nobody in.")
FAULTS: tuple[Fault, ...] = (
    Fault(
        "none", "none", _("Nothing: a login as it should be"), _("Your service lets the person in.")
    ),
    Fault(
        "cancelled",
        "login",
        _("The person gives up at the login"),
        _(
            "The broker’s page says so, with a button that leads back. Your service then gets a "
            "SAML error and should offer to log in again."
        ),
    ),
    Fault(
        "no_role",
        "broker",
        _("The person has no role"),
        _(
            "Where you demand a role, the broker stops the login and your service gets a SAML "
            "error. "
            "Where you do not, the person arrives without roles and must see nothing they may not."
        ),
    ),
    Fault("expired", "answer", _("The assertion has expired"), _REFUSE, _expired),
    Fault(
        "audience",
        "answer",
        _("The assertion is meant for another service (wrong audience)"),
        _REFUSE,
        lambda draft: replace(draft, audience=NOBODY),
    ),
    Fault(
        "recipient",
        "answer",
        _("The assertion is meant for another address (wrong Recipient)"),
        _REFUSE,
        lambda draft: replace(draft, recipient=f"{NOBODY}/acs"),
    ),
    Fault(
        "request",
        "answer",
        _("The answer is to a request that you never sent (wrong InResponseTo)"),
        _REFUSE,
        lambda draft: replace(draft, in_response_to=new_id()),
    ),
    Fault("unsigned", "answer", _("Nothing is signed"), _REFUSE, unsigned=True),
    Fault(
        "foreign", "answer", _("It is signed with a key that is not ours"), _REFUSE, foreign=True
    ),
)
BY_CODE = {fault.code: fault for fault in FAULTS}


@cache
def foreign_key() -> SigningKey:
    """A key that nobody trusts, made once in each process and kept nowhere."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Not the broker")])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return SigningKey(Certificate.from_der(made.public_bytes(Encoding.DER)), key)
