"""People of a whole federation are found by any part of their name, and mail by its time."""

from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Make the indexes; the one of three letters at a time is PostgreSQL's own."""
    op.create_index(
        "ix_account_period_display_name", "account_period", ["display_name", "account_id"]
    )
    op.create_index("ix_mail_created_at", "mail", ["created_at", "id"])
    op.create_index("ix_mail_state_created_at", "mail", ["state", "created_at", "id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.create_index(
            "ix_account_period_search",
            "account_period",
            ["search"],
            postgresql_using="gin",
            postgresql_ops={"search": "gin_trgm_ops"},
        )
