"""A document of a source that is refused, and all that may be seen of it: as much of the tuple of
`outcome` as there is without a browser."""

import sqlalchemy as sa

from broker.db import METADATA, Engine, reading
from tests import publisher
from tests.hostile.costs import cheap
from tests.hostile.outcome import KILOBYTES, reaching
from tests.publisher import Follower

# A source remembers that it failed, an alarm says so, and the trail that there is one.
TOLD = {"audit", "audit_tag", "metadata_alarm", "metadata_source"}
SECONDS = 2.0


def refused(follower: Follower, content: bytes, code: str, source: str = "feed") -> None:
    """For that reason and with an alarm: one event, nothing else is kept, nobody is asked, no
    file is written, and it is cheap."""
    before = _kept(follower.engine)
    with cheap(SECONDS, KILOBYTES), reaching() as reached:
        publisher.refused(follower, content, code, source)
    assert reached == []
    after = _kept(follower.engine)
    assert {name for name in after if after[name] != before[name]} <= TOLD
    (event,) = after["audit"] - before["audit"]
    assert "metadata.alarm" in event
    assert f'"{code}"' in event or '"metadata.source_failed"' in event


def _kept(engine: Engine) -> dict[str, set[str]]:
    """Every row of every table."""
    with reading(engine) as connection:
        return {
            name: {repr(tuple(row)) for row in connection.execute(sa.select(table))}
            for name, table in METADATA.tables.items()
        }
