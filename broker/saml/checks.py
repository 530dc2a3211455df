"""The checks on messages, in the order they run; each raises Refused or says nothing.

An empty list of checks is refused too: a gate nobody built is not an open gate.
The order follows the standards' own: who, to whom, in answer to what, when.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from broker.errors import Refused
from broker.saml import names
from broker.saml.messages import Assertion, AuthnRequest, Conditions, SubjectConfirmation
from broker.saml.response import Envelope

RESPONSE_LIFETIME = timedelta(minutes=10)
FRESHNESS = timedelta(seconds=60)
MAX_NAME_ID = 1024

Received = TypeVar("Received")
Wanted = TypeVar("Wanted")


@dataclass(frozen=True, slots=True)
class ExpectedResponse:
    """What the answer to one request of ours must fit. Times are aware; skew is the IdP's."""

    idp: str  # entityID of the IdP that was asked
    our_entity_id: str
    acs_url: str
    request_id: str | None  # None for an answer to nothing, where that is allowed
    service: str  # entityID we will assert to
    now: datetime
    skew: timedelta
    conditions_lifetime: timedelta
    bearer_not_before: bool
    authenticated_after: datetime | None  # set when ForceAuthn was asked for


@dataclass(frozen=True, slots=True)
class ExpectedRequest:
    """What an AuthnRequest of one service must fit."""

    service: str
    sso_url: str
    signed: bool
    now: datetime
    skew: timedelta


def run(
    checks: Sequence[Callable[[Received, Wanted], None]], received: Received, expected: Wanted
) -> tuple[str, ...]:
    """Run every check and return their names. Raises Refused, also when there is none to run."""
    if not checks:
        raise Refused("internal.no_checks", "no checks to run")
    for check in checks:
        check(received, expected)
    return tuple(check.__name__ for check in checks)


# --- a Response, around its assertion -------------------------------------------------


def destination(received: Envelope, expected: ExpectedResponse) -> None:
    """Sent to the address it arrived at. SAML Bindings 3.5.5.2."""
    if received.destination != expected.acs_url:
        raise Refused("context.destination", "the Response was sent to another address")


def in_response_to(received: Envelope, expected: ExpectedResponse) -> None:
    """An answer to our own request. SAML Profiles 4.1.4.3."""
    if received.in_response_to != expected.request_id:
        raise Refused("context.in_response_to", "answers another request")


def response_issuer(received: Envelope, expected: ExpectedResponse) -> None:
    """From the IdP we asked, not from another one we also trust. SAML Profiles 4.1.4.2."""
    if received.issuer != expected.idp:
        raise Refused("context.issuer", "the Response is from another IdP than the one asked")


def response_age(received: Envelope, expected: ExpectedResponse) -> None:
    """Issued within the last ten minutes, give or take the skew. R16."""
    age = expected.now - received.issue_instant
    if not -expected.skew <= age <= RESPONSE_LIFETIME + expected.skew:
        raise Refused("context.issue_instant", "the Response is too old or from the future")


# --- an assertion ----------------------------------------------------------------------


def assertion_issuer(received: Assertion, expected: ExpectedResponse) -> None:
    """Issued by the IdP we asked, the same as the Response. SAML Profiles 4.1.4.2."""
    if received.issuer != expected.idp:
        raise Refused("context.assertion_issuer", "the assertion is another IdP's")


def assertion_age(received: Assertion, expected: ExpectedResponse) -> None:
    """Issued within the last ten minutes, give or take the skew. R16."""
    age = expected.now - received.issue_instant
    if not -expected.skew <= age <= RESPONSE_LIFETIME + expected.skew:
        raise Refused("context.issue_instant", "the assertion is too old or from the future")


def no_encrypted_parts(received: Assertion, expected: ExpectedResponse) -> None:
    """No EncryptedID or EncryptedAttribute inside, which nobody here would read. SDP-IDP20."""
    if received.encrypted_parts:
        raise Refused("context.encrypted_part", "an encrypted part inside the assertion")


def subject(received: Assertion, expected: ExpectedResponse) -> None:
    """About somebody named, by a name of sane length and characters. SAML Core 2.4.1."""
    name = received.name_id
    if name is None or not name.value or len(name.value) > MAX_NAME_ID:
        raise Refused("context.subject", "no NameID, or an endless one")
    if not name.value.isprintable():
        raise Refused("context.subject", "control or format characters in the NameID")


def bearer(received: Assertion, expected: ExpectedResponse) -> None:
    """At least one bearer confirmation holds in full. SAML Profiles 4.1.4.3."""
    bearers = [c for c in received.confirmations if c.method == names.BEARER]
    first: Refused | None = None
    for confirmation in bearers:
        try:
            _confirmed(confirmation, expected)
        except Refused as refused:
            first = first or refused
        else:
            return
    raise first or Refused("context.bearer", "no bearer confirmation")


def _confirmed(found: SubjectConfirmation, expected: ExpectedResponse) -> None:
    if not found.has_data:
        raise Refused("context.recipient", "a confirmation without data")
    if found.recipient != expected.acs_url:
        raise Refused("context.recipient", "meant to be delivered to another address")
    if found.in_response_to != expected.request_id:
        raise Refused("context.in_response_to", "the confirmation answers another request")
    if found.not_on_or_after is None:
        raise Refused("context.confirmation_time", "a confirmation without an end")
    if found.not_on_or_after <= expected.now - expected.skew:
        raise Refused("context.expired", "the confirmation has run out")
    if found.not_on_or_after - RESPONSE_LIFETIME - expected.skew > expected.now:
        raise Refused("context.confirmation_time", "a confirmation that lasts too long")
    if found.not_before is not None:
        if not expected.bearer_not_before:
            raise Refused("context.confirmation_time", "a bearer confirmation with NotBefore")
        if found.not_before > expected.now + expected.skew:
            raise Refused("context.future", "the confirmation does not count yet")


def conditions(received: Assertion, expected: ExpectedResponse) -> None:
    """Conditions are there and have an end. R16; an assertion without them is refused."""
    _conditions(received)


def _conditions(received: Assertion) -> tuple[Conditions, datetime]:
    """The Conditions and their end."""
    if received.conditions is None or received.conditions.not_on_or_after is None:
        raise Refused("context.conditions", "no Conditions, or Conditions without an end")
    return received.conditions, received.conditions.not_on_or_after


def validity(received: Assertion, expected: ExpectedResponse) -> None:
    """Valid now, and not for longer than this IdP may say. SAML Core 2.5.1.2."""
    found, end = _conditions(received)
    if end <= expected.now - expected.skew:
        raise Refused("context.expired", "the assertion has run out")
    if found.not_before is not None and found.not_before > expected.now + expected.skew:
        raise Refused("context.future", "the assertion does not count yet")
    if end - expected.conditions_lifetime - expected.skew > expected.now:
        raise Refused("context.lifetime", "the assertion lasts longer than this IdP may say")


def audience(received: Assertion, expected: ExpectedResponse) -> None:
    """Meant for us by every restriction; one meant for anyone is refused. SAML Core 2.5.1.4."""
    restrictions = _conditions(received)[0].audiences
    if not restrictions:
        raise Refused("context.audience", "not restricted to any audience")
    if any(expected.our_entity_id not in audiences for audiences in restrictions):
        raise Refused("context.audience", "meant for somebody else")


def known_conditions(received: Assertion, expected: ExpectedResponse) -> None:
    """No condition that we do not understand. SAML Core 2.5.1."""
    if _conditions(received)[0].unknown:
        raise Refused("context.condition_unknown", "a condition we do not understand")


def proxy_restriction(received: Assertion, expected: ExpectedResponse) -> None:
    """We may assert onwards, and to this service. SAML Core 2.5.1.6."""
    found, _ = _conditions(received)
    if found.proxy_restrictions > 1:
        raise Refused("context.proxy", "several restrictions where there may be one")
    if found.proxy_count == 0:
        raise Refused("context.proxy", "may not be asserted onwards")
    if found.proxy_audiences and expected.service not in found.proxy_audiences:
        raise Refused("context.proxy", "may not be asserted to this service")


def authn_statement(received: Assertion, expected: ExpectedResponse) -> None:
    """Exactly one AuthnStatement, and at most one AttributeStatement. SDP-IDP10."""
    if len(received.authn_statements) != 1 or received.attribute_statements > 1:
        raise Refused("context.statements", "not one authentication and one set of attributes")


def authn_instant(received: Assertion, expected: ExpectedResponse) -> None:
    """Authenticated in the past, and anew where ForceAuthn asked for it. R16, SDP-IDP07."""
    instant = received.authn_statements[0].authn_instant
    if instant > expected.now + expected.skew:
        raise Refused("context.authn_instant", "authenticated in the future")
    fresh = expected.authenticated_after
    if fresh is not None and instant < fresh - FRESHNESS:
        raise Refused("context.not_fresh", "a new authentication was asked for")


def session_end(received: Assertion, expected: ExpectedResponse) -> None:
    """The session at the IdP has not ended. SAML Core 2.7.2."""
    end = received.authn_statements[0].session_not_on_or_after
    if end is not None and end <= expected.now - expected.skew:
        raise Refused("context.session_ended", "the session at the IdP has ended")


ENVELOPE_CHECKS: tuple[Callable[[Envelope, ExpectedResponse], None], ...] = (
    destination,
    in_response_to,
    response_issuer,
    response_age,
)

ASSERTION_CHECKS: tuple[Callable[[Assertion, ExpectedResponse], None], ...] = (
    assertion_issuer,
    assertion_age,
    no_encrypted_parts,
    subject,
    bearer,
    conditions,
    validity,
    audience,
    known_conditions,
    proxy_restriction,
    authn_statement,
    authn_instant,
    session_end,
)


# --- an AuthnRequest ---------------------------------------------------------------------


def request_issuer(received: AuthnRequest, expected: ExpectedRequest) -> None:
    """The issuer inside the verified bytes is the one whose keys verified them."""
    if received.issuer != expected.service:
        raise Refused("request.issuer", "issued by another than the one it claimed")


def request_destination(received: AuthnRequest, expected: ExpectedRequest) -> None:
    """Sent to the address it arrived at; a signed one has to say so. SAML Bindings 3.4.5.2."""
    if received.destination is None and not expected.signed:
        return
    if received.destination != expected.sso_url:
        raise Refused("request.destination", "the request was sent to another address")


def request_age(received: AuthnRequest, expected: ExpectedRequest) -> None:
    """Made within the last ten minutes, give or take the skew. R16."""
    age = expected.now - received.issue_instant
    if not -expected.skew <= age <= RESPONSE_LIFETIME + expected.skew:
        raise Refused("request.issue_instant", "the request is too old or from the future")


REQUEST_CHECKS: tuple[Callable[[AuthnRequest, ExpectedRequest], None], ...] = (
    request_issuer,
    request_destination,
    request_age,
)
