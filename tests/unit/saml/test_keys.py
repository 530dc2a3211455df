"""OCES subjects of both generations, and keys that only their owner may read."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from broker.errors import Unavailable
from broker.saml.keys import Certificate, load_private_key
from broker.saml.oces import OcesSubject
from tests.factories import NOW, key_pair

ORGANISATION_ID = x509.ObjectIdentifier("2.5.4.97")
UUID = "b0960b16-1c0e-477a-9d33-616ee1000c11"


def certificate(serial: str, *, owner: str | None = None, together: bool = False) -> Certificate:
    """A certificate with that serialNumber; `together` puts CN into the same RDN, as OCES2 does."""
    country = x509.NameAttribute(NameOID.COUNTRY_NAME, "DK")
    name = x509.NameAttribute(NameOID.COMMON_NAME, "Et system (funktionscertifikat)")
    number = x509.NameAttribute(NameOID.SERIAL_NUMBER, serial)
    rdns = [x509.RelativeDistinguishedName([country])]
    if together:
        rdns.append(x509.RelativeDistinguishedName([name, number]))
    else:
        rdns += [x509.RelativeDistinguishedName([part]) for part in (name, number)]
    if owner:
        part = x509.NameAttribute(ORGANISATION_ID, owner)
        rdns.append(x509.RelativeDistinguishedName([part]))
    private, _ = key_pair("oces")
    subject = x509.Name(rdns)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(4)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=3))
        .sign(private, hashes.SHA256())
    )
    return Certificate(built.public_bytes(Encoding.DER))


OCES2 = [
    ("CVR:90000004-RID:42634739", OcesSubject(2, "MOCES", "42634739", "90000004")),
    ("CVR:90000004-RID:soren", OcesSubject(2, "MOCES", "soren", "90000004")),
    ("CVR:90000004-UID:83384970", OcesSubject(2, "VOCES", "83384970", "90000004")),
    ("CVR:90000004-FID:22933922", OcesSubject(2, "FOCES", "22933922", "90000004")),
    ("PID:9208-2002-2-000000000000", OcesSubject(2, "POCES", "9208-2002-2-000000000000", None)),
]
OCES3 = [("O", "VOCES"), ("E", "MOCES"), ("P", "POCES")]


@pytest.mark.parametrize(("serial", "subject"), OCES2)
@pytest.mark.parametrize("together", [True, False])
def test_an_oces2_subject_is_read(serial: str, subject: OcesSubject, *, together: bool) -> None:
    assert certificate(serial, together=together).oces == subject


@pytest.mark.parametrize(("letter", "kind"), OCES3)
def test_an_oces3_subject_is_read(letter: str, kind: str) -> None:
    found = certificate(f"UI:DK-{letter}:G:{UUID}", owner="NTRDK-90000004").oces
    assert found == OcesSubject(3, kind, UUID, "90000004")


@pytest.mark.parametrize("serial", ["123", "CVR:9000-RID:1", "UI:SE-O:G:" + UUID])
def test_any_other_subject_is_none_of_them(serial: str) -> None:
    assert certificate(serial).oces is None


def stored(folder: Path, name: str = "oces", beside: str = "oces") -> Path:
    path = folder / "key.pem"
    path.write_bytes(
        key_pair(name)[0].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    path.chmod(0o600)
    path.with_suffix(".crt").write_bytes(key_pair(beside)[1].pem())
    return path


def test_a_key_of_its_owner_alone_is_loaded(tmp_path: Path) -> None:
    private, found = load_private_key(stored(tmp_path))
    assert found == key_pair("oces")[1]
    assert private.key_size == 2048


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = stored(tmp_path)
    path.chmod(mode)
    with pytest.raises(Unavailable) as refused:
        load_private_key(path)
    assert refused.value.code == "key.permissions"


def test_a_key_and_a_certificate_that_are_no_pair_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as refused:
        load_private_key(stored(tmp_path, beside="other"))
    assert refused.value.code == "key.unusable"


def test_a_missing_key_says_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as refused:
        load_private_key(tmp_path / "none.pem")
    assert refused.value.code == "key.missing"
    assert "broker init" in refused.value.detail
