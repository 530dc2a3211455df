"""Keys are made once, readable by their owner only, and refused otherwise."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from broker.errors import Unavailable
from broker.metadata import keyring
from broker.metadata.decisions import federation_documents, read_federation
from broker.metadata.model import Federation
from broker.metadata.seed import seeds
from tests.factories import NOW


def federation(path: str = "sundhed") -> Federation:
    known = [
        read_federation(one, "https://x.dk")
        for name, document in seeds("federations")
        for one in federation_documents(document, name)
    ]
    return next(one for one in known if one.path == path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys = tmp_path / "keys"
    keyring.create_keys(keys, federation(), NOW)
    return keys


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_federation_gets_three_pairs_for_three_years(folder: Path) -> None:
    keys = keyring.load_keys(folder, federation())
    certificate = keys.idp_signing.certificate
    assert certificate.subject == "Shared login for health care IdP signing"
    assert certificate.not_after - NOW == timedelta(days=1095)
    assert certificate.not_before < NOW
    assert keys.idp_signing.private.key_size == 3072
    distinct = {
        certificate,
        keys.sp_signing.certificate,
        keys.sp_decryption[0].certificate,
    }
    assert len(distinct) == 3
    assert keys.published_idp == (certificate,)
    assert keys.published_sp == (keys.sp_signing.certificate,)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_the_owner_can_read_them(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        keyring.create_keys(tmp_path / "keys", federation(), NOW)
        keyring.create_secrets(tmp_path / "keys")
    finally:
        os.umask(before)
    private = [*tmp_path.rglob("*.pem"), *tmp_path.rglob("*.key")]
    assert len(private) == 5
    assert {mode(path) for path in private} == {0o600}
    assert mode(tmp_path / "keys") == mode(tmp_path / "keys" / "sundhed") == 0o700


def test_a_second_run_makes_nothing_and_changes_nothing(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    assert keyring.create_keys(folder, federation(), NOW) == ()
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


def test_a_missing_pair_is_made_beside_the_others(folder: Path) -> None:
    kept = (folder / "sundhed" / "idp-signing.pem").read_bytes()
    (folder / "sundhed" / "sp-signing.pem").unlink()
    assert keyring.create_keys(folder, federation(), NOW) == ("sundhed/sp-signing",)
    keyring.load_keys(folder, federation())
    assert (folder / "sundhed" / "idp-signing.pem").read_bytes() == kept


def test_federations_do_not_share_keys(folder: Path) -> None:
    test = federation("sundhed-test")
    keyring.create_keys(folder, test, NOW)
    one = keyring.load_keys(folder, federation()).idp_signing.certificate
    assert keyring.load_keys(folder, test).idp_signing.certificate != one


@pytest.mark.parametrize(
    ("changed", "code"), [(0o640, "key.permissions"), (0o604, "key.permissions")]
)
def test_a_key_that_others_can_read_is_refused(folder: Path, changed: int, code: str) -> None:
    (folder / "sundhed" / "sp-encryption.pem").chmod(changed)
    with pytest.raises(Unavailable) as refused:
        keyring.load_keys(folder, federation())
    assert refused.value.code == code


def test_a_key_with_a_certificate_of_another_is_refused(folder: Path) -> None:
    home = folder / "sundhed"
    (home / "sp-signing.crt").write_bytes((home / "idp-signing.crt").read_bytes())
    with pytest.raises(Unavailable) as refused:
        keyring.load_keys(folder, federation())
    assert refused.value.code == "key.unusable"


def test_a_missing_key_says_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="broker init"):
        keyring.load_keys(tmp_path, federation())


def test_secrets_are_made_once_and_are_32_bytes(tmp_path: Path) -> None:
    assert keyring.create_secrets(tmp_path) == ("sealing.key", "pseudonym.key")
    first = [keyring.load_secret(tmp_path / name) for name in keyring.SECRETS]
    assert keyring.create_secrets(tmp_path) == ()
    assert [keyring.load_secret(tmp_path / name) for name in keyring.SECRETS] == first
    assert [len(secret) for secret in first] == [32, 32]
    assert first[0] != first[1]


@pytest.mark.parametrize("content", ["", "00", "z" * 64, "ab" * 33])
def test_a_secret_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "sealing.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(Unavailable) as refused:
        keyring.load_secret(path)
    assert refused.value.code == "key.unusable"
