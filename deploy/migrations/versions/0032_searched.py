"""People of a whole federation are found by any part of their name or mail, and by name."""

from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Make the indexes; the one of three letters at a time is PostgreSQL's own."""
    op.create_index(
        "ix_account_period_display_name", "account_period", ["display_name", "account_id"]
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.create_index(
            "ix_account_period_search",
            "account_period",
            ["search"],
            postgresql_using="gin",
            postgresql_ops={"search": "gin_trgm_ops"},
        )
