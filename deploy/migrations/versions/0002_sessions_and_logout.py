"""Sessions that can be used again and ended: what they remember is sealed, logouts have steps.

Sessions of the release before cannot be used again, since nothing of the person was kept;
they are dropped, and nobody is logged out of anything by it.
"""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the session tables anew, and those of logouts."""
    op.drop_table("session_participant")
    op.drop_table("login_session")
    op.create_table(
        "login_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("idp", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("upstream_hash", sa.String(length=64), nullable=True),
        sa.Column("upstream_name", sa.LargeBinary(), nullable=True),
        sa.Column("upstream_index", sa.String(length=256), nullable=True),
        sa.Column("remembered", sa.LargeBinary(), nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["idp"], ["entity.row"], name=op.f("fk_login_session_idp")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_login_session_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
    )
    for column in ("ends_at", "person_id", "upstream_hash"):
        op.create_index(op.f(f"ix_login_session_{column}"), "login_session", [column])
    op.create_table(
        "session_participant",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Integer(), nullable=False),
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("session_index", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("logins", sa.Integer(), nullable=False),
        sa.Column("counted_from", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service"], ["entity.row"], name=op.f("fk_session_participant_service")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["login_session.id"], name=op.f("fk_session_participant_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "service", name=op.f("pk_session_participant")),
        sa.UniqueConstraint("session_index", name=op.f("uq_session_participant_session_index")),
    )
    op.create_index(op.f("ix_session_participant_name_hash"), "session_participant", ["name_hash"])
    op.create_table(
        "logout",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("peer", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.String(length=256), nullable=True),
        sa.Column("binding", sa.String(length=8), nullable=True),
        sa.Column("relay_state", sa.Text(), nullable=True),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["peer"], ["entity.row"], name=op.f("fk_logout_peer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logout")),
    )
    op.create_index(op.f("ix_logout_until"), "logout", ["until"])
    op.create_table(
        "logout_step",
        sa.Column("logout_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("side", sa.String(length=4), nullable=False),
        sa.Column("peer", sa.Integer(), nullable=False),
        sa.Column("binding", sa.String(length=8), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("session_index", sa.String(length=256), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["logout_id"], ["logout.id"], name=op.f("fk_logout_step_logout_id")
        ),
        sa.ForeignKeyConstraint(["peer"], ["entity.row"], name=op.f("fk_logout_step_peer")),
        sa.PrimaryKeyConstraint("logout_id", "number", name=op.f("pk_logout_step")),
        sa.UniqueConstraint("request_id", name=op.f("uq_logout_step_request_id")),
    )
