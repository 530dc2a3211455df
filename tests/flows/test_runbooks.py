"""Every command of the runbooks is run, on the days and by the people that they name.

The installation is a real one; its clock is moved to each block's day, and what a runbook shows
of a command is what it says.
"""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from broker.cli import main
from broker.cli.rollover import rollover
from tests import runbook
from tests.metadata_factory import Idp, Sp, contact
from tests.runbook import Typed

BEGIN = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
SERVICES = ("dpsd", "sor", "fmk-online")
ORIGIN = "https://broker.example.dk"


@dataclass
class Host:
    """The machine that an operator sits at: a folder, a clock, and who is logged in."""

    folder: Path
    environ: pytest.MonkeyPatch
    now: datetime = BEGIN
    before: dict[int, Callable[[], None]] = field(default_factory=dict)

    def run(self, *arguments: str, by: str = "") -> Result:
        """Run `broker …` now."""
        for name, module in list(sys.modules.items()):
            if name.startswith("broker.cli.") and hasattr(module, "system_clock"):
                self.environ.setattr(module, "system_clock", lambda: self.now)
        self.environ.setenv("SUDO_USER", by or "anna")
        return CliRunner().invoke(main, arguments, terminal_width=200)

    def follow(self, typed: Typed) -> None:
        """Type what stands there, and see what is shown."""
        self.now = typed.at or self.now
        for name in typed.arguments:
            if name.endswith(".crt"):
                issue(self.folder, name, self.now)
        done = self.run(*typed.arguments, by=typed.by)
        where = f"line {typed.line}: broker {' '.join(typed.arguments)}\n{done.output}"
        assert done.exit_code == (1 if typed.refused else 0), where
        assert "Traceback" not in done.output, where
        assert (missing := runbook.agrees(typed.shown, done.output)) is None, f"{missing}\n{where}"


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A fresh installation with an identity provider and three services, one society-critical."""
    monkeypatch.setenv("BROKER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BROKER_ORIGIN", ORIGIN)
    monkeypatch.chdir(tmp_path)
    host = Host(tmp_path, monkeypatch)
    _done(host, "init")
    (tmp_path / "idp.xml").write_bytes(Idp().xml())
    _done(host, "metadata", "load", "idp.xml", "--cvr", "any", "--code", "region-nordjylland")
    for code in SERVICES:
        document = Sp(entity_id=f"https://{code}.example.dk", tail=contact())
        (tmp_path / f"{code}.xml").write_bytes(document.xml())
        _done(host, "metadata", "load", f"{code}.xml", "--code", code)
        _done(host, "metadata", "load", f"services/{code}.toml")
    return host


def _done(host: Host, *arguments: str) -> None:
    result = host.run(*arguments)
    assert result.exit_code == 0, result.output


def issue(folder: Path, name: str, now: datetime) -> None:
    """Be the authority: a certificate, with its own subject, for the request of that name."""
    (request,) = folder.glob(f"data/keys/*/*/{Path(name).stem}.csr")
    wanted = x509.load_pem_x509_csr(request.read_bytes())
    assert wanted.is_signature_valid
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "DEMO issuing CA")])
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "DK"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "DEMO Region"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"DEMO {Path(name).stem}"),
        ]
    )
    issued = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority)
        .public_key(wanted.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.replace(hour=0))
        .not_valid_after(now.replace(year=now.year + 3))
        .sign(rsa.generate_private_key(65537, 2048), hashes.SHA256())
    )
    (folder / name).write_bytes(issued.public_bytes(Encoding.PEM))


def test_a_change_of_keys_from_its_first_day_to_its_last(host: Host) -> None:
    steps = runbook.read("rollover.md")
    runbook.folder(host.folder, steps)
    for step in steps:
        if isinstance(step, Typed):
            host.follow(step)
