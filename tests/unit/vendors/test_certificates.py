"""Certificates of vendors' systems: one of test that is theirs, and everything else refused."""

import base64
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from broker.errors import Refused
from broker.vendors.certificates import LARGEST, Asked, Judged, judge
from tests.factories import NOW
from tests.system_certificates import VENDOR, private_key, system_certificate
from tests.unit.vendors.yard import DAY

GOOD = system_certificate()


def judged(data: bytes) -> Judged:
    return judge(data, Asked(VENDOR, NOW))


def codes(found: Judged) -> list[tuple[str, str]]:
    return [(one.level, one.code) for one in found.remarks]


def test_one_of_test_and_of_the_company_fits_however_it_is_sent() -> None:
    plain = x509.load_pem_x509_certificate(GOOD).public_bytes(Encoding.DER)
    authority = system_certificate(authority=True, name="Udstedende CA")
    sent = (GOOD, plain, base64.b64encode(plain), authority + GOOD, b"Subject: x\n" + GOOD)
    fingerprints = {judged(one).certificate.fingerprint for one in sent}
    assert len(fingerprints) == 1
    assert codes(judged(GOOD)) == [("good", "vendor.fits")]


def test_what_runs_out_soon_or_leads_to_no_known_authority_is_said() -> None:
    soon = judged(system_certificate(until=NOW + timedelta(days=59)))
    assert codes(soon) == [("good", "vendor.fits"), ("odd", "vendor.soon")]
    other = x509.load_pem_x509_certificate(system_certificate(authority=True))
    found = judge(GOOD, Asked(VENDOR, NOW, (other,)))
    assert codes(found) == [("good", "vendor.fits"), ("odd", "vendor.chain")]


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("vendor.production", system_certificate(test=False)),
        ("vendor.personal", system_certificate(kind="E")),
        ("vendor.personal", system_certificate(kind="P")),
        ("vendor.generation", system_certificate(kind="oces2")),
        ("vendor.other_company", system_certificate(cvr="90000284")),
        ("vendor.expired", system_certificate(until=NOW)),
        ("vendor.not_yet", system_certificate(since=NOW + DAY)),
        ("vendor.key_usage", system_certificate(signs=False)),
        ("vendor.authority", system_certificate(authority=True)),
        ("vendor.weak_key", system_certificate(bits=1024)),
        ("input.cpr", system_certificate(name="Kai 010190-1234")),
        ("vendor.no_certificate", b""),
        ("vendor.no_certificate", b"\x30\x82\x01"),
        ("vendor.no_certificate", GOOD.replace(b"M", b"N", 3)),
        ("vendor.no_certificate", b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"),
        ("vendor.no_certificate", "æøå".encode()),
        ("vendor.no_certificate", b"x" * (LARGEST + 1)),
        ("vendor.private_key", private_key() + GOOD),
    ],
)
def test_everything_else_is_refused_with_its_reason(code: str, data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        judged(data)
    assert refused.value.code == code
    assert "1234" not in refused.value.detail


def test_no_serial_number_of_a_certificate_is_taken_for_a_cpr_number() -> None:
    """OCES writes a UUID and a CVR number, whose digits may look like one."""
    unlucky = "6f2a3b1c-0d4e-4f5a-8b6c-0101901234ab"
    assert judged(system_certificate(identifier=unlucky)).remarks
