"""An explanation as lines for a person to read, in Danish or in English."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from broker.codelists.dates import DENMARK
from broker.roles.answer import Issued, LeftOut, Source
from broker.roles.explaining import Explanation, NotCounting
from broker.roles.grants.facts import Scope
from broker.roles.model import Delimitation
from broker.roles.reasons import words
from broker.saml.entities import Localised

_TEXTS: dict[str, tuple[str, str]] = {
    "issued": ("Får disse roller:", "Gets these roles:"),
    "none": ("Får ingen roller.", "Gets no roles."),
    "left": ("Får ikke:", "Does not get:"),
    "shadow": (
        "Ville få, hvis reglen på prøve gjaldt:",
        "Would get, if the rule on trial counted:",
    ),
    "everywhere": ("uden afgrænsning", "without delimitation"),
    "for": ("for", "for"),
    "below": ("med alt derunder", "with everything below"),
    "own_unit": ("egen enhed", "own unit"),
    "own_unit_tree": ("egen enhed med alt derunder", "own unit with everything below"),
    "own_cvr": ("egen organisation", "own organisation"),
    "direct": ("tildelt direkte", "granted directly"),
    "group": ("tildelt gennem gruppen {name}", "granted through the group {name}"),
    "bundle": ("tildelt med rollepakken {name}", "granted with the bundle {name}"),
    "request": ("tildelt efter anmodning", "granted on request"),
    "import": ("tildelt ved import", "granted by an import"),
    "rule": ("af reglen {name}, version {version}", "by the rule {name}, version {version}"),
    "by": ("af {by}", "by {by}"),
    "since": ("fra {at}", "from {at}"),
    "until": ("til {at}", "until {at}"),
    "no_end": ("uden slutdato", "without an end"),
    "reason": ("begrundelse: {reason}", "reason: {reason}"),
    "case": ("sag {case}", "case {case}"),
    "ended": ("sluttede {at}", "ended {at}"),
    "ended_by": ("af {by}", "by {by}"),
    "untold": (
        "Identitetsudbyderens oplysninger kendes ikke her, så reglerne er ikke vurderet.",
        "What the identity provider says is not known here, so rules were not evaluated.",
    ),
    "version": ("version {version} af rollen", "version {version} of the role"),
}
TEXTS = {key: Localised(da, en) for key, (da, en) in _TEXTS.items()}

UnitName = Callable[[str, str], str | None]  # of a type and a code


@dataclass(frozen=True, slots=True)
class Telling:
    """How it is told: the language, and what units are called."""

    language: str
    unit: UnitName
    people: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, values: Mapping[str, object] | None = None) -> str:
        """One of TEXTS with its values."""
        return TEXTS[key].of(self.language).format_map(values or {})

    def lines(self, explained: Explanation) -> Iterator[str]:
        """The whole explanation, the roles first."""
        answer = explained.answer
        service = answer.service.name.of(self.language) if answer.service else explained.service
        home = answer.organisation
        where = f"{home.name} ({home.cvr})" if home else "–"
        yield f"{explained.person} · {where} · {service} · {self._time(answer.at)}"
        yield ""
        yield self.say("issued" if answer.issued else "none")
        for issued in answer.issued:
            yield from self._issued(issued)
        if answer.left_out or explained.not_counting:
            yield ""
            yield self.say("left")
        for left in answer.left_out:
            yield from self._left(left)
        for silent in explained.not_counting:
            yield from self._silent(silent)
        if answer.shadow:
            yield ""
            yield self.say("shadow")
        for issued in answer.shadow:
            yield from self._issued(issued)
        if not explained.told:
            yield ""
            yield self.say("untold")

    def units_of(self, issued: Issued) -> str:
        """What a role holds for."""
        return self._units(sorted({d for held in issued.held for d in held.delimitations}))

    def source_of(self, source: Source) -> str:
        """Where a role comes from, by whom, when and why."""
        return self._source(source)

    def _issued(self, issued: Issued) -> Iterator[str]:
        version = self.say("version", {"version": issued.version.version})
        name, about = issued.version.name, issued.version.description
        yield f"  {name.of(self.language)} – {about.of(self.language)}"
        yield f"    {self.units_of(issued)}"
        yield f"    {self._source(issued.source)} · {version}"

    def _left(self, left: LeftOut) -> Iterator[str]:
        name = left.role.code if left.role else left.detail
        if left.role is not None and left.role.versions:
            name = left.role.versions[-1].name.of(self.language)
        reason = words(left.code).of(self.language)
        detail = f" {left.detail}" if left.role is not None and left.detail else ""
        yield f"  {name}: {reason}{detail} ({left.code})"
        if left.source is not None:
            yield f"    {self._source(left.source)}"

    def _silent(self, silent: NotCounting) -> Iterator[str]:
        name = silent.role.versions[-1].name if silent.role.versions else None
        said = name.of(self.language) if name else silent.role.code
        yield f"  {said}: {words(silent.code).of(self.language)} ({silent.code})"
        if silent.scopes:
            yield f"    {self.say('for')} {', '.join(self._scope(one) for one in silent.scopes)}"
        yield f"    {self._source(silent.source)}"
        if silent.until is not None and silent.code.endswith(("revoked", "expired")):
            parts = [self.say("ended", {"at": self._time(silent.until)})]
            parts += [self.say("ended_by", {"by": self._person(silent.by)})] if silent.by else []
            parts += [silent.why] if silent.why else []
            yield f"    {', '.join(parts)}"

    def _source(self, source: Source) -> str:
        how = "direct" if source.via not in TEXTS else source.via
        parts = [self.say(how, {"name": source.name, "version": source.version})]
        if source.by:
            parts.append(self.say("by", {"by": self._person(source.by)}))
        parts.append(self.say("since", {"at": self._time(source.period.since)}))
        ends = source.period.ends
        parts.append(self.say("until", {"at": self._time(ends)}) if ends else self.say("no_end"))
        if source.reason:
            parts.append(self.say("reason", {"reason": source.reason}))
        if source.case_no:
            parts.append(self.say("case", {"case": source.case_no}))
        return ", ".join(parts)

    def _person(self, label: str) -> str:
        """Who did it, by name where an account did."""
        for account, name in self.people.items():
            label = label.replace(f"account {account}", name).replace(account, name)
        return label

    def _units(self, units: list[Delimitation]) -> str:
        if not units:
            return self.say("everywhere")
        told = [self._unit(d.type, d.value, below=d.with_descendants) for d in units]
        return f"{self.say('for')} {', '.join(told)}"

    def _scope(self, scope: Scope) -> str:
        if scope.mode != "value":
            return self.say(scope.mode)
        return self._unit(scope.type, scope.value, below=scope.with_descendants)

    def _unit(self, type_id: str, code: str, *, below: bool) -> str:
        name = self.unit(type_id, code)
        told = f"{type_id.upper()} {code}" + (f" {name}" if name else "")
        return f"{told} ({self.say('below')})" if below else told

    def _time(self, at: datetime) -> str:
        return f"{at.astimezone(DENMARK):%d-%m-%Y %H:%M}"
