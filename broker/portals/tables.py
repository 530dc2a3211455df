"""The table of portal sessions; `store` runs every statement on it."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

PORTAL_SESSION = sa.Table(
    "portal_session",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("cookie_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("request_id", sa.String(64), nullable=False, unique=True),  # answered once
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("person_id", sa.Uuid, sa.ForeignKey("person.id"), nullable=False, index=True),
    sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=True),
    sa.Column("level", sa.String(16), nullable=False),
    sa.Column("authenticated_at", Instant, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False, index=True),
    sa.Column(
        "over", sa.Boolean, nullable=False
    ),  # logged out; kept so that no answer counts twice
    sa.Column("session_index", sa.String(64), nullable=True, index=True),
    sa.Column("name", sa.String(256), nullable=False),
    sa.Column("name_format", sa.String(128), nullable=False),
    sa.Column("idp", sa.String(1024), nullable=False),
    sa.Column("reference", sa.String(32), nullable=False),
    sa.Column("emergency", sa.Boolean, nullable=False),
    sa.Column("cvr", sa.String(8)),  # as the login proved it
    # What the login said of whoever has no account here: they may apply. Gone with the session.
    sa.Column("workplace", sa.String(200)),
    sa.Column("full_name", sa.String(200)),
)
