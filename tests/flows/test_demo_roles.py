"""Who keeps what in the demo, through real logins: movers, strangers, and what ends meanwhile."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from broker.audit.store import AuditStore
from broker.db import writing
from broker.demo.once import Chosen, Told
from broker.demo.people import person_of
from broker.demo.rehearsal import Act, rehearsing
from broker.organisations.desk import Desk
from broker.organisations.model import Actor, Deed
from broker.organisations.service import OrganisationService
from broker.organisations.store import organisation_by_cvr
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.grants import store as grants
from broker.roles.grants.entitlements import EntitlementService

OPERATOR = Actor.at_console("operator")
NORTH, MUNICIPALITY = "29190901", "90000013"
AT_NORTH = "region-nordjylland"
CANCER, DEATH = "urn:dk:sundhed:sei2:cancer", "urn:dk:sundhed:sei2:doedsattest"


@pytest.fixture(scope="module")
def act() -> Iterator[Act]:
    """A demo whose clock stays."""
    with rehearsing(lambda _: None) as made:
        yield made


@pytest.fixture
def later() -> Iterator[Act]:
    """A demo of one's own, to change."""
    with rehearsing(lambda _: None) as made:
        yield made


def login(act: Act, person: str, service: str, federation: str = "sundhed") -> Told:
    who = person_of(person)
    assert who is not None
    return act.play.login(Chosen(federation, service, who.idp, person))


def roles(act: Act, person: str, service: str, federation: str = "sundhed") -> object:
    """The roles that somebody arrives with, or the code of the refusal."""
    told = login(act, person, service, federation)
    return told.refused[0] if told.refused else told.facts()["roles"]


DORTE = {
    "dpsd": ["Sagsbehandler_31000016008_3"],
    "lpr-sor": ["Indberetter_1231000016008_3"],
    "dnhf": ["Visitator_0_3"],
    "ejournal": ["Kliniker_0_3"],
}
EJNAR = {"dpsd": ["Risikomanager_21000016006_3"], "dnhf": ["Visitator_0_3"]}


@pytest.mark.parametrize(
    ("before", "after", "held"),
    [("dorte", "dorte-nord", DORTE), ("ejnar", "ejnar-nord", EJNAR)],
    ids=["by the professional UUID", "by the RID"],
)
def test_whoever_moves_to_the_region_keeps_every_role_and_name(
    act: Act, before: str, after: str, held: dict[str, list[str]]
) -> None:
    at_nemlogin = {service: login(act, before, service) for service in held}
    at_region = {service: login(act, after, service) for service in held}
    for service, expected in held.items():
        old, new = at_nemlogin[service].facts(), at_region[service].facts()
        assert (old["idp"], new["idp"]) == ("nemlogin", AT_NORTH)
        assert old["roles"] == new["roles"] == expected
        assert old["name_id"] == new["name_id"]


def test_a_stranger_of_the_same_name_gets_none_of_it(act: Act) -> None:
    known, stranger = person_of("dorte-nord"), person_of("dorte-navne")
    assert known is not None
    assert stranger is not None
    assert (known.name, known.cvr, known.idp) == (stranger.name, stranger.cvr, stranger.idp)
    for service in DORTE:
        assert roles(act, "dorte-navne", service) == "policy.no_role"
    told = login(act, "dorte-navne", "sor")
    assert told.facts()["roles"] == []
    assert told.facts()["name_id"] != login(act, "dorte-nord", "sor").facts()["name_id"]


@pytest.mark.parametrize(
    ("person", "service"),
    [
        ("viggo", "dpsd"),  # was given nothing
        ("freja", "dpsd"),  # has privileges of another organisation
        ("karen", "ejournal"),  # had it until ten days ago
        ("jens", "dnhf"),
    ],
)
def test_without_a_role_nobody_gets_in_where_one_is_demanded(
    act: Act, person: str, service: str
) -> None:
    assert roles(act, person, service) == "policy.no_role"


def test_what_was_revoked_is_not_issued(act: Act) -> None:
    assert roles(act, "astrid", "dnhf") == ["Henviser_0_3"]


def test_what_a_rule_in_shadow_gives_is_not_issued(act: Act) -> None:
    assert roles(act, "karen", "lpr-sor") == [
        "Indberetter_1011000016007_3",
        "Indberetter_1231000016008_3",
    ]


def test_the_test_environment_has_roles_of_its_own(act: Act) -> None:
    assert roles(act, "mette", "dpsd", "sundhed-test") == ["Sagsbehandler_1501000016001_3"]
    assert roles(act, "jens", "dpsd", "sundhed-test") == "policy.no_role"


def test_roles_begin_and_end_with_their_day_and_without_a_job(later: Act) -> None:
    assert roles(later, "karen", "dpsd") == ["Risikomanager_1231000016008_3"]
    assert roles(later, "omar", "sei2") == [f"{CANCER} 999991000016008", f"{DEATH} 999991000016008"]
    later.clock.by += timedelta(days=31)
    assert roles(later, "karen", "dpsd") == [
        "Risikomanager_1231000016008_3",
        "Sagsbehandler_1231000016008_3",
    ]
    later.clock.by += timedelta(days=80)  # the death certificate was for 110 days
    assert roles(later, "omar", "sei2") == [f"{CANCER} 999991000016008"]


def test_what_is_withdrawn_is_gone_at_the_next_login(later: Act) -> None:
    engine = later.play.demo.services.engine
    cache, now = CatalogueCache(engine), later.clock()
    deed = Deed(now, "the owner ended it", "R")
    assert roles(later, "gitte", "darina") == ["Sagsbehandler_0_3"]
    with writing(engine) as connection:
        home = organisation_by_cvr(connection, "sundhed", NORTH, "", now)
        role = cache.current_in(connection).role_by_code("sundhed", "darina", "Sagsbehandler")
        assert home is not None
        assert role is not None
        (right,) = grants.entitlements_of(connection, home.id, role.id)
        service = EntitlementService(AuditStore(), cache.current_in)
        service.withdraw(connection, OPERATOR, right.id, deed)
    assert roles(later, "gitte", "darina") == "policy.no_role"
    assert roles(later, "gitte", "e125") == ["Laeser_0_3"]


def test_a_suspended_organisation_has_no_roles_from_its_instant_on(later: Act) -> None:
    engine, now = later.play.demo.services.engine, later.clock()
    with writing(engine) as connection:
        home = organisation_by_cvr(connection, "sundhed", MUNICIPALITY, "", now)
    assert home is not None
    begins = now + timedelta(hours=1)
    service = OrganisationService(Desk(engine, AuditStore()))
    service.suspend(OPERATOR, home.id, Deed(now, "under enquiry", "R"), since=begins)
    assert roles(later, "birgit", "plov") == ["Godkender_0_3", "Kommuneredaktoer_0_3"]
    later.clock.by += timedelta(hours=2)
    assert roles(later, "birgit", "plov") == "policy.no_role"
