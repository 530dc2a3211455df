"""Hop 2. Which IdP: those active for the service now, the only one, or the person's choice."""

from collections.abc import Collection
from datetime import datetime

from broker.errors import NotAllowed, Refused
from broker.login.state import AwaitingChoice, AwaitingResponse, IdPChosen
from broker.metadata.activations import closed_to_all
from broker.metadata.model import ConnectedIdp, Service
from broker.metadata.registry import Registry


def open_idps(
    registry: Registry,
    service: Service,
    narrowed: tuple[int, ...],
    now: datetime,
    *,
    testers: bool = False,
    left: datetime | None = None,
) -> tuple[ConnectedIdp, ...]:
    """The IdPs open for the service at this instant, narrowed by the request's IDPList.

    Those for test users are among them where nothing else is open, or where `testers` may be
    meant, since nobody knows who is one before sign-in (R23). Whoever `left` for theirs comes
    back from it, be it for test users or paused since.

    Raises NotAllowed with a code of `policy.idp_*` when none is left.
    """
    offers = [o for o in registry.offers(service, now) if not narrowed or o.idp.row in narrowed]
    test = testers or left is not None or not any(o.state == "active" for o in offers)
    found = tuple(
        offer.idp
        for offer in offers
        if offer.state == "active" or (test and offer.choosable) or offer.lets_finish(left)
    )
    if not found:
        raise closed_to_all(service, offers)
    return found


def settle(
    state: AwaitingChoice, idps: tuple[ConnectedIdp, ...], trying: Collection[int] = ()
) -> IdPChosen | None:
    """The choice where there is only one, or None when the person has to be asked.

    Nobody is sent to one for test users (`trying`) without having said that they are one. Raises
    Refused("request.passive") when asking is not allowed. SAML Core 3.4.1.
    """
    if len(idps) == 1 and idps[0].row not in trying:
        return IdPChosen(state, idps[0].row)
    if state.asked.is_passive:
        raise Refused("request.passive", "no IdP is the only one, and no page may be shown")
    return None


def choose(
    state: AwaitingChoice | AwaitingResponse, idps: tuple[ConnectedIdp, ...], code: str
) -> IdPChosen:
    """The person's choice. Raises NotAllowed("policy.idp_not_active") for one that is not open."""
    for idp in idps:
        if idp.code == code:
            return IdPChosen(state, idp.row)
    raise NotAllowed("policy.idp_not_active", "an IdP that is not active for this service")
