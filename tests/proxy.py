"""The shipped nginx configuration, run for real on loopback in front of a broker."""

import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from broker.settings import Settings
from broker.web.proxy import proxy_pages
from tests.box import HOST
from tests.factories import key_pair

SHIPPED = Path("deploy/nginx.conf")
MAIN = """
{user}
daemon off; master_process on; worker_processes 1; pid {folder}/nginx.pid;
error_log {folder}/main.log crit;
events {{ worker_connections 4096; }}
http {{ include {folder}/broker.conf; {temp} }}
"""
TEMPS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
PATIENCE = 15


@dataclass(frozen=True)
class Answer:
    """What came back through the proxy."""

    status_code: int
    headers: http.client.HTTPMessage
    text: str


@dataclass
class Proxy:
    """A running nginx; people come to it from addresses of loopback that they choose."""

    folder: Path
    port: int
    context: ssl.SSLContext

    def connect(self, address: str) -> ssl.SSLSocket:
        """A connection from an address of loopback."""
        plain = socket.create_connection(
            ("127.0.0.1", self.port), PATIENCE, source_address=(address, 0)
        )
        return self.context.wrap_socket(plain, server_hostname=HOST)

    def ask(
        self,
        path: str,
        *,
        address: str = "127.0.0.1",
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPSConnection(HOST, timeout=PATIENCE)
        connection.sock = self.connect(address)
        sent = {"Host": HOST, **(headers or {})}
        body = None
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(form)
        try:
            connection.request("GET" if form is None else "POST", path, body, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())
        finally:
            connection.close()

    def logs(self) -> str:
        """Everything that nginx has written."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))


@dataclass
class Browser:
    """A browser at an address, with a cookie jar; its methods are those that `tests.box` uses."""

    proxy: Proxy
    address: str = "127.0.0.1"
    jar: dict[str, str] = field(default_factory=dict)

    def get(self, url: str, **_: str) -> Answer:
        """Follow a link."""
        return self._ask(url, None)

    def post(self, url: str, *, data: dict[str, str], **_: str) -> Answer:
        """Send a form."""
        return self._ask(url, data)

    def delete_cookie(self, name: str, **_: str) -> None:
        """Forget a cookie."""
        self.jar.pop(name, None)

    def _ask(self, url: str, form: Mapping[str, str] | None) -> Answer:
        path = "/" + url.removeprefix("https://").partition("/")[2]
        held = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        cookies = {"Cookie": held} if held else {}
        answer = self.proxy.ask(path, address=self.address, form=form, headers=cookies)
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.jar[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.jar[name]
        return answer


@contextmanager
def serving(settings: Settings, log: Path, workers: int = 2) -> Iterator[tuple[int, int]]:
    """`broker serve` behind one proxy: its port, and the process id of its master."""
    port = free_port()
    environ = {
        **os.environ,
        "BROKER_DATA": str(settings.data),
        "BROKER_ORIGIN": settings.origin,
        "BROKER_EVIDENCE_KEY": settings.evidence_key or "none",
        "BROKER_DATABASE_URL": settings.database_url,
        "BROKER_WORKERS": str(workers),
        "BROKER_PROXY_HOPS": "1",
        "BROKER_LISTEN": f"127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "broker.cli", "serve"]
    with log.open("wb") as out:
        server = subprocess.Popen(command, env=environ, stdout=out, stderr=out)
    try:
        for _ in range(600):
            try:
                link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                link.request("GET", "/", headers={"Host": HOST})
                assert link.getresponse().status == 200
                break
            except OSError:
                assert server.poll() is None, log.read_text()
                time.sleep(0.1)
            finally:
                link.close()
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGINT)  # at once, whoever keeps a connection open
        server.wait(timeout=40)


@contextmanager
def proxied(folder: Path, settings: Settings, upstream: int, networks: str = "") -> Iterator[Proxy]:
    """Run nginx as it is shipped, apart from names of files and ports."""
    folder.mkdir(parents=True)
    port, plain = free_port(), free_port()
    certificate, key = _tls(folder)
    pages = folder / "pages"
    pages.mkdir()
    for name, text in proxy_pages(settings).items():
        (pages / name).write_text(text)
    (folder / "networks.conf").write_text(networks)
    changes = {
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
        "server 127.0.0.1:8700;": f"server 127.0.0.1:{upstream};",
        "/etc/broker/tls/fullchain.pem": str(certificate),
        "/etc/broker/tls/key.pem": str(key),
        "/etc/nginx/broker-networks.conf;": f"{folder}/networks.conf;",
        "/var/lib/broker/pages/": f"{pages}/",
        "/var/log/nginx/": f"{folder}/",
    }
    text = SHIPPED.read_text()
    for shipped, here in changes.items():
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    (folder / "broker.conf").write_text(text)
    user = "" if os.getuid() else "user root;"  # else it could not read a folder of the tests
    temp = " ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPS)
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, temp=temp, user=user))
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with (folder / "start.log").open("wb") as log:
        command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        nginx = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        context = ssl.create_default_context(cafile=certificate)
        found = Proxy(folder, port, context)
        _until_up(found, nginx)
        yield found
    finally:
        nginx.send_signal(signal.SIGTERM)
        nginx.wait(timeout=10)


def free_port() -> int:
    """A port that nobody uses just now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def _until_up(proxy: Proxy, nginx: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        try:
            proxy.connect("127.0.0.1").close()
        except OSError:
            assert nginx.poll() is None, proxy.logs()
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx did not start")


def _tls(folder: Path) -> tuple[Path, Path]:
    """A certificate for the public name, which is its own authority, and its key."""
    private, _ = key_pair("tls")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate, key = folder / "tls.crt", folder / "tls.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, key
