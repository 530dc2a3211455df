"""A case as one reader may see it: what is asked for, the steps, and what happened."""

from dataclasses import dataclass, field
from datetime import datetime

from broker.cases import rules, store
from broker.cases.documents import Accessing, Connecting, Joining, Launching, read
from broker.cases.model import Case, CaseEvent, Step
from broker.portals.casework.building import BuildingView, building
from broker.portals.casework.making import party
from broker.portals.casework.wording import (
    KIND,
    STATE,
    STEP_STATE,
    WAITS,
    happened,
    step_name,
)
from broker.portals.office import Office
from broker.portals.person import Person
from broker.registrations.verdicts import Verdict, verdict_of
from broker.saml.entities import Finding
from broker.web.language import Text, said


@dataclass(frozen=True, slots=True)
class StepView:
    """One step in words."""

    step: Step
    name: str
    state: Text
    who: str  # empty where the reader is told the role alone
    mine: bool  # the reader may decide it now
    why_not: str | None  # the reason code, where it waits for people like the reader


@dataclass(frozen=True, slots=True)
class EventView:
    """One line of the history in words."""

    event: CaseEvent
    what: str
    who: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything that a page of a case shows."""

    case: Case
    kind: Text
    state: Text
    waits: Text
    steps: tuple[StepView, ...]
    history: tuple[EventView, ...]
    applicant: bool
    officer_link: bool  # the security officer's link can be sent again
    late: bool
    joining: Joining | None = None
    accessing: Accessing | None = None
    connecting: Connecting | None = None
    launching: Launching | None = None
    building: BuildingView | None = None
    services: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)  # names by our id

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What was said of an identity provider's metadata, in words."""
        noticed = self.connecting.verdicts if self.connecting else ()
        found = [Finding(one.level, one.code, one.where, one.words) for one in noticed]
        return tuple(map(verdict_of, found))

    @property
    def mine(self) -> tuple[StepView, ...]:
        """The steps that the reader may decide now."""
        return tuple(view for view in self.steps if view.mine)


def service_names(office: Office, federation: str, at: datetime) -> dict[str, str]:
    """What services are called, by code, in the language being written."""
    catalogue = office.catalogue.current()
    found = {}
    for service in catalogue.services:
        version = service.at(at)
        if service.federation == federation and version is not None:
            found[service.code] = said(version.name)
    return found


def shown(office: Office, person: Person, case: Case) -> CaseView:
    """A case for the person; names of those who decide are for those inside."""
    who, services = party(person), service_names(office, case.federation, person.now)
    with office.reading() as connection:
        events = store.history(connection, case.id)
    own = rules.is_applicant(who, case)
    inside = not own or "operator" in person.kinds
    steps = tuple(_step(person, case, step, services, inside=inside) for step in case.steps)
    history = tuple(
        EventView(one, happened(case, one, services), _who(case, one, inside=inside))
        for one in events
    )
    waiting = {step.decider for step in case.waiting}
    return CaseView(
        case=case,
        kind=KIND[case.kind],
        state=STATE[case.state],
        waits=waits(case),
        steps=steps,
        history=history,
        applicant=own,
        officer_link=case.lasting
        and "security_officer" in waiting
        and (own or "operator" in person.kinds),
        late=case.late(person.now),
        joining=read(case, Joining) if case.kind == "organisation" else None,
        accessing=read(case, Accessing) if case.kind == "access" else None,
        connecting=read(case, Connecting) if case.kind == "idp" else None,
        launching=read(case, Launching) if case.kind == "service" else None,
        building=building(office, case, person.now) if case.kind == "vendor" else None,
        services=services,
        roles=_role_names(office, case, person.now),
    )


def _role_names(office: Office, case: Case, at: datetime) -> dict[str, str]:
    """What roles are called now, in the language being written; documents keep what they were."""
    found = {}
    for role in office.catalogue.current().roles:
        version = role.at(at)
        if role.federation == case.federation and version is not None:
            found[str(role.id)] = said(version.name)
    return found


def waits(case: Case) -> Text:
    """Whom a case waits for, in words."""
    if case.state == "asked":
        return WAITS["applicant"]
    return WAITS[case.waiting[0].decider if case.waiting else ""]


def _step(
    person: Person, case: Case, step: Step, services: dict[str, str], *, inside: bool
) -> StepView:
    open_now = case.state == "open" and step.state == "open"
    objection = rules.objection(party(person), case, step) if open_now else None
    linked = step.decider == "security_officer"  # decided by its link alone
    name = step_name(case, step.code, services)
    who = step.by.name if step.by is not None and inside else ""
    blocked = objection if objection in ("case.oneself", "case.two_people") else None
    mine = open_now and objection is None and not linked
    return StepView(step, name, STEP_STATE[step.state], who, mine, None if linked else blocked)


def _who(case: Case, event: CaseEvent, *, inside: bool) -> str:
    if inside or event.of_applicant:
        return event.by.name
    step = case.step(event.step) if event.step else None
    return str(WAITS[step.decider]) if step else str(WAITS["operator"])
