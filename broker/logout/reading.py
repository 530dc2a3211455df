"""Logout messages in: whose they are, verified with that partner's own keys, and checked."""

from dataclasses import dataclass
from datetime import timedelta

from broker.errors import Refused, Unknown
from broker.logout.model import Side
from broker.logout.turn import Turn
from broker.logout.writing import Peer
from broker.saml import checks
from broker.saml.keys import Certificate
from broker.saml.logout import UnverifiedLogout
from broker.saml.logout_checks import (
    LOGOUT_REQUEST_CHECKS,
    LOGOUT_RESPONSE_CHECKS,
    ExpectedLogout,
)
from broker.saml.messages import LogoutRequest, LogoutResponse

SKEW = timedelta(seconds=180)


@dataclass(frozen=True, slots=True)
class Received:
    """A verified logout message, and the partner it is from."""

    row: int
    code: str
    peer: Peer
    message: LogoutRequest | LogoutResponse


def receive(turn: Turn, side: Side, opened: UnverifiedLogout, location: str) -> Received:
    """Verify and check, as strictly as a login. Raises Refused; nothing is touched before.

    Raises Refused("context.issuer") for a partner that is not registered on this side.
    """
    turn.claimed, turn.sha256 = opened.unverified_issuer, opened.sha256
    row, code, peer, signing, skew = _partner(turn, side, opened.unverified_issuer)
    turn.peer = code
    message = opened.verify(signing)
    expected = ExpectedLogout(
        peer=peer.entity_id,
        locations=frozenset({location}),
        binding=opened.binding,
        now=turn.now,
        skew=skew,
    )
    if isinstance(message, LogoutRequest):
        checks.run(LOGOUT_REQUEST_CHECKS, message, expected)
    else:
        checks.run(LOGOUT_RESPONSE_CHECKS, message, expected)
    turn.verified = True
    return Received(row, code, peer, message)


def confirmed(
    opened: UnverifiedLogout, signing: tuple[Certificate, ...], expected: ExpectedLogout
) -> LogoutResponse:
    """A partner's answer on the back channel, verified and checked. Raises Refused."""
    message = opened.verify(signing)
    if not isinstance(message, LogoutResponse):
        raise Refused("malformed.root", "not a LogoutResponse")
    checks.run(LOGOUT_RESPONSE_CHECKS, message, expected)
    return message


def _partner(
    turn: Turn, side: Side, claimed: str
) -> tuple[int, str, Peer, tuple[Certificate, ...], timedelta]:
    path = turn.federation.path
    if side == "sp":
        try:
            service = turn.registry.service_by_entity(path, claimed)
        except Unknown:
            raise Refused("context.issuer", "a service that is not registered") from None
        peer = Peer.of_service(service, turn.federation, turn.keys(service.code, turn.endpoint))
        return service.row, service.code, peer, service.sp.signing, SKEW
    for idp in turn.registry.idps(path):
        if idp.idp.entity_id == claimed:
            peer = Peer.of_idp(idp, turn.federation, turn.keys(idp.code))
            return idp.row, idp.code, peer, idp.idp.signing, timedelta(seconds=idp.skew)
    raise Refused("context.issuer", "an identity provider that is not registered")
