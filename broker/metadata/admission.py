"""The door that partners' keys pass on their way into the snapshot for logins.

What does not pass is told in the log, once: an alarm with its reason code. The door is made anew
when the registry changed, and when the clock passed an instant that changes a verdict: an answer
on revocation that ran out, a revocation that was dated ahead.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from broker.metadata.certificate_policy import CertificatePolicy
from broker.metadata.certificates import Answers, admit, judge
from broker.metadata.kept_keys.model import Kept
from broker.saml.entities import EntityFacts, Finding

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Door:
    """Lets keys into one snapshot, by each federation's policy and the answers of one moment."""

    answers: Answers
    now: datetime
    policies: dict[str, CertificatePolicy] = field(default_factory=dict)
    changes_at: datetime | None = None
    told: frozenset[tuple[str, ...]] = frozenset()  # what the snapshot before told already
    _said: set[tuple[str, ...]] = field(default_factory=set)

    def at(self, now: datetime, answers: Answers) -> "Door":
        """The door of the next snapshot; it does not repeat the alarms of this one."""
        return Door(answers, now, told=frozenset(self._said))

    def counts_at(self, now: datetime) -> bool:
        """Whether what passed still passes. A clock that was set back is not the same moment."""
        return self.changes_at is None or self.now <= now < self.changes_at

    def admit(self, federation: str, code: str, facts: EntityFacts) -> EntityFacts:
        """The entity without the keys that may not be used now."""
        policy = self.policies.get(federation)
        if policy is None:
            return facts
        admitted = admit(facts, policy, self.answers, self.now)
        self._tell(federation, code, admitted.findings, admitted.changes_at)
        return admitted.facts

    def admit_kept(self, federation: str, code: str, kept: tuple[Kept, ...]) -> tuple[Kept, ...]:
        """The certificates beside its metadata that may be used now: who keeps one cannot know
        that it is revoked tomorrow.
        """
        policy = self.policies.get(federation)
        if policy is None:
            return kept
        usable = []
        for one in (k for k in kept if self.now < k.until):
            verdict = judge(
                one.certificate, policy, self.answers, self.now, use="signing", where="kept key"
            )
            self._tell(federation, code, verdict.findings, verdict.changes_at)
            if verdict.usable:
                usable.append(one)
        return tuple(usable)

    def _tell(
        self, federation: str, code: str, findings: Iterable[Finding], changes_at: datetime | None
    ) -> None:
        if changes_at is not None:
            self.changes_at = min(changes_at, self.changes_at or changes_at)
        for finding in findings:
            alarm = (federation, code, finding.code, finding.where, finding.words)
            if alarm not in self.told and alarm not in self._said:
                level = logging.ERROR if finding.level == "refused" else logging.WARNING
                what = "is not used" if finding.level == "refused" else "is odd"
                _LOG.log(level, "a key of %s/%s %s: %s (%s)", federation, code, what,
                         finding.words, finding.code)  # fmt: skip
            self._said.add(alarm)
