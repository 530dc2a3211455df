"""Every profile with every binding, signature and encryption, on both sides, as one table."""

from collections.abc import Sequence

import pytest
from lxml import etree

from broker.saml import names
from broker.saml.assurance import NIST_PREFIX, NSIS_PREFIX
from broker.saml.messages import Assertion, NameIDPolicy
from broker.saml.profiles import OIOSAML_2, OIOSAML_3, OIOSAML_H_3, Profile
from tests.box import CVR, make_box
from tests.profiles import (
    FROM_IDPS,
    REDIRECT,
    TO_SERVICES,
    IdpRow,
    Parties,
    ServiceRow,
    idp_rows,
    service_rows,
)

PLAINEST = IdpRow(OIOSAML_3, REDIRECT, "assertion", "GCM")
NEWEST = ServiceRow(OIOSAML_3, REDIRECT, "assertion", "GCM")
NS = {"p": names.SAMLP, "a": names.SAML, "ds": names.DS, "xenc": names.XENC}
BLOCKS = {
    "GCM": {names.AES256_GCM},
    "GCM, OAEP 1.1": {names.AES128_GCM},
    "CBC": {names.AES256_CBC},
    "plain": set(),
}


@pytest.fixture(scope="module")
def parties(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    made = Parties(make_box(tmp_path_factory.mktemp("profiles")))
    for profile in FROM_IDPS:
        for row in idp_rows():
            if row.profile is profile:
                made.idp(row)
    return made


def spoken(said: Assertion, profile: Profile) -> None:
    """The assertion is in the words of the profile, and in no others."""
    values = {attribute.name: attribute.values for attribute in said.attributes}
    assert {a.name_format for a in said.attributes} == {profile.name_format}
    assert said.name_id is not None
    assert said.name_id.format == names.PERSISTENT
    assert said.name_id.value.startswith(names.NAMEID_PROFESSIONAL) is profile.uri_names
    class_ref = said.authn_statements[0].class_ref
    if profile is OIOSAML_2:
        assert values[names.OIO2_SPEC_VERSION] == ("DK-SAML-2.0",)
        assert values[names.OIO2_ASSURANCE] == ("3",)
        assert values[names.OIO2_CVR] == (CVR,)
        assert class_ref == f"{NIST_PREFIX}3"
        # What the older generation has no name for keeps the newer one.
        newer = {name for name in values if name.startswith("https://data.gov.dk/")}
        assert newer <= {names.PROFESSIONAL_UUID}
        return
    assert values[names.LOA] == ("Substantial",)
    assert values[names.CVR] == (CVR,)
    assert class_ref == f"{NSIS_PREFIX}Substantial"
    assert (names.SPEC_VERSION in values) is profile.speaks_of_versions
    assert (names.HEALTH_SPEC_VERSION in values) is (profile is OIOSAML_H_3)


def on_the_wire(wire: etree._Element, row: ServiceRow) -> None:
    """What is signed where it shows, and what it is encrypted with."""
    assert bool(wire.findall("ds:Signature", NS)) is (row.signed != "assertion")
    assert bool(wire.findall("a:Assertion", NS)) is (row.encryption == "plain")
    data = wire.findall("a:EncryptedAssertion/xenc:EncryptedData/xenc:EncryptionMethod", NS)
    assert {method.get("Algorithm") for method in data} == BLOCKS[row.encryption]
    plain = wire.find("a:Assertion", NS)
    if plain is not None:
        assert bool(plain.findall("ds:Signature", NS)) is (row.signed != "response")


def table(rows: Sequence[ServiceRow | IdpRow], title: str) -> str:
    """The rows that ran, for a person to read."""
    lines = [title, f"  {'profile':<15}{'request by':<12}{'signed':<12}encrypted"]
    for row in rows:
        binding = row.binding.rpartition("-")[2]
        lines.append(f"  {row.profile.code:<15}{binding:<12}{row.signed:<12}{row.encryption}")
    return "\n".join([*lines, f"  {len(rows)} logins"])


def test_services_of_every_profile_are_written_to_in_every_way(
    parties: Parties, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = []
    for row in service_rows():
        said, wire, _ = parties.login(row, PLAINEST)
        spoken(said, row.profile)
        on_the_wire(wire, row)
        ran.append(row)
    assert len(ran) == 4 * 2 * 11
    with capsys.disabled():
        print("\n" + table(ran, "To services"))  # the table is for people


def test_idps_of_every_profile_are_understood_in_every_way(
    parties: Parties, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = []
    for row in idp_rows():
        said, _, asked = parties.login(NEWEST, row)
        spoken(said, OIOSAML_3)
        asks = row.profile.asks_for == "nsis"
        assert (asked.demand is not None) is asks
        ran.append(row)
    assert len(ran) == 5 * 2 * 8
    with capsys.disabled():
        print("\n" + table(ran, "From identity providers"))  # as above


@pytest.mark.parametrize("theirs", TO_SERVICES, ids=lambda profile: f"to {profile.code}")
@pytest.mark.parametrize("idps", FROM_IDPS, ids=lambda profile: f"from {profile.code}")
def test_each_generation_behind_each_other(
    parties: Parties, idps: Profile, theirs: Profile
) -> None:
    service = ServiceRow(theirs, REDIRECT, theirs.signed, "GCM")
    said, _, _ = parties.login(service, IdpRow(idps, REDIRECT, "both", "GCM"))
    spoken(said, theirs)


def test_a_service_of_the_older_generation_may_know_people_by_their_subject(
    parties: Parties,
) -> None:
    row = ServiceRow(OIOSAML_2, REDIRECT, "both", "CBC")
    asked = NameIDPolicy(names.X509_SUBJECT)
    said, _, _ = parties.login(row, IdpRow(OIOSAML_2, REDIRECT, "both", "GCM"), asked)
    assert said.name_id is not None
    assert said.name_id.format == names.X509_SUBJECT
    subject = f"C=DK,O=Region Æblø // CVR:{CVR},CN=Åse Ærlig,Serial="
    assert said.name_id.value.startswith(subject)
