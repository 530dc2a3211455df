"""Mandates and substitutes: given and taken within one's own, and who is left."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from broker.db import reading
from broker.errors import BrokerError
from broker.organisations import store
from broker.organisations.mandating import Wanted
from broker.organisations.store.alarms import one_administrator, without_administrator
from tests.factories import NOW
from tests.unit.organisations.office import CONSOLE, Office, deed

DAY = timedelta(days=1)


@pytest.fixture
def home(office: Office) -> UUID:
    return office.world.organisation()


@pytest.fixture
def chief(office: Office, home: UUID) -> UUID:
    made = office.world.account(home, "Chief")
    office.world.mandate(made, "org_chief", organisation=home)
    return made


def kinds(office: Office, account: UUID, at: timedelta = 0 * DAY) -> list[str]:
    return [mandate.kind for mandate in office.as_(account, NOW + at).mandates]


def test_a_chief_names_administrators_who_name_colleagues(
    office: Office, home: UUID, chief: UUID
) -> None:
    first, second = office.world.account(home), office.world.account(home)
    given = office.mandates.give(office.as_(chief), first, Wanted("org_admin"), deed())
    assert given.warnings == ()
    office.mandates.give(
        office.as_(first),
        second,
        Wanted("org_approver", until=NOW + 9 * DAY, since=NOW + DAY),
        deed(),
    )
    assert kinds(office, first) == ["org_admin"]
    assert [kinds(office, second, day * DAY) for day in (0, 1, 9)] == [[], ["org_approver"], []]
    assert office.told() == ["mandate.given"] * 2
    held = office.mandates.listed(office.as_(second, NOW + DAY), home, NOW)
    assert {mandate.kind for mandate in held} == {"org_chief", "org_admin", "org_approver"}


def test_the_first_operator_is_made_at_the_console_and_makes_the_next(
    office: Office, home: UUID
) -> None:
    first, second = office.world.account(home), office.world.account(home)
    office.mandates.give(CONSOLE, first, Wanted("operator"), deed())
    office.mandates.give(office.as_(first), second, Wanted("operator"), deed())
    office.mandates.give(office.as_(first), second, Wanted("service_owner", service="dpsd"), deed())
    assert sorted(kinds(office, second)) == ["operator", "service_owner"]


def test_taking_the_last_but_one_warns_and_taking_the_last_is_an_alarm(
    office: Office, home: UUID, chief: UUID
) -> None:
    other = office.world.account(home)
    given = office.mandates.give(CONSOLE, other, Wanted("org_admin"), deed())
    mandates = {m.account: m.id for m in office.mandates.listed(CONSOLE, home, NOW)}
    assert office.mandates.take(office.as_(chief), given.id, deed(NOW + DAY)) == (
        "only one person administers the organisation now; name another",
    )
    assert office.mandates.take(CONSOLE, mandates[chief], deed(NOW + 2 * DAY)) == (
        "nobody active administers the organisation: name somebody, or wait for their login",
    )
    assert office.told().count("organisation.administrators_missing") == 2
    with reading(office.engine) as connection:
        assert one_administrator(connection, NOW + DAY) == (home,)
        assert without_administrator(connection, NOW + DAY) == ()
        (alone,) = without_administrator(connection, NOW + 5 * DAY)
        assert without_administrator(connection, NOW + 5 * DAY, "borger") == ()
    assert (alone.organisation, alone.since) == (home, NOW + 2 * DAY)


def test_an_operator_brings_an_organisation_back_that_nobody_administers(
    office: Office, home: UUID
) -> None:
    found = office.world.account(home, state="pending")
    given = office.mandates.give(CONSOLE, found, Wanted("org_chief"), deed())
    assert given.warnings == (
        "nobody active administers the organisation: name somebody, or wait for their login",
    )
    with reading(office.engine) as connection:
        fields = store.mandates(connection, found, NOW)
    assert fields == ()  # not before they have signed in


def test_no_administrator_is_counted_twice_nor_when_not_active_nor_for_a_unit(
    office: Office, home: UUID
) -> None:
    human = uuid4()
    for person, state, unit in (
        (human, "active", None),
        (human, "active", None),
        (None, "pending", None),
        (None, "suspended", None),
        (None, "active", "1"),
    ):
        one = office.world.account(home, human=person, state=state)  # type: ignore[arg-type]  # a word
        office.world.mandate(one, "org_admin", organisation=home, unit=unit)
    reader = office.world.account(home)
    office.world.mandate(reader, "org_reader", organisation=home)
    with reading(office.engine) as connection:
        assert store.administrators(connection, home, NOW) == 1
        assert one_administrator(connection, NOW) == (home,)


def test_since_when_nobody_administers_is_read_from_history(office: Office) -> None:
    never = office.world.organisation(name="Never", since=NOW - 9 * DAY)
    ended = office.world.organisation(name="Ended")
    gone = office.world.organisation(name="Gone")
    office.world.organisation(name="Pending", state="pending")
    one = office.world.account(ended)
    office.world.mandate(one, "org_admin", organisation=ended, until=NOW - 5 * DAY)
    two = office.world.account(gone)
    office.world.mandate(two, "org_admin", organisation=gone)
    office.people.leave(CONSOLE, two, deed(NOW - DAY))
    with reading(office.engine) as connection:
        found = without_administrator(connection, NOW)
    assert [(one.organisation, one.since) for one in found] == [
        (never, NOW - 9 * DAY),
        (ended, NOW - 5 * DAY),
        (gone, NOW - DAY),
    ]


def test_a_substitute_acts_for_a_while_and_hands_nothing_on(
    office: Office, home: UUID, chief: UUID
) -> None:
    deputy, third = office.world.account(home), office.world.account(home)
    (mandate,) = office.mandates.listed(CONSOLE, home, NOW)
    named = office.substitutes.name_substitute(
        office.as_(chief), mandate.id, deputy, deed(), until=NOW + 9 * DAY
    )
    stands_in = office.as_(deputy)
    assert [(m.kind, m.on_behalf_of) for m in stands_in.mandates] == [("org_chief", chief)]
    office.people.change(stands_in, third, deed(), email="third@eksempel.dk")
    for change, code in (
        (
            lambda: office.mandates.give(stands_in, third, Wanted("org_admin"), deed()),
            "permission.substitute",
        ),
        (
            lambda: office.substitutes.name_substitute(
                stands_in, mandate.id, third, deed(), until=NOW + DAY
            ),
            "permission.substitute",
        ),
        (lambda: office.people.change(stands_in, chief, deed(), email=""), "permission.oneself"),
        (lambda: office.people.leave(stands_in, deputy, deed()), "permission.oneself"),
    ):
        with pytest.raises(BrokerError) as refused:
            change()
        assert refused.value.code == code
    office.substitutes.end_substitute(office.as_(chief), named, deed(NOW + DAY))
    assert kinds(office, deputy, DAY) == []
    assert kinds(office, deputy) == ["org_chief"]


def test_only_the_holder_or_a_chief_names_who_stands_in(
    office: Office, home: UUID, chief: UUID
) -> None:
    holder, other, deputy = (office.world.account(home) for _ in range(3))
    mandate = office.world.mandate(holder, "org_approver", organisation=home)
    office.world.mandate(other, "org_admin", organisation=home)

    def name(by: UUID) -> UUID:
        return office.substitutes.name_substitute(
            office.as_(by), mandate, deputy, deed(), until=NOW + DAY
        )

    with pytest.raises(BrokerError, match=r"substitute\.holder"):
        name(other)
    first = name(holder)
    office.substitutes.end_substitute(office.as_(chief), first, deed())
    name(chief)


REFUSED: list[tuple[str, Callable[[Office, UUID, UUID, UUID], object]]] = [
    (
        "permission.oneself",
        lambda o, c, *_: o.mandates.give(o.as_(c), c, Wanted("org_admin"), deed()),
    ),
    (
        "permission.wider",
        lambda o, c, a, _: o.mandates.give(o.as_(c), a, Wanted("org_chief"), deed()),
    ),
    (
        "permission.organisation",
        lambda o, c, a, _: o.mandates.give(o.as_(c), a, Wanted("operator"), deed()),
    ),
    (
        "permission.organisation",
        lambda o, c, _, f: o.mandates.give(o.as_(c), f, Wanted("org_admin"), deed()),
    ),
    (
        "mandate.service",
        lambda o, _, a, __: o.mandates.give(CONSOLE, a, Wanted("service_owner"), deed()),
    ),
    (
        "mandate.service",
        lambda o, _, a, __: o.mandates.give(
            CONSOLE, a, Wanted("service_owner", service="nothing"), deed()
        ),
    ),
    (
        "mandate.service",
        lambda o, _, a, __: o.mandates.give(
            CONSOLE, a, Wanted("org_admin", service="dpsd"), deed()
        ),
    ),
    (
        "mandate.unit",
        lambda o, _, a, __: o.mandates.give(CONSOLE, a, Wanted("operator", unit="1"), deed()),
    ),
    (
        "mandate.already",
        lambda o, c, *_: o.mandates.give(CONSOLE, c, Wanted("org_chief"), deed()),
    ),
    (
        "change.ends_before_it_begins",
        lambda o, _, a, __: o.mandates.give(CONSOLE, a, Wanted("org_admin", until=NOW), deed()),
    ),
    ("mandate.unknown", lambda o, *_: o.mandates.take(CONSOLE, uuid4(), deed())),
    ("substitute.unknown", lambda o, *_: o.substitutes.end_substitute(CONSOLE, uuid4(), deed())),
    ("substitute.itself", lambda o, c, *_: stand_in(o, c, c)),
    ("substitute.elsewhere", lambda o, c, _, f: stand_in(o, c, f)),
    ("substitute.too_long", lambda o, c, a, _: stand_in(o, c, a, days=400)),
    ("substitute.already", lambda o, c, a, _: [stand_in(o, c, a), stand_in(o, c, a)]),
]


def give(office: Office, by: UUID, account: UUID, wanted: Wanted) -> object:
    return office.mandates.give(office.as_(by), account, wanted, deed())


def stand_in(office: Office, chief: UUID, substitute: UUID, days: int = 1) -> UUID:
    (mandate,) = office.mandates.listed(CONSOLE, office.account(chief).organisation, NOW)
    return office.substitutes.name_substitute(
        CONSOLE, mandate.id, substitute, deed(), until=NOW + days * DAY
    )


@pytest.mark.parametrize(
    ("code", "change"), REFUSED, ids=[f"{n}-{code}" for n, (code, _) in enumerate(REFUSED)]
)
def test_a_refusal_has_its_code(
    office: Office,
    home: UUID,
    chief: UUID,
    code: str,
    change: Callable[[Office, UUID, UUID, UUID], object],
) -> None:
    one = office.world.account(home)
    foreign = office.world.account(office.world.organisation())
    with pytest.raises(BrokerError) as refused:
        change(office, chief, one, foreign)
    assert refused.value.code == code


def test_nobody_names_himself_a_substitute(office: Office, home: UUID, chief: UUID) -> None:
    holder = office.world.account(home)
    mandate = office.world.mandate(holder, "org_admin", organisation=home)
    with pytest.raises(BrokerError, match=r"permission\.oneself"):
        office.substitutes.name_substitute(
            office.as_(chief), mandate, chief, deed(), until=NOW + DAY
        )


def test_an_administrator_of_a_unit_gives_nothing_beyond_it(office: Office, home: UUID) -> None:
    boss, other = office.world.account(home), office.world.account(home)
    office.world.mandate(boss, "org_admin", organisation=home, unit="1")
    who = office.as_(boss)
    for unit in (None, "2"):
        with pytest.raises(BrokerError, match=r"permission\.unit"):
            office.mandates.give(who, other, Wanted("org_admin", unit=unit), deed())
    office.mandates.give(who, other, Wanted("org_admin", unit="12"), deed())


def test_postgresql_itself_refuses_a_mandate_to_oneself(office: Office, home: UUID) -> None:
    one = office.world.account(home)
    with pytest.raises(sa.exc.IntegrityError):
        office.world.mandate(one, "org_admin", organisation=home, by=one)
