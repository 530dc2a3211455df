"""What a campaign found, as a document that anybody can compare with its hash."""

import hashlib
import json
from dataclasses import dataclass
from uuid import UUID

from broker.db import Connection
from broker.errors import Unknown
from broker.organisations.model import Actor
from broker.organisations.permissions import Thing, demand
from broker.roles.exporting import Cell, Column, Table
from broker.roles.reviews import store
from broker.roles.reviews.documents import snapshot_document
from broker.roles.reviews.model import Item, Review
from broker.saml.entities import Localised


@dataclass(frozen=True, slots=True)
class Evidence:
    """The document of a campaign, its SHA-256, and the same as a table to export."""

    document: bytes
    sha256: str
    table: Table


def evidence(connection: Connection, actor: Actor, review_id: UUID) -> Evidence:
    """Everything that was looked at, decided and done; it names people by our own ids.

    The document is canonical JSON: the same campaign gives the same bytes and the same hash.
    Raises Unknown("review.unknown"), NotAllowed.
    """
    review = store.review(connection, review_id)
    if review is None:
        raise Unknown("review.unknown", "no such review")
    plan = review.plan
    demand(actor, "report.read", Thing(plan.federation, plan.organisation, plan.service))
    items = store.items(connection, review_id)
    facts = {"review": _review(review), "items": [_item(item) for item in items]}
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    document = text.encode()
    digest = hashlib.sha256(document).hexdigest()
    rows = [_row(item) for item in items]
    return Evidence(document, digest, Table("review", _COLUMNS, rows))


def _review(review: Review) -> dict[str, object]:
    plan = review.plan
    return {
        "id": str(review.id),
        "name": plan.name,
        "federation": plan.federation,
        "organisation": str(plan.organisation) if plan.organisation else None,
        "service": plan.service,
        "only_sensitive": plan.only_sensitive,
        "opens_at": plan.opens_at.isoformat(),
        "due_at": plan.due_at.isoformat(),
        "unanswered": plan.unanswered,
        "frozen_at": review.frozen_at.isoformat() if review.frozen_at else None,
        "closed_at": review.closed_at.isoformat() if review.closed_at else None,
        "by": review.by_label,
    }


def _item(item: Item) -> dict[str, object]:
    return {
        "grant": str(item.grant),
        "snapshot": snapshot_document(item.snapshot),
        "answer": item.answer,
        "until": item.until.isoformat() if item.until else None,
        "comment": item.comment,
        "decided_by": item.decided_label,
        "decided_at": item.decided_at.isoformat() if item.decided_at else None,
        "applied_at": item.applied_at.isoformat() if item.applied_at else None,
        "outcome": item.outcome,
    }


_COLUMNS = (
    Column("grant", Localised("Tildeling", "Grant")),
    Column("holder", Localised("Konto eller gruppe", "Account or group")),
    Column("service", Localised("Tjeneste", "Service")),
    Column("role", Localised("Rolle", "Role")),
    Column("scopes", Localised("Afgrænsning", "Delimitation")),
    Column("origin", Localised("Oprindelse", "Origin")),
    Column("granted_by", Localised("Tildelt af", "Granted by")),
    Column("granted_at", Localised("Tildelt", "Granted at")),
    Column("until", Localised("Gyldig til", "Valid until")),
    Column("used_at", Localised("Sidst brugt", "Last used")),
    Column("answer", Localised("Afgørelse", "Decision")),
    Column("comment", Localised("Bemærkning", "Comment")),
    Column("decided_by", Localised("Afgjort af", "Decided by")),
    Column("decided_at", Localised("Afgjort", "Decided at")),
    Column("outcome", Localised("Udfald", "Outcome")),
)


def _row(item: Item) -> list[Cell]:
    snapshot = item.snapshot
    scopes = " | ".join(
        f"{one.type}={one.value or one.mode}{'+' if one.with_descendants else ''}"
        for one in snapshot.scopes
    )
    return [
        str(item.grant),
        str(snapshot.account or snapshot.group),
        snapshot.service,
        snapshot.role_urn,
        scopes,
        snapshot.origin,
        snapshot.by,
        snapshot.granted_at,
        snapshot.until,
        snapshot.used_at,
        item.answer,
        item.comment,
        item.decided_label,
        item.decided_at,
        item.outcome,
    ]
