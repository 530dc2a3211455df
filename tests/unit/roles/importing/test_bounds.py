"""A file does nothing that its uploader may not do by hand, and taking it back neither."""

from broker.organisations.store import account
from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, HOSPITAL, NIGHT, REGION, WARD
from tests.unit.roles.importing.test_applying import HOUR, NEW, line, reasons
from tests.unit.roles.importing.uploads import Uploads, rows


def home(uploads: Uploads, who: object) -> str | None:
    with uploads.work() as connection:
        found = account(connection, who, NOW + 9 * HOUR)  # type: ignore[arg-type]  # an id
    assert found
    return found.home_code


def test_nobody_is_moved_to_a_unit_that_the_uploader_does_not_administer(uploads: Uploads) -> None:
    of_ward = uploads.admin(uploads.region, "Ulla Ulv", mandate_unit=WARD)
    there = {"account": str(uploads.anna), "home": REGION}
    planned = uploads.preview(rows(there), by=of_ward)
    assert [row.verdict for row in planned.rows] == ["error"]
    assert [one.code for one in planned.rows[0].messages] == ["import.may_not_change"]
    # Where a preview was made by somebody who may, whoever applies it has to be allowed too.
    allowed = uploads.preview(rows(there))
    done = uploads.apply(allowed, by=of_ward, mode="valid")
    assert reasons(done.left_out) == ["permission.unit"]
    assert home(uploads, uploads.anna) == WARD


def test_an_undo_moves_nobody_whom_its_actor_does_not_administer(uploads: Uploads) -> None:
    of_ward = uploads.admin(uploads.region, "Ulla Ulv", unit=REGION, mandate_unit=WARD)
    moved = uploads.apply(
        uploads.preview(
            rows(
                {"account": str(of_ward), "home": WARD},
                {"account": str(uploads.dorte), "home": WARD},
            )
        )
    )
    undone = uploads.undo(moved, by=of_ward, at=NOW + HOUR)
    assert reasons(undone.left_out) == ["permission.oneself", "permission.unit"]
    assert home(uploads, of_ward) == WARD
    assert home(uploads, uploads.dorte) == WARD


def test_an_undo_lets_nobody_leave_whom_its_actor_does_not_administer(uploads: Uploads) -> None:
    of_ward = uploads.admin(uploads.region, "Ulla Ulv", mandate_unit=WARD)
    fresh = {key: NEW[key] for key in ("professional_uuid", "name")} | {"home": NIGHT}
    made = uploads.apply(uploads.preview(rows(fresh)))
    undone = uploads.undo(made, by=of_ward, at=NOW + HOUR)
    assert reasons(undone.left_out) == ["permission.unit"]
    assert HOSPITAL != home(uploads, uploads.account_named("Ny Person")) == NIGHT
    with uploads.work() as connection:
        found = account(connection, uploads.account_named("Ny Person"), NOW + 2 * HOUR)
    assert found
    assert found.state == "pending"


def test_what_ends_tomorrow_takes_a_second_administrator_as_what_ends_now(uploads: Uploads) -> None:
    for who in (uploads.anna, uploads.dorte):
        uploads.give(uploads.bo, uploads.region, "reader", account=who)
    tomorrow = f"{NOW + 2 * DAY:%d-%m-%Y}"
    both = [line(who, until=tomorrow) for who in (uploads.anna, uploads.dorte)]
    found = uploads.preview(rows(*both))
    assert [row.verdict for row in found.rows] == ["change", "change"]
    assert (found.batch.losing, found.batch.needs_confirmation) == (2, True)
