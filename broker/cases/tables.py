"""The tables of cases; `store` runs every statement on them. History is only ever added to."""

import sqlalchemy as sa

from broker.cases.model import DECIDERS, KINDS, STATES, STEP_STATES
from broker.db import METADATA, Instant
from broker.metadata.tables import FEDERATION
from broker.organisations.tables import ORGANISATION, one_of


def _who(prefix: str, *, nullable: bool) -> tuple[sa.Column[object], ...]:
    """Who it was. No foreign keys: a case stays readable when the account is gone."""
    return (
        sa.Column(f"{prefix}_person", sa.Uuid),
        sa.Column(f"{prefix}_account", sa.Uuid),
        sa.Column(f"{prefix}_name", sa.String(200), nullable=nullable),
    )


CASE = sa.Table(
    "case_file",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("reference", sa.String(16), nullable=False, unique=True),
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("search", sa.String(500), nullable=False),  # folded: title, reference, CVR
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("waits_for", sa.String(20), nullable=False),  # a decider, or empty
    sa.Column("organisation_id", sa.ForeignKey(ORGANISATION.c.id), index=True),
    sa.Column("cvr", sa.String(8)),
    sa.Column("service", sa.String(64)),
    sa.Column("opened_at", Instant, nullable=False),
    *_who("opened", nullable=False),
    *_who("taken", nullable=True),
    sa.Column("asked_step", sa.String(80)),
    sa.Column("asked_at", Instant),
    sa.Column("promised_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    one_of("kind", KINDS),
    one_of("state", STATES),
    sa.Index("ix_case_file_list", "federation", "state", "promised_at"),
    sa.Index("ix_case_file_opened_person", "opened_person"),
)

STEP = sa.Table(
    "case_step",
    METADATA,
    sa.Column("case_id", sa.ForeignKey(CASE.c.id), primary_key=True),
    sa.Column("code", sa.String(80), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("decider", sa.String(20), nullable=False),
    sa.Column("stage", sa.Integer, nullable=False),
    sa.Column("service", sa.String(64)),
    sa.Column("optional", sa.Boolean, nullable=False),
    sa.Column("own", sa.Boolean, nullable=False),
    sa.Column("apart", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("decided_at", Instant),
    *_who("by", nullable=True),
    sa.Column("reason", sa.String(500), nullable=False),
    # The link that somebody without a mandate decides by; only its hash is kept.
    sa.Column("code_hash", sa.String(64), unique=True),
    one_of("decider", DECIDERS),
    one_of("state", STEP_STATES),
    sa.Index("ix_case_step_service", "service", "state"),
)

EVENT = sa.Table(
    "case_event",
    METADATA,
    sa.Column("case_id", sa.ForeignKey(CASE.c.id), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("what", sa.String(16), nullable=False),
    sa.Column("step", sa.String(80)),
    *_who("by", nullable=False),
    sa.Column("of_applicant", sa.Boolean, nullable=False),
    sa.Column("words", sa.String(2000), nullable=False),
)
