"""How we come in at a mail server: encrypted to whom we know, signed in, or not at all."""

import io
import ssl
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from broker.clock import system_clock
from broker.errors import Unavailable
from broker.mail.smtp import ConsoleMailer, SmtpMailer
from tests.unit.mail.post import Office, Only, serving, through

MESSAGE = b"Subject: x\r\n\r\nhello\r\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of localhost that nobody signed but itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = system_clock()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.txt"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(certificate)
    return made


def password_file(tmp_path: Path, mode: int = 0o600) -> Path:
    path = tmp_path / "password"
    path.write_text("correct horse\n")
    path.chmod(mode)
    return path


def deliver(mailer: SmtpMailer) -> None:
    with mailer.session() as session:
        session.ready()
        session.deliver("broker@example.dk", "anna@eksempel.dk", MESSAGE)


def test_starttls_to_a_server_we_trust_and_a_password(
    context: ssl.SSLContext, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    office = Office()
    with serving(office, tls=context, authenticator=Only("broker", "correct horse")) as server:
        file = password_file(tmp_path)
        deliver(through(server, tls="starttls", user="broker", file=file))
        assert len(office.taken) == 1
        with pytest.raises(Unavailable, match=r"mail\.login"):
            deliver(through(server, tls="starttls", user="other", file=file))
        with pytest.raises(Unavailable, match=r"mail\.(login|sender)"):
            deliver(through(server, tls="starttls"))
        file.chmod(0o644)
        with pytest.raises(Unavailable, match=r"mail\.password"):
            deliver(through(server, tls="starttls", user="broker", file=file))
        with pytest.raises(Unavailable, match=r"mail\.password"):
            deliver(through(server, tls="starttls", user="broker", file=tmp_path / "none"))
    assert len(office.taken) == 1


def test_no_mail_to_a_server_that_is_not_who_it_says(context: ssl.SSLContext) -> None:
    office = Office()
    with serving(office, tls=context) as server, pytest.raises(Unavailable, match=r"mail\.tls"):
        deliver(through(server, tls="starttls"))
    assert office.taken == []


def test_no_mail_in_the_clear_where_encryption_was_agreed() -> None:
    """A server, or somebody on the way to it, that does not offer STARTTLS gets nothing."""
    office = Office()
    with serving(office) as server, pytest.raises(Unavailable, match=r"mail\.tls"):
        deliver(through(server, tls="starttls"))
    assert office.taken == []


def test_the_console_shows_the_message() -> None:
    stream = io.StringIO()
    with ConsoleMailer(stream).session() as session:
        session.ready()
        session.deliver("broker@example.dk", "anna@eksempel.dk", MESSAGE)
    assert "mail from broker@example.dk to anna@eksempel.dk" in stream.getvalue()
    assert "hello" in stream.getvalue()
