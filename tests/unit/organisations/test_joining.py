"""A first visit: an account of one's own making, and everybody who gets none, on both databases."""

from dataclasses import replace
from uuid import UUID

import pytest

from broker.db import reading, writing
from broker.errors import BrokerError, NotAllowed, Refused
from broker.identities.keys import professional_uuid
from broker.organisations import store
from broker.organisations.joining import JoiningService, Newcomer, prospect
from broker.organisations.permissions import PERMISSIONS
from tests.factories import NOW
from tests.unit.organisations.office import NEMLOGIN, Office, deed, region

CVR, OTHER_CVR = "90000004", "90000012"
ANNA = "9f3b2d1c-0000-4000-8000-00000000000a"
KEY = professional_uuid(CVR, ANNA)


@pytest.fixture
def home(office: Office) -> UUID:
    return office.world.organisation(CVR)


def newcomer(office: Office, cvr: str | None = CVR) -> Newcomer:
    """Somebody who has signed in for the first time."""
    with writing(office.engine) as connection:
        named = office.identities.person(connection, "sundhed", (KEY,), NOW)
    return Newcomer("sundhed", named.person, cvr, NEMLOGIN, "Anna Holm")


def joining(office: Office) -> JoiningService:
    return JoiningService(office.desk, office.identities)


def standing(office: Office, who: Newcomer) -> str:
    with reading(office.engine) as connection:
        return prospect(connection, who, deed()).standing


def test_whoever_creates_themselves_may_act_and_has_nothing(office: Office, home: UUID) -> None:
    who = newcomer(office)
    assert standing(office, who) == "free"
    made = joining(office).join(who, home, "anna@example.dk", None, deed())
    assert (made.state, made.display_name, made.person) == ("active", "Anna Holm", who.person)
    with reading(office.engine) as connection:
        acting = store.acting_for(connection, who.person, "sundhed", [CVR], NOW)
        assert [one.id for one in acting] == [made.id]
        assert store.mandates(connection, made.id, NOW) == ()
        (linked,) = store.identities(connection, made.id)
    assert (linked.kind, linked.idp) == ("professional-uuid", "nemlogin")
    assert office.login(KEY, cvr=CVR)[1] == [made.id]  # the next login finds the account
    told = " ".join(office.told())
    assert "Anna" not in told
    assert "account" in told
    assert PERMISSIONS["person.add"].keys() == {"operator", "org_chief", "org_admin"}


def test_nobody_creates_themselves_twice(office: Office, home: UUID) -> None:
    who = newcomer(office)
    joining(office).join(who, home, None, None, deed())
    with pytest.raises(NotAllowed) as refused:
        joining(office).join(who, home, None, None, deed())
    assert refused.value.code == "join.known"


@pytest.mark.parametrize("state", ["suspended", "left"])
def test_whoever_was_let_go_does_not_come_back_by_themselves(
    office: Office, home: UUID, state: str
) -> None:
    who = newcomer(office)
    office.world.account(home, "Anna Holm", state=state, person=who.person)  # type: ignore[arg-type]  # a state
    assert standing(office, who) == "held"
    with pytest.raises(NotAllowed) as refused:
        joining(office).join(who, home, None, None, deed())
    assert refused.value.code == "join.known"


def test_only_the_organisation_of_the_login_takes_somebody(office: Office, home: UUID) -> None:
    other = office.world.organisation(OTHER_CVR)
    who = newcomer(office)
    for where in (other, office.world.organisation(state="suspended")):
        with pytest.raises(NotAllowed) as refused:
            joining(office).join(who, where, None, None, deed())
        assert refused.value.code == "join.not_here"
    del home


def test_an_identity_provider_speaks_for_its_own_numbers_alone(office: Office, home: UUID) -> None:
    who = replace(newcomer(office), idp=region(OTHER_CVR))
    with pytest.raises(Refused) as refused:
        joining(office).join(who, home, None, None, deed())
    assert refused.value.code == "identity.idp_cvr"
    with reading(office.engine) as connection:
        assert store.accounts(connection, home, NOW) == ()  # nothing is left behind


@pytest.mark.parametrize(
    ("cvr", "state", "expected"),
    [
        (None, "active", "no_cvr"),
        (OTHER_CVR, "active", "unknown"),
        (CVR, "suspended", "closed"),
        (CVR, "closed", "closed"),
    ],
)
def test_what_stands_in_the_way_is_told(
    office: Office, cvr: str | None, state: str, expected: str
) -> None:
    office.world.organisation(CVR, state=state)  # type: ignore[arg-type]  # a state
    assert standing(office, newcomer(office, cvr)) == expected


@pytest.mark.parametrize(
    ("mail", "name", "code"),
    [
        ("not a mail", "Anna Holm", "input.mail"),
        (None, "", "input.empty"),
        (None, "Anna 010190-1234", "input.cpr"),
    ],
)
def test_faulty_words_make_no_account(
    office: Office, home: UUID, mail: str | None, name: str, code: str
) -> None:
    who = replace(newcomer(office), name=name)
    with pytest.raises(BrokerError) as refused:
        joining(office).join(who, home, mail, None, deed())
    assert refused.value.code == code


def test_who_decides_is_told_by_name_without_those_who_may_not(office: Office, home: UUID) -> None:
    world = office.world
    bo = world.account(home, "Bo Admin")
    world.mandate(bo, "org_admin", organisation=home)
    world.mandate(bo, "org_chief", organisation=home)
    unit = world.account(home, "Ulla Unit")
    world.mandate(unit, "org_approver", organisation=home, unit="1501000016001")
    reader = world.account(home, "Rie Reader")
    world.mandate(reader, "org_reader", organisation=home)
    gone = world.account(home, "Gert Gone", state="left")
    world.mandate(gone, "org_admin", organisation=home)
    with reading(office.engine) as connection:
        found = store.deciders(connection, home, NOW)
    told = [(one.name, one.kind, one.unit_code) for one in found]
    assert told == [
        ("Bo Admin", "org_admin", None),
        ("Bo Admin", "org_chief", None),
        ("Ulla Unit", "org_approver", "1501000016001"),
    ]
