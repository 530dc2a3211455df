"""A real mail server on loopback that can be told to misbehave."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from broker.mail.smtp import Server, SmtpMailer, Tls

PATIENCE = 0.5  # seconds, where a test waits for somebody who does not answer


@dataclass
class Office:
    """What the server took, and what it says instead of taking it."""

    taken: list[tuple[str, bytes]] = field(default_factory=list)
    to_recipient: dict[str, str] = field(default_factory=dict)
    to_sender: str = ""
    to_data: list[str] = field(default_factory=list)  # one answer a mail, then it is taken
    before_data: Callable[[], None] | None = None

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_sender:
            return self.to_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.to_recipient.get(address)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.before_data:
            self.before_data()
        answer = self.to_data.pop(0) if self.to_data else "250 OK"
        if answer == "hang":
            await asyncio.sleep(PATIENCE * 3)
        if answer == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if answer in ("250 OK", "drop"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.taken.append((envelope.rcpt_tos[0], content))
        return answer if answer[0].isdigit() else "250 late"

    @property
    def mails(self) -> list[Message]:
        """What was taken, read."""
        return [message_from_bytes(raw, policy=default) for _, raw in self.taken]


@contextmanager
def serving(
    office: Office,
    *,
    tls: ssl.SSLContext | None = None,
    authenticator: Callable[..., AuthResult] | None = None,
) -> Iterator[Server]:
    """The office open on a free port, as our settings would name it."""
    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=tls,
        require_starttls=tls is not None,
        authenticator=authenticator,
        auth_required=authenticator is not None,
    )
    controller.start()
    try:
        yield Server("127.0.0.1", controller.port, "none", patience=PATIENCE)
    finally:
        controller.stop()


def through(
    server: Server, *, tls: Tls = "none", user: str = "", file: Path | None = None
) -> SmtpMailer:
    """Our side of it."""
    return SmtpMailer(Server("localhost", server.port, tls, user, file, PATIENCE))


@dataclass(frozen=True)
class Only:
    """Lets in one user."""

    user: str
    password: str

    def __call__(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        mechanism: str,
        data: LoginPassword,
    ) -> AuthResult:
        said = (data.login, data.password)
        right = said == (self.user.encode(), self.password.encode())
        return AuthResult(success=right, handled=False)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
