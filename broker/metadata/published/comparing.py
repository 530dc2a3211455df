"""What our documents hold, and how one differs from another: facts for people."""

from dataclasses import dataclass
from typing import Literal

from broker.metadata.model import Federation
from broker.metadata.published.drafting import Draft
from broker.metadata.published.keys import OwnKeys
from broker.metadata.published.writing import addresses
from broker.metadata.rollover.model import Slot, Use
from broker.saml.keys import Certificate


@dataclass(frozen=True, slots=True)
class ShownKey:
    """One certificate of a document: what for, which epoch, and the certificate."""

    use: Use
    epoch: str
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a document has more or less than another: a key, or an address."""

    change: Literal["added", "gone"]
    what: Literal["signing", "encryption", "address"]
    value: str  # the fingerprint of a certificate, or an address


def keys_in(federation: Federation, draft: Draft, keys: OwnKeys) -> tuple[ShownKey, ...]:
    """The certificates of a document, in order."""
    slot = Slot(federation.path, draft.side, "signing")
    found = []
    for use, epoch in draft.shown:
        key = (
            keys.signing(slot, epoch)
            if use == "signing"
            else keys.decryption(federation.path, epoch)
        )
        found.append(ShownKey(use, epoch, key.certificate))
    return tuple(found)


def differences(
    federation: Federation, before: Draft, after: Draft, keys: OwnKeys
) -> tuple[Difference, ...]:
    """What `after` has that `before` has not, and the other way round; what is gone comes last."""
    old, new = _facts(federation, before, keys), _facts(federation, after, keys)
    added = tuple(
        Difference("added", what, value) for what, value in new if (what, value) not in old
    )
    gone = tuple(Difference("gone", what, value) for what, value in old if (what, value) not in new)
    return added + gone


def _facts(
    federation: Federation, draft: Draft, keys: OwnKeys
) -> list[tuple[Literal["signing", "encryption", "address"], str]]:
    found: list[tuple[Literal["signing", "encryption", "address"], str]] = [
        (shown.use, shown.certificate.fingerprint) for shown in keys_in(federation, draft, keys)
    ]
    location, logout = addresses(federation, draft)
    places = dict.fromkeys((location, *(address for _binding, address in logout)))
    return [*found, *(("address", place) for place in places)]
