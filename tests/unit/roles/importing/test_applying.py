"""A batch is applied whole or by its valid rows, and taken back for a day but for what changed."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
import sqlalchemy as sa

from broker.audit.store import AUDIT
from broker.db import reading
from broker.errors import BrokerError
from broker.roles.importing.model import Planned, Result
from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, HOSPITAL, WARD, below, deed
from tests.unit.roles.importing.uploads import UUID_OF_NEW, Uploads, rows
from tests.unit.roles.requests.test_deciding import refusal

HOUR = timedelta(hours=1)
NEW = {
    "professional_uuid": UUID_OF_NEW,
    "rid": "55555",
    "name": "Ny Person",
    "email": "ny@example.dk",
    "home": WARD,
    "service": "dpsd",
    "role": "reader",
}


def line(account: object, role: str = "reader", **more: str) -> dict[str, str]:
    return {"account": str(account), "service": "dpsd", "role": role} | more


def reasons(found: tuple[Planned, ...]) -> list[str]:
    return [row.messages[-1].code for row in found]


def test_a_batch_gives_changes_ends_and_adds(uploads: Uploads) -> None:
    uploads.give(uploads.bo, uploads.region, "reader", account=uploads.dorte, until=NOW + 9 * DAY)
    kept = uploads.give(
        uploads.bo, uploads.region, "caseworker", account=uploads.dorte, scopes=[below(WARD)]
    ).grant
    progress: list[tuple[int, int]] = []
    preview = uploads.preview(
        rows(
            line(uploads.anna, "caseworker", scopes=f"sor={HOSPITAL}+", reason="ny vagt"),
            line(uploads.dorte, until="31-12-2026"),
            line(uploads.dorte, "caseworker", until="01-03-2026"),
            NEW,
            NEW | {"role": "caseworker", "scopes": "sor=egen enhed og under", "case_no": "26/1"},
        )
    )
    assert [row.verdict for row in preview.rows] == ["new", "change", "end", "new", "new"]
    # Two of two who have something: another administrator has to say yes.
    uploads.imports.confirm(uploads.acting(uploads.curt), preview.batch.id, deed())
    done = uploads.imports.apply(
        uploads.acting(uploads.bo),
        preview.batch.id,
        deed(),
        progress=lambda now, all_: progress.append((now, all_)),
    )
    assert progress == [(n, 5) for n in range(1, 6)]
    assert done.left_out == ()
    (grant,) = uploads.held(uploads.anna)
    assert (grant.scopes, grant.reason, grant.batch) == (
        (below(HOSPITAL),),
        "ny vagt",
        preview.batch.id,
    )
    (reader,) = uploads.held(uploads.dorte)
    assert reader.period.until == NOW.replace(month=12, day=31, hour=23)
    assert kept.id not in {one.id for one in uploads.held(uploads.dorte)}
    newcomer = uploads.account_named("Ny Person")
    assert len(uploads.held(newcomer)) == 2
    assert {one.case_no for one in uploads.held(newcomer)} == {None, "26/1"}


def test_the_login_with_the_number_finds_the_account_that_was_made(uploads: Uploads) -> None:
    uploads.apply(uploads.preview(rows(NEW)))
    again = uploads.preview(rows(NEW))
    assert [row.verdict for row in again.rows] == ["unchanged"]
    assert again.rows[0].account == uploads.account_named("Ny Person")
    assert uploads.account_named("Ny Person") != uploads.anna


def test_the_same_file_again_changes_nothing(uploads: Uploads) -> None:
    file = rows(NEW, line(uploads.anna, since="01-01-2020"))
    uploads.apply(uploads.preview(file))
    again = uploads.preview(file, at=NOW + DAY)
    assert [row.verdict for row in again.rows] == ["unchanged", "unchanged"]


def test_all_means_all_and_valid_means_the_valid_ones(uploads: Uploads) -> None:
    preview = uploads.preview(rows(line(uploads.anna), line("nobody")))
    assert refusal(lambda: uploads.apply(preview)) == "import.has_errors"
    assert uploads.held(uploads.anna) == []
    done = uploads.apply(preview, mode="valid")
    assert [row.n for row in done.left_out] == [3]
    assert len(uploads.held(uploads.anna)) == 1


def test_a_row_that_no_longer_holds_takes_all_others_back(uploads: Uploads) -> None:
    preview = uploads.preview(rows(line(uploads.dorte), line(uploads.anna)))
    uploads.give(uploads.bo, uploads.region, "reader", account=uploads.anna)
    before = uploads.counts()
    assert refusal(lambda: uploads.apply(preview)) == "import.row_failed"
    assert uploads.counts() == before
    done = uploads.apply(preview, mode="valid")
    assert reasons(done.left_out) == ["grant.duplicate"]
    assert len(uploads.held(uploads.dorte)) == 1


def test_a_grant_that_was_touched_since_the_preview_is_left_alone(uploads: Uploads) -> None:
    given = uploads.give(
        uploads.bo, uploads.region, "reader", account=uploads.anna, until=NOW + 9 * DAY
    ).grant
    preview = uploads.preview(rows(line(uploads.anna, until="31-12-2026")))
    with uploads.work() as connection:
        uploads.grants.extend(
            connection, uploads.acting(uploads.bo), given.id, NOW + 20 * DAY, deed()
        )
    done = uploads.apply(preview, mode="valid")
    assert reasons(done.left_out) == ["import.changed_since"]
    assert uploads.held(uploads.anna)[0].period.until == NOW + 20 * DAY


def losing(uploads: Uploads) -> Result:
    for who in (uploads.anna, uploads.dorte):
        uploads.give(uploads.bo, uploads.region, "reader", account=who)
    return uploads.preview(rows(line(uploads.anna)), missing="end")


def test_many_lose_access_only_with_a_second_administrator(uploads: Uploads) -> None:
    preview = losing(uploads)
    assert refusal(lambda: uploads.apply(preview)) == "import.confirmation"
    human = uuid4()
    with uploads.work() as connection:
        account = uploads.tables["account"]
        connection.execute(
            account.update().where(account.c.id == uploads.bo).values(human_id=human)
        )
    other_card = uploads.admin(uploads.region, "Bo Admin", human=human)
    for who in (uploads.bo, other_card):
        actor = uploads.acting(who)
        confirm = partial(uploads.imports.confirm, actor, preview.batch.id, deed())
        assert refusal(confirm) == "import.same_person"
    uploads.imports.confirm(uploads.acting(uploads.curt), preview.batch.id, deed())
    uploads.apply(preview)
    assert uploads.held(uploads.dorte) == []


def test_the_database_knows_two_administrators_too(uploads: Uploads) -> None:
    preview = losing(uploads)
    batch = uploads.tables["import_batch"]
    with pytest.raises(sa.exc.IntegrityError), uploads.work() as connection:
        connection.execute(
            batch.update()
            .where(batch.c.id == preview.batch.id)
            .values(confirmed_account=uploads.bo)
        )


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("import.undo_late", "late"),
        ("import.state", "twice"),
        ("import.state", "undone"),
        ("import.state", "discarded"),
        ("import.old", "old"),
        ("import.unknown", "unknown"),
        ("permission.organisation", "stranger"),
    ],
)
def test_a_batch_is_applied_and_undone_once_and_in_time(
    uploads: Uploads, code: str, what: str
) -> None:
    preview = uploads.preview(rows(line(uploads.anna)))
    stranger = uploads.admin(uploads.organisation())
    if what in ("late", "twice", "undone"):
        uploads.apply(preview)
    if what == "undone":
        uploads.undo(preview)
    if what == "discarded":
        uploads.imports.discard(uploads.acting(uploads.bo), preview.batch.id, deed())
    attempts = {
        "late": lambda: uploads.undo(preview, at=NOW + 25 * HOUR),
        "twice": lambda: uploads.apply(preview),
        "undone": lambda: uploads.undo(preview),
        "discarded": lambda: uploads.apply(preview),
        "old": lambda: uploads.apply(preview, at=NOW + 8 * DAY),
        "unknown": lambda: uploads.imports.apply(uploads.acting(uploads.bo), uuid4(), deed()),
        "stranger": lambda: uploads.apply(preview, by=stranger),
    }
    with pytest.raises(BrokerError) as refused:
        attempts[what]()
    assert refused.value.code == code


def test_everything_is_told_to_the_trail(uploads: Uploads) -> None:
    preview = uploads.preview(rows(line(uploads.anna)))
    uploads.apply(preview)
    uploads.undo(preview)
    with reading(uploads.engine) as connection:
        told = connection.execute(
            sa.select(AUDIT.c.fields).where(AUDIT.c.event == "import.changed")
        )
        changes = [row.fields for row in told]
    assert [
        any(f'"{word}"' in one for one in changes) for word in ("previewed", "applied", "undone")
    ]
    assert len(changes) == 3
