"""Every command of the runbooks is run, on the days and by the people that they name.

The installation is a real one; its clock is moved to each block's day, and what a runbook shows
of a command is what it says.
"""

import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path

import click
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
from tests.key_pool import pooled
from tests.metadata_factory import Idp, Sp, contact, key
from tests.runbook import Typed
from tests.unit.mail.post import Office, serving

BEGIN = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
SERVICES = ("dpsd", "sor", "fmk-online")
ORIGIN = "https://broker.example.dk"


@dataclass
class Host:
    """The machine that an operator sits at: a folder, a clock, and who is logged in."""

    folder: Path
    environ: pytest.MonkeyPatch
    now: datetime = BEGIN
    copied: dict[str, str] = field(default_factory=dict)  # what the reader copies for a word

    def run(self, *arguments: str, by: str = "") -> Result:
        """Run `broker …` now."""
        # All are imported, so that each has this clock.
        assert list(main.commands.values())
        assert list(rollover.commands.values())
        for name, module in list(sys.modules.items()):
            if name.startswith("broker.cli.") and hasattr(module, "system_clock"):
                self.environ.setattr(module, "system_clock", lambda: self.now)
        self.environ.setattr("broker.cli.context.person", lambda: by or "anna")
        return CliRunner().invoke(main, arguments, terminal_width=200)

    def follow(self, typed: Typed) -> None:
        """Type what stands there, and see what is shown."""
        self.now = typed.at or self.now
        for name in typed.arguments:
            if name.endswith(".crt"):
                issue(self.folder, name, self.now)
        copied = [self.copied.get(word, word) for word in typed.arguments]
        done = self.run(*copied, by=typed.by)
        if found := re.search(r"--sha256 ([0-9a-f]+)", done.output):
            self.copied["DIGITS"] = found[1]  # of the version that a diff showed
        where = f"line {typed.line}: broker {' '.join(typed.arguments)}\n{done.output}"
        assert done.exit_code == (1 if typed.refused else 0), where
        assert "Traceback" not in done.output, where
        assert (missing := runbook.agrees(typed.shown, done.output)) is None, f"{missing}\n{where}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh installation with an identity provider and three services, to copy."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as environ, pooled():
        host = _at(folder, environ)
        _done(host, "init")
        (folder / "idp.xml").write_bytes(Idp().xml())
        _done(host, "metadata", "load", "idp.xml", "--cvr", "any", "--code", "region-nordjylland")
        for code in SERVICES:
            document = Sp(entity_id=f"https://{code}.example.dk", tail=contact())
            (folder / f"{code}.xml").write_bytes(document.xml())
            _done(host, "metadata", "load", f"{code}.xml", "--code", code)
            _done(host, "metadata", "load", f"services/{code}.toml")
    return folder


@pytest.fixture
def host(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """The same, of the test's own; keys that it makes are others than those that are there."""
    shutil.copytree(made / "data", tmp_path / "data")
    with pooled(first=100):
        yield _at(tmp_path, monkeypatch)


def _at(folder: Path, environ: pytest.MonkeyPatch) -> Host:
    for name in [name for name in os.environ if name.startswith("BROKER_")]:
        environ.delenv(name)
    environ.setenv("BROKER_DATA", str(folder / "data"))
    environ.setenv("BROKER_ORIGIN", ORIGIN)
    environ.setenv("BROKER_EVIDENCE_KEY", "none")
    environ.chdir(folder)
    return Host(folder, environ)


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


def follow(host: Host, name: str, **before: Callable[[int], None]) -> list[Typed]:
    """Do all of a runbook; what happens elsewhere meanwhile comes before a command's n-th use."""
    steps = runbook.read(name)
    runbook.write_files(host.folder, steps)
    typed = [step for step in steps if isinstance(step, Typed)]
    used: Counter[str] = Counter()
    for one in typed:
        word = one.arguments[:2][-1]
        used[word] += 1
        if word in before:
            before[word](used[word])
        host.follow(one)
    return typed


def test_a_change_of_keys_from_its_first_day_to_its_last(host: Host) -> None:
    # What a drill finds is tested elsewhere: here partners log in once on either side of an edge.
    edges = (-timedelta(seconds=1), timedelta())
    drilling = import_module("broker.cli.rollover_drill")
    host.environ.setattr(drilling, "drill", partial(drilling.drill, around=edges))
    typed = follow(host, "rollover.md")
    run = {one.arguments[1] for one in typed if one.arguments[0] == "rollover"}
    assert run == set(rollover.commands), "a command that the runbook does not show"


def test_metadata_of_a_partner_on_its_bad_days(host: Host) -> None:
    document, changes = host.folder / "partner.xml", ("second", "third")
    partner = Sp(entity_id="https://partner.example.dk")
    document.write_bytes(partner.xml())
    _done(host, "metadata", "sources", "add", "partner", "partner.xml", "--reason", "agreed")
    waits = host.run("metadata", "refresh", "partner")
    assert waits.exit_code == 0, waits.output

    def refresh(time: int) -> None:
        if time <= len(changes):
            new = replace(partner, keys=key(changes[time - 1]) + key("sp-enc", "encryption"))
            document.write_bytes(new.xml())

    follow(host, "metadata.md", refresh=refresh)


def test_an_identity_provider_fails_and_comes_back(host: Host) -> None:
    _done(host, "metadata", "activate", "dpsd", "region-nordjylland")
    follow(host, "identity-providers.md")


def test_mail_is_set_up_and_looked_after(host: Host) -> None:
    office = Office()
    with serving(office) as server:
        host.environ.setenv("BROKER_SMTP", f"127.0.0.1:{server.port}")
        host.environ.setenv("BROKER_SMTP_TLS", "none")
        host.environ.setenv("BROKER_SMTP_FROM", "broker@example.dk")
        follow(host, "mail.md")
    assert [to for to, _ in office.taken] == ["you@example.dk"]


def test_the_trail_is_verified_copied_and_sealed_with_another_key(host: Host) -> None:
    follow(host, "audit.md")


def test_an_organisation_gets_an_administrator_and_the_installation_an_operator(
    host: Host,
) -> None:
    home, why = "90000004", ("--reason", "agreement 26/104")
    _done(host, "organisations", "register", home, "Region Eksempel", "--kind", "region", *why)
    known = ("--name", "Bo Bak", "--mandate", "org_approver")
    added = host.run("organisations", "administrator", home, *known, *why)
    account = re.search(r"Account (\S+) has mandate", added.output)
    assert account, added.output
    host.copied["ACCOUNT"] = account[1]
    follow(host, "administrators.md")
    told = host.run("organisations", "show", home).output
    assert "Anna Holm" in told
    assert "Bo Bak" in told


@pytest.mark.parametrize("name", runbook.names())
def test_what_a_runbook_mentions_is_there(name: str) -> None:
    found = runbook.mentioned(name)
    assert found
    for words in found:
        command: click.Command = main
        for word in words:
            if isinstance(command, click.Group):
                assert word in command.commands, f"broker {' '.join(words)}"
                command = command.commands[word]
            elif word.startswith("--"):
                known = {option for one in command.params for option in one.opts}
                assert word in known, f"broker {' '.join(words)}"
