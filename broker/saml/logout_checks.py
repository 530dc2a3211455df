"""The checks on logout messages, in the order they run; as strict as a login's.

A logout that anybody could start, or replay, locks people out of their work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from broker.errors import Refused
from broker.saml import names
from broker.saml.checks import MAX_NAME_ID, RESPONSE_LIFETIME
from broker.saml.messages import LogoutRequest, LogoutResponse


@dataclass(frozen=True, slots=True)
class ExpectedLogout:
    """What a logout message of one peer must fit. Times are aware; skew is the peer's."""

    peer: str  # entityID whose keys verified it
    locations: frozenset[str]  # the address it arrived at, under each name we publish for it
    binding: str
    now: datetime
    skew: timedelta


def issuer(received: LogoutRequest | LogoutResponse, expected: ExpectedLogout) -> None:
    """The issuer inside the verified bytes is the one whose keys verified them."""
    if received.issuer != expected.peer:
        raise Refused("context.issuer", "issued by another than the one it claimed")


def destination(received: LogoutRequest | LogoutResponse, expected: ExpectedLogout) -> None:
    """Sent to the address it arrived at; a browser's message has to say so. Bindings 3.4.5.2."""
    if received.destination is None and expected.binding == names.SOAP:
        return
    if received.destination not in expected.locations:
        raise Refused("context.destination", "the logout was sent to another address")


def age(received: LogoutRequest | LogoutResponse, expected: ExpectedLogout) -> None:
    """Made within the last ten minutes, give or take the skew. R16."""
    passed = expected.now - received.issue_instant
    if not -expected.skew <= passed <= RESPONSE_LIFETIME + expected.skew:
        raise Refused("context.issue_instant", "the logout is too old or from the future")


def not_run_out(received: LogoutRequest, expected: ExpectedLogout) -> None:
    """NotOnOrAfter has not passed. SAML Core 3.7.1."""
    end = received.not_on_or_after
    if end is not None and end <= expected.now - expected.skew:
        raise Refused("context.expired", "the logout has run out")


def named(received: LogoutRequest, expected: ExpectedLogout) -> None:
    """It names somebody, in the clear and at sane length. SDP-SP29."""
    name = received.name_id
    if name is None or not name.value or len(name.value) > MAX_NAME_ID:
        raise Refused("context.subject", "no NameID, an encrypted or an endless one")


LOGOUT_REQUEST_CHECKS: tuple[Callable[[LogoutRequest, ExpectedLogout], None], ...] = (
    issuer,
    destination,
    age,
    not_run_out,
    named,
)

LOGOUT_RESPONSE_CHECKS: tuple[Callable[[LogoutResponse, ExpectedLogout], None], ...] = (
    issuer,
    destination,
    age,
)
