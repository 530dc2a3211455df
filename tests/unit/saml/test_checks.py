"""Each numbered check fails alone, and no check is without such a test."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.errors import Refused
from broker.saml import checks, names
from broker.saml.messages import (
    Assertion,
    AuthnStatement,
    Conditions,
    NameID,
    Status,
    SubjectConfirmation,
)
from broker.saml.response import Envelope
from tests.factories import ACS, BROKER, IDP, NOW

MINUTE = timedelta(minutes=1)

EXPECTED = checks.ExpectedResponse(
    idp=IDP,
    our_entity_id=BROKER,
    acs_url=ACS,
    request_id="_request",
    service="https://service.example.dk",
    now=NOW,
    skew=timedelta(seconds=180),
    conditions_lifetime=timedelta(minutes=10),
    bearer_not_before=True,
    authenticated_after=NOW - MINUTE,
)
ENVELOPE = Envelope("_r", IDP, ACS, "_request", NOW, Status(names.SUCCESS))
CONFIRMATION = SubjectConfirmation(
    method=names.BEARER,
    recipient=ACS,
    in_response_to="_request",
    not_before=None,
    not_on_or_after=NOW + 5 * MINUTE,
    has_data=True,
)
CONDITIONS = Conditions(NOW, NOW + 10 * MINUTE, ((BROKER,),))
STATEMENT = AuthnStatement(NOW, "_s", None, "urn:x")
ASSERTION = Assertion(
    id="_a",
    issuer=IDP,
    issue_instant=NOW,
    name_id=NameID("nurse-1", names.PERSISTENT),
    confirmations=(CONFIRMATION,),
    conditions=CONDITIONS,
    authn_statements=(STATEMENT,),
    attribute_statements=1,
    attributes=(),
)

LATE = NOW - 14 * MINUTE
ENVELOPE_FAULTS = [
    ("destination", {"destination": ACS + "/"}, "context.destination"),
    ("destination", {"destination": None}, "context.destination"),
    ("in_response_to", {"in_response_to": "_other"}, "context.in_response_to"),
    ("response_issuer", {"issuer": "https://other.example.dk"}, "context.issuer"),
    ("response_issuer", {"issuer": None}, "context.issuer"),
    ("response_age", {"issue_instant": LATE}, "context.issue_instant"),
    ("response_age", {"issue_instant": NOW + 4 * MINUTE}, "context.issue_instant"),
]


def confirmed(**change: object) -> dict[str, object]:
    """The honest confirmation with a change, as a change of the assertion."""
    return {"confirmations": (replace(CONFIRMATION, **change),)}  # type: ignore[arg-type]  # table


def conditioned(**change: object) -> dict[str, object]:
    """The honest conditions with a change, as a change of the assertion."""
    return {"conditions": replace(CONDITIONS, **change)}  # type: ignore[arg-type]  # table


def stated(**change: object) -> dict[str, object]:
    """The honest authentication with a change, as a change of the assertion."""
    return {"authn_statements": (replace(STATEMENT, **change),)}  # type: ignore[arg-type]  # table


ASSERTION_FAULTS: list[tuple[str, dict[str, object], str]] = [
    ("assertion_issuer", {"issuer": "https://other.example.dk"}, "context.assertion_issuer"),
    ("assertion_age", {"issue_instant": LATE}, "context.issue_instant"),
    ("assertion_age", {"issue_instant": NOW + 4 * MINUTE}, "context.issue_instant"),
    ("no_encrypted_parts", {"encrypted_parts": True}, "context.encrypted_part"),
    ("subject", {"name_id": None}, "context.subject"),
    ("subject", {"name_id": NameID("", names.PERSISTENT)}, "context.subject"),
    ("subject", {"name_id": NameID("a" * 2000, names.PERSISTENT)}, "context.subject"),
    ("subject", {"name_id": NameID("a\u202eb", names.PERSISTENT)}, "context.subject"),
    ("bearer", {"confirmations": ()}, "context.bearer"),
    ("bearer", confirmed(method="urn:x:sender-vouches"), "context.bearer"),
    ("bearer", confirmed(has_data=False), "context.recipient"),
    ("bearer", confirmed(recipient=None), "context.recipient"),
    ("bearer", confirmed(recipient=BROKER), "context.recipient"),
    ("bearer", confirmed(in_response_to=None), "context.in_response_to"),
    ("bearer", confirmed(in_response_to="_other"), "context.in_response_to"),
    ("bearer", confirmed(not_on_or_after=None), "context.confirmation_time"),
    ("bearer", confirmed(not_on_or_after=NOW - 3 * MINUTE), "context.expired"),
    ("bearer", confirmed(not_on_or_after=NOW + 14 * MINUTE), "context.confirmation_time"),
    ("bearer", confirmed(not_before=NOW + 4 * MINUTE), "context.future"),
    ("conditions", {"conditions": None}, "context.conditions"),
    ("conditions", conditioned(not_on_or_after=None), "context.conditions"),
    ("validity", conditioned(not_on_or_after=NOW - 3 * MINUTE), "context.expired"),
    ("validity", conditioned(not_before=NOW + 4 * MINUTE), "context.future"),
    ("validity", conditioned(not_on_or_after=NOW + 60 * MINUTE), "context.lifetime"),
    ("audience", conditioned(audiences=()), "context.audience"),
    ("audience", conditioned(audiences=((BROKER.upper(),),)), "context.audience"),
    ("audience", conditioned(audiences=((BROKER,), ("https://x",))), "context.audience"),
    ("known_conditions", conditioned(unknown=("Condition",)), "context.condition_unknown"),
    ("proxy_restriction", conditioned(proxy_count=0), "context.proxy"),
    ("proxy_restriction", conditioned(proxy_audiences=("https://x",)), "context.proxy"),
    ("authn_statement", {"authn_statements": (STATEMENT, STATEMENT)}, "context.statements"),
    ("authn_statement", {"attribute_statements": 2}, "context.statements"),
    ("authn_instant", stated(authn_instant=NOW + 4 * MINUTE), "context.authn_instant"),
    ("authn_instant", stated(authn_instant=NOW - 3 * MINUTE), "context.not_fresh"),
    ("session_end", stated(session_not_on_or_after=NOW - 3 * MINUTE), "context.session_ended"),
]


def test_an_honest_response_passes_every_check() -> None:
    assert checks.run(checks.ENVELOPE_CHECKS, ENVELOPE, EXPECTED) == tuple(
        check.__name__ for check in checks.ENVELOPE_CHECKS
    )
    assert len(checks.run(checks.ASSERTION_CHECKS, ASSERTION, EXPECTED)) == 13


@pytest.mark.parametrize(("check", "change", "code"), ENVELOPE_FAULTS)
def test_an_envelope_fault_fails_its_own_check_alone(
    check: str, change: dict[str, object], code: str
) -> None:
    faulty = replace(ENVELOPE, **change)  # type: ignore[arg-type]  # the table's columns
    for candidate in checks.ENVELOPE_CHECKS:
        if candidate.__name__ == check:
            with pytest.raises(Refused) as refused:
                candidate(faulty, EXPECTED)
            assert refused.value.code == code
        else:
            candidate(faulty, EXPECTED)


@pytest.mark.parametrize(("check", "change", "code"), ASSERTION_FAULTS)
def test_an_assertion_fault_is_refused_first_by_its_own_check(
    check: str, change: dict[str, object], code: str
) -> None:
    faulty = replace(ASSERTION, **change)  # type: ignore[arg-type]  # the table's columns
    for candidate in checks.ASSERTION_CHECKS:
        if candidate.__name__ == check:
            break
        candidate(faulty, EXPECTED)
    with pytest.raises(Refused) as refused:
        candidate(faulty, EXPECTED)
    assert refused.value.code == code


def test_no_check_is_without_a_fault_that_fails_it() -> None:
    tested = {row[0] for row in ENVELOPE_FAULTS} | {row[0] for row in ASSERTION_FAULTS}
    all_checks = (*checks.ENVELOPE_CHECKS, *checks.ASSERTION_CHECKS)
    assert tested == {check.__name__ for check in all_checks}


def test_an_empty_list_of_checks_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        checks.run((), ENVELOPE, EXPECTED)
    assert refused.value.code == "internal.no_checks"


def test_a_good_confirmation_among_bad_ones_is_enough() -> None:
    bad = replace(CONFIRMATION, recipient="https://x")
    checks.bearer(replace(ASSERTION, confirmations=(bad, CONFIRMATION)), EXPECTED)


def test_a_profile_without_bearer_not_before_refuses_one() -> None:
    plain = replace(EXPECTED, bearer_not_before=False)
    dated = replace(ASSERTION, confirmations=(replace(CONFIRMATION, not_before=NOW),))
    checks.bearer(dated, EXPECTED)
    with pytest.raises(Refused) as refused:
        checks.bearer(dated, plain)
    assert refused.value.code == "context.confirmation_time"
