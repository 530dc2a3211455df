"""Each check of a path fails alone; what is honest passes, PKCS #1 and RSASSA-PSS alike."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from broker.demo.certificates import Generation
from broker.saml.chains import LINK_CHECKS, Use, find_path
from tests.authorities import Bent, authority, leaf, private, with_sha1
from tests.factories import NOW

ROOT = Bent("root", "root")
ISSUING = Bent("issuing", "root", length=0)
LEAF = Bent("chained", "issuing", ca=False, usages=("digital_signature", "key_encipherment"))
WEAK = rsa.RSAPublicNumbers(65537, (1 << 1023) + 1).public_key()


def verdict(
    certificate: Bent = LEAF, *issuers: Bent, use: Use | None = "signing"
) -> tuple[str | None, int]:
    path = find_path(
        certificate.made(), [one.made() for one in issuers or (ROOT, ISSUING)], NOW, use
    )
    return path.defect.code if path.defect else None, len(path.certificates)


def test_an_honest_path_has_no_defect() -> None:
    assert verdict() == (None, 3)


@pytest.mark.parametrize("generation", [2, 3])
@pytest.mark.parametrize("use", ["signing", "encryption"])
def test_both_generations_of_the_demo_lead_to_their_root(generation: Generation, use: Use) -> None:
    issuers = (authority(generation).root, authority(generation).certificate)
    path = find_path(leaf("chain", generation).parsed, issuers, NOW, use)
    assert path.defect is None
    assert path.certificates[1:] == issuers[::-1]


def test_a_leaf_directly_below_a_root_is_fine() -> None:
    assert verdict(LEAF.but(issuer="root"), ROOT) == (None, 2)


LEAVES = {
    "certificate.not_yet": LEAF.but(since=NOW + timedelta(days=1)),
    "certificate.expired": LEAF.but(until=NOW),
    "certificate.is_authority": LEAF.but(ca=True),
    "certificate.key_usage": LEAF.but(usages=("key_encipherment",)),
    "certificate.critical_extension": LEAF.but(critical=True),
}


@pytest.mark.parametrize("code", LEAVES)
def test_each_defect_of_a_leaf_is_found_alone(code: str) -> None:
    assert verdict(LEAVES[code]) == (code, 1)


def test_a_key_for_signing_only_is_not_encrypted_to() -> None:
    only = LEAF.but(usages=("digital_signature",))
    assert verdict(only, use="encryption") == ("certificate.key_usage", 1)
    assert verdict(only, use="signing") == (None, 3)


def test_a_certificate_that_says_nothing_of_its_use_is_for_any() -> None:
    assert verdict(LEAF.but(usages=None, ca=None)) == (None, 3)


LINKS: dict[str, tuple[Bent, tuple[Bent, ...]]] = {
    "certificate.key_identifier": (LEAF.but(issuer_id="somebody"), (ROOT, ISSUING)),
    "certificate.issuer_not_authority": (LEAF, (ROOT, ISSUING.but(ca=False, length=None))),
    "certificate.issuer_key_usage": (LEAF, (ROOT, ISSUING.but(usages=("crl_sign",)))),
    "certificate.path_length": (
        LEAF.but(issuer="below"),
        (ROOT, ISSUING, Bent("below", "issuing")),
    ),
    "certificate.issuer_not_yet": (LEAF, (ROOT, ISSUING.but(since=NOW + timedelta(days=1)))),
    "certificate.issuer_expired": (LEAF, (ROOT, ISSUING.but(until=NOW))),
    "certificate.issuer_weak_key": (LEAF, (ROOT, ISSUING.but(public=WEAK))),
    "certificate.issuer_critical_extension": (LEAF, (ROOT, ISSUING.but(critical=True))),
    "certificate.signature": (
        LEAF.but(issuer_key="attacker", issuer_id="issuing"),
        (ROOT, ISSUING),
    ),
}


@pytest.mark.parametrize("code", LINKS)
def test_each_defect_of_a_link_is_found_alone(code: str) -> None:
    certificate, issuers = LINKS[code]
    assert verdict(certificate, *issuers)[0] == code


def test_a_path_that_has_run_out_above_has_run_out() -> None:
    assert verdict(LEAF, ROOT.but(until=NOW), ISSUING)[0] == "certificate.issuer_expired"


def test_sha1_is_refused_in_a_signature_that_verifies() -> None:
    weak = with_sha1(LEAF)
    key = private("issuing").public_key()
    sha1 = hashes.SHA1()  # noqa: S303  # what must be refused
    key.verify(weak.signature, weak.tbs_certificate_bytes, padding.PKCS1v15(), sha1)
    path = find_path(weak, [ROOT.made(), ISSUING.made()], NOW)
    assert path.defect is not None
    assert path.defect.code == "certificate.weak_signature"


def test_no_check_of_a_link_lacks_a_test() -> None:
    assert {code for code, _, _ in LINK_CHECKS} == {*LINKS, "certificate.weak_signature"}


def test_an_unknown_issuer_is_none_of_ours() -> None:
    assert verdict(LEAF.but(issuer="nobody")) == ("certificate.no_issuer", 1)


def test_an_issuing_authority_without_its_root_is_not_enough() -> None:
    assert verdict(LEAF, ISSUING) == ("certificate.no_issuer", 2)


def test_a_self_signed_leaf_is_not_its_own_issuer() -> None:
    own = LEAF.but(issuer="chained").made()
    path = find_path(own, [own], NOW)
    assert path.defect is not None
    assert path.defect.code == "certificate.no_issuer"


def test_a_partner_cannot_issue_for_another() -> None:
    """The oldest mistake of all: a leaf used as an authority."""
    mallory = LEAF.but(name="mallory")
    forged = LEAF.but(issuer="mallory")
    assert verdict(forged, ROOT, ISSUING, mallory)[0] == "certificate.issuer_not_authority"


def test_of_two_authorities_of_one_name_the_right_one_is_found() -> None:
    other = ISSUING.but(key="another key")
    assert verdict(LEAF, ROOT, other, ISSUING) == (None, 3)
    assert verdict(LEAF, ROOT, ISSUING, other) == (None, 3)
    assert verdict(LEAF, ROOT, other)[0] == "certificate.key_identifier"


def test_a_name_taken_without_key_identifiers_is_caught_by_the_signature() -> None:
    other = ISSUING.but(key="another key", own_id=False)
    assert verdict(LEAF, ROOT, other)[0] == "certificate.signature"


def test_authorities_that_sign_one_another_are_no_trap() -> None:
    crossed = [Bent(f"x{a}", f"x{b}") for a in range(4) for b in range(4) if a != b]
    assert verdict(LEAF.but(issuer="x0"), *crossed)[0] == "certificate.path_too_long"


def test_a_path_has_an_end() -> None:
    long = [Bent(f"l{n}", f"l{n + 1}") for n in range(6)]
    found = verdict(LEAF.but(issuer="l0"), *long, Bent("l6", "l6"))
    assert found == ("certificate.path_too_long", 5)


def test_the_words_name_the_certificate() -> None:
    path = find_path(LEAF.made(), [ROOT.made(), ISSUING.but(until=NOW).made()], NOW)
    assert path.defect is not None
    assert "“issuing”" in path.defect.words
    assert isinstance(path.certificates[0], x509.Certificate)
