"""Lists of cases: filters that stand in the address, and rows with their age."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask import request

from broker.cases import store
from broker.cases.model import Case, CaseKind, CaseState, Decider
from broker.portals.casework.showing import waits
from broker.portals.casework.wording import KIND, STATE, WAITS
from broker.portals.listing import Listed, asked_page
from broker.portals.office import Office
from broker.portals.person import Person
from broker.web.language import Text
from broker.web.language import Text as _

SIZE = 50
OVER: tuple[CaseState, ...] = ("approved", "refused", "withdrawn")


@dataclass(frozen=True, slots=True)
class Row:
    """One case in a list."""

    case: Case
    kind: Text
    state: Text
    waits: Text
    days: int  # since it was opened
    late: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address filters by, and what there is to choose from."""

    kind: str
    state: str
    waits: str
    search: str
    mine: bool
    kinds: tuple[tuple[str, Text], ...]
    states: tuple[tuple[str, Text], ...]
    waiting: tuple[tuple[str, Text], ...]


def filters() -> Filters:
    """As the address says them; what it misspells is no filter."""
    args = request.args
    kinds = tuple((str(code), words) for code, words in KIND.items())
    states = (
        ("", _("Not decided yet")),
        *((str(code), words) for code, words in STATE.items()),
        ("all", _("All")),
    )
    waiting = tuple((code, words) for code, words in WAITS.items() if code)
    return Filters(
        kind=args.get("kind", ""),
        state=args.get("state", ""),
        waits=args.get("waits", ""),
        search=args.get("q", "").strip()[:100],
        mine=args.get("mine") == "1",
        kinds=kinds,
        states=states,
        waiting=waiting,
    )


def asked(person: Person, said: Filters) -> store.Asked:
    """The filters as a question to the store."""
    kinds: dict[str, CaseKind] = {code: code for code in KIND}
    states: dict[str, CaseState] = {code: code for code in STATE}
    deciders: dict[str, Decider] = {
        "operator": "operator",
        "service_owner": "service_owner",
        "security_officer": "security_officer",
        "applicant": "applicant",
    }
    return store.Asked(
        person.federation.path,
        kind=kinds.get(said.kind),
        state=states.get(said.state),
        over=said.state == "all" or said.state in OVER,
        waits_for=deciders.get(said.waits),
        search=said.search,
        taken_by=person.actor.account if said.mine else None,
    )


def listed(office: Office, person: Person, question: store.Asked) -> Listed[Row]:
    """The page of the list that the address asks for."""
    number = asked_page(request.args.get("page"))
    with office.reading() as connection:
        start = (number - 1) * SIZE
        found, total = store.listed(connection, question, start=start, size=SIZE)
    rows = [row(one, person.now) for one in found]
    return Listed(rows, number, total, SIZE)


def counts(office: Office, person: Person) -> tuple[int, int]:
    """How many cases wait for the operator, and how many of all are overdue."""
    base = store.Asked(person.federation.path)
    with office.reading() as connection:
        waiting = store.counted(connection, replace(base, waits_for="operator"))
        return waiting, store.counted(connection, replace(base, late_at=person.now))


def row(case: Case, now: datetime) -> Row:
    """One case in a list."""
    days = (now - case.opened_at).days
    return Row(case, KIND[case.kind], STATE[case.state], waits(case), days, case.late(now))
