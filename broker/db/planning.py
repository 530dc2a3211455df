"""How PostgreSQL plans the dear statements of lists."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

_FOR_VALUES = sa.text("SET LOCAL plan_cache_mode = force_custom_plan")


def plan_for_values(connection: Connection) -> None:
    """Let what follows in this transaction be planned for its values each time.

    What a connection runs often is planned once for any values by and by. That is right for
    look-ups by a key. A list of a region of 40,000 people takes ten times as long by a plan
    that does for a practice of three, or that does not know how late the page is.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_FOR_VALUES)
