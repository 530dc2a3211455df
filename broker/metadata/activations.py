"""What a service offers at an instant: each relevant IdP with its state, reason and date.

The one question that the discovery page, the hops, the command line and the announcements
ask, so that what is greyed is what is refused.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from broker.errors import NotAllowed
from broker.metadata.activation import Activation, State, foremost, state_at
from broker.metadata.model import ConnectedIdp, Localised, Service

# Codes of refusals, by the state in which somebody chose.
_CODES: dict[State, str] = {
    "none": "policy.idp_not_active",
    "planned": "policy.idp_planned",
    "trial": "policy.idp_test_only",
    "paused": "policy.idp_paused",
    "closed": "policy.idp_closed",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One IdP at one service at one instant."""

    idp: ConnectedIdp
    activation: Activation
    state: State

    @property
    def choosable(self) -> bool:
        """Whether somebody may be sent there: test users are known only after sign-in. R23."""
        return self.state in ("active", "trial")

    @property
    def date(self) -> datetime | None:
        """When it opens, opens again or closed, where that is known; for active, when it closes."""
        pause = self.activation.pause
        if self.state == "paused":
            return pause.until if pause else None
        return (
            self.activation.opens if self.state in ("planned", "trial") else self.activation.closes
        )

    @property
    def reason(self) -> Localised | None:
        """Why it is not open, in words for people."""
        if self.state == "paused" and self.activation.pause:
            return self.activation.pause.reason
        return self.activation.reason if self.state in ("planned", "trial", "closed") else None

    def refusal(self) -> NotAllowed:
        """What somebody is told who chose it all the same."""
        return NotAllowed(_CODES[self.state], f"{self.idp.code} is {self.state}")

    def lets_finish(self, left: datetime | None) -> bool:
        """Whether somebody who left for the IdP at an instant may still come in.

        A pause stops people from being sent there; whoever was there already has shown that it
        works and has a patient waiting. What must end at once is closed, not paused.
        """
        pause = self.activation.pause
        return bool(self.state == "paused" and pause and left and left < pause.since)


def offers_of(service: Service, idps: Sequence[ConnectedIdp], now: datetime) -> tuple[Offer, ...]:
    """Every IdP that is relevant to the service, in the order people see them."""
    entries: dict[str, list[Activation]] = defaultdict(list)
    for one in service.activations:
        entries[one.idp].append(one)
    found = []
    for idp in idps:
        entry = foremost(entries[idp.code], now) if idp.code in entries else None
        if entry is not None and (state := state_at(entry, now)) != "none":
            found.append(Offer(idp, entry, state))
    return tuple(found)


def closed_to_all(service: Service, offers: Sequence[Offer]) -> NotAllowed:
    """What somebody is told where there is no IdP to choose: the pause or the plan, if any."""
    for state in ("paused", "planned"):
        for offer in offers:
            if offer.state == state:
                return offer.refusal()
    return NotAllowed(_CODES["none"], f"no IdP is active for {service.code}")
