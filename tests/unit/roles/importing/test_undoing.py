"""A batch is taken back for a day, but for what was changed since."""

import sqlalchemy as sa

from broker.db import reading
from broker.organisations.tables import ACCOUNT_PERIOD
from broker.periods import FOREVER
from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, WARD, below, deed
from tests.unit.roles.importing.test_applying import HOUR, NEW, line, reasons
from tests.unit.roles.importing.uploads import Uploads, rows


def test_an_undo_takes_everything_back(uploads: Uploads) -> None:
    uploads.give(uploads.bo, uploads.region, "reader", account=uploads.dorte, until=NOW + 9 * DAY)
    uploads.give(
        uploads.bo, uploads.region, "caseworker", account=uploads.dorte, scopes=[below(WARD)]
    )
    preview = uploads.preview(
        rows(
            line(uploads.anna, name="Anna Holm Ny", email="anna@example.dk"),
            line(uploads.dorte, until="31-12-2026"),
            line(uploads.dorte, "caseworker", until="01-03-2026"),
            NEW,
        )
    )
    uploads.imports.confirm(uploads.acting(uploads.curt), preview.batch.id, deed())
    uploads.apply(preview)
    undone = uploads.undo(preview, at=NOW + 23 * HOUR)
    assert undone.left_out == ()
    later = NOW + 24 * HOUR
    assert uploads.held(uploads.anna, later) == []
    reader, caseworker = sorted(uploads.held(uploads.dorte, later), key=lambda g: g.period.until)
    assert reader.period.until == NOW + 9 * DAY
    assert (caseworker.scopes, caseworker.period.until) == ((below(WARD),), FOREVER)
    with reading(uploads.engine) as connection:
        query = sa.select(ACCOUNT_PERIOD).where(ACCOUNT_PERIOD.c.until == FOREVER)
        now = {row.account_id: row for row in connection.execute(query)}
    assert (now[uploads.anna].display_name, now[uploads.anna].email) == ("Anna Holm", None)
    assert now[uploads.account_named("Ny Person")].state == "left"


def test_what_was_changed_since_stays_and_is_listed(uploads: Uploads) -> None:
    preview = uploads.preview(
        rows(line(uploads.anna, name="Anna Holm Ny"), line(uploads.dorte), NEW)
    )
    uploads.apply(preview)
    at = NOW + HOUR
    newcomer = uploads.account_named("Ny Person")
    bo = uploads.acting(uploads.bo, at)
    with uploads.work() as connection:
        (grant,) = uploads.held(uploads.dorte, at)
        uploads.grants.shorten(connection, bo, grant.id, NOW + 5 * DAY, deed(at))
        period = uploads.tables["account_period"]
        connection.execute(
            period.update()
            .where(period.c.account_id == uploads.anna)
            .values(display_name="Anna Hansen")
        )
    uploads.give(
        uploads.bo,
        uploads.region,
        "caseworker",
        account=newcomer,
        scopes=[below(WARD)],
        at=at,
    )
    undone = uploads.undo(preview, at=at + HOUR)
    assert sorted(reasons(undone.left_out)) == [
        "import.account_kept",
        "import.changed_since",
        "import.person_changed",
    ]
    assert len(uploads.held(uploads.dorte, at + HOUR)) == 1
    assert len(uploads.held(newcomer, at + HOUR)) == 1
