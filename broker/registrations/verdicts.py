"""What is right and what is wrong with a service's metadata, field by field. Pure.

The checks are those that a load makes; here their codes become sentences for the owner.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from broker.errors import BrokerError, Refused
from broker.metadata.certificates import admit
from broker.metadata.decisions import read_service
from broker.metadata.model import Federation
from broker.metadata.trust import Change, about_entity, about_service, default_acs
from broker.registrations.carrying import SOURCE
from broker.registrations.model import CATALOGUE_KEYS, CATALOGUE_TABLES, OWN_KEYS, Content
from broker.registrations.words import WORDS
from broker.saml.entities import EntityFacts, Finding
from broker.saml.entity_descriptor import read_metadata
from broker.web.language import Text
from broker.web.language import Text as _

__all__ = ["SOURCE", "Examined", "Verdict", "examine", "verdict_of", "worst"]

Level = Literal["good", "note", "odd", "refused"]
FIELDS = ("document", "entity_id", "acs", "slo", "signing", "encryption", "start_url", "contacts")
_LEVELS: dict[str, Level] = {"info": "note", "odd": "odd", "refused": "refused"}
_QUIET = ("metadata.unsigned",)  # odd in a list of many; of one service it is as usual
_GRAVE = ("good", "note", "odd", "refused")
# Where one code may be about several fields, what it names says which.
_WHERE = (
    ("SingleLogout", "slo"),
    ("AssertionConsumer", "acs"),
    ("encryption", "encryption"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence on one field, what to change, and what it is exactly about."""

    field: str
    level: Level
    code: str
    words: Text | str
    change: Text | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """A document that was looked at: what it says, and a verdict for each field."""

    facts: EntityFacts | None
    verdicts: tuple[Verdict, ...]

    def of(self, field: str) -> tuple[Verdict, ...]:
        """What is said of one field, the gravest first."""
        found = [one for one in self.verdicts if one.field == field]
        return tuple(sorted(found, key=lambda one: -_GRAVE.index(one.level)))

    @property
    def refused(self) -> bool:
        """Whether it cannot be used as it is."""
        return worst(self.verdicts) == "refused"


def worst(verdicts: Iterable[Verdict]) -> Level:
    """The gravest level of several."""
    return max((one.level for one in verdicts), key=_GRAVE.index, default="good")


def verdict_of(finding: Finding | BrokerError) -> Verdict:
    """A remark of the readers, or an error of theirs, as a sentence."""
    if isinstance(finding, BrokerError):
        finding = Finding("refused", finding.code, "", finding.detail)
    field, words, change = WORDS.get(finding.code, ("document", finding.words, None))
    if finding.code in ("metadata.location", "metadata.loopback_http") or field == "signing":
        field = next((to for mark, to in _WHERE if mark in finding.where), field)
    level = "note" if finding.code in _QUIET else _LEVELS[finding.level]
    return Verdict(field, level, finding.code, words, change, finding.where)


def examine(content: Content, home: Federation, now: datetime) -> Examined:
    """Everything that may be said of a service's metadata in one federation."""
    if content.xml is None:
        return Examined(None, ())
    try:
        read = read_metadata(content.xml, now)
    except Refused as error:
        return Examined(None, (verdict_of(error),))
    if len(read.entities) != 1 or read.entities[0].sp is None:
        missing = Finding("refused", "metadata.no_role", "EntityDescriptor", "")
        facts = read.entities[0] if len(read.entities) == 1 else None
        found = [*read.findings, *(facts.findings if facts else ()), missing]
        return Examined(facts, _unique(map(verdict_of, found)))
    (facts,) = read.entities
    findings = [*read.findings, *facts.findings]
    change = Change(facts, None, key_change_accepted=True)
    findings += [one for one in about_entity(change, home) if one not in findings]
    findings += _against(content, change)
    admitted = admit(facts, home.certificates, {}, now)
    findings += [*admitted.findings, *admitted.lost(facts, "sp")]
    verdicts = _unique(map(verdict_of, findings))
    return Examined(facts, (*verdicts, *_good(facts, verdicts)))


def _against(content: Content, change: Change) -> Iterator[Finding]:
    theirs = (*OWN_KEYS, *CATALOGUE_KEYS, *CATALOGUE_TABLES)
    ours = {key: value for key, value in content.document.items() if key not in theirs}
    try:
        settings = read_service(ours, "service")
    except Refused as error:
        yield Finding("refused", error.code, "document", error.detail)
    else:
        yield from about_service(change, settings)


def _unique(found: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """Each sentence once on each field."""
    kept: dict[tuple[str, str], Verdict] = {}
    for one in found:
        kept.setdefault((one.field, one.code), one)
    return tuple(kept.values())


def _good(facts: EntityFacts, said: tuple[Verdict, ...]) -> Iterator[Verdict]:
    """What is as it should be is said too: silence would look like something forgotten."""
    graver = {one.field for one in said if one.level in ("odd", "refused")}
    sp = facts.sp
    if sp is None:
        return
    fine = (
        ("entity_id", bool(facts.entity_id), _("The entityID can be used.")),
        ("acs", default_acs(sp) is not None, _("Answers can be sent there.")),
        ("slo", bool(sp.slo), _("Logout can be sent there.")),
        ("signing", bool(sp.signing), _("Signatures of your requests can be checked.")),
        ("encryption", bool(sp.encryption), _("Answers can be encrypted for you.")),
        ("contacts", bool(facts.contacts), _("There is somebody to write to.")),
    )
    for field, holds, words in fine:
        if holds and field not in graver:
            yield Verdict(field, "good", "good", words)
    if not sp.slo:
        words = _("There is no address for logout, so people stay logged in at your service.")
        advice = _("Add a SingleLogoutService if your system has one.")
        yield Verdict("slo", "odd", "metadata.no_slo", words, advice)
