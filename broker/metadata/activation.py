"""That an IdP may be used for a service, and what that comes to at an instant. All pure.

Nothing flips a flag: what is planned for six o'clock counts from six o'clock, on every node.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from broker.saml.entities import Localised

# Exactly one holds at each instant: not relevant (any more, or not to be seen yet), announced,
# for test users (R23), for everybody, held up for a reason, and over.
State = Literal["none", "planned", "trial", "active", "paused", "closed"]
STATES: tuple[State, ...] = get_args(State)

# Which of several entries of one IdP says what people are told.
_RANK: tuple[State, ...] = ("paused", "active", "trial", "planned", "closed", "none")


@dataclass(frozen=True, slots=True)
class Pause:
    """That it is held up: since when, until when if that is known, and why, for people."""

    since: datetime
    until: datetime | None
    reason: Localised

    def holds_at(self, now: datetime) -> bool:
        """Whether it counts at this instant: since inclusive, until exclusive."""
        return self.since <= now and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Trial:
    """Who may use it before it opens: persons and accounts by their ids here. R23."""

    since: datetime | None
    users: frozenset[str]


@dataclass(frozen=True, slots=True)
class Activation:
    """From and until when an IdP may be used for a service; None is unbounded.

    One that has a trial and no opening is for test users until somebody opens it.
    """

    idp: str  # ConnectedIdp.code
    opens: datetime | None = None
    closes: datetime | None = None
    visible_from: datetime | None = None  # when people may see that it is planned
    reason: Localised | None = None  # why it is planned or closed, for people
    trial: Trial | None = None
    pause: Pause | None = None
    requested_by: str | None = None
    approved_by_owner: str | None = None
    approved_by_operator: str | None = None
    case_no: str | None = None

    def open_at(self, now: datetime) -> bool:
        """Whether everybody may use it at this instant."""
        return state_at(self, now) == "active"


def state_at(activation: Activation, now: datetime) -> State:
    """The one state at an instant: beginnings inclusive, ends exclusive."""
    if activation.closes is not None and activation.closes <= now:
        return "closed"
    held_up = activation.pause is not None and activation.pause.holds_at(now)
    opens, trial = activation.opens, activation.trial
    if opens <= now if opens is not None else trial is None:
        return "paused" if held_up else "active"
    if trial is not None and (trial.since is None or trial.since <= now):
        return "paused" if held_up else "trial"
    visible = activation.visible_from
    return "planned" if visible is None or visible <= now else "none"


def foremost(activations: list[Activation], now: datetime) -> Activation | None:
    """The entry of one IdP that counts, where a document holds several periods of it."""
    ranked = sorted(activations, key=lambda one: _RANK.index(state_at(one, now)))
    return ranked[0] if ranked else None
