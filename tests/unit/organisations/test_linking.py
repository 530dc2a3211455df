"""Which login finds which account: the rule R22, and everybody who must not be found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from broker.audit.proof.verifying import first_fault
from broker.audit.store import told_under, writers
from broker.db import reading
from broker.errors import BrokerError
from broker.identities.keys import idp_subject, professional_uuid, rid
from broker.identities.model import IdentityKey
from broker.organisations import store
from broker.organisations.linking import Asserted
from broker.organisations.people import NewPerson
from broker.organisations.store.write_accounts import last_login
from tests.factories import NOW
from tests.unit.organisations.office import (
    CONSOLE,
    NEMLOGIN,
    Office,
    deed,
    region,
    uuid_said,
)

DAY = timedelta(days=1)
CVR, OTHER_CVR = "90000004", "90000012"
ANNA = "9f3b2d1c-0000-4000-8000-00000000000a"
BO = "9f3b2d1c-0000-4000-8000-00000000000b"
REGION = region(CVR)
SUBJECT = idp_subject(REGION.idp.entity_id, CVR, "x7-anna")


@pytest.fixture
def home(office: Office) -> UUID:
    return office.world.organisation(CVR)


@pytest.fixture
def boss(office: Office, home: UUID) -> UUID:
    made = office.world.account(home, "Boss")
    office.world.mandate(made, "org_admin", organisation=home)
    return made


@pytest.fixture
def anna(office: Office, home: UUID, boss: UUID) -> UUID:
    """Somebody who signs in with NemLog-in."""
    person = NewPerson("Anna Holm", identity=uuid_said(ANNA, CVR))
    made = office.people.add(office.as_(boss), home, person, deed())
    assert office.login(professional_uuid(CVR, ANNA), rid(CVR, "471100471100"), cvr=CVR)[1] == [
        made.account
    ]
    return made.account


@pytest.mark.parametrize(
    "keys",
    [
        (professional_uuid(CVR, ANNA),),
        (rid(CVR, "CVR:90000004-RID:471100471100"),),
        (professional_uuid(CVR, BO), rid(CVR, "471100471100")),
        (professional_uuid(CVR, ANNA.upper()), SUBJECT),
    ],
)
def test_a_person_keeps_the_account_when_the_region_says_a_known_uuid_or_rid(
    office: Office, anna: UUID, keys: tuple[IdentityKey, ...]
) -> None:
    assert office.login(*keys, cvr=CVR, by=REGION)[1] == [anna]


def test_a_person_keeps_the_account_after_the_regions_subject_was_linked(
    office: Office, anna: UUID, boss: UUID
) -> None:
    assert office.login(SUBJECT, cvr=CVR, by=REGION)[1] == []  # tried before it was linked
    asserted = Asserted("idp-subject", "x7-anna", CVR, REGION)
    office.links.link(office.as_(boss), anna, asserted, deed())
    assert office.login(SUBJECT, cvr=CVR, by=REGION)[1] == [anna]
    assert office.login(professional_uuid(CVR, ANNA), cvr=CVR)[1] == [anna]


def test_a_stranger_with_the_same_name_finds_nothing(office: Office, anna: UUID) -> None:
    assert office.account(anna).display_name == "Anna Holm"
    for stranger in (
        professional_uuid(CVR, BO),
        professional_uuid(OTHER_CVR, ANNA),
        rid(OTHER_CVR, "471100471100"),
        idp_subject("https://elsewhere.example.dk", CVR, "x7-anna"),
    ):
        assert office.login(stranger, cvr=CVR)[1] == []


def test_an_idp_brings_nobody_to_an_account_it_is_not_registered_for(
    office: Office, anna: UUID
) -> None:
    later = NOW + DAY
    office.login(professional_uuid(CVR, ANNA), cvr=CVR, by=region(OTHER_CVR), at=later)
    assert office.ask(lambda connection: last_login(connection, anna)) == NOW


def test_what_is_linked_is_shown_by_kind_and_date_and_never_by_key(
    office: Office, anna: UUID, boss: UUID
) -> None:
    with reading(office.engine) as connection:
        shown = store.identities(connection, anna)
    assert {(one.kind, one.by) for one in shown} == {
        ("professional-uuid", f"account {boss} of {CVR}"),
        ("rid", "login"),
    }
    assert {one.linked_at for one in shown} == {NOW}
    assert ANNA not in repr(shown)
    assert "471100471100" not in repr(shown)


def test_the_trail_tells_who_linked_what_kind_and_never_a_name_or_a_key(
    office: Office, anna: UUID, boss: UUID
) -> None:
    asserted = Asserted("idp-subject", "x7-anna", CVR, REGION)
    office.links.link(office.as_(boss), anna, asserted, deed())
    with reading(office.engine) as connection:
        told = told_under(connection, "R1")
        assert all(first_fault(connection, one) is None for one in writers(connection))
    name, fields = told[-1]
    assert name == "identity.changed"
    assert fields == {
        "federation": "sundhed",
        "organisation": str(office.account(anna).organisation),
        "account": str(anna),
        "change": "linked",
        "kind": "idp-subject",
        "idp": "region",
        "reason": "a test",
        "case_no": "26/104",
        "by": str(boss),
        "seat": None,
    }
    for secret in (ANNA, "x7-anna", "471100471100", "Anna Holm"):
        assert secret not in repr(told)


def test_an_identity_that_is_unlinked_finds_nobody(office: Office, anna: UUID, boss: UUID) -> None:
    with reading(office.engine) as connection:
        shown = store.identities(connection, anna)
    for one in shown:
        office.links.unlink(office.as_(boss), one.id, deed(NOW + DAY))
    assert office.login(professional_uuid(CVR, ANNA), cvr=CVR, at=NOW + DAY)[1] == []
    with pytest.raises(BrokerError, match=r"identity\.unknown"):
        office.links.unlink(office.as_(boss), shown[0].id, deed(NOW + DAY))


REFUSED: list[tuple[str, Asserted]] = [
    ("identity.cvr", uuid_said(BO, OTHER_CVR)),
    ("identity.idp_cvr", uuid_said(BO, CVR, region(OTHER_CVR))),
    ("identity.idp_federation", uuid_said(BO, CVR, replace(NEMLOGIN, federation="borger"))),
    ("identity.idp_needed", Asserted("idp-subject", "x7", CVR)),
    ("identity.value", uuid_said("not a uuid", CVR)),
    ("identity.value", uuid_said("9f3b2d1c00004000800000000000000a", CVR)),
    ("identity.value", Asserted("rid", "anna", CVR)),
    ("identity.linked", uuid_said(ANNA, CVR)),
    ("input.cpr", Asserted("idp-subject", "0101901234", CVR, REGION)),
    ("input.cpr", Asserted("rid", "0101901234", CVR)),
    ("input.empty", Asserted("rid", " ", CVR)),
]


@pytest.mark.parametrize(
    ("code", "asserted"), REFUSED, ids=[f"{n}-{code}" for n, (code, _) in enumerate(REFUSED)]
)
def test_what_must_not_link_is_refused_and_leaves_nothing(
    office: Office, anna: UUID, boss: UUID, code: str, asserted: Asserted
) -> None:
    before = office.rows()
    with pytest.raises(BrokerError) as refused:
        office.links.link(office.as_(boss), anna, asserted, deed())
    assert refused.value.code == code
    assert asserted.value.strip() == "" or asserted.value not in str(refused.value)
    assert office.rows() == before


WHO: list[tuple[str, Callable[[Office, UUID, UUID], object]]] = [
    (
        "permission.oneself",
        lambda o, b, _: o.links.link(o.as_(b), b, uuid_said(BO, CVR), deed()),
    ),
    (
        "permission.mandate",
        lambda o, _, a: o.links.link(o.as_(a), a, uuid_said(BO, CVR), deed()),
    ),
]


@pytest.mark.parametrize(("code", "change"), WHO)
def test_nobody_links_to_himself_nor_without_a_mandate(
    office: Office, anna: UUID, boss: UUID, code: str, change: Callable[..., object]
) -> None:
    with pytest.raises(BrokerError) as refused:
        change(office, boss, anna)
    assert refused.value.code == code


def test_a_key_of_somebody_else_is_refused_with_the_way_out(
    office: Office, home: UUID, anna: UUID, boss: UUID
) -> None:
    who = office.as_(boss)
    bo = office.people.add(who, home, NewPerson("Bo", identity=uuid_said(BO, CVR)), deed())
    office.login(professional_uuid(CVR, BO), cvr=CVR)
    with pytest.raises(BrokerError, match=r"identity\.taken") as refused:
        office.links.link(who, anna, uuid_said(BO, CVR), deed())
    assert "merge" in refused.value.detail
    with pytest.raises(BrokerError, match=r"identity\.has_account"):
        office.people.add(who, home, NewPerson("Bo", identity=uuid_said(BO, CVR)), deed())
    office.people.merge(who, anna, bo.account, deed())
    assert office.login(professional_uuid(CVR, BO), cvr=CVR)[1] == [anna]


def test_an_administrator_cannot_come_into_another_organisation_by_linking(
    office: Office, anna: UUID, boss: UUID
) -> None:
    """Whoever signs in as Anna acts for her elsewhere too, so her keys are not his to give."""
    there = office.world.organisation(OTHER_CVR)
    elsewhere = office.world.account(there, person=office.world.person())
    office.people.confirm(CONSOLE, (anna, elsewhere), deed())
    spare = office.world.account(office.account(anna).organisation)
    with pytest.raises(BrokerError, match=r"identity\.several_organisations"):
        office.links.link(office.as_(boss), anna, uuid_said(BO, CVR), deed())
    with pytest.raises(BrokerError, match=r"identity\.several_organisations"):
        office.people.merge(office.as_(boss), anna, spare, deed())
    office.links.link(CONSOLE, anna, uuid_said(BO, CVR), deed())


def test_two_who_signed_in_as_two_citizens_are_never_one(
    office: Office, home: UUID, boss: UUID
) -> None:
    first, second = (IdentityKey("cpr-uuid", value) for value in (ANNA, BO))
    one = office.world.account(home, person=office.login(first, cvr="")[0])
    stray, _ = office.login(second, professional_uuid(CVR, BO), cvr="")
    with pytest.raises(BrokerError, match=r"identity\.two_people"):
        office.links.link(office.as_(boss), one, uuid_said(BO, CVR), deed())
    two = office.world.account(home, person=stray)
    with pytest.raises(BrokerError, match=r"identity\.two_people"):
        office.people.merge(office.as_(boss), one, two, deed())


def test_one_login_may_find_accounts_of_two_units_under_one_number(
    office: Office, anna: UUID
) -> None:
    unit = office.organisations.register(
        CONSOLE,
        deed(),
        federation="sundhed",
        cvr=CVR,
        name="Unit",
        kind="region",
        unit_key="P1003334567",
    ).id
    office.organisations.activate(CONSOLE, unit, deed())
    there = office.world.account(unit, "Boss there")
    office.world.mandate(there, "org_admin", organisation=unit)
    added = office.people.add(office.as_(there), unit, NewPerson("Anna Holm"), deed())
    with pytest.raises(BrokerError, match=r"identity\.taken"):
        office.links.link(office.as_(there), added.account, uuid_said(ANNA, CVR), deed())
    office.links.link(CONSOLE, added.account, Asserted("rid", "471100471100", CVR), deed())
    assert set(office.login(professional_uuid(CVR, ANNA), cvr=CVR)[1]) == {anna, added.account}
