"""A mail as bytes for the post, the same every time it is tried."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from broker.mail.html import as_html
from broker.mail.model import Kept

_LANGUAGES = {"da": "da", "en": "en", "both": "da, en"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands on all mail of an installation."""

    sender: str
    reply_to: str  # empty where nobody reads answers
    host: str  # whose name Message-IDs carry

    @classmethod
    def of(cls, origin: str, sender: str, reply_to: str) -> "Envelope":
        """The envelope of an origin; without a sender it writes as no-reply there."""
        host = urlsplit(origin).hostname or "localhost"
        return cls(sender or f"no-reply@{host}", reply_to, host)

    def message_id(self, mail_id: str) -> str:
        """The Message-ID of a mail, by which a bounce finds it again."""
        return f"<{mail_id}@{self.host}>"


def write_message(kept: Kept, envelope: Envelope) -> bytes:
    """A whole message in seven bits. Its headers are of our making, or folded by the library,
    which refuses a line break; so no name can add one.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = envelope.sender
    message["To"] = kept.mail.recipient
    message["Subject"] = " ".join(kept.mail.subject.split())
    message["Date"] = format_datetime(kept.created_at)
    message["Message-ID"] = envelope.message_id(kept.id)
    if envelope.reply_to:
        message["Reply-To"] = envelope.reply_to
    # RFC 3834, and the same for Exchange: no holiday answers to a machine.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(kept.mail.body, cte="quoted-printable")
    page = as_html(kept.mail.subject, kept.mail.body, kept.mail.language, envelope.host)
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{kept.id}")  # the same every time it is tried
    message["Content-Language"] = _LANGUAGES[kept.mail.language]
    return message.as_bytes()
