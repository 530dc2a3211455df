"""The post: SMTP for real, the console while developing.

What goes wrong is told apart by who can help: `Permanent` and `Temporary` are about one mail,
Unavailable is about the post, and then no mail is to blame.
"""

import smtplib
import ssl
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TextIO

from broker.audit.masking import cleaned
from broker.errors import BrokerError, Unavailable

Tls = Literal["starttls", "tls", "none"]
PATIENCE = 20.0  # seconds for each answer of the server
# Replies that are about us and not about the mail: authentication wanted, failed, or weak.
_OURS = frozenset({530, 534, 535, 538})


class Permanent(BrokerError):
    """The server refuses this mail for good (5xx)."""


class Temporary(BrokerError):
    """The server may take this mail later (4xx), or went away in the middle of it."""


class Session(Protocol):
    """A connection that takes one mail after another."""

    def ready(self) -> None:
        """Connect where that is needed. Raises Unavailable."""

    def deliver(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand over one mail. Raises Permanent, Temporary or Unavailable."""


class Mailer(Protocol):
    """Somebody who takes mail."""

    def session(self) -> AbstractContextManager[Session]:
        """A context that opens nothing before it is used, and closes at the end."""


@dataclass(frozen=True, slots=True)
class Server:
    """The mail server of an installation, and how we come in."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password_file: Path | None = field(default=None, repr=False)
    patience: float = PATIENCE

    def connect(self) -> smtplib.SMTP:
        """A connection, encrypted and signed in as agreed. Raises Unavailable."""
        try:
            return self._connected()
        except smtplib.SMTPAuthenticationError as error:
            raise Unavailable("mail.login", _reply(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPResponseException as error:
            raise Unavailable(
                "mail.unreachable", _reply(error.smtp_code, error.smtp_error)
            ) from error
        except ssl.SSLError as error:
            raise Unavailable("mail.tls", cleaned(str(error))) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Unavailable("mail.tls", cleaned(str(error))) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable("mail.unreachable", cleaned(str(error))) from error

    def _connected(self) -> smtplib.SMTP:
        if self.tls == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.patience, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(self.host, self.port, timeout=self.patience)
        try:
            if self.tls == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if self.user:
                smtp.login(self.user, self._password())
            else:
                smtp.ehlo_or_helo_if_needed()
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _password(self) -> str:
        if self.password_file is None:
            return ""
        try:
            mode = self.password_file.stat().st_mode
            if mode & 0o077:
                raise Unavailable("mail.password", "the password file is open to others")
            return self.password_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Unavailable("mail.password", f"{type(error).__name__}") from error


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Mail through the installation's server."""

    server: Server

    @contextmanager
    def session(self) -> Iterator["SmtpSession"]:
        """One connection for as many mails as there are."""
        session = SmtpSession(self.server)
        try:
            yield session
        finally:
            session.close()


class SmtpSession:
    """A connection that is made anew where the server let go of it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def ready(self) -> None:
        """Connect where that is needed. Raises Unavailable."""
        self._connected()

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None or self._smtp.sock is None:
            self._smtp = self._server.connect()
        return self._smtp

    def deliver(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand over one mail; see the module for what is raised."""
        smtp = self._connected()
        try:
            smtp.sendmail(sender, [recipient], message)
        except smtplib.SMTPRecipientsRefused as error:
            _raise(*next(iter(error.recipients.values())))
        except smtplib.SMTPSenderRefused as error:
            raise Unavailable("mail.sender", _reply(error.smtp_code, error.smtp_error)) from error
        except smtplib.SMTPResponseException as error:
            _raise(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            # Hung, dropped or garbled: the server may have it or not, and gets it again.
            self._drop()
            raise Temporary("mail.interrupted", cleaned(str(error))) from error

    def close(self) -> None:
        """Say goodbye where somebody is there to hear it."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


@dataclass(frozen=True, slots=True)
class ConsoleMailer:
    """Prints what would be sent, for development."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)

    @contextmanager
    def session(self) -> Iterator["ConsoleMailer"]:
        """Itself."""
        yield self

    def ready(self) -> None:
        """Always."""

    def deliver(self, sender: str, recipient: str, message: bytes) -> None:
        """Print it."""
        self.stream.write(f"--- mail from {sender} to {recipient}\n{message.decode()}\n---\n")
        self.stream.flush()


def _raise(code: int, text: bytes | str) -> None:
    reply = _reply(code, text)
    if code in _OURS:
        raise Unavailable("mail.login", reply)
    if 500 <= code < 600:
        raise Permanent("mail.refused", reply)
    raise Temporary("mail.later", reply)


def _reply(code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return cleaned(f"{code} {' '.join(said.split())}")
