"""What the last approval carries out: a member with administrators and rights, or more rights."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from broker.cases import wanting
from broker.cases.documents import Accessing, Joining, Limit, WantedRole
from broker.cases.letters import CaseLetters
from broker.cases.members import AddAccess, JoinMember
from broker.cases.model import Case, Party, Planned
from broker.cases.service import MOST_LINKS, CaseService
from broker.cases.wanting import MOST_A_DAY
from broker.db import Engine, reading, writing
from broker.errors import NotAllowed, Refused
from broker.mail.letters import Letters
from broker.mail.model import Recipient
from broker.mail.store import Outbox
from broker.mail.tables import MAIL
from broker.mail.templates import Templates
from broker.organisations import store
from broker.organisations.permissions import PERMISSIONS
from broker.roles.grants import store as grants
from broker.roles.grants.entitlements import EntitlementService
from tests.factories import NOW
from tests.unit.cases.counter import CVR, JOINING, Counter, why
from tests.unit.organisations.hooks import OneService
from tests.unit.organisations.office import Office, deed
from tests.unit.roles.grants.rights import ELSEWHERE, HOSPITAL, WARD, Region
from tests.unit.web.pages import ORIGIN, federation

LETTERS = CaseLetters(
    Letters(Templates(None, ORIGIN), Outbox()),
    (Recipient("drift@example.dk", "operator", "da"),),
    federation,
)


class House:
    """A region with roles, a counter, and the service with all that carries cases out."""

    def __init__(self, engine: Engine) -> None:
        self.region = Region(engine).build()
        self.counter = Counter(self.region)
        office = Office(self.region)
        entitling = EntitlementService(office.desk.audit, self.region.cache.current_in)
        join = JoinMember(office.identities, OneService(), entitling, LETTERS)
        carrying = {"organisation": join, "access": AddAccess(entitling)}
        self.service = CaseService(office.desk, carrying, LETTERS)  # type: ignore[arg-type]  # kinds

    def wanted(self, role: str, *limits: Limit) -> WantedRole:
        return WantedRole(str(self.region.roles[role]), "dpsd", role, limits)

    def opened(self, party: Party, document: Joining) -> Case:
        with reading(self.region.engine) as connection:
            opening = wanting.joining(connection, "sundhed", party, document, NOW)
        return self.service.open(party, opening, deed())

    def mails(self) -> list[tuple[str, str]]:
        with reading(self.region.engine) as connection:
            rows = connection.execute(sa.select(MAIL.c.kind, MAIL.c.recipient)).all()
        return sorted((row.kind, row.recipient) for row in rows)


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


def test_the_last_approval_makes_the_member(house: House) -> None:
    counter = house.counter
    owner, operator = (
        counter.holding(("service_owner", "dpsd")),
        counter.holding(("operator", None)),
    )
    applicant, officer = counter.stranger(), counter.stranger()
    roles = (house.wanted("caseworker", Limit("sor", HOSPITAL)), house.wanted("reader"))
    case = house.opened(applicant, replace(JOINING, roles=roles))
    assert [step.code for step in case.steps] == ["officer", "owner:dpsd", "operator"]
    code = house.service.invite(applicant, case.id, "officer", deed())
    case = house.service.approve(officer, case.id, "officer", 1, deed(), code=code)
    case = house.service.approve(owner, case.id, "owner:dpsd", case.version, deed())
    case = house.service.approve(operator, case.id, "operator", case.version, why("checked"))
    assert (case.state, case.organisation is not None) == ("approved", True)
    assert case.organisation
    with reading(house.region.engine) as connection:
        made = store.organisation_by_cvr(connection, "sundhed", CVR, "", NOW)
        assert made
        assert (made.id, made.state, made.name) == (case.organisation, "active", JOINING.name)
        admins = store.holders(connection, "sundhed", NOW, "org_admin", organisation=made.id)
        rights = grants.entitlements_of(connection, made.id)
        assert wanting.is_member(connection, "sundhed", CVR, NOW)
    assert [(one.name, one.state) for one in admins] == [
        ("Ida Bro", "pending"),
        ("Per Dam", "pending"),
    ]
    assert {one.role for one in rights} == {house.region.roles[r] for r in ("caseworker", "reader")}
    assert {one.case_no for one in rights} == {case.reference}
    assert [one.ceiling[0].value for one in rights if one.ceiling] == [HOSPITAL]
    told = house.mails()
    assert ("case-link", "sofie@example.dk") in told
    assert ("case-waits", "drift@example.dk") in told
    assert [to for kind, to in told if kind == "case-claim"] == ["ida@example.dk", "per@example.dk"]
    assert ("case-news", "ane@example.dk") in told


def test_what_an_owner_refused_is_not_handed_out(house: House) -> None:
    counter = house.counter
    owner, operator = (
        counter.holding(("service_owner", "dpsd")),
        counter.holding(("operator", None)),
    )
    applicant = counter.stranger()
    case = house.opened(applicant, replace(JOINING, roles=(house.wanted("reader"),)))
    code = house.service.invite(applicant, case.id, "officer", deed())
    officer = counter.stranger()
    case = house.service.approve(officer, case.id, "officer", 1, deed(), code=code)
    case = house.service.refuse(owner, case.id, "owner:dpsd", case.version, why("not theirs"))
    case = house.service.approve(operator, case.id, "operator", case.version, deed())
    assert case.organisation
    with reading(house.region.engine) as connection:
        assert grants.entitlements_of(connection, case.organisation) == ()


def test_a_member_gets_more_and_a_limit_gives_way(house: House) -> None:
    counter, region = house.counter, house.region
    chief = counter.holding(("org_chief", None))
    with reading(region.engine) as connection:
        home = store.organisation(connection, counter.home, NOW)
        assert home
        asked = Accessing((house.wanted("caseworker", Limit("sor", WARD)),), "more")
        opening = wanting.accessing(connection, chief, home, asked, NOW)
        with pytest.raises(NotAllowed):
            wanting.accessing(connection, counter.stranger(), home, asked, NOW)
    assert opening.steps == (Planned("operator", "operator", 2),)  # nobody owns the service
    region.entitle(counter.home, "caseworker")
    case = house.service.open(chief, opening, deed())
    operator = counter.holding(("operator", None))
    house.service.approve(operator, case.id, "operator", 1, deed())
    with reading(region.engine) as connection:
        held = [
            one
            for one in grants.entitlements_of(connection, counter.home)
            if one.until > NOW and one.period.covers(NOW)
        ]
        to = grants.entitlements_to(connection, [region.roles["caseworker"]], NOW)
        ceilings = {one.organisation: one.ceiling for one in grants.limited(connection, to)}
    assert [one.ceiling[0].value for one in held] == [WARD]
    assert {one.organisation for one in to} == {counter.home, region.region}
    assert ceilings[counter.home][0].value == WARD


def test_a_role_that_nobody_may_ask_for_is_refused(house: House) -> None:
    with reading(house.region.engine) as connection:
        catalogue = house.region.cache.current_in(connection)

        def check(*wanted: WantedRole) -> None:
            wanting.checked(connection, catalogue, "sundhed", wanted, NOW)

        check(house.wanted("reader"), house.wanted("caseworker", Limit("sor", ELSEWHERE)))
        with pytest.raises(Refused, match=r"case\.roles"):
            check(WantedRole(str(uuid4()), "dpsd", "none"))
        with pytest.raises(NotAllowed, match=r"entitlement\.ceiling_type"):
            check(house.wanted("reader", Limit("sor", HOSPITAL)))
        with pytest.raises(NotAllowed, match=r"entitlement\.ceiling_value"):
            check(house.wanted("caseworker", Limit("sor", "123")))


@pytest.mark.parametrize("cvr", [None, "90000022"])
def test_one_applies_for_the_organisation_of_ones_login(house: House, cvr: str | None) -> None:
    party = house.counter.stranger(cvr)
    with (
        reading(house.region.engine) as connection,
        pytest.raises(NotAllowed, match=r"case\.cvr"),
    ):
        wanting.joining(connection, "sundhed", party, JOINING, NOW)


def test_a_member_does_not_apply_again(house: House) -> None:
    known, party = replace(JOINING, cvr="90000187"), house.counter.stranger("90000187")
    with (
        reading(house.region.engine) as connection,
        pytest.raises(Refused, match=r"organisation\.exists"),
    ):
        wanting.joining(connection, "sundhed", party, known, NOW)


def test_nobody_floods_a_mailbox_with_applications(house: House) -> None:
    party = house.counter.stranger()
    cases = [house.opened(party, JOINING) for _ in range(MOST_A_DAY)]
    house.service.withdraw(party, cases[0].id, 1, why("again"))
    for who in (party, house.counter.stranger()):
        with pytest.raises(Refused, match=r"case\.many"):
            house.opened(who, JOINING)
    with reading(house.region.engine) as connection:
        wanting.joining(connection, "sundhed", party, JOINING, NOW + timedelta(days=1))


def test_nor_with_links(house: House) -> None:
    party = house.counter.stranger()
    case = house.opened(party, JOINING)
    for _ in range(MOST_LINKS - 1):  # one went out with the application
        house.service.invite(party, case.id, "officer", deed())
    with pytest.raises(Refused, match=r"case\.invited"):
        house.service.invite(party, case.id, "officer", deed())
    later = why("another day", NOW + timedelta(days=2))
    house.service.invite(party, case.id, "officer", later)
    house.service.withdraw(party, case.id, 1, later)
    with pytest.raises(Refused, match=r"case\.over"):
        house.service.invite(party, case.id, "officer", why("x", NOW + timedelta(days=4)))


def test_a_member_that_came_meanwhile_stands_in_the_way(house: House) -> None:
    counter = house.counter
    case = house.counter.opened(counter.stranger(), (Planned("operator", "operator"),))
    with writing(house.region.engine) as connection:
        text = json.dumps({**json.loads(case.document), "roles": []})
        connection.execute(sa.text("UPDATE case_file SET document = :t"), {"t": text})
    counter.world.organisation(CVR)
    operator = counter.holding(("operator", None))
    with pytest.raises(Refused, match=r"organisation\.exists"):
        house.service.approve(operator, case.id, "operator", 1, deed())
    assert counter.read(case).state == "open"
    assert house.mails() == []


def test_every_decider_is_in_the_one_table() -> None:
    assert PERMISSIONS["case.decide.operator"].keys() == {"operator"}
    assert PERMISSIONS["case.decide.service_owner"].keys() == {"service_owner"}
