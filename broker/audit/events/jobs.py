"""What happens by itself: jobs that fail, and mail that does not arrive."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class JobFailed:
    """A job began to fail, or fails for another reason than before; its runs are in the log."""

    NAME: ClassVar[str] = "job.failed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset()

    job: str
    code: str


@dataclass(frozen=True, slots=True)
class MailFailed:
    """A mail did not arrive, and is not tried again: refused, given up, or sent back."""

    NAME: ClassVar[str] = "mail.failed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset()

    mail: str  # its id; to whom it was stands in the outbox alone
    kind: str
    about: str
    milestone: str
    code: str


@dataclass(frozen=True, slots=True)
class MailWorded:
    """The words of a kind of mail were changed, or are the shipped ones again."""

    NAME: ClassVar[str] = "mail.worded"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by", "reason"})

    kind: str
    version: int
    what: str  # changed, shipped
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class MailCleared:
    """Somebody looked at an address that mail did not arrive at; which one is in the outbox."""

    NAME: ClassVar[str] = "mail.cleared"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by"})

    mail: str  # the id of the last mail to it
    what: str  # cleared, sent again
    by: str


JobEvent = JobFailed | MailFailed | MailWorded | MailCleared

EXAMPLES: tuple[JobEvent, ...] = (
    JobFailed(job="mail", code="mail.unreachable"),
    MailFailed(
        mail="9f86d081884c7d659a2feaa0c55ad015",
        kind="rollover-reminder",
        about="sundhed-oces3/dpsd",
        milestone="T-14",
        code="mail.refused",
    ),
    MailWorded(
        kind="rollover-reminder", version=2, what="changed", by="Rikke Ravnkilde", reason="clearer"
    ),
    MailCleared(mail="9f86d081884c7d659a2feaa0c55ad015", what="cleared", by="Rikke Ravnkilde"),
)
