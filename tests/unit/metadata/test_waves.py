"""One IdP at many services in one decision, on both engines: all or none, kept and told."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from broker.audit.events import ActivationChanged
from broker.errors import BrokerError
from broker.metadata import waves
from broker.metadata.activating import ActivationService
from broker.metadata.defaults import LoadOptions
from broker.metadata.report import Outcome
from broker.metadata.waves import Edit, Signed, Wave, What
from broker.saml.entities import Localised
from tests.factories import NOW
from tests.metadata_factory import Idp, Sp
from tests.unit.metadata.installation import OCCASION, ORIGIN, Installation

CODE = "idp-example-dk"
WHY = Localised("Fejl hos regionen", "A fault at the region")
HOUR = timedelta(hours=1)
SERVICES = ("dpsd", "darina", "fmk-online")


@pytest.fixture
def three(installation: Installation) -> Installation:
    """One IdP, and three services that do not have it yet."""
    installation.one(Idp().xml())
    for code in SERVICES:
        installation.one(Sp(entity_id=f"https://{code}.example.dk").xml(), LoadOptions(code=code))
    return installation


def decide(on: Installation, what: What, edit: Edit, wave: Wave) -> list[Outcome]:
    return ActivationService(on.engine, ORIGIN, on.audit).carry_out(wave, what, edit, OCCASION)


def states(on: Installation, hours: float = 0) -> Mapping[str, str]:
    """The state of the IdP at each service where it is relevant."""
    registry, at = on.registry, NOW + timedelta(hours=hours)
    found = {s.code: registry.offer(s, CODE, at) for s in registry.services("sundhed")}
    return {code: offer.state for code, offer in found.items() if offer}


def everywhere(signed: Signed | None = None, *, but: tuple[str, ...] = ()) -> Wave:
    return Wave("sundhed", CODE, (), but, signed or Signed())


def test_a_wave_opens_everywhere_but_at_one(three: Installation) -> None:
    before = three.revision
    signed = Signed("Ida", "Ole", "Ulla", "2026-117")
    wave = everywhere(signed, but=("fmk-online",))
    outcomes = decide(three, "plan", waves.plan(NOW + HOUR), wave)
    assert [outcome.state for outcome in outcomes] == ["changed", "changed"]
    assert states(three) == {"dpsd": "planned", "darina": "planned"}
    assert states(three, 1) == {"dpsd": "active", "darina": "active"}
    assert three.revision == before + 1
    told = three.audit.events[-1]
    assert isinstance(told, ActivationChanged)
    assert (told.what, told.service, told.opens) == ("plan", "darina", (NOW + HOUR).isoformat())
    assert (told.requested_by, told.approved_by_owner, told.approved_by_operator) == (
        "Ida",
        "Ole",
        "Ulla",
    )
    assert told.case_no == "2026-117"


def test_a_pause_has_its_reason_and_ends_by_itself_or_by_hand(three: Installation) -> None:
    decide(three, "open", waves.activate(NOW, None), everywhere())
    decide(three, "pause", waves.pause(NOW, NOW + HOUR, WHY), everywhere(but=("dpsd",)))
    assert states(three) == {"dpsd": "active", "darina": "paused", "fmk-online": "paused"}
    assert set(states(three, 1).values()) == {"active"}
    registry = three.registry
    offer = registry.offer(registry.service_by_code("sundhed", "darina"), CODE, NOW)
    assert offer is not None
    assert (offer.reason, offer.date, offer.choosable) == (WHY, NOW + HOUR, False)
    decide(three, "resume", waves.resume(), Wave("sundhed", CODE, ("darina",)))
    assert states(three)["darina"] == "active"


def test_a_document_that_is_loaded_again_does_not_resume(three: Installation) -> None:
    document = {
        "kind": "service",
        "code": "dpsd",
        "federations": ["sundhed"],
        "entity_id": "https://dpsd.example.dk",
        "name": {"da": "DPSD", "en": "DPSD"},
        "owner": "Styrelsen",
        "idp": [{"code": CODE}],
    }
    three.document(document)
    decide(three, "pause", waves.pause(NOW, None, WHY), everywhere())
    three.document({**document, "owner": "En anden"})
    assert states(three) == {"dpsd": "paused"}
    decide(three, "resume", waves.resume(), everywhere())
    assert states(three) == {"dpsd": "active"}
    three.document({**document, "idp": []})
    assert states(three) == {}


def test_every_decision_is_kept_with_who_when_and_why(three: Installation) -> None:
    only = Wave("sundhed", CODE, ("dpsd",), (), Signed(case_no="7"))
    decide(three, "plan", waves.plan(NOW + HOUR), only)
    decide(three, "open", waves.activate(NOW, None), only)
    decide(three, "close", waves.close(NOW + 2 * HOUR, WHY), only)
    decide(three, "close", waves.close(NOW + 2 * HOUR, WHY), only)  # changes nothing
    service = ActivationService(three.engine, ORIGIN, three.audit)
    kept = service.history("sundhed", "dpsd", CODE)
    assert [d.document and (d.document.get("opens"), d.document.get("closes")) for d in kept] == [
        (NOW.isoformat(), (NOW + 2 * HOUR).isoformat()),
        (NOW.isoformat(), None),
        ((NOW + HOUR).isoformat(), None),
    ]
    assert {(d.at, d.by, d.reason, d.case_no) for d in kept} == {(NOW, "operator", "a test", "7")}
    assert states(three, 2) == {"dpsd": "closed"}
    assert service.history("sundhed", "darina") == []


def test_a_new_date_needs_approval_anew(three: Installation) -> None:
    only = Wave("sundhed", CODE, ("dpsd",), (), Signed("Ida", "Ole", "Ulla"))
    decide(three, "plan", waves.plan(NOW + HOUR), only)
    decide(three, "plan", waves.plan(NOW + 2 * HOUR), Wave("sundhed", CODE, ("dpsd",)))
    (service,) = (s for s in three.registry.services("sundhed") if s.code == "dpsd")
    (entry,) = service.activations
    assert (entry.requested_by, entry.approved_by_owner) == (None, None)
    signed = Signed(approved_by_operator="Ulla")
    decide(three, "approve", waves.approve(), Wave("sundhed", CODE, ("dpsd",), (), signed))
    (entry,) = three.registry.service_by_code("sundhed", "dpsd").activations
    assert (entry.opens, entry.approved_by_operator) == (NOW + 2 * HOUR, "Ulla")


@pytest.mark.parametrize(
    ("what", "edit", "wave", "code"),
    [
        ("pause", waves.pause(NOW, None, WHY), everywhere(), "activation.nothing"),
        ("close", waves.close(NOW), Wave("sundhed", CODE, ("dpsd",)), "activation.none"),
        ("plan", waves.plan(NOW), everywhere(but=SERVICES), "activation.nothing"),
        ("plan", waves.plan(NOW), Wave("sundhed", CODE, ("nobody",)), "metadata.no_service"),
        ("plan", waves.plan(NOW), Wave("sundhed", "nobody"), "metadata.no_provider"),
        ("plan", waves.plan(NOW, NOW), everywhere(), "metadata.document"),
        ("plan", waves.plan(NOW), everywhere(Signed("Ida", "ida")), "metadata.document"),
    ],
)
def test_what_does_not_fit_changes_nothing_anywhere(
    three: Installation, what: What, edit: Edit, wave: Wave, code: str
) -> None:
    before = three.revision
    with pytest.raises(BrokerError) as refused:
        decide(three, what, edit, wave)
    assert refused.value.code == code
    assert (three.revision, states(three)) == (before, {})
