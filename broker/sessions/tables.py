"""The tables of sessions; `store` runs every statement on them."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

LOGIN_SESSION = sa.Table(
    "login_session",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("person_id", sa.Uuid, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("idp", sa.Integer, sa.ForeignKey("entity.row"), nullable=False),
    sa.Column("level", sa.String(16), nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False, index=True),
    sa.Column("upstream_hash", sa.String(64), nullable=True, index=True),
    sa.Column("upstream_name", sa.LargeBinary, nullable=True),
    sa.Column("upstream_index", sa.String(256), nullable=True),
    sa.Column("remembered", sa.LargeBinary, nullable=False),
    sa.Column("reference", sa.String(32), nullable=False),
)

SESSION_PARTICIPANT = sa.Table(
    "session_participant",
    METADATA,
    sa.Column("session_id", sa.Uuid, sa.ForeignKey("login_session.id"), primary_key=True),
    sa.Column("service", sa.Integer, sa.ForeignKey("entity.row"), primary_key=True),
    sa.Column("name_hash", sa.String(64), nullable=False, index=True),
    sa.Column("name", sa.LargeBinary, nullable=False),
    sa.Column("session_index", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("logins", sa.Integer, nullable=False),  # since `counted_from`
    sa.Column("counted_from", Instant, nullable=False),
    sa.Column("endpoint", sa.String(32), nullable=True),  # the epoch it came by, for logout
)
