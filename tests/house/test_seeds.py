"""The shipped documents: every service of the federations, whole and in both languages."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from broker.db import Engine
from broker.metadata.decisions import ServiceSettings, read_service
from broker.metadata.seed import ORDER, seeds
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.documents import (
    SERVICE_KEYS,
    ServiceEntry,
    read_roles_entry,
    read_service_entry,
    read_types,
)
from broker.saml.vocabulary import OIO3_OF
from tests.unit.roles.catalogue_box import CatalogueBox, Notebook, day

STPS, SDS = "Styrelsen for Patientsikkerhed", "Sundhedsdatastyrelsen"
STAFF, CITIZENS = ("sundhed",), ("borger",)
ROLE_CLAIM = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"


@dataclass(frozen=True)
class Wanted:
    """What is known of a service in public."""

    code: str
    owner: str
    delimitation: str = "none"
    sla: str = "standard"
    federations: tuple[str, ...] = STAFF
    classic: bool = False


WANTED = (
    Wanted("darina", STPS, classic=True),
    Wanted("dnhf", "Region Syddanmark", classic=True),
    Wanted("dnhf-preprod", "Region Syddanmark", classic=True),
    Wanted("dpsd", STPS, "sor", classic=True),
    Wanted("e125", STPS, classic=True),
    Wanted("esundhed", SDS, "sks", classic=True),
    Wanted("esundhed-sor", SDS, "sor", classic=True),
    Wanted("forskerservice", SDS, classic=True),
    Wanted("lpr-sor", SDS, "sor", classic=True),
    Wanted("plov", SDS, classic=True),
    Wanted("rbt", STPS, classic=True),
    Wanted("siap-nsp", SDS, "national"),
    Wanted("sor", SDS, classic=True),
    Wanted("sor-portal", SDS, classic=True),
    Wanted("ejournal", "Region Nordjylland", classic=True),
    Wanted("nfo", "Region Sjælland", classic=True),
    Wanted("fmk-online", SDS, sla="society-critical"),
    Wanted("sundhed-dk", "Sundhed.dk", sla="society-critical", federations=STAFF + CITIZENS),
    Wanted("general-practice", "Almen praksis", federations=CITIZENS),
    Wanted("web-pharmacy", "Apotekerne", federations=CITIZENS),
    Wanted("nsp", SDS, "national"),
    Wanted("sei2", SDS, "sor"),
)
SERVICES = {str(document["code"]): (name, document) for name, document in seeds("services")}
AREAS = {"Cancer", "Privathospital", "Patologi", "Tvang", "Ivf", "Doedsattest"}
REGIONS = {
    f"region-{name}"
    for name in ("hovedstaden", "midtjylland", "nordjylland", "sjaelland", "syddanmark")
}


def entry_of(code: str) -> ServiceEntry:
    name, document = SERVICES[code]
    return read_service_entry(document, name)


def settings_of(code: str) -> ServiceSettings:
    name, document = SERVICES[code]
    return read_service({k: v for k, v in document.items() if k not in SERVICE_KEYS}, name)


def test_every_service_has_its_document_and_no_other_is_there() -> None:
    assert sorted(SERVICES) == sorted(wanted.code for wanted in WANTED)


@pytest.mark.parametrize("wanted", WANTED, ids=lambda wanted: wanted.code)
def test_a_service_is_as_it_is_known_in_public(wanted: Wanted) -> None:
    name, document = SERVICES[wanted.code]
    entry = entry_of(wanted.code)
    assert name == f"services/{wanted.code}.toml"
    assert entry.version.owner == wanted.owner
    assert entry.version.delimitation == wanted.delimitation
    assert entry.version.sla == wanted.sla
    federations = document["federations"]
    assert isinstance(federations, list)
    assert {path for path in federations if not path.endswith("-test")} == set(wanted.federations)
    assert bool([form for form in entry.version.forms if form.kind == "classic"]) is wanted.classic
    assert entry.version.forms


@pytest.mark.parametrize("code", sorted(SERVICES))
def test_a_service_has_roles_that_people_can_tell_apart(code: str) -> None:
    entry = entry_of(code)
    if entry.version.delimitation == "national":
        assert entry.version.national
        assert not entry.roles
        return
    assert 2 <= len(entry.roles) <= 6
    assert len({role.version.name.da for role in entry.roles}) == len(entry.roles)
    for role in entry.roles:
        assert role.version.example
        assert role.version.description.da.endswith(".")
        assert role.version.description.en.endswith(".")
        if role.version.sensitivity != "normal":
            assert role.version.max_duration is not None


def test_seb_classic_strings_are_written_as_services_cut_them() -> None:
    for wanted in WANTED:
        for form in entry_of(wanted.code).version.forms:
            if form.kind == "classic":
                assert form.attribute == ROLE_CLAIM
                assert form.template == "{role}_{delimitation}_3"


def test_every_form_is_used_by_somebody() -> None:
    forms = [form for code in SERVICES for form in entry_of(code).version.forms]
    assert {form.kind for form in forms} == {"classic", "oiobpp", "simple", "plain"}
    assert {form.version for form in forms if form.kind == "oiobpp"} == {"1.0.1", "1.2"}
    assert any(len(entry_of(code).version.forms) > 1 for code in SERVICES)
    assert {settings_of(code).speech.profile.code for code in SERVICES} == {
        "oiosaml-3",
        "oiosaml-h-3",
        "oiosaml-2",
        "saml2int",
    }


def test_an_idps_privileges_count_only_where_somebody_decided_so() -> None:
    by_source: dict[str, set[str]] = {}
    for code in SERVICES:
        by_source.setdefault(entry_of(code).version.source, set()).add(code)
    assert by_source["idp_only"] == {"fmk-online"}
    assert by_source["union"] >= {"dpsd", "esundhed-sor", "sei2"}
    classic = {wanted.code for wanted in WANTED if wanted.classic}
    assert classic & by_source["union"] == {"dpsd", "esundhed-sor", "lpr-sor"}
    deriving = {code for code in SERVICES if entry_of(code).rules}
    assert deriving <= by_source["union"] | by_source["idp_only"]


def test_region_nordjylland_is_active_everywhere_for_staff_but_at_fmk_online() -> None:
    for wanted in WANTED:
        active = {activation.idp for activation in settings_of(wanted.code).activations}
        staff = "sundhed" in wanted.federations
        assert ("nemlogin" in active) is staff
        assert ("region-nordjylland" in active) is (staff and wanted.code != "fmk-online")
        assert ("nemlogin-borger" in active) is ("borger" in wanted.federations)
    assert {a.idp for a in settings_of("fmk-online").activations} == {"nemlogin"}
    opened = next(a for a in settings_of("darina").activations if a.idp == "region-nordjylland")
    assert opened.opens == datetime(2023, 5, 8, 22, tzinfo=UTC)


def test_no_two_regions_are_active_at_the_same_services() -> None:
    at = {
        region: frozenset(
            code for code in SERVICES if region in {a.idp for a in settings_of(code).activations}
        )
        for region in REGIONS
    }
    assert all(at.values())
    assert len(set(at.values())) == len(REGIONS)


def test_sei2_is_reported_to_by_idws_alone_since_september_2019() -> None:
    entry = entry_of("sei2")
    assert {role.code for role in entry.roles} == AREAS
    interfaces = {one.code: one for one in entry.version.interfaces}
    assert set(interfaces) == {"web", "idws", "dgws", "xmldsig"}
    switch = datetime(2019, 8, 31, 22, tzinfo=UTC)  # midnight in Denmark
    before = switch.replace(hour=21, minute=59)
    open_at = {
        at: {code for code, one in interfaces.items() if one.open_at(at)} for at in (before, switch)
    }
    assert open_at == {before: {"web", "dgws", "xmldsig"}, switch: {"web", "idws"}}
    assert {interfaces[code].successor for code in ("dgws", "xmldsig")} == {"idws"}


def test_conditions_ask_for_attributes_that_can_come() -> None:
    for code in SERVICES:
        for rule in entry_of(code).rules:
            asked = {one.attribute for clause in rule.clauses for one in clause}
            assert asked <= {*OIO3_OF, "privileges", "loa", "cvr"}


def test_every_word_stands_in_both_languages() -> None:
    words = [role.version.name for code in SERVICES for role in entry_of(code).roles]
    words += [entry_of(code).version.name for code in SERVICES]
    for name, document in seeds("roles"):
        if document["kind"] == "delimitations":
            words += [one.type.name for one in read_types(document, name)]
            continue
        roles = read_roles_entry(document, name)
        words += [role.version.description for role in roles.roles]
        words += [conflict.explanation for conflict in roles.conflicts]
        words += [one.policy.name for one in roles.policies]
    assert all(word.da.strip() and word.en.strip() for word in words)
    sentences = [role.version.description for code in SERVICES for role in entry_of(code).roles]
    assert all(sentence.da != sentence.en for sentence in sentences)


def test_every_document_loads_on_both_engines_and_a_second_time_changes_nothing(
    engine: Engine,
) -> None:
    box = CatalogueBox(engine, Notebook(), CatalogueCache(engine))
    for number in (0, 1):
        found = set()
        for folder in ORDER:
            for name, document in seeds(folder):
                report = box.load(dict(document), number)
                assert not report.refused, (name, report)
                found |= {o.state for o in report.outcomes if o.kind not in ("sp", "idp")}
        assert found == ({"added", "changed"} if number == 0 else {"unchanged"})
    check_catalogue(box.now)


def check_catalogue(catalogue: Catalogue) -> None:
    at = day(0)
    for wanted in WANTED:
        for federation in wanted.federations:
            assert catalogue.issued_at(federation, wanted.code, at), wanted.code
    nurse = catalogue.issued_at("sundhed", "siap-nsp", at)[1].at(at)
    assert nurse is not None
    assert nurse.aliases == (
        "urn:dk:healthcare:national-federation-role:code:41002:value:SundAssistR2",
    )
    for urn in ("dpsd:sagsbehandler", "dpsd:risikomanager", "esundhed:laeser"):
        role = catalogue.role_by_urn("sundhed", f"urn:dk:sundhed:{urn}")
        assert role is not None
        (rule,) = catalogue.rules_of(role.id)
        assert rule.clauses[0][0].values == (role.urn,)
        assert rule.approved_by == "operator"
