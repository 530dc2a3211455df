"""Every way we know to come to a role by oneself, or outside one's organisation; all are shut."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID, uuid4

from broker.db import writing
from broker.errors import NotAllowed
from broker.organisations.model import Deed
from broker.periods import FOREVER, Period
from broker.roles.grants.bundles import Handing
from broker.roles.grants.guarding import RoleGuard
from broker.roles.grants.model import Wanted
from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, HOSPITAL, NIGHT, OWN, WARD, Region, below, deed


def refusal(attempt: Callable[[], None]) -> str:
    """The code that it is refused with; how it went where it is not."""
    try:
        attempt()
    except NotAllowed as error:
        return error.code
    return "nothing stopped it"


@dataclass
class Plot:
    """The region with a schemer in it, who administers it and has a second account there."""

    region: Region
    schemer: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        self.person = self.region.person()
        self.human = uuid4()
        where = self.region.region
        self.schemer = self.region.admin(
            where, "Erik Snu", unit=WARD, person=self.person, human=self.human
        )
        # The same human being by a confirmed link, and a friend in the same ward.
        self.second = self.region.account(where, "Erik S.", unit=WARD, human=self.human)
        self.friend = self.region.account(where, "Fie", unit=WARD)

    def give(self, by: UUID | None = None, **to: UUID) -> None:
        self.region.give(
            by or self.schemer,
            self.region.region,
            "reader",
            **to,  # type: ignore[arg-type]  # a holder
        )

    def group(self, *members: UUID) -> UUID:
        return self.region.group(self.region.region, uuid4().hex, *members)


def directly(plot: Plot) -> None:
    plot.give(account=plot.schemer)


def by_another_account_of_the_same_human_being(plot: Plot) -> None:
    plot.give(account=plot.second)


def from_an_account_that_the_login_has_not_linked_to_the_actor(plot: Plot) -> None:
    """The actor was made before somebody confirmed who is who."""
    region = plot.region
    stale = replace(region.acting(plot.schemer), accounts=frozenset({plot.schemer}))

    wanted = Wanted(region.region, region.roles["reader"], account=plot.second)
    with writing(region.engine) as connection:
        region.grants.give(connection, stale, wanted, deed())


def through_a_group_that_one_is_in(plot: Plot) -> None:
    plot.give(group=plot.group(plot.friend, plot.schemer))


def through_a_group_that_another_account_is_in(plot: Plot) -> None:
    plot.give(group=plot.group(plot.friend, plot.second))


def through_a_group_that_one_will_be_in(plot: Plot) -> None:
    group = plot.group(plot.friend)
    plot.region.member(group, plot.schemer, plot.region.region, since=NOW + DAY)
    plot.give(group=group)


def by_joining_a_group_that_has_the_role(plot: Plot) -> None:
    """The organisation's services ask this guard before they write a membership."""
    group = plot.group(plot.friend)
    plot.region.give(plot.region.bo, plot.region.region, "reader", group=group)
    guard = RoleGuard(plot.region.cache.current_in)
    acting = plot.region.acting(plot.schemer)
    with writing(plot.region.engine) as connection:
        guard.joining(
            connection,
            group=group,
            account=plot.second,
            period=Period(NOW, FOREVER),
            actor=acting,
            at=NOW,
        )


def as_the_substitute_of_a_colleague(plot: Plot) -> None:
    region = plot.region
    stand_in = region.account(region.region, "Gorm", unit=WARD)
    mandate = region.mandate(region.anna, "org_admin", organisation=region.region)
    region.substitute(mandate, region.anna, stand_in, NOW + DAY)
    plot.give(stand_in, account=stand_in)


def to_the_principal_by_the_substitute(plot: Plot) -> None:
    region = plot.region
    stand_in = region.account(region.region, "Gorm", unit=WARD)
    mandate = region.mandate(region.anna, "org_admin", organisation=region.region)
    region.substitute(mandate, region.anna, stand_in, NOW + DAY)
    plot.give(stand_in, account=region.anna)


def to_another_account_of_the_principal(plot: Plot) -> None:
    region = plot.region
    stand_in = region.account(region.region, "Gorm", unit=WARD)
    mandate = region.mandate(plot.schemer, "org_admin", organisation=region.region)
    region.substitute(mandate, plot.schemer, stand_in, NOW + DAY)
    plot.give(stand_in, account=plot.second)


def by_making_it_last(plot: Plot) -> None:
    region = plot.region
    grant = region.give(
        region.bo, region.region, "reader", account=plot.schemer, until=NOW + DAY
    ).grant
    acting = region.acting(plot.schemer)
    with writing(region.engine) as connection:
        region.grants.extend(connection, acting, grant.id, NOW + 2 * DAY, deed())


def by_making_the_groups_role_last(plot: Plot) -> None:
    region = plot.region
    group = plot.group(plot.schemer)
    grant = region.give(region.bo, region.region, "reader", group=group, until=NOW + DAY).grant
    acting = region.acting(plot.schemer)
    with writing(region.engine) as connection:
        region.grants.extend(connection, acting, grant.id, NOW + 2 * DAY, deed())


def out_of_a_bundle(plot: Plot) -> None:
    region = plot.region

    acting = region.acting(plot.schemer)
    with writing(region.engine) as connection:
        bundle = region.bundles.make(
            connection, acting, region.region, "Nye", [region.roles["reader"]], deed()
        )
        handing = Handing(account=plot.second)
        region.bundles.give(connection, acting, bundle.id, handing, deed())


ONESELF = (
    directly,
    by_another_account_of_the_same_human_being,
    from_an_account_that_the_login_has_not_linked_to_the_actor,
    through_a_group_that_one_is_in,
    through_a_group_that_another_account_is_in,
    through_a_group_that_one_will_be_in,
    by_joining_a_group_that_has_the_role,
    as_the_substitute_of_a_colleague,
    to_the_principal_by_the_substitute,
    to_another_account_of_the_principal,
    by_making_it_last,
    by_making_the_groups_role_last,
    out_of_a_bundle,
)


def test_nobody_comes_to_a_role_by_themselves(region: Region) -> None:
    for plan in ONESELF:
        assert refusal(partial(plan, Plot(region))) == "grant.oneself", plan.__name__


def in_another_organisation(region: Region) -> None:
    there = region.organisation()
    region.entitle(there, "reader")
    region.give(region.bo, there, "reader", account=region.account(there))


def to_somebody_of_another_organisation_as_if_of_ones_own(region: Region) -> None:
    there = region.organisation()
    region.give(region.bo, region.region, "reader", account=region.account(there))


def without_a_mandate(region: Region) -> None:
    region.give(region.anna, region.region, "reader", account=region.bo)


def with_a_mandate_that_ended_since_one_signed_in(region: Region) -> None:

    short = region.account(region.region, "Hanne")
    region.mandate(short, "org_admin", organisation=region.region, until=NOW + DAY)
    acting = region.acting(short)
    late = Deed(at=NOW + 2 * DAY, reason="late", reference="R")
    wanted = Wanted(region.region, region.roles["reader"], account=region.anna)
    with writing(region.engine) as connection:
        region.grants.give(connection, acting, wanted, late)


def with_a_mandate_to_read(region: Region) -> None:
    reader = region.account(region.region, "Ida")
    region.mandate(reader, "org_reader", organisation=region.region)
    region.give(reader, region.region, "reader", account=region.anna)


def beyond_the_unit_of_the_mandate(region: Region) -> None:
    bound = region.admin(region.region, "Jon", mandate_unit=WARD)
    other = region.account(region.region, "Kaj", unit=NIGHT)
    region.give(bound, region.region, "reader", account=other)


def a_wider_delimitation_than_the_unit_of_the_mandate(region: Region) -> None:
    bound = region.admin(region.region, "Jon", mandate_unit=WARD)
    region.give(bound, region.region, "caseworker", account=region.anna, scopes=[below(HOSPITAL)])


def to_a_group_that_reaches_beyond_the_unit(region: Region) -> None:
    bound = region.admin(region.region, "Jon", mandate_unit=WARD)
    other = region.account(region.region, "Kaj", unit=NIGHT)
    group = region.group(region.region, "Nat", region.anna, other)
    region.give(bound, region.region, "reader", group=group)


OUTSIDE: tuple[tuple[Callable[[Region], None], str], ...] = (
    (in_another_organisation, "permission.organisation"),
    (to_somebody_of_another_organisation_as_if_of_ones_own, "grant.holder"),
    (without_a_mandate, "permission.mandate"),
    (with_a_mandate_that_ended_since_one_signed_in, "permission.mandate"),
    (with_a_mandate_to_read, "permission.mandate"),
    (beyond_the_unit_of_the_mandate, "permission.unit"),
    (a_wider_delimitation_than_the_unit_of_the_mandate, "permission.unit"),
    (to_a_group_that_reaches_beyond_the_unit, "permission.unit"),
)


def test_nobody_grants_outside_what_they_administer(region: Region) -> None:
    for plan, code in OUTSIDE:
        assert refusal(partial(plan, region)) == code, plan.__name__


def test_inside_the_unit_of_the_mandate_it_works(region: Region) -> None:
    bound = region.admin(region.region, "Jon", mandate_unit=WARD)
    region.give(bound, region.region, "reader", account=region.anna)
    region.give(bound, region.region, "caseworker", account=region.anna, scopes=[below(WARD)])
    other = region.account(region.region, "Lone", unit=WARD)
    region.give(bound, region.region, "caseworker", account=other, scopes=[OWN])
