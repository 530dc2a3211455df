"""Cases from their opening to their end, on both databases."""

from datetime import timedelta

import pytest

from broker.cases import store
from broker.cases.model import Case, Party
from broker.db import reading, writing
from broker.errors import BrokerError, NotAllowed, Refused, Unknown
from broker.organisations.desk import Work
from tests.factories import NOW
from tests.unit.cases.counter import JOINING, STEPS, WORK, Counter, why
from tests.unit.organisations.office import Office, deed

LATER = NOW + timedelta(days=2)


def officer_approves(counter: Counter, case: Case, applicant: Party, officer: Party) -> Case:
    code = counter.service.invite(applicant, case.id, "officer", deed())
    return counter.service.approve(officer, case.id, "officer", case.version, deed(), code=code)


def states(case: Case) -> dict[str, str]:
    return {step.code: step.state for step in case.steps}


def refused(error: type[BrokerError], code: str) -> "pytest.RaisesExc[BrokerError]":
    return pytest.raises(error, match=f"^{code}(:|$)")


def test_an_organisation_is_decided_by_three_kinds_of_people(counter: Counter) -> None:
    applicant, officer = counter.stranger(), counter.stranger(name="Sofie Lund")
    owner = counter.holding(("service_owner", "dpsd"), ("service_owner", "sor"))
    operator = counter.holding(("operator", None))
    case = counter.opened(applicant)
    assert states(case) == {
        "officer": "open",
        "owner:dpsd": "later",
        "owner:sor": "later",
        "operator": "later",
    }
    case = officer_approves(counter, case, applicant, officer)
    assert [step.code for step in case.waiting] == ["owner:dpsd", "owner:sor"]
    case = counter.service.approve(owner, case.id, "owner:dpsd", case.version, deed())
    case = counter.service.refuse(owner, case.id, "owner:sor", case.version, why("not theirs"))
    assert [step.code for step in case.waiting] == ["operator"]
    case = counter.service.approve(operator, case.id, "operator", case.version, why("checked"))
    assert case.state == "approved"
    assert counter.read(case) == case
    told = counter.service.history(case)
    assert [(one.what, one.step) for one in told] == [
        ("opened", None),
        ("invited", "officer"),
        ("invited", "officer"),
        ("approved", "officer"),
        ("approved", "owner:dpsd"),
        ("refused", "owner:sor"),
        ("approved", "operator"),
    ]
    assert [one.sequence for one in told] == [1, 2, 3, 4, 5, 6, 7]
    assert [one.of_applicant for one in told] == [True, True, True, False, False, False, False]
    assert told[5].words == "not theirs"
    assert Office(counter.world).told().count("case.changed") == 7


def test_a_step_that_the_case_hangs_on_ends_it(counter: Counter) -> None:
    applicant, officer = counter.stranger(), counter.stranger()
    case = counter.opened(applicant)
    code = counter.service.invite(applicant, case.id, "officer", deed())
    case = counter.service.refuse(officer, case.id, "officer", 1, why("no"), code=code)
    assert (case.state, case.waiting) == ("refused", ())
    with refused(Refused, "case.step"):
        counter.service.approve(officer, case.id, "officer", case.version, deed(), code=code)


def test_nobody_decides_what_they_asked_for(counter: Counter) -> None:
    operator = counter.holding(("operator", None), ("service_owner", "dpsd"))
    case = counter.opened(operator, STEPS[3:])
    with refused(NotAllowed, "case.oneself"):
        counter.service.approve(operator, case.id, "operator", 1, deed())
    case = counter.opened(applicant := counter.stranger(), STEPS[:1])
    code = counter.service.invite(applicant, case.id, "officer", deed())
    with refused(NotAllowed, "case.oneself"):
        counter.service.approve(applicant, case.id, "officer", 1, deed(), code=code)


def test_one_person_is_not_two(counter: Counter) -> None:
    both = counter.holding(("operator", None), ("service_owner", "dpsd"))
    case = counter.opened(counter.stranger(), (STEPS[1], STEPS[3]))
    case = counter.service.approve(both, case.id, "owner:dpsd", 1, deed())
    with refused(NotAllowed, "case.two_people"):
        counter.service.approve(both, case.id, "operator", case.version, deed())


def test_work_may_be_ones_own_and_the_judgement_not(counter: Counter) -> None:
    first, second = counter.holding(("operator", None)), counter.holding(("operator", None))
    case = counter.opened(first, WORK)
    case = counter.service.approve(first, case.id, "metadata", 1, deed())
    with refused(NotAllowed, "case.oneself"):
        counter.service.approve(first, case.id, "open", case.version, deed())
    assert counter.service.approve(second, case.id, "open", 2, deed()).state == "approved"


@pytest.mark.parametrize(
    ("mandates", "step"),
    [
        ((("service_owner", "sor"),), "owner:dpsd"),
        ((("service_tech", "dpsd"),), "owner:dpsd"),
        ((("operator", None),), "owner:dpsd"),
        ((("auditor", None),), "owner:dpsd"),
        ((), "owner:dpsd"),
    ],
)
def test_whoever_may_not_decide_is_refused(
    counter: Counter, mandates: tuple[tuple[str, str | None], ...], step: str
) -> None:
    party = counter.holding(*mandates)  # type: ignore[arg-type]  # kinds, from the table above
    case = counter.opened(counter.stranger(), STEPS[1:])
    with pytest.raises(NotAllowed) as error:
        counter.service.approve(party, case.id, step, 1, deed())
    assert error.value.code.startswith("permission.")
    assert counter.read(case).state == "open"


def test_the_officer_comes_by_the_link_and_from_the_organisation(counter: Counter) -> None:
    applicant, officer = counter.stranger(), counter.stranger()
    case, other = counter.opened(applicant), counter.opened(applicant)
    old = counter.service.invite(applicant, case.id, "officer", deed())
    code = counter.service.invite(applicant, case.id, "officer", deed())
    wrong = counter.service.invite(applicant, other.id, "officer", deed())
    for bad in (None, "guess", old, wrong):
        with refused(NotAllowed, "case.link"):
            counter.service.approve(officer, case.id, "officer", 1, deed(), code=bad)
    with refused(NotAllowed, "case.officer_cvr"):
        elsewhere = counter.stranger("90000022")
        counter.service.approve(elsewhere, case.id, "officer", 1, deed(), code=code)
    with refused(Unknown, "case.link"):
        counter.service.of_code(officer, old)
    assert counter.service.of_code(officer, code) == (counter.read(case), "officer")
    with refused(NotAllowed, "case.applicant"):
        counter.service.invite(officer, case.id, "officer", deed())


def test_a_question_stops_the_clock(counter: Counter) -> None:
    applicant, operator = counter.stranger(), counter.holding(("operator", None))
    case = counter.opened(applicant, STEPS[3:])
    asked = counter.service.ask(operator, case.id, "operator", 1, why("Which wards?"))
    assert (asked.state, asked.asked_step) == ("asked", "operator")
    assert not asked.late(case.promised_at + timedelta(days=90))
    with refused(Refused, "case.step"):
        counter.service.approve(operator, case.id, "operator", asked.version, deed())
    with refused(NotAllowed, "case.applicant"):
        counter.service.answer(operator, case.id, asked.version, why("All"))
    other = JOINING.checked()
    back = counter.service.answer(applicant, case.id, asked.version, why("All", LATER), other)
    assert (back.state, back.promised_at - case.promised_at) == ("open", LATER - NOW)
    assert back.late(back.promised_at)
    with refused(Refused, "case.not_asked"):
        counter.service.answer(applicant, case.id, back.version, why("More"))


def test_nobody_overwrites_what_somebody_else_did(counter: Counter) -> None:
    operator = counter.holding(("operator", None))
    case = counter.opened(counter.stranger(), STEPS[3:])
    taken = counter.service.take(operator, case.id, case.version, deed())
    assert taken.taken_by is not None
    with refused(Refused, "case.changed"):
        counter.service.approve(operator, case.id, "operator", case.version, deed())


def test_what_cannot_be_carried_out_leaves_nothing(counter: Counter) -> None:
    class Fails:
        def carry_out(self, work: Work, case: Case, party: Party) -> Case:
            raise Refused("organisation.exists", "there is one")

    case = counter.opened(counter.stranger(), STEPS[3:])
    service = type(counter.service)(counter.service.desk, {"organisation": Fails()})
    operator = counter.holding(("operator", None))
    with refused(Refused, "organisation.exists"):
        service.approve(operator, case.id, "operator", 1, deed())
    assert counter.read(case) == case
    assert len(counter.service.history(case)) == 1


def test_it_is_taken_back_by_whoever_asked(counter: Counter) -> None:
    applicant = counter.stranger()
    case = counter.opened(applicant)
    with refused(NotAllowed, "case.applicant"):
        counter.service.withdraw(counter.stranger(), case.id, 1, why("changed my mind"))
    case = counter.service.withdraw(applicant, case.id, 1, why("changed my mind"))
    assert case.state == "withdrawn"
    with refused(Refused, "case.over"):
        counter.service.withdraw(applicant, case.id, case.version, why("again"))


def test_a_case_is_hidden_from_strangers(counter: Counter) -> None:
    applicant = counter.stranger()
    case = counter.opened(applicant)
    seen = [applicant, counter.holding(("auditor", None)), counter.holding(("operator", None))]
    seen.append(counter.holding(("service_owner", "sor")))
    for party in seen:
        assert counter.service.read(party, "sundhed", case.reference.lower()) == case
    hidden = [counter.stranger(), counter.holding(("service_owner", "fmk"))]
    hidden.append(counter.holding(("org_admin", None)))
    for party in hidden:
        with refused(Unknown, "case.unknown"):
            counter.service.read(party, "sundhed", case.reference)
    colleague = counter.holding(("org_chief", None))
    of_home = counter.accessing(counter.holding(("org_admin", None)))
    assert counter.service.read(colleague, "sundhed", of_home.reference) == of_home


def test_lists_filter_search_and_page(counter: Counter) -> None:
    applicant, operator = counter.stranger(), counter.holding(("operator", None))
    cases = [counter.opened(applicant) for _ in range(3)]
    access = counter.accessing(operator)
    over = counter.service.withdraw(applicant, cases[0].id, 1, deed())

    def found(**filters: object) -> list[str]:
        asked = store.Asked("sundhed", **filters)  # type: ignore[arg-type]  # filters by name
        with reading(counter.world.engine) as connection:
            rows, total = store.listed(connection, asked)
            assert store.counted(connection, asked) == total == len(rows)
        return sorted(row.reference for row in rows)

    lasting = sorted([cases[1].reference, cases[2].reference, access.reference])
    assert found() == lasting
    assert found(over=True) == sorted([*lasting, over.reference])
    assert found(state="withdrawn") == [over.reference]
    assert found(kind="access") == found(waits_for="operator") == [access.reference]
    assert found(organisation=counter.home) == [access.reference]
    assert found(services=("dpsd",)) == sorted([cases[1].reference, cases[2].reference])
    assert found(opened_person=operator.person) == [access.reference]
    assert found(search="LÆGEHUSET 90000098") == found(services=("sor",))
    assert found(search="100%") == found(late_at=NOW) == []
    assert found(late_at=access.promised_at) == [access.reference]
    with reading(counter.world.engine) as connection:
        page, total = store.listed(connection, store.Asked("sundhed"), start=2, size=2)
    assert (len(page), total) == (1, 3)


def test_history_is_only_added_to(counter: Counter) -> None:
    case = counter.opened(counter.stranger(), STEPS[3:])
    before = counter.service.history(case)
    with writing(counter.world.engine) as connection:
        store.tell(connection, case.id, before[0])
    after = counter.service.history(case)
    assert after[0] == before[0]
    assert [one.sequence for one in after] == [1, 2]
