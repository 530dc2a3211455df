"""What each row would do, compared with what is there. It reads, and changes nothing.

The rules are those that `grants.examining` asks when a grant is given, so that a preview
and what it leads to do not differ.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.organisations.model import Actor, Organisation
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import store as grant_store
from broker.roles.grants.model import Grant
from broker.roles.grants.permitting import is_bound
from broker.roles.grants.scopes import canonical
from broker.roles.importing import store
from broker.roles.importing.asking import Asker
from broker.roles.importing.cells import DENMARK
from broker.roles.importing.model import (
    Facts,
    GrantStep,
    Missing,
    Planned,
    Progress,
    is_remark,
    no_progress,
    shown_beside,
)
from broker.roles.importing.people import People, Who, differing
from broker.roles.importing.rows import Message, Read
from broker.roles.model import Role

NATIONAL = "national"  # what stands for the service of a national role


@dataclass(frozen=True, slots=True)
class Plan:
    """Every row with its verdict, and how many people would lose something."""

    rows: tuple[Planned, ...]
    losing: int
    people: int
    held_back: bool = False  # missing rows end nothing while a row has an error


@dataclass(slots=True)
class _Line:
    """A row while it is planned."""

    read: Read
    who: Who
    role: Role | None = None
    match: Grant | None = None
    messages: list[Message] = field(default_factory=list)


@dataclass(slots=True)
class Planner:
    """Plans the rows of one file for one organisation."""

    connection: Connection
    catalogue: Catalogue
    actor: Actor
    organisation: Organisation
    at: datetime
    missing: Missing = "keep"
    progress: Progress = no_progress
    _asker: Asker = field(init=False)

    def __post_init__(self) -> None:
        """Ask as this actor, here and now."""
        self._asker = Asker(self.connection, self.catalogue, self.actor, self.organisation, self.at)

    def plan(self, reads: Sequence[Read]) -> Plan:
        """The plan of a whole file."""
        colleagues = store.colleagues(self.connection, self.organisation.id, self.at)
        people = People.of(self.connection, self.organisation.id, colleagues, reads)
        grants = self._grants()
        rows: dict[int, Planned] = {}
        held: dict[tuple[UUID | None, UUID], list[Grant]] = {}
        for grant in grants:
            held.setdefault((grant.account, grant.role), []).append(grant)
        lines = [self._line(read, people, held, rows) for read in reads]
        known = [line for line in lines if line is not None]
        self._find_twins(known)
        self._asker.ended = {
            line.match.id for line in known if line.match and self._ends(line.read)
        }
        missed = [] if self.missing == "keep" else self._missed(known, grants)
        self._asker.ended |= {grant.id for grant in missed}
        for done, line in enumerate(known, start=1):
            rows[line.read.n] = self._planned(line)
            self.progress(done, len(known))
        made = [rows[read.n] for read in reads]
        self._find_conflicts(known, made)
        held_back = any(row.verdict == "error" for row in made)
        if not held_back:
            last = max((read.n for read in reads), default=1)
            made += [self._missing_row(last + n, one) for n, one in enumerate(missed, start=1)]
        losing = {row.account for row in made if row.verdict == "end" or _is_shortened(row)}
        holders = {grant.account for grant in grants}
        return Plan(tuple(made), len(losing), len(holders), held_back and bool(missed))

    def _grants(self) -> tuple[Grant, ...]:
        return grant_store.direct_in(self.connection, self.organisation.id, self.at)

    def _line(
        self,
        read: Read,
        people: People,
        held: Mapping[tuple[UUID | None, UUID], list[Grant]],
        rows: dict[int, Planned],
    ) -> _Line | None:
        """The row with whom and which role it is about; None where it is refused already."""
        refused = list(read.faults)
        who = None if refused else people.who(read)
        if isinstance(who, Message):
            refused.append(who)
        role = self._role(read) if not refused and read.role else None
        if isinstance(role, Message):
            refused.append(role)
        if refused or not isinstance(who, Who) or isinstance(role, Message):
            shown = shown_beside(read.shown, refused)
            rows[read.n] = Planned(read.n, "error", tuple(refused), shown)
            return None
        line = _Line(read, who, role)
        if role is not None:
            line.match = _match(read, held.get((who.key, role.id), ()))
        return line

    def _role(self, read: Read) -> Role | Message:
        federation = self.organisation.federation
        national = read.service.casefold() == NATIONAL
        service = None if national else read.service
        if service is not None and self.catalogue.service(federation, service) is None:
            return Message("import.service_unknown", str(read.n), read.service)
        found = self.catalogue.role_by_code(federation, service, read.role)
        return found or Message("import.role_unknown", str(read.n), read.role)

    @staticmethod
    def _find_twins(lines: Iterable[_Line]) -> None:
        """Mark rows that ask for the same as an earlier one."""
        first: dict[tuple[object, ...], int] = {}
        for line in lines:
            scopes = line.match.scopes if line.match else canonical(line.read.scopes or ())
            key = (line.who.key, line.role.id if line.role else None, scopes)
            earlier = first.setdefault(key, line.read.n)
            if earlier != line.read.n:
                line.messages.append(Message("import.row_twice", str(line.read.n), str(earlier)))

    def _ends(self, read: Read) -> bool:
        return read.until is not None and read.until <= self.at

    def _missed(self, lines: Sequence[_Line], grants: Sequence[Grant]) -> list[Grant]:
        """Grants of the services in the file that no row of it is about, and may be ended."""
        services = {line.role.service for line in lines if line.role}
        matched = {line.match.id for line in lines if line.match}
        found = []
        for grant in grants:
            role = self.catalogue.role(grant.role)
            if grant.id in matched or role is None or role.service not in services:
                continue
            # Whoever administers some units only says nothing of people in others.
            if not is_bound(self.actor) or self._asker.may_revoke(grant) is None:
                found.append(grant)
        return found

    def _missing_row(self, n: int, grant: Grant) -> Planned:
        refusal = self._asker.may_revoke(grant)
        if refusal is not None:
            return Planned(n, "error", (refusal,), account=grant.account, grant=grant.id)
        return Planned(
            n=n,
            verdict="end",
            messages=(Message("import.missing_row"),),
            account=grant.account,
            grant=grant.id,
            step=GrantStep("end", grant.role, grant.scopes, until=grant.period.until),
            was_until=grant.period.until,
        )

    def _planned(self, line: _Line) -> Planned:
        read, who = line.read, line.who
        base = Planned(
            n=read.n,
            verdict="new" if who.newcomer else "unchanged",
            shown=read.shown,
            account=who.colleague.id if who.colleague else None,
            newcomer=who.newcomer,
        )
        messages = list(line.messages)
        if who.newcomer is not None:
            messages += self._asker.joining(who)
        elif who.colleague is not None:
            facts = differing(read, who.colleague)
            if isinstance(facts, Message):
                messages.append(facts)
            elif not facts.empty:
                messages += self._asker.changing(who, facts.home)
                was = who.colleague
                base = replace(
                    base,
                    verdict="change",
                    person=facts,
                    was=Facts(was.name, was.email, was.home),
                )
        if line.role is not None and not messages:
            base, found = self._with_grant(line, line.role, base)
            messages += found
        told = replace(base, messages=tuple(messages), shown=shown_beside(base.shown, messages))
        if all(map(is_remark, messages)):
            return told
        return replace(told, verdict="error", step=None, person=None, newcomer=None)

    def _with_grant(self, line: _Line, role: Role, base: Planned) -> tuple[Planned, list[Message]]:
        read, match = line.read, line.match
        if match is None:
            step = GrantStep(
                do="give",
                role=role.id,
                scopes=canonical(read.scopes or ()),
                since=read.since if read.since and read.since > self.at else None,
                until=read.until,
                reason=read.reason,
                case_no=read.case_no or None,
            )
            told = self._asker.giving(line.who, step, read.n)
            if read.since is not None and step.since is None and not _is_today(read.since, self.at):
                told.append(Message("import.since_now", str(read.n)))
            return replace(base, verdict="new", step=step), told
        begins = match.period.since
        if read.since is not None and read.since != begins and max(read.since, begins) > self.at:
            return base, [Message("import.since", str(read.n))]
        base = replace(base, grant=match.id, was_until=match.period.until)
        if read.until is None or read.until == match.period.until:
            return base, []
        do = "end" if self._ends(read) else "until"
        step = GrantStep(
            "end" if do == "end" else "until",
            role.id,
            match.scopes,
            until=match.period.until if do == "end" else read.until,
            reason=read.reason,
            case_no=read.case_no or None,
        )
        if do == "until":
            told = self._asker.moving(match, read.until, read.n)
            return replace(base, verdict="change", step=step), told
        refusal = self._asker.may_revoke(match)
        return replace(base, verdict="end", step=step), [refusal] if refusal else []

    def _find_conflicts(self, lines: Sequence[_Line], made: list[Planned]) -> None:
        """Mark new grants that exclude one another; those given before are examined already."""
        places = {row.n: place for place, row in enumerate(made)}
        fresh: dict[UUID, list[tuple[int, UUID]]] = {}
        for line in lines:
            row = made[places[line.read.n]]
            if row.step and row.step.do == "give" and row.verdict == "new":
                fresh.setdefault(line.who.key, []).append((row.n, row.step.role))
        rules = [
            rule
            for rule in self.catalogue.conflicts_at(self.organisation.federation, self.at)
            if rule.action == "block"
        ]
        for asked in fresh.values():
            for n, role in asked:
                before = {other for earlier, other in asked if earlier < n}
                for rule in rules:
                    across = rule.b if role in rule.a else rule.a if role in rule.b else None
                    if across and across & before:
                        row = made[places[n]]
                        told = (*row.messages, Message("grant.conflict", str(n), rule.code))
                        made[places[n]] = replace(row, verdict="error", messages=told, step=None)


def _is_shortened(row: Planned) -> bool:
    """Whether a grant would end sooner: tomorrow is as good as now to whoever loses it."""
    step, was = row.step, row.was_until
    return bool(step and step.do == "until" and step.until and was and step.until < was)


def _is_today(instant: datetime, at: datetime) -> bool:
    return instant.astimezone(DENMARK).date() == at.astimezone(DENMARK).date()


def _match(read: Read, own: Sequence[Grant]) -> Grant | None:
    """The grant that a row is about: the same scopes, or the only one where it names none."""
    if read.scopes is None and len(own) == 1:
        return own[0]
    wanted = canonical(read.scopes or ())
    return next((one for one in own if canonical(one.scopes) == wanted), None)
