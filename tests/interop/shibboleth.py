"""Debian's own Shibboleth SP: shibd and Apache, private to the suite, on loopback."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from broker.demo.federation import Ports
from broker.saml import names
from tests.interop import shibboleth_files as files
from tests.interop.running import Pair, make_pair

SHIBD = Path("/usr/sbin/shibd")
APACHE = Path("/usr/sbin/apache2")
MODULES = Path("/usr/lib/apache2/modules")
UNPRIVILEGED = "nobody"
PATIENCE = 20  # seconds


@dataclass(frozen=True)
class Told:
    """What a Shibboleth SP is told of the broker: nothing that the broker does not publish."""

    idp: str  # the entity that it sends people to
    metadata: str  # where it fetches the metadata of it
    signer: str  # the certificate that it demands on the metadata, as PEM


@dataclass(frozen=True)
class Shibboleth:
    """A Shibboleth SP that listens, with its key, in a folder of its own."""

    origin: str
    entity: str
    folder: Path
    pair: Pair
    told: Told
    signing: str

    @property
    def secure(self) -> str:
        """A page that nobody sees without a session."""
        return f"{self.origin}/secure"

    def handler(self, path: str) -> str:
        """The address of a handler, as in `/SAML2/POST`."""
        return f"{self.origin}/Shibboleth.sso{path}"

    def metadata(self) -> bytes:
        """Its metadata, by its own hand, signed."""
        answer = requests.get(self.handler("/Metadata"), timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer.content

    def log(self) -> str:
        """What shibd wrote down, for whoever reads why something was refused."""
        return (self.folder / "shibd.log").read_text()


@contextmanager
def shibboleth(name: str, told: Told, *, signing: str = "true") -> Iterator[Shibboleth]:
    """A Shibboleth SP of that name, for as long as somebody needs it.

    It signs what it sends, or only what goes by the browser (`front`) or past it (`back`).
    """
    _check_installed()
    with ExitStack() as stack:
        # A socket in it has a name of at most 107 bytes: the folders of pytest are too deep.
        folder = Path(tempfile.mkdtemp(prefix="broker-shibboleth-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        port = Ports.free().broker
        origin, entity = f"http://127.0.0.1:{port}", f"https://{name}.example.dk/shibboleth"
        service = Shibboleth(origin, entity, folder, make_pair(name), told, signing)
        _write(service, port)
        user = _unprivileged(folder)
        configuration = str(folder / "shibboleth2.xml")
        shibd = [str(SHIBD), "-F", "-f", "-c", configuration, "-p", str(folder / "shibd.pid")]
        apache = [str(APACHE), "-DFOREGROUND", "-f", str(folder / "apache2.conf")]
        _wait_for(folder, _start(stack, shibd, folder, user), lambda: _answers(folder))
        _wait_for(folder, _start(stack, apache, folder, user), lambda: _listens(port))
        yield service


def _check_installed() -> None:
    missing = [str(p) for p in (SHIBD, APACHE, MODULES / "mod_shib.so") if not p.exists()]
    if missing:
        words = f"{', '.join(missing)} is missing: apt-get install libapache2-mod-shib"
        pytest.fail(words, pytrace=False)


def _write(service: Shibboleth, port: int) -> None:
    """Everything that the two programs read."""
    folder, told = service.folder, service.told
    values = {
        "folder": folder,
        "entity": service.entity,
        "signing": service.signing,
        "algorithm": names.RSA_SHA256,
        "origin": service.origin,
        "port": port,
        "modules": MODULES,
        "idp": told.idp,
        "metadata": told.metadata,
    }
    script = folder / "pages" / "told"
    script.parent.mkdir()
    script.write_text(files.TOLD)
    script.chmod(0o755)
    written = {
        "shibboleth2.xml": files.SHIBBOLETH.substitute(values),
        "attribute-map.xml": files.attribute_map(),
        "apache2.conf": files.APACHE.substitute(values),
        "shibd.logger": files.LOGGER.substitute(level="INFO", file=folder / "shibd.log"),
        "native.logger": files.LOGGER.substitute(level="WARN", file=folder / "native.log"),
        "broker.pem": told.signer,
        "sp.key": service.pair.key,
        "sp.pem": service.pair.certificate,
    }
    for name, text in written.items():
        (folder / name).write_text(text)


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Who runs the programs: Apache serves nobody as root, and needs no more than this folder."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(UNPRIVILEGED)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _start(
    stack: ExitStack, command: list[str], folder: Path, user: dict[str, Any]
) -> "subprocess.Popen[bytes]":
    with (folder / "output.log").open("ab") as log:
        # Apache ends its whole process group, so it gets one without the suite in it.
        program = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, start_new_session=True, **user
        )
    stack.callback(_stop, program)
    return program


def _stop(program: "subprocess.Popen[bytes]") -> None:
    program.terminate()
    program.wait(timeout=PATIENCE)


def _wait_for(folder: Path, program: "subprocess.Popen[bytes]", ready: Callable[[], bool]) -> None:
    """Wait until a program is there; if it does not come up, its logs say why."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if program.poll() is not None or time.monotonic() > deadline:
            words = "\n".join(p.read_text(errors="replace") for p in sorted(folder.glob("*.log")))
            pytest.fail(f"{program.args!r} does not come up:\n{words}", pytrace=False)
        time.sleep(0.02)


def _answers(folder: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(folder / "shibd.sock")) == 0


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0
