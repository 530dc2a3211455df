"""Which changes a service's owners settle between themselves, and which open something."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from broker.registrations.casework import opening_of
from broker.registrations.model import Change, Content
from broker.registrations.operating import first_content
from broker.registrations.widening import widens

BEFORE = first_content("card", {"da": "Kortet", "en": "The card"}, "Ejeren").with_document(
    {
        "wanted": [{"code": "nemlogin"}],
        "require_role": True,
        "mapping": {"service": "card", "release": [{"source": "cvr"}]},
    }
)
MORE: dict[str, dict[str, object]] = {
    "login": {"wanted": [{"code": "nemlogin"}, {"code": "region"}]},
    "level": {"minimum": "Low"},
    "attribute": {"mapping": {"release": [{"source": "cvr"}, {"source": "cpr_number"}]}},
    "without a role": {"require_role": False},
    "without a signature": {"require_signed_requests": False},
    "without encryption": {"plaintext": True},
}


def decider(before: Content | None, after: Content) -> str:
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    change = Change(
        uuid4(), "sundhed", "card", "change", after, None, "why", None, "Ane", now, "waiting"
    )
    (step,) = opening_of(change, "Kortet: ændring", before, second_owner=True).steps
    return step.decider


@pytest.mark.parametrize("what", MORE)
def test_what_lets_in_more_or_tells_more_is_the_operators(what: str) -> None:
    after = BEFORE.with_document(MORE[what])
    assert widens(BEFORE, after)
    assert decider(BEFORE, after) == "operator"


def test_a_service_that_is_not_there_yet_is_the_operators() -> None:
    assert decider(None, BEFORE) == "operator"


@pytest.mark.parametrize(
    "less",
    [{"name": {"da": "Nyt", "en": "New"}}, {"wanted": []}, {"minimum": "High"}, {"owner": "En"}],
)
def test_the_rest_is_another_owners(less: dict[str, object]) -> None:
    assert decider(BEFORE, BEFORE.with_document(less)) == "service_owner"
