"""Lists of an organisation's people find them by unit, and who they are without the rows."""

from alembic import op

revision = "0028"
down_revision = "0024b"


def upgrade() -> None:
    """Make the index by unit, and widen the one that everybody looks people up in."""
    op.create_index(op.f("ix_account_period_home_code"), "account_period", ["home_code"])
    op.drop_index("ix_account_period_holds", "account_period")
    op.create_index(
        "ix_account_period_holds",
        "account_period",
        ["account_id", "since", "until", "state", "home_code", "display_name"],
    )
