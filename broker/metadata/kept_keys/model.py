"""A certificate that counts beside those of a partner's metadata. Frozen."""

from dataclasses import dataclass
from datetime import datetime

from broker.saml.keys import Certificate


@dataclass(frozen=True, slots=True)
class Kept:
    """A signing certificate that still verifies, until an instant."""

    certificate: Certificate
    until: datetime
    by: str
    reason: str


def still(
    signing: tuple[Certificate, ...], kept: tuple[Kept, ...], now: datetime
) -> tuple[Certificate, ...]:
    """What verifies at an instant: what metadata says first, then what is kept beside it."""
    more = tuple(k.certificate for k in kept if now < k.until and k.certificate not in signing)
    return (*signing, *dict.fromkeys(more))
