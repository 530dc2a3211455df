"""A request as the columns it is kept in, and back."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

import sqlalchemy as sa

from broker.db import Connection
from broker.periods import Period
from broker.roles.grants.model import Objection
from broker.roles.grants.tables import DECISION
from broker.roles.requests.documents import (
    scopes_document,
    scopes_of,
    stages_document,
    stages_of,
)
from broker.roles.requests.model import Decision, Request


def fixed(made: Request) -> dict[str, object]:
    """The columns that never change."""
    return {
        "action": made.action,
        "requester_id": made.requester,
        "subject_id": made.subject,
        "organisation_id": made.organisation,
        "role_id": made.role,
        "grant_id": made.grant,
        "reason": made.reason,
        "stages": stages_document(made.stages),
        "created_at": made.created_at,
    }


def moving(made: Request) -> dict[str, object]:
    """The columns that decisions change."""
    return {
        "scopes": scopes_document(made.scopes),
        "since": made.period.since,
        "until": made.period.until,
        "stage": made.stage,
        "stage_since": made.stage_since,
        "state": made.state,
        "assigned_to": made.assigned_to,
        "claimed_by": made.claimed_by,
        "claimed_at": made.claimed_at,
        "outcome": made.outcome.code if made.outcome else None,
        "outcome_what": made.outcome.what[:200] if made.outcome else None,
        "given_id": made.given,
    }


def decision_row(made: Request, n: int, decision: Decision) -> dict[str, object]:
    """One decision, as the nth of its request."""
    return {
        "id": uuid4(),
        "request_id": made.id,
        "n": n,
        "stage": decision.stage,
        "decision": decision.verb,
        "decided_by": decision.by,
        "decided_label": decision.label,
        "on_behalf_of": decision.on_behalf_of,
        "requester_id": made.requester,
        "subject_id": made.subject,
        "comment": decision.comment,
        "at": decision.at,
        "until": decision.until,
        "scopes": None if decision.scopes is None else scopes_document(decision.scopes),
        "forwarded_to": decision.to,
    }


def decisions_of(
    connection: Connection, requests: Sequence[UUID]
) -> dict[UUID, tuple[Decision, ...]]:
    """The decisions on several requests, oldest first."""
    found: dict[UUID, list[Decision]] = {}
    for start in range(0, len(requests), _CHUNK):
        asked = {"ids": list(requests[start : start + _CHUNK])}
        for row in connection.execute(_DECISIONS, asked):
            found.setdefault(row.request_id, []).append(
                Decision(
                    verb=row.decision,
                    stage=row.stage,
                    by=row.decided_by,
                    label=row.decided_label,
                    on_behalf_of=row.on_behalf_of,
                    comment=row.comment,
                    at=row.at,
                    until=row.until,
                    scopes=None if row.scopes is None else scopes_of(row.scopes),
                    to=row.forwarded_to,
                )
            )
    return {of: tuple(decisions) for of, decisions in found.items()}


def request_of(row: sa.RowMapping, decisions: Mapping[UUID, tuple[Decision, ...]]) -> Request:
    """The request in a row."""
    return Request(
        id=row["id"],
        number=row["number"],
        cart=row["cart_id"],
        action=row["action"],
        requester=row["requester_id"],
        subject=row["subject_id"],
        organisation=row["organisation_id"],
        role=row["role_id"],
        grant=row["grant_id"],
        scopes=scopes_of(row["scopes"]),
        period=Period(row["since"], row["until"]),
        reason=row["reason"],
        stages=stages_of(row["stages"]),
        stage=row["stage"],
        stage_since=row["stage_since"],
        state=row["state"],
        created_at=row["created_at"],
        assigned_to=row["assigned_to"],
        claimed_by=row["claimed_by"],
        claimed_at=row["claimed_at"],
        outcome=Objection(row["outcome"], row["outcome_what"] or "") if row["outcome"] else None,
        given=row["given_id"],
        decisions=decisions.get(row["id"], ()),
    )


_CHUNK = 500
_DECISIONS = (
    sa.select(DECISION)
    .where(DECISION.c.request_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(DECISION.c.request_id, DECISION.c.n)
)
