"""What a load did, entity by entity, for a person to read and a command to exit by."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from broker.saml.entities import EntityFacts, Finding

State = Literal["added", "changed", "unchanged", "waiting", "refused", "shadow", "draft"]


@dataclass(frozen=True, slots=True)
class Occasion:
    """When, by whom and why something is changed, and the reference it goes by in the log."""

    at: datetime
    by: str
    reason: str
    reference: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entity or document.

    `waiting`: what is decided is kept, and counts as soon as the metadata arrives. `shadow` and
    `draft`: a mapping is kept as a version that counts for nothing yet.
    """

    kind: str  # sp, idp, federation, mapping, or what a companion calls its own
    federation: str  # empty where it is the same in all of them
    code: str
    entity_id: str | None
    state: State
    findings: tuple[Finding, ...] = ()
    facts: EntityFacts | None = None
    version: int | None = None  # of a mapping


@dataclass(frozen=True, slots=True)
class LoadReport:
    """Everything one load did; `findings` are about the document as a whole."""

    source: str
    outcomes: tuple[Outcome, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether anything that should have come into force did not."""
        if any(finding.level == "refused" for finding in self.findings):
            return True
        return not self.outcomes or any(outcome.state == "refused" for outcome in self.outcomes)
