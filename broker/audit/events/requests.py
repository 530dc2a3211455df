"""Requests for roles, reviews of who has them, and people and grants out of spreadsheets."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class RequestSent:
    """Somebody asked for a role, or for a change of one."""

    NAME: ClassVar[str] = "request.sent"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"subject", "by", "seat", "reason"})

    federation: str
    organisation: str
    request: str  # our own id
    number: str  # what people quote
    action: str
    role: str
    subject: str
    stages: int
    reason: str
    by: str
    seat: str | None


@dataclass(frozen=True, slots=True)
class RequestDecided:
    """Something was decided on a request, or whoever asked answered or withdrew."""

    NAME: ClassVar[str] = "request.decided"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by", "on_behalf_of", "to", "seat", "reason"})

    federation: str
    organisation: str
    request: str
    number: str
    decision: str
    stage: int
    state: str  # what it is after it
    narrowed: int  # 1 where the approval took something away
    reason: str
    by: str
    on_behalf_of: str | None
    to: str | None  # whom it was forwarded to
    seat: str | None


@dataclass(frozen=True, slots=True)
class RequestFinished:
    """Everything was approved: the grant was given or changed, or a check no longer held."""

    NAME: ClassVar[str] = "request.finished"
    PERSONAL: ClassVar[frozenset[str]] = frozenset()

    federation: str
    organisation: str
    request: str
    number: str
    state: str  # done or failed
    outcome: str  # ok, or the code of why it failed
    grant: str | None


@dataclass(frozen=True, slots=True)
class ReviewChanged:
    """A review was planned, frozen, applied or closed."""

    NAME: ClassVar[str] = "review.changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by", "seat", "reason"})

    federation: str
    organisation: str | None
    service: str | None
    review: str
    change: str
    items: int
    reason: str
    by: str
    seat: str | None


@dataclass(frozen=True, slots=True)
class ReviewDecided:
    """Somebody said of a grant under review what becomes of it, or took that back."""

    NAME: ClassVar[str] = "review.decided"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by", "seat", "reason"})

    federation: str
    review: str
    grant: str
    decision: str
    reason: str
    by: str
    seat: str | None


@dataclass(frozen=True, slots=True)
class ImportChanged:
    """A batch out of a spreadsheet was previewed, confirmed, applied, undone or thrown away."""

    NAME: ClassVar[str] = "import.changed"
    PERSONAL: ClassVar[frozenset[str]] = frozenset({"by", "seat", "reason"})

    federation: str
    organisation: str
    batch: str
    sha256: str  # of the file
    change: str
    new: int
    changed: int
    ended: int
    left_out: int  # rows that were refused, or that an undo found changed since
    reason: str
    by: str
    seat: str | None


RequestEvent = (
    RequestSent | RequestDecided | RequestFinished | ReviewChanged | ReviewDecided | ImportChanged
)

_REGION = "7c2f3b1e-2a6d-4b40-8f0e-0d6f3a5b9c11"
_ANNA = "3f6c0a2e-8f0b-4d0e-9a51-6f1b0c7d2e94"
_CHIEF = "b4a6e7d0-91c5-4f3a-8a57-2c0e9d1f6b38"
_REQUEST = "e0c1a5d4-5b7f-4c62-9d3e-8a9b0c1d2e3f"
_GRANT = "f1d2b6e5-6c80-4d73-8e4f-9bac1d2e3f40"
_ROLE = "a2e3c7f6-7d91-4e84-9f50-acbd2e3f4051"

EXAMPLES: tuple[RequestEvent, ...] = (
    RequestSent(
        federation="sundhed",
        organisation=_REGION,
        request=_REQUEST,
        number="7KQ2-9F4M",
        action="add",
        role=_ROLE,
        subject=_ANNA,
        stages=2,
        reason="new in the ward",
        by=_ANNA,
        seat=None,
    ),
    RequestDecided(
        federation="sundhed",
        organisation=_REGION,
        request=_REQUEST,
        number="7KQ2-9F4M",
        decision="approve",
        stage=1,
        state="done",
        narrowed=0,
        reason="works there",
        by=_CHIEF,
        on_behalf_of=None,
        to=None,
        seat=None,
    ),
    RequestFinished(
        federation="sundhed",
        organisation=_REGION,
        request=_REQUEST,
        number="7KQ2-9F4M",
        state="done",
        outcome="ok",
        grant=_GRANT,
    ),
    ReviewChanged(
        federation="sundhed",
        organisation=_REGION,
        service=None,
        review=_REQUEST,
        change="frozen",
        items=412,
        reason="once a year",
        by=_CHIEF,
        seat=None,
    ),
    ReviewDecided(
        federation="sundhed",
        review=_REQUEST,
        grant=_GRANT,
        decision="keep",
        reason="",
        by=_CHIEF,
        seat=None,
    ),
    ImportChanged(
        federation="sundhed",
        organisation=_REGION,
        batch=_REQUEST,
        sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        change="applied",
        new=120,
        changed=3,
        ended=0,
        left_out=1,
        reason="moved from the old system",
        by=_CHIEF,
        seat=None,
    ),
)
