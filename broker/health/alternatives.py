"""What else somebody may use where their identity provider is failing. Nobody is sent there."""

from collections.abc import Sequence

from broker.health.snapshot import Snapshot
from broker.metadata.activations import Offer


def alternatives(
    offers: Sequence[Offer], instead_of: Offer, known: Snapshot, service: str
) -> tuple[Offer, ...]:
    """Those that are open, may assert the same level at least, speak for the same kind of
    people, and are not failing themselves.
    """
    wanted = instead_of.idp
    return tuple(
        offer
        for offer in offers
        if offer.state == "active"
        and offer.idp.row != wanted.row
        and offer.idp.maximum >= wanted.maximum
        and offer.idp.identity_types & wanted.identity_types
        and not known.of(offer.idp.federation, service, offer.idp.code).failing
    )
