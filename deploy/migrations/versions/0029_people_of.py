"""The people of an organisation in the order of their names, from one index."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
REWRITES = ("account_period",)  # every row of it: `broker.db.migrate` vacuums it afterwards


def upgrade() -> None:
    """Copy whose account it is to each period, and make the index that lists read."""
    op.add_column("account_period", sa.Column("organisation_id", sa.Uuid(), nullable=True))
    period = sa.table("account_period", sa.column("account_id"), sa.column("organisation_id"))
    account = sa.table("account", sa.column("id"), sa.column("organisation_id"))
    whose = sa.select(account.c.organisation_id).where(account.c.id == period.c.account_id)
    op.execute(sa.update(period).values(organisation_id=whose.scalar_subquery()))
    op.drop_index("ix_account_period_holds", "account_period")
    op.create_index(
        "ix_account_period_holds",
        "account_period",
        [
            *("account_id", "since", "until", "state", "home_code", "display_name"),
            "organisation_id",
        ],
    )
    op.create_index(
        "ix_account_period_named",
        "account_period",
        ["organisation_id", "display_name", "account_id", "since", "until", "state", "home_code"],
    )
