"""Every service with every identity provider, played once by the command and looked at as data."""

from collections.abc import Callable

import pytest
from click.testing import Result

from broker.demo.planned import PLANNED
from broker.demo.told import Role
from tests.flows.logins import Login, read_logins

REGIONS = {
    f"region-{name}"
    for name in ("hovedstaden", "midtjylland", "nordjylland", "sjaelland", "syddanmark")
}
SERVICES = {
    *("darina", "dnhf", "dnhf-preprod", "dpsd", "e125", "ejournal", "esundhed", "esundhed-sor"),
    *("fmk-online", "forskerservice", "lpr-sor", "nfo", "nsp", "plov", "rbt", "sei2", "siap-nsp"),
    *("sor", "sor-portal", "sundhed-dk"),
}
CITIZENS = {"general-practice", "web-pharmacy", "sundhed-dk"}
SOR, EGELY = "urn:dk:gov:saml:sorIdentifier", "90000004"
NATIONAL = "urn:dk:healthcare:national-federation-role"


@pytest.fixture
def logins(plays_all: Callable[..., Result]) -> list[Login]:
    """All of them; the exit status says that each came out as planned."""
    done = plays_all("demo", "--all", "--json")
    assert done.exit_code == 0, done.stderr[-2000:]
    return read_logins(done.stdout)


def at(logins: list[Login], service: str, idp: str, federation: str = "sundhed") -> Login:
    (found,) = (
        one
        for one in logins
        if (one.federation, one.service, one.idp) == (federation, service, idp)
    )
    return found


def test_every_service_meets_every_identity_provider_of_its_federation(
    logins: list[Login],
) -> None:
    staff = [one for one in logins if one.federation == "sundhed"]
    assert {one.service for one in staff} == SERVICES
    assert {one.idp for one in staff} == {"nemlogin", "kombit", *REGIONS}
    assert len(staff) == 20 * 7
    citizens = {(one.service, one.idp) for one in logins if one.federation == "borger"}
    assert citizens == {(service, "nemlogin-borger") for service in CITIZENS}


def test_those_that_are_not_active_are_refused_and_all_others_arrive(logins: list[Login]) -> None:
    for one in logins:
        if (one.service, one.idp) in PLANNED:
            assert one.code is None, one
            assert one.name_id
            assert one.assurance
            assert one.hops == 6
        else:
            assert one.code == "policy.idp_not_active"
            assert not one.roles


def test_fmk_online_is_there_without_region_nordjylland(logins: list[Login]) -> None:
    arrived = {one.idp for one in logins if one.service == "fmk-online" and one.code is None}
    assert arrived == {"nemlogin"}
    assert at(logins, "fmk-online", "region-nordjylland").code == "policy.idp_not_active"
    (role,) = at(logins, "fmk-online", "nemlogin").issued
    assert role == Role("oiobpp", "urn:dk:sundhed:fmk:medhjaelp", (), EGELY)


def test_siap_nsp_is_told_national_roles_by_every_name_they_have(logins: list[Login]) -> None:
    assert set(at(logins, "siap-nsp", "region-nordjylland").issued) == {
        Role("oiobpp", f"{NATIONAL}:SundAssistR2", (), "29190901"),
        Role("oiobpp", f"{NATIONAL}:code:41002:value:SundAssistR2", (), "29190901"),
    }
    assert {role.name for role in at(logins, "siap-nsp", "nemlogin").issued} == {
        f"{NATIONAL}:PlejeAssR3",
        f"{NATIONAL}:code:41003:value:PlejeAssR3",
    }


def test_esundhed_is_delimited_by_sks(logins: list[Login]) -> None:
    told = {one.idp: one.roles for one in logins if one.service == "esundhed" and one.code is None}
    assert told == {
        "nemlogin": ["Laeser_DJ1_3"],
        "region-nordjylland": ["Laeser_DJ_3", "Laeser_KJ_3"],
        "region-sjaelland": ["Dataansvarlig_KJE_3"],
        "region-midtjylland": ["Analytiker_DA_3"],
    }


@pytest.mark.parametrize(
    ("service", "idp", "roles"),
    [
        ("esundhed-sor", "nemlogin", ["Laeser_1501000016001_3"]),
        ("esundhed-sor", "region-sjaelland", ["Laeser_1331000016004_3"]),
        ("dpsd", "nemlogin", ["Sagsbehandler_1501000016001_3"]),
        ("dpsd", "region-nordjylland", ["Risikomanager_1231000016008_3"]),
        (
            "lpr-sor",
            "region-nordjylland",
            ["Indberetter_1011000016007_3", "Indberetter_1231000016008_3"],
        ),
        ("lpr-sor", "region-sjaelland", ["Indberetter_1321000016001_3"]),
    ],
)
def test_these_are_delimited_by_sor(
    logins: list[Login], service: str, idp: str, roles: list[str]
) -> None:
    assert at(logins, service, idp).roles == roles


def test_sei2_is_told_its_units_as_constraints(logins: list[Login]) -> None:
    assert at(logins, "sei2", "region-midtjylland").issued == [
        Role("oiobpp", "urn:dk:sundhed:sei2:patologi", ((SOR, "1101000016006"),), "29190907")
    ]


def test_citizens_arrive_without_organisation_and_roles(logins: list[Login]) -> None:
    for service in CITIZENS:
        one = at(logins, service, "nemlogin-borger", "borger")
        assert one.name_id.startswith("https://data.gov.dk/model/core/eid/person/uuid/")
        assert one.issued == []
        assert not [name for name in one.attributes if "professional" in name]


def test_a_citizen_is_known_by_another_name_at_each_service(logins: list[Login]) -> None:
    ellen = [one.name_id for one in logins if one.person == "ellen"]
    assert len(set(ellen)) == len(ellen) == 2


def test_each_login_says_what_was_planned_for_it(logins: list[Login]) -> None:
    for one in logins:
        planned = PLANNED.get((one.service, one.idp))
        assert one.planned == (planned.facts() if planned else None)
        assert one.otherwise == []
