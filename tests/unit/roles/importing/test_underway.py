"""Long imports: carried out once, said how far, and over however they end."""

from uuid import UUID

import pytest

from broker.db import reading, writing
from broker.errors import Refused
from broker.roles.importing.model import Progress
from broker.roles.importing.underway import store
from broker.roles.importing.underway.carrying import Carrier
from broker.roles.importing.underway.store import PATIENCE, Work
from tests.factories import NOW
from tests.unit.roles.importing.uploads import Uploads, rows


def work_on(uploads: Uploads, batch: UUID) -> Work:
    with reading(uploads.engine) as connection:
        found = store.work_on(connection, batch)
    assert found is not None
    return found


@pytest.fixture
def batch(uploads: Uploads) -> UUID:
    return uploads.preview(rows({"account": str(uploads.anna)})).batch.id


def test_it_is_carried_out_once_and_says_how_far_it_is(uploads: Uploads, batch: UUID) -> None:
    carrier, seen = Carrier(uploads.engine, lambda: NOW), []

    def run(moved: Progress) -> None:
        moved(100, 300)
        seen.append(work_on(uploads, batch))
        with pytest.raises(Refused, match=r"import\.state"):
            carrier.start(batch, "apply", 3, run)

    carrier.start(batch, "apply", 300, run).join()
    assert [one.goes_on(NOW) for one in seen] == [True]
    if uploads.engine.dialect.name == "postgresql":
        assert (seen[0].done, seen[0].total) == (100, 300)
    over = work_on(uploads, batch)
    assert (over.goes_on(NOW), over.code) == (False, None)
    carrier.start(batch, "undo", 3, lambda _moved: None).join()
    assert work_on(uploads, batch).deed == "undo"


@pytest.mark.parametrize(
    ("error", "code"),
    [(Refused("import.has_errors", "x"), "import.has_errors"), (KeyError("x"), "internal.error")],
)
def test_however_it_ends_it_is_over(
    uploads: Uploads, batch: UUID, error: Exception, code: str
) -> None:
    def run(_moved: Progress) -> None:
        raise error

    Carrier(uploads.engine, lambda: NOW).start(batch, "apply", 3, run).join()
    assert work_on(uploads, batch).code == code


def test_whoever_is_gone_leaves_it_to_the_next(uploads: Uploads, batch: UUID) -> None:
    with writing(uploads.engine) as connection:
        assert store.begin(connection, batch, "apply", 3, NOW)
        assert not store.begin(connection, batch, "apply", 3, NOW + PATIENCE / 2)
        assert store.begin(connection, batch, "apply", 3, NOW + PATIENCE)
    assert not work_on(uploads, batch).goes_on(NOW + 2 * PATIENCE)
