"""What is loaded comes into force, what is refused changes nothing, and both are told."""

from dataclasses import replace

import pytest

from broker.audit.events import FederationLoaded, MetadataLoaded
from broker.db import reading
from broker.errors import Refused, Unknown
from broker.metadata import store
from broker.metadata.defaults import LoadOptions
from broker.saml import names
from broker.saml.assurance import Assurance
from tests.factories import NOW, key_pair
from tests.metadata_factory import IDP_ID, SP, Idp, Sp, acs, aggregate, key, sso
from tests.unit.metadata.installation import OPEN_TO_ALL, Installation, codes

ONE_CERTIFICATE_LESS = key("sp")
SERVICE = {
    "kind": "service",
    "code": "dpsd",
    "name": {"da": "Dansk Patientsikkerhedsdatabase", "en": "Danish Patient Safety Database"},
    "owner": "Styrelsen for Patientsikkerhed",
    "entity_id": SP,
}


def test_a_service_and_an_idp_load_without_any_document(installation: Installation) -> None:
    assert installation.one(Idp().xml()).state == "added"
    assert installation.one(Sp().xml(), LoadOptions(idps=("all",))).state == "added"
    registry = installation.registry
    (service,), (idp,) = registry.services("sundhed"), registry.idps("sundhed")
    assert (service.code, idp.code) == ("service-example-dk", "idp-example-dk")
    assert service.minimum is Assurance.SUBSTANTIAL
    assert service.start_url == "https://service.example.dk/"
    assert idp.maximum is Assurance.HIGH
    assert idp.cvrs is None
    assert registry.active_idps(service, NOW) == (idp,)


def test_nobody_gets_through_unless_somebody_said_so(installation: Installation) -> None:
    idp = installation.one(Idp().xml(), LoadOptions())
    service = installation.one(Sp().xml(), LoadOptions())
    assert codes(idp, "odd") >= {"metadata.no_organisations"}
    assert codes(service, "odd") >= {"metadata.no_activation"}
    registry = installation.registry
    assert registry.idps("sundhed")[0].cvrs == frozenset()
    assert registry.active_idps(registry.services("sundhed")[0], NOW) == ()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (Sp(keys=key("sp")).xml(), "metadata.no_encryption_key"),
        (Sp(keys=key("sp-enc", "encryption")).xml(), "metadata.no_signing_key"),
        (Sp(endpoints=acs(binding=names.REDIRECT)).xml(), "metadata.no_acs"),
        (Sp(endpoints=acs("http://service.example.dk/acs")).xml(), "metadata.no_acs"),
        (Idp(keys=key("idp", "encryption")).xml(), "metadata.no_signing_key"),
        (Idp(keys=key("weak", text="AAAA")).xml(), "metadata.no_signing_key"),
        (Idp(endpoints=sso(binding=names.SOAP)).xml(), "metadata.no_sso"),
        (Idp(attributes='validUntil="2020-01-01T00:00:00Z"').xml(), "metadata.expired"),
        (Idp("https://broker.example.dk/sundhed/saml/sp").xml(), "metadata.our_entity_id"),
        (Sp(protocols="urn:oasis:names:tc:SAML:1.1:protocol").xml(), "metadata.no_role"),
    ],
)
def test_what_could_not_work_or_be_trusted_is_refused(
    installation: Installation, raw: bytes, code: str
) -> None:
    before = installation.revision
    report = installation.xml(raw)
    assert report.refused
    assert report.outcomes[0].state == "refused"
    assert code in codes(report.outcomes[0])
    assert installation.revision == before
    assert not [e for e in installation.audit.events if isinstance(e, MetadataLoaded)]


def test_a_service_may_be_registered_as_plaintext(installation: Installation) -> None:
    outcome = installation.one(Sp(keys=key("sp")).xml(), LoadOptions(plaintext=True))
    assert outcome.state == "added"
    assert installation.registry.services("sundhed")[0].plaintext


def test_one_refused_entity_does_not_keep_the_others_out(installation: Installation) -> None:
    report = installation.xml(aggregate(Sp(keys=key("sp")), Idp()))
    assert report.refused
    assert [outcome.state for outcome in report.outcomes] == ["refused", "added"]
    assert [idp.idp.entity_id for idp in installation.registry.idps("sundhed")] == [IDP_ID]


def test_the_same_document_again_changes_nothing(installation: Installation) -> None:
    installation.one(Idp().xml())
    revision, told = installation.revision, len(installation.audit.events)
    assert installation.one(Idp().xml()).state == "unchanged"
    assert installation.revision == revision
    assert len(installation.audit.events) == told


def test_every_version_is_kept_and_the_newest_is_in_force(installation: Installation) -> None:
    installation.one(Idp().xml())
    renewed = Idp(after_keys=f"<md:NameIDFormat>{names.PERSISTENT}</md:NameIDFormat>")
    assert installation.one(renewed.xml()).state == "changed"
    (record,) = installation.service.entities("sundhed")
    assert record.xml == renewed.xml()
    versions = installation.service.versions(record.row)
    assert [version.in_force for version in versions] == [True, False]
    assert [version.loaded_by for version in versions] == ["operator", "operator"]
    assert versions[0].loaded_at == NOW
    assert installation.registry.idps("sundhed")[0].idp.name_id_formats == (names.PERSISTENT,)


NEW_KEY = Idp(keys=key("idp") + key("idp-new"))
NEW_HOST = Idp(endpoints=sso("https://elsewhere.example.dk/sso"))
NEW_ACS = Sp(endpoints=acs() + acs("https://elsewhere.example.dk/acs", 1))
NEW_SP_KEY = Sp(keys=key("sp") + key("sp-new", "encryption"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Idp(), NEW_KEY),
        (Idp(), NEW_HOST),
        (Sp(), NEW_ACS),
        (Sp(), NEW_SP_KEY),
        (Sp(), Sp(keys=key("sp"))),
    ],
    ids=["signing key", "sign-in host", "answer host", "encryption key", "no encryption key"],
)
def test_an_unsigned_document_brings_no_new_key_or_host_unseen(
    installation: Installation, before: Idp | Sp, after: Idp | Sp
) -> None:
    options = LoadOptions(plaintext=True) if isinstance(before, Sp) else OPEN_TO_ALL
    installation.one(before.xml(), options)
    outcome = installation.one(after.xml(), options)
    assert codes(outcome) == {"metadata.key_change"}
    (record,) = installation.service.entities("sundhed")
    assert record.xml == before.xml()
    accepted = installation.one(after.xml(), replace(options, accept_key_change=True))
    assert accepted.state == "changed"


def test_a_partner_may_drop_a_key_at_once(installation: Installation) -> None:
    installation.one(NEW_KEY.xml())
    assert installation.one(Idp().xml()).state == "changed"
    assert installation.registry.idps("sundhed")[0].idp.signing == (key_pair("idp")[1],)


def test_another_source_and_a_twin_by_a_slash_are_pointed_out(installation: Installation) -> None:
    installation.xml(Idp().xml(), source="a.xml")
    (again,) = installation.xml(Idp(tail=" ").xml(), source="b.xml").outcomes
    assert codes(again, "info") >= {"metadata.other_source"}
    twin = installation.one(Idp(IDP_ID + "/").xml())
    assert twin.state == "added"
    assert codes(twin, "odd") >= {"metadata.slash_twin"}


@pytest.mark.parametrize("metadata_first", [True, False], ids=["metadata first", "document first"])
def test_a_document_and_its_metadata_meet_in_either_order(
    installation: Installation, *, metadata_first: bool
) -> None:
    if metadata_first:
        installation.one(Sp().xml())
        (decided,) = installation.document(SERVICE).outcomes
        assert decided.state == "changed"
    else:
        (decided,) = installation.document(SERVICE).outcomes
        assert decided.state == "waiting"
        assert installation.registry.services("sundhed") == ()
        assert installation.one(Sp().xml()).state == "added"
    (service,) = installation.registry.services("sundhed")
    assert service.code == "dpsd"
    assert service.name.da == "Dansk Patientsikkerhedsdatabase"
    assert service.sp.entity_id == SP


def test_metadata_is_tied_to_a_document_without_identifier_by_code(
    installation: Installation,
) -> None:
    installation.document({key: value for key, value in SERVICE.items() if key != "entity_id"})
    outcome = installation.one(Sp().xml(), LoadOptions(code="dpsd"))
    assert (outcome.state, outcome.code) == ("added", "dpsd")
    assert installation.registry.service_by_entity("sundhed", SP).code == "dpsd"


def test_a_code_belongs_to_one_entity(installation: Installation) -> None:
    installation.document(SERVICE)
    installation.one(Sp().xml())
    other = installation.one(Sp("https://other.example.dk").xml(), LoadOptions(code="dpsd"))
    assert codes(other) == {"metadata.code_taken"}
    decided = installation.document(SERVICE | {"entity_id": "https://other.example.dk"})
    assert codes(decided.outcomes[0]) == {"metadata.code_taken"}


def test_two_partners_on_one_host_get_two_codes(installation: Installation) -> None:
    first = installation.one(Sp().xml())
    second = installation.one(Sp(SP + "/two").xml())
    assert (first.code, second.code) == ("service-example-dk", "service-example-dk-2")


@pytest.mark.parametrize(
    ("start_url", "refused"),
    [
        ("https://service.example.dk/begin?here=1", False),
        ("https://elsewhere.example.dk/", True),
        ("http://service.example.dk/", True),
        ("javascript:alert(1)", True),
    ],
)
def test_a_person_begins_again_on_a_host_of_the_service(
    installation: Installation, start_url: str, *, refused: bool
) -> None:
    outcome = installation.one(Sp().xml(), LoadOptions(start_url=start_url))
    assert (codes(outcome) == {"metadata.start_url"}) is refused
    document = installation.document(SERVICE | {"start_url": start_url}).outcomes[0]
    if refused:
        assert document.state == "waiting"
        later = installation.one(Sp().xml())
        assert codes(later) == {"metadata.start_url"}


def test_a_document_loaded_later_is_held_against_the_metadata(installation: Installation) -> None:
    installation.one(Sp().xml())
    wrong = SERVICE | {"start_url": "https://elsewhere.example.dk/"}
    outcome = installation.document(wrong).outcomes[0]
    assert codes(outcome) == {"metadata.start_url"}
    assert installation.registry.services("sundhed")[0].code == "service-example-dk"


def test_an_unknown_federation_names_the_known_ones(installation: Installation) -> None:
    with pytest.raises(Unknown, match="sundhed, sundhed-test"):
        installation.xml(Sp().xml(), federation="borger")


def test_one_code_is_not_for_many_entities(installation: Installation) -> None:
    with pytest.raises(Refused, match="code_for_many"):
        installation.xml(aggregate(Sp(), Idp()), LoadOptions(code="dpsd"))


def test_a_load_that_breaks_off_leaves_nothing_behind(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(store, "bump", broken)
    with pytest.raises(OSError, match="disk"):
        installation.one(Sp().xml())
    with reading(installation.engine) as connection:
        assert store.entities(connection) == []


def test_every_load_is_told_to_the_audit_trail(installation: Installation) -> None:
    assert [type(e) for e in installation.audit.events] == [FederationLoaded, FederationLoaded]
    installation.one(Sp().xml())
    told = installation.audit.events[-1]
    assert isinstance(told, MetadataLoaded)
    assert (told.federation, told.kind, told.entity_id) == ("sundhed", "sp", SP)
    assert (told.source, told.by, told.reason) == ("partner.xml", "operator", "a test")
    assert told.sha256 == installation.service.entities()[0].sha256
