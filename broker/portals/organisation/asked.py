"""One request with all that its answer depends on, as its page shows it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.errors import Unknown
from broker.organisations import store
from broker.organisations.model import Account
from broker.portals.organisation.counter import Counter, home
from broker.portals.organisation.wording import Named, Wording
from broker.portals.person import Person
from broker.roles.grants import store as grant_store
from broker.roles.grants.examining import Depth, Question, examine
from broker.roles.grants.model import Wanted
from broker.roles.requests.lists import Item
from broker.roles.requests.model import OPEN, Decision, Request
from broker.web.language import Text
from broker.web.language import Text as _

ASKS: dict[str, Text] = {
    "add": _("wants a role"),
    "remove": _("wants a role taken away"),
    "extend": _("wants to keep a role longer"),
    "change": _("wants a role changed"),
}
STATES: dict[str, Text] = {
    "submitted": _("Waiting for an answer"),
    "info_needed": _("Waiting for the answer to a question"),
    "approved": _("Approved"),
    "rejected": _("Refused"),
    "cancelled": _("Withdrawn"),
    "expired": _("Nobody answered in time"),
    "done": _("Approved and carried out"),
    "failed": _("Approved, but it could not be carried out"),
}
VERBS: dict[str, Text] = {
    "approve": _("approved"),
    "reject": _("refused"),
    "ask": _("asked"),
    "answer": _("answered"),
    "forward": _("sent on"),
    "withdraw": _("withdrew"),
}
APPROVERS: dict[str, Text] = {
    "org_approver": _("An approver in the organisation"),
    "org_chief": _("The organisation’s management"),
    "service_owner": _("The owner of the service"),
    "operator": _("Those who run the federation"),
}
# Only whether it may go without anybody is asked of a policy; here somebody is asked.
_NOT_HERE = "grant.policy_sensitive"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody did to a request."""

    at: datetime
    who: str
    verb: Text
    comment: str
    until: datetime | None  # the earlier end that was approved
    scopes: tuple[str, ...]  # the narrower delimitation that was approved


@dataclass(frozen=True, slots=True)
class Shown:
    """One request as its page shows it."""

    item: Item
    request: Request
    role: Named
    subject: Account | None
    unit: str
    asks: Text
    state: Text
    within: str
    objections: tuple[str, ...]
    remarks: tuple[str, ...]
    steps: tuple[Step, ...]
    next_by: Text | None  # who has to answer
    may: bool  # whether whoever looks may answer it now
    claimed_by: str  # somebody else who is looking at it
    claimed: bool  # by whoever looks
    outcome: str  # why it failed

    @property
    def version(self) -> str:
        """Another one whenever anybody did something to it."""
        made = self.request
        return f"{made.state}.{made.stage}.{len(made.decisions)}"


def look(counter: Counter, connection: Connection, person: Person, request_id: UUID) -> Shown:
    """One request of the person's organisation. Raises Unknown("request.unknown")."""
    item = counter.lists.one(connection, person.actor, request_id, person.now)
    made, now = item.filed.request, item.standing
    if made.organisation != home(person).id:
        raise Unknown("request.unknown", "in another organisation")
    wording = Wording(connection, counter.catalogue(connection), person.now)
    role = wording.role(made.role)
    subject = store.account(connection, made.subject, person.now)
    objections, remarks = _examined(connection, wording, item, person.now)
    mine = person.actor.is_any_of(now.claimed_by)
    stage = made.stages[made.stage] if made.stage < len(made.stages) else None
    return Shown(
        item,
        made,
        role,
        subject,
        wording.unit(subject.home_code if subject else None),
        ASKS[made.action],
        STATES[now.state],
        wording.within(role, made.scopes),
        objections,
        remarks,
        tuple(_step(connection, wording, made, one, person.now) for one in made.decisions),
        APPROVERS[stage.approver] if stage and now.state in OPEN else None,
        counter.lists.decides(connection, person.actor, item, person.now),
        "" if mine or not now.claimed_by else _name(connection, made, now.claimed_by, person.now),
        mine,
        wording.objection(made.outcome) if made.outcome else "",
    )


def wanted_of(made: Request, now: datetime) -> Wanted:
    """The grant that a request asks for."""
    return Wanted(
        organisation=made.organisation,
        role=made.role,
        account=made.subject,
        scopes=made.scopes,
        since=max(made.period.since, now),
        until=made.period.until,
    )


def _examined(
    connection: Connection, wording: Wording, item: Item, at: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What speaks against it as things are now, and what to look at."""
    made = item.filed.request
    if item.standing.state not in OPEN or made.action == "remove":
        return (), ()
    depth: Depth = "longer" if made.action == "extend" else "new"
    besides = frozenset({made.grant}) if made.grant else frozenset[UUID]()
    question = Question(wanted_of(made, at), at, None, depth=depth, besides=besides)
    found = examine(connection, wording.catalogue, question)
    objections = [one for one in found.objections if one.code != _NOT_HERE]
    return tuple(map(wording.objection, objections)), tuple(map(wording.objection, found.warnings))


def _step(
    connection: Connection, wording: Wording, made: Request, one: Decision, at: datetime
) -> Step:
    who = _name(connection, made, one.by, at) if one.by else ""
    if not who and one.stage < len(made.stages):
        who = str(APPROVERS[made.stages[one.stage].approver])
    return Step(
        one.at,
        who,
        VERBS[one.verb],
        one.comment,
        one.until,
        wording.scopes(one.scopes) if one.scopes is not None else (),
    )


def _name(connection: Connection, made: Request, account: UUID, at: datetime) -> str:
    """Somebody of the organisation by name; others are told by what they are."""
    found = store.account(connection, account, at)
    return found.display_name if found and found.organisation == made.organisation else ""


def grant_before(connection: Connection, made: Request) -> datetime | None:
    """When the grant ends that a request is about, as it is now."""
    known = grant_store.grant(connection, made.grant) if made.grant else None
    return known.period.until if known else None
