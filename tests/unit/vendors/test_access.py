"""A vendor asks, the owner decides, the vendor uses it; and everything that must not happen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from broker.db import reading
from broker.errors import BrokerError, NotAllowed, Refused, Unknown
from broker.saml.assurance import Assurance
from broker.vendors import store
from broker.vendors.asking import MOST_A_DAY
from broker.vendors.model import LIFE, RENEWABLE
from tests.factories import NOW
from tests.system_certificates import system_certificate
from tests.unit.organisations.office import deed
from tests.unit.vendors.yard import BUILDING, CERTIFICATE, DAY, IDWS, Yard, der

OTHER = "90000284"


def refused(act: Callable[[], object], code: str, kind: type[BrokerError] = Refused) -> None:
    with pytest.raises(kind) as found:
        act()
    assert found.value.code == code


def test_what_the_owner_approves_is_kept_with_its_evidence(yard: Yard) -> None:
    vilma = yard.vendor()
    wanted = NOW + 10 * DAY
    access = yard.granted(vilma, certificate=CERTIFICATE, wanted_at=wanted.isoformat())
    assert (access.since, access.until) == (wanted, wanted + LIFE)
    assert access.state(IDWS, NOW) == "later"
    assert access.state(IDWS, wanted) == "open"
    assert access.state(IDWS, wanted + LIFE) == "ended"
    found = yard.service.evidence(vilma, "sundhed", access.id)
    (line,) = found.history
    (certificate,) = found.certificates
    assert (line.what, line.by.name, line.of_vendor) == ("granted", "Sigrid Egelykke", False)
    assert line.fingerprint == certificate.fingerprint
    assert (certificate.by.name, certificate.until) == ("Vilma Kodemose", None)
    assert line.case_no == access.case_no
    news = yard.mails("case-news")
    assert [to for to, _ in news] == ["vilma@kode.example.dk"]
    assert news[0][1].endswith("Journalen: IDWS")


def test_without_an_owner_the_operator_decides(yard: Yard) -> None:
    case = yard.ask(yard.vendor())
    assert [step.decider for step in case.steps] == ["operator"]
    techs = yard.holding("service_tech", "sei2")
    refused(lambda: yard.decide(techs, case), "permission.mandate", NotAllowed)


def test_nobody_decides_their_own_and_no_owner_of_another_service(yard: Yard) -> None:
    owner = yard.holding("service_owner", "sei2")
    own = yard.ask(replace(owner, cvr=BUILDING.cvr))
    refused(lambda: yard.decide(owner, own), "case.oneself", NotAllowed)
    other = yard.holding("service_owner", "dpsd")
    refused(lambda: yard.decide(other, own), "permission.service", NotAllowed)
    vendor = yard.vendor()
    refused(lambda: yard.decide(vendor, own), "permission.mandate", NotAllowed)
    stranger = yard.vendor(OTHER)
    refused(
        lambda: yard.cases.withdraw(stranger, own.id, own.version, deed()),
        "case.applicant",
        NotAllowed,
    )
    refused(lambda: yard.cases.read(stranger, "sundhed", own.reference), "case.unknown", Unknown)


OUT_OF_ORDER: tuple[tuple[str, dict[str, object]], ...] = (
    ("vendor.fictive", {"fictive": False}),
    ("vendor.closed", {"interface": "web"}),
    ("vendor.closed", {"interface": "nothing"}),
    ("vendor.closed", {"service": "dpsd"}),
    ("vendor.day", {"wanted_at": (NOW - 2 * DAY).isoformat()}),
    ("vendor.day", {"wanted_at": (NOW + 400 * DAY).isoformat()}),
    ("input.cpr", {"purpose": "Til 010190-1234"}),
    ("input.cpr", {"product": "Kai 0101901234"}),
    ("input.empty", {"product": " "}),
    ("vendor.production", {"certificate": der(system_certificate(test=False))}),
    ("vendor.other_company", {"certificate": der(system_certificate(cvr=OTHER))}),
)


def test_what_is_asked_for_must_be_in_order(yard: Yard) -> None:
    vilma = yard.vendor()
    for code, changes in OUT_OF_ORDER:
        refused(lambda changes=changes: yard.ask(vilma, **changes), code)  # type: ignore[misc]  # a default binds the loop's value


def test_one_asks_for_ones_own_company_and_surely_enough(yard: Yard) -> None:
    for party, code in (
        (yard.vendor(OTHER), "vendor.company"),
        (yard.vendor(None), "vendor.company"),
        (yard.vendor(level=Assurance.LOW), "permission.assurance"),
    ):
        refused(lambda who=party: yard.ask(who), code, NotAllowed)  # type: ignore[misc]  # a default binds the loop's value


def test_the_same_is_asked_for_once_and_not_without_end(yard: Yard) -> None:
    vilma = yard.vendor()
    yard.ask(vilma)
    refused(lambda: yard.ask(vilma, product="JOURNALEN"), "vendor.asked")
    for number in range(1, MOST_A_DAY):
        yard.ask(vilma, product=f"Nummer {number}")
    refused(lambda: yard.ask(vilma, product="En til"), "vendor.many")
    assert yard.ask(vilma, at=NOW + 2 * DAY, product="En til").lasting


def test_an_interface_that_closed_meanwhile_is_not_granted(yard: Yard) -> None:
    owner = yard.holding("service_owner", "sei2")
    case = yard.ask(yard.vendor(), interface="dgws")
    yard.dgws = replace(yard.dgws, closes=NOW + DAY)
    refused(lambda: yard.decide(owner, case, NOW + DAY), "vendor.closed")
    with reading(yard.world.engine) as connection:
        assert not store.of_vendor(connection, "sundhed", BUILDING.cvr)


def test_an_access_ends_with_its_interface(yard: Yard) -> None:
    access = yard.granted(yard.vendor(), interface="dgws")
    closing = replace(yard.dgws, closes=NOW + 30 * DAY)
    assert access.last(closing) == NOW + 30 * DAY
    assert access.state(closing, NOW + 29 * DAY) == "open"
    assert access.state(closing, NOW + 30 * DAY) == "closed"
    assert access.state(None, NOW) == "closed"


def test_a_new_certificate_takes_the_place_of_the_first(yard: Yard) -> None:
    vilma = yard.vendor()
    access = yard.granted(vilma, certificate=CERTIFICATE)
    second = system_certificate(name="Nyt system")
    yard.service.certify(vilma, access.id, second, deed(NOW + DAY))
    found = yard.service.evidence(vilma, "sundhed", access.id)
    assert [one.until for one in found.certificates] == [None, NOW + DAY]
    assert found.history[-1].what == "certificate"
    assert found.history[-1].fingerprint == found.certificates[0].fingerprint
    again = deed(NOW + 2 * DAY)
    refused(
        lambda: yard.service.certify(vilma, access.id, second, again), "vendor.same_certificate"
    )
    production = system_certificate(test=False)
    refused(lambda: yard.service.certify(vilma, access.id, production, again), "vendor.production")
    late = deed(NOW + LIFE)
    third = system_certificate(name="For sent")
    refused(lambda: yard.service.certify(vilma, access.id, third, late), "vendor.over")


def test_of_a_company_only_who_asked_acts_and_of_another_nobody_sees(yard: Yard) -> None:
    access = yard.granted(yard.vendor())
    colleague, stranger = yard.vendor(name="Tage Bitsted"), yard.vendor(OTHER)
    owner_elsewhere = yard.holding("service_owner", "dpsd")
    service = yard.service
    assert service.evidence(colleague, "sundhed", access.id).access == access
    assert service.of_vendor(colleague, "sundhed") == (access,)
    assert service.of_vendor(stranger, "sundhed") == ()
    refused(lambda: service.give_back(colleague, access.id, 1, deed()), "vendor.keeper", NotAllowed)
    for who in (stranger, owner_elsewhere):
        refused(
            lambda who=who: service.evidence(who, "sundhed", access.id),  # type: ignore[misc]  # a default binds the loop's value
            "vendor.unknown",
            Unknown,
        )
    refused(lambda: service.evidence(colleague, "borger", access.id), "vendor.unknown", Unknown)
    refused(lambda: service.give_back(stranger, access.id, 1, deed()), "vendor.unknown", Unknown)
    refused(lambda: service.revoke(colleague, access.id, 1, deed()), "vendor.unknown", Unknown)
    refused(
        lambda: service.revoke(owner_elsewhere, access.id, 1, deed()), "vendor.unknown", Unknown
    )
    tech = yard.holding("service_tech", "sei2")
    refused(lambda: service.revoke(tech, access.id, 1, deed()), "permission.mandate", NotAllowed)


def test_the_owner_extends_and_revokes_with_the_reason(yard: Yard) -> None:
    vilma, owner = yard.vendor(), yard.holding("service_owner", "sei2")
    access = yard.granted(vilma)
    refused(lambda: yard.service.extend(owner, access.id, 1, deed()), "vendor.long_enough")
    at = NOW + 100 * DAY
    longer = yard.service.extend(owner, access.id, 1, deed(at, "bruges endnu"))
    assert longer.until == at + LIFE
    refused(lambda: yard.service.revoke(owner, access.id, 1, deed(at)), "vendor.changed")
    yard.service.revoke(owner, access.id, longer.version, deed(at, "ægte data i test"))
    ended = yard.now(access)
    assert (ended.state(IDWS, at), ended.ended_why) == ("revoked", "ægte data i test")
    again = deed(at + DAY)
    refused(lambda: yard.service.revoke(owner, access.id, ended.version, again), "vendor.over")
    refused(lambda: yard.service.extend(owner, access.id, ended.version, again), "vendor.over")
    found = yard.service.evidence(owner, "sundhed", access.id)
    assert [one.what for one in found.history] == ["granted", "extended", "revoked"]
    subjects = [subject for _, subject in yard.mails("vendor-access")]
    assert len(subjects) == 4  # two people of the vendor, twice
    assert "taget tilbage" in subjects[-1]


def test_who_holds_an_access_does_not_prolong_it_as_an_owner(yard: Yard) -> None:
    owner = yard.holding("service_owner", "sei2")
    second = yard.holding("service_owner", "sei2")
    vendor = replace(owner, cvr=BUILDING.cvr)
    yard.decide(second, yard.ask(vendor))
    with reading(yard.world.engine) as connection:
        (access,) = store.of_vendor(connection, "sundhed", BUILDING.cvr)
    at = deed(NOW + 100 * DAY)
    refused(lambda: yard.service.extend(owner, access.id, 1, at), "permission.oneself", NotAllowed)
    assert yard.service.extend(second, access.id, 1, at).version == 2


def test_a_colleague_takes_over_by_asking_for_another_year(yard: Yard) -> None:
    access = yard.granted(yard.vendor())
    tage = yard.vendor(name="Tage Bitsted")
    early = access.until - RENEWABLE - DAY
    ours = str(access.id)
    refused(lambda: yard.ask(tage, at=early, renews=ours), "vendor.renewal")
    stranger = yard.vendor(OTHER)
    refused(
        lambda: yard.ask(stranger, renews=ours, cvr=OTHER, certificate=""),
        "vendor.unknown",
        Unknown,
    )
    refused(lambda: yard.ask(tage, renews="nonsense"), "vendor.unknown", Unknown)
    at = access.until - RENEWABLE
    owner = yard.holding("service_owner", "sei2")
    case = yard.ask(tage, at=at, renews=ours, product="Et andet navn")
    yard.decide(owner, case, at + timedelta(days=1))
    longer = yard.now(access)
    assert longer.until == access.until + LIFE
    assert (longer.product, longer.keeper.name) == (access.product, "Tage Bitsted")
    assert yard.service.give_back(tage, access.id, longer.version, deed(at + 2 * DAY)).ended_at


def test_what_was_given_back_is_not_prolonged_by_a_case_that_waits(yard: Yard) -> None:
    vilma = yard.vendor()
    access = yard.granted(vilma)
    at = access.until - DAY
    case = yard.ask(vilma, at=at, renews=str(access.id))
    yard.service.give_back(vilma, access.id, 1, deed(at))
    owner = yard.holding("service_owner", "sei2")
    refused(lambda: yard.decide(owner, case, at), "vendor.over")
