"""`broker certificates`: the list, the verdict before it counts, and asking who is revoked."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import Encoding

from broker.cli import main
from broker.clock import system_clock
from broker.demo.authority import Authority
from broker.saml.keys import Certificate
from tests.authorities import private
from tests.unit.metadata.certified import idp_with
from tests.unit.metadata.telling import Telling, serving

Run = Callable[..., Result]
FEDERATION = """
kind = "federation"
code = "sundhed"
path = "sundhed"
environment = "production"
identity_type = "Professional"
name = {{ da = "Sundhed", en = "Health" }}
idp_entity_id = "{{origin}}/sundhed/saml/idp"
sp_entity_id = "{{origin}}/sundhed/saml/sp"
[contact]
name = "D"
mail = "d@example.dk"
phone = "+45 70 00 00 00"
hours = {{ da = "8", en = "8" }}

[certificates]
chain = "require"
revocation = "require"
issuers = ["demo.pem"]
hosts = ["127.0.0.1:{port}"]
"""


@pytest.fixture
def broker(tmp_path: Path, initialised: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `broker …` on an installation of its own."""
    shutil.copytree(initialised, tmp_path / "data")
    monkeypatch.setenv("BROKER_DATA", str(tmp_path / "data"))
    return lambda *arguments: CliRunner().invoke(main, arguments)


def written(tmp_path: Path, name: str, content: bytes) -> str:
    path = tmp_path / name
    path.write_bytes(content)
    return str(path)


def policed(broker: Run, tmp_path: Path, authority: Authority, port: int) -> None:
    """Demand everything of the federation, with the files where an operator puts them."""
    for folder in ("federations", "issuers"):
        (tmp_path / folder).mkdir()
    (tmp_path / "issuers" / "demo.pem").write_bytes(authority.chain)
    path = tmp_path / "federations" / "sundhed.toml"
    path.write_text(FEDERATION.format(port=port))
    loaded = broker("metadata", "load", str(path))
    assert loaded.exit_code == 0, loaded.output


def issued(authority: Authority, name: str = "partner") -> Certificate:
    made = authority.issue(
        private(name), name=name, organisation="Region", cvr="90000012", now=system_clock()
    )
    return Certificate(made.public_bytes(Encoding.DER))


def test_the_whole_way_from_policy_to_a_revoked_key(broker: Run, tmp_path: Path) -> None:
    with serving(Telling()) as telling:
        authority, now = Authority.new(address=telling.address), system_clock()
        telling.lists = {
            "/issuing.crl": authority.crl(now),
            "/root.crl": authority.crl(now, root=True),
        }
        policed(broker, tmp_path, authority, telling.port)
        certificate = issued(authority)
        idp = written(tmp_path, "idp.xml", idp_with(certificate))
        pem = written(tmp_path, "one.pem", certificate.pem())

        before = broker("certificates", "check", pem, "--federation", "sundhed")
        assert before.exit_code == 1
        assert "(certificate.revocation_unknown)" in before.output
        assert "broker certificates revocation refresh" in before.output

        asked = broker("certificates", "revocation", "refresh", pem)
        assert asked.exit_code == 0, asked.output
        assert "good       “partner” in sundhed" in asked.output
        for file in (pem, idp):
            checked = broker("certificates", "check", file, "--federation", "sundhed")
            assert checked.exit_code == 0, checked.output
            assert "partner: counts in sundhed" in checked.output
            assert "90000012" in checked.output
        assert broker("metadata", "load", idp, "--cvr", "any").exit_code == 0

        serial = certificate.parsed.serial_number
        telling.lists["/issuing.crl"] = authority.crl(system_clock(), {serial: now})
        asked = broker("certificates", "revocation", "refresh")
        assert "revoked    “partner” in sundhed" in asked.output
        listed = broker("certificates", "list", "--federation", "sundhed")
        assert "(certificate.revoked)" in listed.output

        telling.lists = {}
        failed = broker("certificates", "revocation", "refresh")
        assert failed.exit_code == 1
        assert "(source.status)" in failed.output


def test_the_list_tells_a_program_everything(broker: Run, tmp_path: Path) -> None:
    certificate = issued(Authority.new())
    idp = written(tmp_path, "idp.xml", idp_with(certificate))
    assert broker("metadata", "load", idp, "--cvr", "any").exit_code == 0
    found = json.loads(broker("certificates", "list", "--json", "--federation", "sundhed").output)
    partner = next(one for one in found if one["whose"] != "broker")
    assert (partner["generation"], partner["kind"], partner["cvr"]) == (3, "VOCES", "90000012")
    assert (partner["usable"], partner["path"], partner["revocation"]) == (
        True,
        "unchecked",
        "unchecked",
    )
    assert 1090 < partner["days"] < 1096
    ours = [one for one in found if one["whose"] == "broker"]
    assert [(one["side"], one["uses"]) for one in ours] == [
        ("idp", ["signing"]),
        ("sp", ["signing"]),
        ("sp", ["encryption"]),
    ]
    assert (
        "None runs out within 30 days." in broker("certificates", "list", "--within", "30").output
    )


def test_without_a_policy_nobody_is_asked_and_the_next_step_is_said(broker: Run) -> None:
    result = broker("certificates", "revocation", "refresh")
    assert result.exit_code == 0
    assert "metadata/issuers/README.md" in result.output


@pytest.mark.parametrize(
    ("content", "federation", "words"),
    [
        (b"nothing", "sundhed", "holds no usable certificate"),
        (b"\x30\x03\x02\x01\x01", "sundhed", "holds no usable certificate"),
        (b"nothing", "moon", "There is no federation moon"),
    ],
)
def test_what_cannot_be_checked_is_said_in_words(
    broker: Run, tmp_path: Path, content: bytes, federation: str, words: str
) -> None:
    file = written(tmp_path, "bad.crt", content)
    result = broker("certificates", "check", file, "--federation", federation)
    assert result.exit_code == 2
    assert words in result.output


def test_an_issuer_file_that_is_missing_is_named(broker: Run, tmp_path: Path) -> None:
    (tmp_path / "federations").mkdir()
    path = tmp_path / "federations" / "sundhed.toml"
    path.write_text(FEDERATION.format(port=1))
    result = broker("metadata", "load", str(path))
    assert result.exit_code == 1
    assert "demo.pem is not in" in result.output
    assert "Traceback" not in result.output
