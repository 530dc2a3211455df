"""From an event of the audit trail to the notices of whom it matters to, in its transaction."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.audit.events import (
    AccountChanged,
    AdministratorsMissing,
    Event,
    GrantChanged,
    GrantEnded,
    GrantGiven,
    MandateGiven,
    MandateTaken,
    RequestDecided,
    RequestFinished,
    RequestSent,
    SubstituteChanged,
)
from broker.db import Connection
from broker.mail.letters import Letters
from broker.mail.model import Recipient
from broker.notices import store
from broker.notices.model import Notice, alone_since
from broker.notices.recipients import ADMINISTRATORS, EVERYBODY, approvers, holders
from broker.notices.writing import Writer
from broker.organisations.store import members
from broker.roles.requests.store import Filed, filed


@dataclass(frozen=True, slots=True)
class Hearing:
    """Hears what the audit trail is told; operators without an account are written to at once."""

    letters: Letters
    writer: Writer
    operators: tuple[Recipient, ...]

    def heard(self, connection: Connection, event: Event, at: datetime) -> None:
        """Let everybody be told whom the event matters to, but for whoever did it."""
        if isinstance(event, AdministratorsMissing) and event.left == 0:
            since = alone_since(datetime.fromisoformat(event.since))
            self.alarm(connection, event.organisation, since, at)
        store.add(connection, _notices(connection, event, at), at)

    def alarm(
        self, connection: Connection, organisation: str, milestone: str, at: datetime
    ) -> None:
        """Write to whoever runs the installation that nobody administers an organisation."""
        notice = Notice(
            UUID(int=0), "administrators-none", organisation, milestone, {"home": organisation}
        )
        event = self.writer.event(connection, notice, at, page="operator/rescues")
        if event is not None:
            self.letters.put(connection, event, self.operators, at)


def _notices(connection: Connection, event: Event, at: datetime) -> Iterable[Notice]:
    match event:
        case GrantGiven() | GrantChanged() | GrantEnded():
            return _of_grant(connection, event, at)
        case RequestSent() | RequestDecided() | RequestFinished():
            found = filed(connection, UUID(event.request), at)
            return () if found is None else _of_request(connection, event, found, at)
        case MandateGiven() | MandateTaken() | SubstituteChanged() | AdministratorsMissing():
            return _of_mandate(connection, event, at)
        case AccountChanged(change="moved" | "left"):
            return _of_person(connection, event, at)
    return ()


def _of_grant(
    connection: Connection, event: GrantGiven | GrantChanged | GrantEnded, at: datetime
) -> Iterable[Notice]:
    """Whoever holds it, or is in the group; what came of a request is told with the request."""
    if isinstance(event, GrantGiven) and event.request is not None:
        return ()
    if event.account is not None:
        people: Collection[UUID] = (UUID(event.account),)
    else:
        people = members(connection, UUID(event.group or ""), at) if event.group else ()
    facts = {"home": event.organisation, "role": event.role, "by": event.by}
    if not isinstance(event, GrantEnded):
        facts |= {"until": event.until or ""}
    if isinstance(event, GrantGiven):
        kind, milestone = "role-granted", "given"
    elif isinstance(event, GrantChanged):
        kind, milestone = "role-changed", f"{event.what} {at.isoformat()}"
    else:
        kind, milestone = "role-ended", "ended"
    return _each(people, event.by, kind, event.grant, milestone, facts)


def _of_request(
    connection: Connection,
    event: RequestSent | RequestDecided | RequestFinished,
    found: Filed,
    at: datetime,
) -> list[Notice]:
    request, by = found.request, getattr(event, "by", "")
    facts = {
        "home": str(request.organisation),
        "role": str(request.role),
        "number": request.number,
        "who": str(request.subject),
        "by": by,
    }
    askers, step = {request.requester, request.subject}, f"{request.stage} {at.isoformat()}"
    waits = list(
        _each(approvers(connection, found, at), by, "request-waiting", str(request.id), step, facts)
    )
    if isinstance(event, RequestSent):
        return [
            *_each(askers, "", "request-received", str(request.id), "sent", facts),
            *waits,
        ]
    if isinstance(event, RequestFinished) or event.decision == "reject":
        said = {
            **facts,
            "state": request.state if isinstance(event, RequestDecided) else event.state,
        }
        return list(_each(askers, by, "request-decided", str(request.id), said["state"], said))
    if event.decision == "ask":
        return list(_each({request.requester}, by, "request-asked", str(request.id), step, facts))
    return waits if event.state == "submitted" else []


def _of_mandate(
    connection: Connection,
    event: MandateGiven | MandateTaken | SubstituteChanged | AdministratorsMissing,
    at: datetime,
) -> list[Notice]:
    if event.organisation is None:
        return []
    home = UUID(event.organisation)
    facts = {"home": event.organisation}
    if isinstance(event, AdministratorsMissing):
        kind = "administrators-one" if event.left else "administrators-none"
        people = holders(connection, home, ADMINISTRATORS if event.left else EVERYBODY, at)
        since = alone_since(datetime.fromisoformat(event.since))
        return list(_each(people, "", kind, event.organisation, since, facts))
    if isinstance(event, SubstituteChanged):
        if event.change != "named":
            return []
        holder, thing = event.substitute, f"{event.mandate_id}"
        facts |= {"who": holder, "by": event.by, "until": event.until, "what": "substitute"}
        given = True
    else:
        given, holder, thing = isinstance(event, MandateGiven), event.account, event.mandate_id
        facts |= {"who": holder, "by": event.by, "what": event.mandate}
    milestone = at.isoformat()
    if not given:
        return list(_each({UUID(holder)}, event.by, "mandate-ended", thing, milestone, facts))
    others = holders(connection, home, ADMINISTRATORS, at) - {UUID(holder)}
    return [
        *_each({UUID(holder)}, event.by, "mandate-received", thing, milestone, facts),
        *_each(others, event.by, "mandate-granted", thing, milestone, facts),
    ]


def _of_person(connection: Connection, event: AccountChanged, at: datetime) -> Iterable[Notice]:
    """Administrators: somebody with roles left, or moved and the roles may not follow."""
    account = UUID(event.account)
    if not store.has_grants(connection, account, at):
        return ()
    people = holders(connection, UUID(event.organisation), ADMINISTRATORS, at) - {account}
    facts = {"home": event.organisation, "who": event.account, "by": event.by, "at": event.since}
    kind = f"person-{event.change}"
    return _each(people, event.by, kind, event.account, event.since[:64], facts)


def _each(
    people: Iterable[UUID], by: str, kind: str, about: str, milestone: str, facts: dict[str, str]
) -> Iterable[Notice]:
    return [
        Notice(one, kind, about[:64], milestone[:64], facts)
        for one in sorted(people)
        if str(one) != by
    ]
