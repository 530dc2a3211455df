"""A flow in a cookie: small, bound to its name, federation and state, and opened by any node."""

import secrets
from dataclasses import replace
from uuid import uuid4

import pytest

from broker.errors import Refused
from broker.login.seal import MAX_COOKIE, Sealer, flow_of, new_flow, request_id
from broker.login.state import (
    Asked,
    AwaitingChoice,
    AwaitingResponse,
    Finished,
    Sealed,
    Step,
    Try,
)
from broker.saml import names
from broker.saml.assurance import Assurance, Demand
from broker.sealing import SealingKeys
from tests.factories import NOW

SEALER = Sealer(SealingKeys((secrets.token_bytes(32),)))
FLOW = new_flow()
ASKED = Asked(
    federation="sundhed",
    service=7,
    request_id="_" + "a" * 32,
    acs=1,
    relay_state="https://service.example.dk/æ?x=1",
    force_authn=True,
    is_passive=False,
    demand=Demand("minimum", frozenset({Assurance.SUBSTANTIAL, Assurance.HIGH})),
    idps=(2, 5),
    reference="7KQ2-9F4M-XTRC",
    at=NOW,
)
CHOICE = AwaitingChoice(FLOW, ASKED, (Step(1, 7, 12),))
TRIES = tuple(Try(request_id(FLOW), idp, NOW) for idp in (2, 5, 2))
RESPONSE = AwaitingResponse(FLOW, ASKED, TRIES, tuple(Step(3, i, 9999) for i in range(8)))


CHOSEN = replace(CHOICE, asked=replace(ASKED, session=uuid4(), begun=uuid4()))


@pytest.mark.parametrize("state", [CHOICE, RESPONSE, Finished(FLOW, ASKED), CHOSEN])
def test_what_was_sealed_is_what_is_opened(state: Sealed) -> None:
    name, value = SEALER.seal(state)
    assert SEALER.open(name, value, "sundhed") == state
    assert len(name) + len(value) <= MAX_COOKIE


def test_it_opens_under_no_other_name_federation_or_key() -> None:
    name, value = SEALER.seal(RESPONSE)
    other = Sealer(SealingKeys((secrets.token_bytes(32),)))
    for sealer, n, f in (
        (SEALER, name, "sundhed-test"),
        (SEALER, "__Host-flow-" + new_flow(), "sundhed"),
        (other, name, "sundhed"),
    ):
        with pytest.raises(Refused) as refused:
            sealer.open(n, value, f)
        assert refused.value.code == "flow.foreign"


def test_every_changed_character_is_noticed() -> None:
    name, value = SEALER.seal(CHOICE)
    for position in range(0, len(value), 7):
        changed = (
            value[:position] + ("A" if value[position] != "A" else "B") + value[position + 1 :]
        )
        with pytest.raises(Refused):
            SEALER.open(name, changed, "sundhed")


@pytest.mark.parametrize("value", ["", "x", "!!!", "A" * 30, "æ"])
def test_nonsense_is_foreign(value: str) -> None:
    with pytest.raises(Refused) as refused:
        SEALER.open("__Host-flow-x", value, "sundhed")
    assert refused.value.code == "flow.foreign"


def test_a_new_key_opens_before_it_seals_and_the_old_one_after() -> None:
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    before, during, after = (Sealer(SealingKeys(keys)) for keys in ((old,), (old, new), (new, old)))
    assert during.open(*before.seal(CHOICE), "sundhed") == CHOICE
    assert during.open(*after.seal(CHOICE), "sundhed") == CHOICE
    assert after.open(*during.seal(CHOICE), "sundhed") == CHOICE


def test_a_flow_too_big_for_its_cookie_is_refused_at_the_start() -> None:
    noise = secrets.token_urlsafe(700)
    with pytest.raises(Refused) as refused:
        SEALER.seal(replace(CHOICE, asked=replace(ASKED, relay_state=noise)))
    assert refused.value.code == "limit.flow_state"


def test_what_fits_to_an_identity_provider_fits_to_the_choice_of_an_organisation() -> None:
    """The longest RelayState that is taken at the start; nobody is refused after their login."""
    sealer, fits = SEALER, 0
    for length in range(0, 400, 4):
        asked = replace(
            ASKED,
            relay_state=secrets.token_urlsafe(600)[:length],
            name_id=names.X509_SUBJECT,
            create=False,
            proxy_count=9,
        )
        try:
            sealer.check_room(AwaitingChoice(FLOW, asked))
        except Refused:
            break
        fits = length
        begun = replace(asked, session=uuid4(), begun=uuid4())
        state = AwaitingChoice(FLOW, begun, RESPONSE.trace)
        assert sealer.open(*sealer.seal(state), "sundhed") == state
    assert 0 < fits < 396


def test_a_request_id_names_its_flow_and_nothing_else_does() -> None:
    assert flow_of(request_id(FLOW)) == FLOW
    for other in (None, "", "_x", "_" + "a" * 55, "_" + "a" * 57, "_" + "-" * 56):
        assert flow_of(other) is None


def test_nothing_of_the_state_can_be_read_from_the_cookie() -> None:
    _, value = SEALER.seal(CHOICE)
    assert "service" not in value
    assert SEALER.seal(CHOICE)[1] != value
