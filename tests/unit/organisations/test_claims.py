"""Codes that take an account over: for one person, one organisation, and one use."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from broker.db import reading
from broker.errors import BrokerError
from broker.identities.keys import professional_uuid
from broker.organisations.claims import ATTEMPTS, LIFE, Arrival
from broker.organisations.people import NewPerson
from broker.organisations.tables import ACCOUNT_CLAIM
from tests.factories import NOW
from tests.unit.organisations.office import CONSOLE, NEMLOGIN, Office, deed, region

CVR, OTHER_CVR = "90000004", "90000012"
ANNA = professional_uuid(CVR, "9f3b2d1c-0000-4000-8000-00000000000a")
BO = professional_uuid(CVR, "9f3b2d1c-0000-4000-8000-00000000000b")


@pytest.fixture
def home(office: Office) -> UUID:
    return office.world.organisation(CVR)


@pytest.fixture
def boss(office: Office, home: UUID) -> UUID:
    made = office.world.account(home, "Boss")
    office.world.mandate(made, "org_admin", organisation=home)
    return made


def invite(office: Office, home: UUID, boss: UUID) -> tuple[UUID, str]:
    made = office.people.add(office.as_(boss), home, NewPerson("Anna Holm"), deed())
    assert made.code
    return made.account, made.code


def wrong(code: str) -> str:
    return code[:-1] + ("2" if code[-1] != "2" else "3")


def test_a_code_takes_an_account_over_once(office: Office, home: UUID, boss: UUID) -> None:
    account, code = invite(office, home, boss)
    taken = office.claim(code.lower().replace("-", " "), ANNA, cvr=CVR)
    assert (taken.id, taken.state) == (account, "active")
    assert office.login(ANNA, cvr=CVR)[1] == [account]
    with pytest.raises(BrokerError, match=r"claim\.wrong"):
        office.claim(code, BO, cvr=CVR)
    assert office.login(BO, cvr=CVR)[1] == []


def test_only_a_hash_is_kept_and_it_says_nothing(office: Office, home: UUID, boss: UUID) -> None:
    _, code = invite(office, home, boss)
    with reading(office.engine) as connection:
        row = connection.execute(sa.select(ACCOUNT_CLAIM)).one()
    bare = code.replace("-", "")
    assert bare[6:] not in repr(row)
    assert len(row.code_hash) == 64
    assert len(bare) == 16


@pytest.mark.parametrize("case", ["wrong", "late", "organisation", "federation"])
def test_a_code_that_does_not_fit_is_refused_alike_and_counted(
    office: Office, home: UUID, boss: UUID, case: str
) -> None:
    _, code = invite(office, home, boss)
    given = wrong(code) if case == "wrong" else code
    at = NOW + LIFE if case == "late" else NOW
    cvr = OTHER_CVR if case == "organisation" else CVR
    if case == "federation":
        office.world.federation("borger")
        person, _ = office.login(ANNA, cvr=CVR)
        arrival = Arrival("borger", person, (ANNA,), CVR, NEMLOGIN)
        with pytest.raises(BrokerError, match=r"claim\.wrong"):
            office.claims.use(arrival, given, deed())
    else:
        with pytest.raises(BrokerError, match=r"claim\.wrong"):
            office.claim(given, ANNA, cvr=cvr, at=at)
    with reading(office.engine) as connection:
        assert connection.scalar(sa.select(ACCOUNT_CLAIM.c.attempts)) == 1
    assert "claim.changed" in office.told()


def test_after_some_attempts_the_right_code_is_dead_too(
    office: Office, home: UUID, boss: UUID
) -> None:
    account, code = invite(office, home, boss)
    for _ in range(ATTEMPTS):
        with pytest.raises(BrokerError, match=r"claim\.wrong"):
            office.claim(wrong(code), ANNA, cvr=CVR)
    with pytest.raises(BrokerError, match=r"claim\.wrong"):
        office.claim(code, ANNA, cvr=CVR)
    fresh = office.claims.issue(office.as_(boss), account, deed())
    assert office.claim(fresh, ANNA, cvr=CVR).id == account


def test_a_new_code_ends_the_one_before_and_so_does_leaving(
    office: Office, home: UUID, boss: UUID
) -> None:
    account, code = invite(office, home, boss)
    fresh = office.claims.issue(office.as_(boss), account, deed())
    with pytest.raises(BrokerError, match=r"claim\.wrong"):
        office.claim(code, ANNA, cvr=CVR)
    office.people.leave(office.as_(boss), account, deed())
    with pytest.raises(BrokerError, match=r"claim\.wrong"):
        office.claim(fresh, ANNA, cvr=CVR)


def test_nonsense_is_refused_as_any_wrong_code_is(office: Office, home: UUID, boss: UUID) -> None:
    invite(office, home, boss)
    for nonsense in ("", "-", "x" * 5000, "'; --"):
        with pytest.raises(BrokerError, match=r"claim\.wrong"):
            office.claim(nonsense, ANNA, cvr=CVR)


def test_whoever_has_an_account_there_cannot_take_a_second_one(
    office: Office, home: UUID, boss: UUID
) -> None:
    _, code = invite(office, home, boss)
    office.claim(code, ANNA, cvr=CVR)
    _, second = invite(office, home, boss)
    with pytest.raises(BrokerError, match=r"identity\.has_account"):
        office.claim(second, ANNA, cvr=CVR)
    assert office.claim(second, BO, cvr=CVR).state == "active"


def test_a_code_is_no_way_round_what_an_idp_is_registered_for(
    office: Office, home: UUID, boss: UUID
) -> None:
    _, code = invite(office, home, boss)
    with pytest.raises(BrokerError, match=r"identity\.idp_cvr"):
        office.claim(code, ANNA, cvr=CVR, by=region(OTHER_CVR))


def test_a_code_is_only_for_somebody_who_has_not_begun(
    office: Office, home: UUID, boss: UUID
) -> None:
    begun = office.world.account(home)
    with pytest.raises(BrokerError, match=r"person\.state"):
        office.claims.issue(office.as_(boss), begun, deed())
    known = office.world.account(home, state="pending", person=office.world.person())
    with pytest.raises(BrokerError, match=r"claim\.not_needed"):
        office.claims.issue(CONSOLE, known, deed())
