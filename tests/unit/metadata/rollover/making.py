"""Plans for tests: a slot, the days of a plan, keys whose certificates last for a while."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from broker.metadata.rollover.model import Instants, Plan, Slot
from broker.saml.keys import Certificate

SIGNING = Slot("sundhed", "idp", "signing")
OUTWARD = Slot("sundhed", "sp", "signing")
ENCRYPTION = Slot("sundhed", "sp", "encryption")
EVERY = (SIGNING, OUTWARD, ENCRYPTION)
DAY_0 = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def day(number: float) -> datetime:
    """So many days after the first."""
    return DAY_0 + timedelta(days=number)


def days(*numbers: float) -> Instants:
    """The instants of a plan, each by its day."""
    return Instants(*map(day, numbers))


USUAL = days(10, 20, 40, 50, 60, 90)


def plan(slot: Slot = SIGNING, instants: Instants = USUAL, **more: object) -> Plan:
    """A plan from the first epoch to the second, unless it says otherwise."""
    made = Plan("autumn", slot, "first", "second", instants, row=1)
    return replace(made, **more)  # type: ignore[arg-type]  # callers name the fields


@cache
def certificate(name: str, since: int = -100, until: int = 1000) -> Certificate:
    """The certificate of that name, valid between two days."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(day(since))
        .not_valid_after(day(until))
        .sign(private, hashes.SHA256())
    )
    return Certificate(made.public_bytes(Encoding.DER))


@dataclass(frozen=True)
class Ring:
    """The keys of a node: by epoch, until which day each lasts; the same in every slot."""

    until: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("first", "second", "third", "fourth"), 1000)
    )
    since: dict[str, int] = field(default_factory=dict)

    def certificate(self, slot: Slot, epoch: str) -> Certificate | None:
        """The certificate of a key that is here, or None."""
        if epoch not in self.until:
            return None
        return certificate(f"{slot} {epoch}", self.since.get(epoch, -100), self.until[epoch])
