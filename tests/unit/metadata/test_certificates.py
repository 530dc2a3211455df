"""The verdict on a certificate, by each demand of a policy and by the clock."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from broker.errors import Refused
from broker.metadata.certificate_policy import (
    CertificatePolicy,
    Demand,
    read_certificate_policy,
    with_issuers,
)
from broker.metadata.certificates import Verdict, admit, fingerprint, judge
from broker.metadata.documents import Table
from broker.saml.entity_descriptor import read_entity
from broker.saml.keys import Certificate
from broker.saml.revocation import Answer
from tests.authorities import Bent, authority, leaf
from tests.factories import NOW
from tests.metadata_factory import Sp, key
from tests.unit.metadata.certified import b64, known_good, policy

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STRANGER = Certificate(
    Bent("stranger", "nobody", ca=False, usages=None).made().public_bytes(Encoding.DER)
)
TEST = Certificate(
    Bent("t", "TRUST2408 Systemtest XXXIV CA", ca=False, usages=None)
    .made()
    .public_bytes(Encoding.DER)
)


def codes(verdict: Verdict, level: str = "refused") -> set[str]:
    return {finding.code for finding in verdict.findings if finding.level == level}


def test_a_policy_that_demands_nothing_finds_nothing() -> None:
    verdict = judge(STRANGER, CertificatePolicy(), {}, NOW)
    assert verdict == Verdict(True, None, "unchecked", (), None)


def test_test_certificates_are_refused_unless_a_federation_allows_them() -> None:
    refused = judge(TEST, CertificatePolicy(), {}, NOW)
    assert (refused.usable, codes(refused)) == (False, {"certificate.test"})
    assert judge(TEST, CertificatePolicy(allow_test=True), {}, NOW).usable


def test_a_test_authority_above_makes_a_certificate_one_of_test() -> None:
    """The leaf itself shows no sign; the root that its path leads to does."""
    name = "TRUST2408 Systemtest VII Primary CA"
    made = [Bent("innocent", name, issuer_key="r"), Bent(name, name, key="r", issuer_key="r")]
    issuers = tuple(Certificate(one.made().public_bytes(Encoding.DER)) for one in made)
    below = Bent("below", "innocent", ca=False, usages=None).made()
    demands = CertificatePolicy(chain="require", issuers=issuers)
    verdict = judge(Certificate(below.public_bytes(Encoding.DER)), demands, {}, NOW)
    assert codes(verdict) == {"certificate.test"}


CHAINS: tuple[tuple[Demand, bool, str | None], ...] = (
    ("off", True, None),
    ("warn", True, "odd"),
    ("require", False, "refused"),
)


@pytest.mark.parametrize(("demand", "usable", "level"), CHAINS)
def test_a_path_that_leads_nowhere(demand: Demand, *, usable: bool, level: str | None) -> None:
    verdict = judge(STRANGER, policy(chain=demand), {}, NOW)
    assert verdict.usable is usable
    assert {f.level for f in verdict.findings} == ({level} if level else set())
    assert {f.code for f in verdict.findings} <= {"certificate.no_issuer"}
    assert judge(leaf(), policy(chain=demand), {}, NOW).usable


def test_a_certificate_that_ran_out_is_judged_as_of_its_last_moment() -> None:
    """Metadata decides, not the calendar; its authorities were fine while it lasted."""
    old = leaf("old", days=1)
    assert judge(old, policy(chain="require"), {}, NOW + 10 * DAY).usable


# What is known, and what becomes of it under warn and under require.
REVOCATIONS: tuple[tuple[str, Answer | None, str, bool, bool, str | None], ...] = (
    ("good", Answer("good", NOW, NOW + HOUR), "good", True, True, None),
    ("none", None, "none", True, False, "certificate.revocation_unknown"),
    (
        "unknown",
        Answer("unknown", NOW, NOW + HOUR),
        "unknown",
        True,
        False,
        "certificate.revocation_unknown",
    ),
    (
        "stale",
        Answer("good", NOW - DAY, NOW),
        "stale",
        True,
        False,
        "certificate.revocation_stale",
    ),
    (
        "revoked",
        Answer("revoked", NOW, NOW + HOUR, NOW, "keyCompromise"),
        "revoked",
        False,
        False,
        "certificate.revoked",
    ),
    (
        "revoked, long ago said",
        Answer("revoked", NOW - 9 * DAY, NOW - 8 * DAY, NOW - 9 * DAY, "superseded"),
        "revoked",
        False,
        False,
        "certificate.revoked",
    ),
    ("revoked ahead", Answer("revoked", NOW, NOW + DAY, NOW + HOUR), "good", True, True, None),
)


@pytest.mark.parametrize(
    ("answer", "standing", "warned", "required", "code"),
    [row[1:] for row in REVOCATIONS],
    ids=[row[0] for row in REVOCATIONS],
)
def test_revocation(
    answer: Answer | None, standing: str, *, warned: bool, required: bool, code: str | None
) -> None:
    certificate = leaf()
    known = known_good(NOW)
    known.pop(certificate.fingerprint, None)
    if answer is not None:
        known[certificate.fingerprint] = answer
    for demand, usable in (("warn", warned), ("require", required)):
        demands = replace(policy(), revocation="warn" if demand == "warn" else "require")
        verdict = judge(certificate, demands, known, NOW)
        assert (verdict.usable, verdict.revocation) == (usable, standing)
        assert {f.code for f in verdict.findings} == ({code} if code else set())
    assert judge(certificate, policy(), known, NOW).revocation == "unchecked"


def test_an_authority_that_is_revoked_takes_what_it_issued_along() -> None:
    issuing = fingerprint(authority().certificate)
    known = known_good(NOW, leaf()) | {issuing: Answer("revoked", NOW, NOW + DAY, NOW)}
    verdict = judge(leaf(), policy(revocation="warn"), known, NOW)
    assert codes(verdict) == {"certificate.revoked"}


def test_nobody_can_be_asked_about_a_certificate_without_a_path() -> None:
    verdict = judge(STRANGER, policy(revocation="require"), {}, NOW)
    assert codes(verdict) == {"certificate.revocation_unknown"}


def test_the_verdict_says_when_the_clock_alone_changes_it() -> None:
    demands = policy(revocation="require", grace=timedelta(hours=2))
    known = known_good(NOW, leaf(), until=NOW + HOUR)
    verdict = judge(leaf(), demands, known, NOW)
    assert verdict.changes_at == NOW + 3 * HOUR
    assert judge(leaf(), demands, known, verdict.changes_at - timedelta(seconds=1)).usable
    assert not judge(leaf(), demands, known, verdict.changes_at).usable
    ahead = known | {leaf().fingerprint: Answer("revoked", NOW, NOW + DAY, NOW + HOUR)}
    assert judge(leaf(), demands, ahead, NOW).changes_at == NOW + HOUR


def test_an_entity_keeps_the_keys_that_may_be_used() -> None:
    keys = (
        key("x", "signing", b64(leaf()))
        + key("x", "signing", b64(STRANGER))
        + key("x", "encryption", b64(STRANGER))
    )
    facts = read_entity(Sp(keys=keys).xml())
    admitted = admit(facts, policy(chain="require"), {}, NOW)
    assert admitted.facts.sp is not None
    assert [c.fingerprint for c in admitted.facts.sp.signing] == [leaf().fingerprint]
    assert admitted.facts.sp.encryption == ()
    assert admitted.facts.xml == facts.xml
    assert [f.code for f in admitted.lost(facts, "sp")] == ["certificate.none_usable"]
    assert not list(admitted.lost(facts, "idp"))


WRONG: tuple[tuple[dict[str, object], str], ...] = (
    ({"chain": "maybe"}, "chain"),
    ({"chain": "require"}, "issuers"),
    ({"revocation": "warn", "chain": "off"}, "issuers"),
    ({"issuers": ["oces3.pem"]}, "issuers"),
    ({"issuers": ["-----BEGIN CERTIFICATE-----\nnothing"]}, "issuers"),
    ({"crls": ["ftp://ca1.gov.dk/x.crl"]}, "crls"),
    ({"crls": ["http://user@ca1.gov.dk/x.crl"]}, "crls"),
    ({"crls": ["http://[broken/x.crl"]}, "crls"),
    ({"ask": ["pigeon"]}, "ask"),
    ({"test_certificates": True}, "test_certificates"),
    ({"grace_hours": -1}, "grace_hours"),
    ({"revokation": "off"}, "revokation"),
    ({"chain": "warn", "revocation": "warn", "issuers": "CHAIN"}, "hosts"),
)


@pytest.mark.parametrize(("written", "named"), WRONG, ids=[str(row[0]) for row in WRONG])
def test_a_mistake_in_a_policy_is_named(written: dict[str, object], named: str) -> None:
    if written.get("issuers") == "CHAIN":
        written = {**written, "issuers": [authority().chain.decode()]}
    with pytest.raises(Refused, match=named) as refusal:
        read_certificate_policy(Table("certificates", written))
    assert refusal.value.code == "metadata.document"


def test_a_policy_is_read_and_allows_what_it_names() -> None:
    written = {
        "chain": "warn",
        "revocation": "require",
        "test_certificates": "allow",
        "issuers": [authority().chain.decode()],
        "hosts": ["CA1.gov.dk"],
        "crls": ["http://lists.example.dk:8080/all.crl"],
        "ask": ["ocsp"],
        "grace_hours": 3,
    }
    found = read_certificate_policy(Table("certificates", written))
    assert [one.parsed for one in found.issuers] == [authority().root, authority().certificate]
    assert (found.chain, found.revocation, found.allow_test) == ("warn", "require", True)
    assert (found.ask, found.grace) == (("ocsp",), timedelta(hours=3))
    for address, allowed in (
        ("http://ca1.gov.dk/ocsp", True),
        ("http://lists.example.dk:8080/other.crl", True),
        ("http://lists.example.dk/other.crl", False),
        ("http://ca1.gov.dk.example.org/ocsp", False),
        ("http://ca1.gov.dk@127.0.0.1/ocsp", False),
        ("http://[broken", False),
    ):
        assert found.allows(address) is allowed, address


def test_issuers_are_read_from_files_beside_the_document(tmp_path: Path) -> None:
    folder = tmp_path
    (folder / "both.pem").write_bytes(authority().chain)
    (folder / "root.cer").write_bytes(authority().root.public_bytes(Encoding.DER))
    document = {
        "kind": "federation",
        "environment": [{"path": "x", "certificates": {"issuers": ["both.pem", "root.cer"]}}],
    }
    filled = with_issuers(document, folder)
    (environment,) = filled["environment"]  # type: ignore[misc]  # a document is objects
    found = read_certificate_policy(Table("c", environment["certificates"]))  # type: ignore[has-type]  # as above
    assert len(found.issuers) == 3
    for name in ("gone.pem", "../both.pem", "both.txt", "/etc/passwd"):
        with pytest.raises(Refused, match="issuers"):
            with_issuers({"certificates": {"issuers": [name]}}, folder)
