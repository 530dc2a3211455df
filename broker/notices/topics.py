"""Every topic that people are told of: whom it is for, and how they are told unless they choose.

What guards against theft and shut-out organisations cannot be turned off.
"""

from dataclasses import dataclass
from typing import Literal

from broker.notices.model import How

For = Literal["everybody", "administrators"]


@dataclass(frozen=True, slots=True)
class Topic:
    """One line of what somebody may choose; `kinds` are the mails that belong to it."""

    name: str
    kinds: tuple[str, ...]
    whom: For
    usual: How = "now"
    fixed: bool = False  # told at once, whatever somebody wants


TOPICS: tuple[Topic, ...] = (
    Topic("request", ("request-received", "request-asked", "request-decided"), "everybody"),
    Topic("request-expired", ("request-expired",), "everybody"),
    Topic("role", ("role-granted", "role-changed", "role-ended"), "everybody"),
    Topic("role-ending", ("role-ending",), "everybody"),
    Topic("own-mandate", ("mandate-received", "mandate-ended"), "everybody", fixed=True),
    Topic("request-waiting", ("request-waiting",), "administrators"),
    Topic("mandate", ("mandate-granted",), "administrators", fixed=True),
    Topic("alone", ("administrators-none", "administrators-one"), "administrators", fixed=True),
    Topic("people", ("person-moved", "person-left"), "administrators", usual="daily"),
)
OF_KIND: dict[str, Topic] = {kind: topic for topic in TOPICS for kind in topic.kinds}
