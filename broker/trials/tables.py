"""The table of test logins; `store` runs every statement on it."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

TRIAL_LOGIN = sa.Table(
    "trial_login",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.String(64), nullable=False),  # the test environment
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
    sa.Column("choices", sa.JSON, nullable=False),
    sa.Column("armed_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("outcome", sa.String(64), nullable=True),  # "sent", or the code of a refusal
    sa.Column("happened_at", Instant, nullable=True),
    sa.Column("sent", sa.LargeBinary, nullable=True),  # what was sent, sealed for one account
    sa.Index("ix_trial_login_account_id_service", "account_id", "service", "armed_at"),
)
