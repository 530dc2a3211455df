"""Published metadata of NemLog-in and SEB loads, and what is odd in each file is named.

The files belong to others and are not part of the project: BROKER_SAMPLES names the
folder that holds them.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker.saml.entity_descriptor import read_metadata
from tests.unit.metadata.installation import Installation, codes

NOW = datetime(2026, 1, 15, tzinfo=UTC)
FOLDER = os.environ.get("BROKER_SAMPLES", "")

pytestmark = pytest.mark.skipif(not FOLDER, reason="BROKER_SAMPLES names no folder with samples")

ORDINARY = {
    "unsigned",
    "no_valid_until",
    "same_address",
    "certificate_white_space",
    "empty_contact",
    "no_contact",
}
EXPECTED = {
    "nemlogin/oiosaml3-idp-prod.xml": {
        "several_signing_keys",
        "fewer_keys",
        "rsassa_pss",
    },
    "nemlogin/oiosaml3-idp-inttest.xml": {"trailing_slash", "rsassa_pss"},
    "nemlogin/oiosaml4-idp-prod.xml": {
        "several_signing_keys",
        "extensions_late",
        "schema",
        "extra_protocol",
        "unknown_extension",
        "rsassa_pss",
    },
    "nemlogin/oiosaml4-idp-inttest.xml": {
        "extensions_late",
        "schema",
        "extra_protocol",
        "unknown_extension",
        "rsassa_pss",
    },
    "nemlogin/test-devtest4-idp-metadata.xml": {"rsassa_pss"},
    "nemlogin/test-devtest4-idp-metadata-oces2-era.xml": {"certificate_expired"},
    "nemlogin/Test-nemlog-in-2.xml": {
        "trailing_slash",
        "same_key_both_uses",
        "certificate_expired",
    },
    "seb/t-seb-idp-metadata.xml": {
        "trailing_slash",
        "same_key_both_uses",
        "role_late",
        "schema",
        "rsassa_pss",
        "certificate_ends_soon",
    },
}
REFUSED = {
    "sp/saml.oiosaml-net.dk.xml": {"metadata.expired"},
    "sp/saml.oiosaml3-net.dk.xml": {"metadata.expired"},
    "test-vectors/metadata-ADLER.xml": {"metadata.weak_key", "metadata.no_signing_key"},
    "test-vectors/tfobs-demo-idp-metadata.xml": {"metadata.weak_key", "metadata.no_signing_key"},
}


def sample(name: str) -> bytes:
    folder = Path(FOLDER)
    return (
        folder / "metadata" / name if (folder / "metadata").is_dir() else folder / name
    ).read_bytes()


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_odd_is_named_and_nothing_else(name: str) -> None:
    reading = read_metadata(sample(name), NOW)
    (entity,) = reading.entities
    found = {f.code.removeprefix("metadata.") for f in (*reading.findings, *entity.findings)}
    assert found - ORDINARY == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_it_comes_into_force_where_its_certificates_belong(
    installation: Installation, name: str
) -> None:
    (outcome,) = installation.xml(sample(name), federation="sundhed-test").outcomes
    assert outcome.state == "added"
    (idp,) = installation.registry.idps("sundhed-test")
    assert idp.idp.signing


# Of each file: the generation, kind, CVR number and environment of its signing certificates.
CERTIFICATES = {
    "nemlogin/oiosaml3-idp-prod.xml": (3, "VOCES", "34051178", "production"),
    "nemlogin/oiosaml4-idp-prod.xml": (3, "VOCES", "34051178", "production"),
    "nemlogin/oiosaml3-idp-inttest.xml": (3, "VOCES", "34051178", "test"),
    "nemlogin/oiosaml4-idp-inttest.xml": (3, "VOCES", "34051178", "test"),
    "nemlogin/test-devtest4-idp-metadata.xml": (3, "VOCES", "34051178", "test"),
    "nemlogin/test-devtest4-idp-metadata-oces2-era.xml": (2, "FOCES", "21093106", "test"),
    "nemlogin/Test-nemlog-in-2.xml": (2, "FOCES", "34051178", "test"),
    "seb/t-seb-idp-metadata.xml": (3, "VOCES", "33257872", "test"),
}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_its_certificates_are_read(name: str) -> None:
    (entity,) = read_metadata(sample(name), NOW).entities
    assert entity.idp is not None
    for certificate in entity.idp.signing:
        found = certificate.oces
        assert found is not None
        said = (found.generation, found.kind, found.cvr, found.environment)
        assert said == CERTIFICATES[name]


@pytest.mark.parametrize("name", CERTIFICATES)
def test_production_takes_no_test_certificates(installation: Installation, name: str) -> None:
    outcome = installation.one(sample(name))
    if CERTIFICATES[name][3] == "production":
        assert outcome.state == "added"
        assert not {code for code in codes(outcome) if code.startswith("certificate.")}
    else:
        assert outcome.state == "refused"
        assert codes(outcome) == {"certificate.test", "certificate.none_usable"}


@pytest.mark.parametrize("name", REFUSED)
def test_what_ran_out_or_has_weak_keys_only_is_refused(
    installation: Installation, name: str
) -> None:
    (outcome,) = installation.xml(sample(name), federation="sundhed-test").outcomes
    assert outcome.state == "refused"
    assert codes(outcome) == REFUSED[name]


def test_oiosaml_3_and_4_of_one_entity_replace_each_other(installation: Installation) -> None:
    """Both documents carry one entityID; keys and host are the same, so nobody is asked."""
    first = installation.one(sample("nemlogin/oiosaml3-idp-prod.xml"))
    second = installation.one(sample("nemlogin/oiosaml4-idp-prod.xml"))
    assert (first.state, second.state) == ("added", "changed")
    (idp,) = installation.registry.idps("sundhed")
    assert [e.location for e in idp.idp.sso] == ["https://login.nemlog-in.dk/idp/saml/4.0/"]


def test_test_environments_that_differ_by_a_slash_are_two(installation: Installation) -> None:
    installation.xml(sample("nemlogin/oiosaml3-idp-inttest.xml"), federation="sundhed-test")
    report = installation.xml(
        sample("nemlogin/oiosaml4-idp-inttest.xml"), federation="sundhed-test"
    )
    assert "metadata.slash_twin" in codes(report.outcomes[0], "odd")
    assert len(installation.registry.idps("sundhed-test")) == 2
