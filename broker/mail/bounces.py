"""What comes back: delivery status notifications (RFC 3464), read as hostile mail.

Anybody can write to the address that our mail is from. A notification counts only where it holds
the Message-ID of one of our mails, which is random and known to those who had the mail alone.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from typing import Literal

from broker.audit.store import AuditStore
from broker.db import Engine, writing
from broker.errors import Refused, Unknown
from broker.mail.message import Envelope
from broker.mail.sender import failure
from broker.mail.store import Outbox
from broker.web.reference import new_reference

LONGEST = 2_000_000  # bytes
_RETURNED = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_ID = re.compile(r"<([0-9a-f]{32})@([A-Za-z0-9.:-]+)>")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")

Became = Literal["bounced", "known", "delayed"]


@dataclass(frozen=True, slots=True)
class Bounce:
    """Which mail, whether it is lost for good, and the status that says why."""

    mail_id: str
    failed: bool
    status: str  # such as 5.1.1; empty where the notification has none


def read_bounce(raw: bytes, envelope: Envelope) -> Bounce:
    """A notification about one of our mails.

    Raises Refused("mail.bounce") for anything else, holiday answers included.
    """
    if len(raw) > LONGEST:
        raise Refused("mail.bounce", "longer than any notification")
    try:
        return _read(message_from_bytes(raw), envelope)
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError) as error:
        # The parser promises nothing about what is not mail at all.
        raise Refused("mail.bounce", f"cannot be read: {type(error).__name__}") from error


def take_back(
    engine: Engine, outbox: Outbox, audit: AuditStore, bounce: Bounce, now: datetime
) -> Became:
    """Mark the mail. Raises Unknown("mail.unknown") where there is none."""
    with writing(engine) as connection:
        kept = outbox.find(connection, bounce.mail_id)
        if kept is None:
            raise Unknown("mail.unknown", "the notification is about no mail of ours")
        if not bounce.failed:
            return "delayed"
        if not outbox.bounced(connection, kept, now, f"mail.bounced: {bounce.status}"):
            return "known"
        event = failure(kept, "mail.bounced")
        audit.append(connection, event, at=now, reference=new_reference())
        return "bounced"


def _read(message: Message, envelope: Envelope) -> Bounce:
    if message.get_content_type() != "multipart/report":
        raise Refused("mail.bounce", "no delivery status notification")
    status, returned = None, None
    for part in message.walk():
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/global-delivery-status") and not status:
            status = _recipient_block(part)
        elif kind in _RETURNED and returned is None:
            returned = _message_id(part, envelope)
    if status is None or returned is None:
        raise Refused("mail.bounce", "it does not say which mail of ours, or what became of it")
    action = str(status.get("Action", "")).strip().lower()
    found = _STATUS.search(str(status.get("Status", "")))
    return Bounce(returned, action == "failed", found.group() if found else "")


def _recipient_block(part: Message) -> Message | None:
    """The fields about the recipient; each mail of ours has one."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Message) and "Action" in block:
            return block
    return None


def _message_id(part: Message, envelope: Envelope) -> str | None:
    """The id of a mail of ours among the headers that came back."""
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if isinstance(inner, Message):
        text = str(inner.get("Message-ID", ""))
    else:
        raw = part.get_payload(decode=True)
        text = str(message_from_bytes(raw).get("Message-ID", "")) if isinstance(raw, bytes) else ""
    found = _ID.search(text[:1000])
    return found.group(1) if found and found.group(2) == envelope.host else None
