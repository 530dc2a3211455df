"""Hop 2. Which IdP: those active for the service now, the only one, or the person's choice."""

from datetime import datetime

from broker.errors import NotAllowed, Refused
from broker.login.state import AwaitingChoice, AwaitingResponse, IdPChosen
from broker.metadata.model import ConnectedIdp, Service
from broker.metadata.registry import Registry


def open_idps(
    registry: Registry, service: Service, narrowed: tuple[int, ...], now: datetime
) -> tuple[ConnectedIdp, ...]:
    """The IdPs active for the service at this instant, narrowed by the request's IDPList.

    Raises NotAllowed("policy.idp_not_active") when none is left.
    """
    active = registry.active_idps(service, now)
    found = tuple(idp for idp in active if not narrowed or idp.row in narrowed)
    if not found:
        raise NotAllowed("policy.idp_not_active", f"no IdP is active for {service.code}")
    return found


def settle(state: AwaitingChoice, idps: tuple[ConnectedIdp, ...]) -> IdPChosen | None:
    """The choice where there is only one, or None when the person has to be asked.

    Raises Refused("request.passive") when asking is not allowed. SAML Core 3.4.1.
    """
    if len(idps) == 1:
        return IdPChosen(state, idps[0].row)
    if state.asked.is_passive:
        raise Refused("request.passive", "several IdPs, and no page may be shown")
    return None


def choose(
    state: AwaitingChoice | AwaitingResponse, idps: tuple[ConnectedIdp, ...], code: str
) -> IdPChosen:
    """The person's choice. Raises NotAllowed("policy.idp_not_active") for one that is not open."""
    for idp in idps:
        if idp.code == code:
            return IdPChosen(state, idp.row)
    raise NotAllowed("policy.idp_not_active", "an IdP that is not active for this service")
