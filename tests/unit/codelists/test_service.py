"""What a load does: counts before, one transaction with its audit row, history after."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from broker.audit.store import AuditStore, told_under
from broker.codelists import store
from broker.codelists.model import Change, CodeFacts
from broker.codelists.numbers import make_sor
from broker.codelists.service import CodeListService
from broker.codelists.tables import CODE_LIST, CODE_VALUE
from broker.db import Engine, reading, writing
from broker.errors import NotAllowed, Refused
from broker.periods import Period
from tests.factories import NOW
from tests.unit.codelists.files import OCCASION, A, B, C, D, codes_of, file_of, load, sor_csv


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def rows(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(CODE_VALUE)) or 0


def test_a_preview_counts_and_shows_and_writes_nothing(engine: Engine) -> None:
    load(engine, sor_csv({A: None, B: A, C: A}), day(0))
    service = CodeListService(engine, AuditStore())
    file = file_of(sor_csv({A: None, B: None, D: A}, {A: "Ny"}))
    told = service.preview(file, day(1))
    assert (told.new, told.changed, told.closed, told.unchanged) == (1, 2, 1, 0)
    assert (told.rows, told.open_before, told.refused) == (3, 3, 0)
    assert told.confirm == "1 of 3 codes would be closed"
    before, after = CodeFacts(f"Afsnit {B}", A, "afsnit"), CodeFacts(f"Afsnit {B}", None, "afsnit")
    assert Change("changed", B, before, after) in told.samples
    assert [change.what for change in told.samples] == ["new", "changed", "changed", "closed"]
    assert rows(engine) == 3
    with reading(engine) as connection:
        assert connection.scalar(sa.select(CODE_LIST.c.loaded_at)) == day(0)


def test_a_load_does_what_its_preview_said_and_is_told_to_the_audit_trail(engine: Engine) -> None:
    load(engine, sor_csv({A: None, B: A, C: A}), day(0))
    service, text = CodeListService(engine, AuditStore()), sor_csv({A: None, B: None, D: A})
    told = service.preview(file_of(text), day(1))
    assert service.apply(file_of(text), day(1), OCCASION, confirmed=True) == told
    with reading(engine) as connection:
        *_, (name, fields) = told_under(connection, OCCASION.reference)
        (known,) = store.lists(connection, day(1))
    assert (known.list_id, known.open, known.loaded_at) == ("sor", 3, day(1))
    assert name == "codelist.loaded"
    counts = {key: fields[key] for key in ("new", "changed", "closed", "unchanged", "refused")}
    assert counts == {"new": 1, "changed": 1, "closed": 1, "unchanged": 1, "refused": 0}
    assert (fields["code_list"], fields["by"]) == ("sor", "operator")


def test_the_same_file_again_changes_nothing(engine: Engine) -> None:
    text = sor_csv({A: None, B: A})
    load(engine, text, day(0))
    again = load(engine, text, day(1))
    assert (again.new, again.changed, again.closed, again.unchanged) == (0, 0, 0, 2)
    assert rows(engine) == 2


def test_what_a_code_was_called_and_where_it_hung_can_still_be_told(engine: Engine) -> None:
    load(engine, sor_csv({A: None, B: None, C: A}, {C: "Gammel"}), day(0))
    load(engine, sor_csv({A: None, B: None, C: B}, {C: "Ny"}), day(1))
    load(engine, sor_csv({A: None, B: None}), day(2))
    with reading(engine) as connection:
        found = [store.value(connection, "sor", C, day(number)) for number in (-1, 0, 1, 2)]
        history = store.history(connection, "sor", C)
    assert [one and (one.name, one.parent) for one in found] == [
        None,
        ("Gammel", A),
        ("Ny", B),
        None,
    ]
    assert [one.period for one in history] == [Period(day(0), day(1)), Period(day(1), day(2))]


def test_a_closed_code_can_be_opened_again(engine: Engine) -> None:
    both: dict[str, str | None] = {A: None, B: A}
    one: dict[str, str | None] = {A: None}
    for number, parents in enumerate((both, one, both)):
        load(engine, sor_csv(parents), day(number))
    with reading(engine) as connection:
        found = [store.value(connection, "sor", B, day(number)) for number in range(3)]
    assert [value is not None for value in found] == [True, False, True]


def test_a_load_that_closes_more_than_a_fifth_takes_a_confirmation(engine: Engine) -> None:
    codes = [make_sor(item) for item in range(1, 11)]
    load(engine, sor_csv(dict.fromkeys(codes)), day(0))
    with pytest.raises(NotAllowed) as caught:
        load(engine, sor_csv(dict.fromkeys(codes[:7])), day(1), confirmed=False)
    assert caught.value.code == "codelist.closes_many"
    assert "3 of 10" in caught.value.detail
    with reading(engine) as connection:
        assert store.lists(connection, day(1))[0].open == 10
    assert load(engine, sor_csv(dict.fromkeys(codes[:8])), day(1), confirmed=False).closed == 2


def test_a_part_of_a_list_closes_nothing(engine: Engine) -> None:
    load(engine, sor_csv({A: None, B: A}), day(0))
    told = load(engine, sor_csv({C: A}), day(1), complete=False, confirmed=False)
    assert (told.new, told.closed, told.unchanged) == (1, 0, 2)
    assert codes_of(told.findings) == []


def test_a_row_that_is_left_out_leaves_its_code_as_it_was(engine: Engine) -> None:
    load(engine, sor_csv({A: None, B: A}), day(0))
    told = load(engine, sor_csv({A: None, B: A}, {B: "=1+1"}), day(1), confirmed=False)
    assert (told.closed, told.unchanged, told.refused) == (0, 2, 1)
    with reading(engine) as connection:
        assert store.value(connection, "sor", B, day(1)) is not None


def test_a_load_from_before_the_last_one_is_refused(engine: Engine) -> None:
    load(engine, sor_csv({A: None}), day(1))
    with pytest.raises(Refused) as caught:
        load(engine, sor_csv({A: None}), day(0))
    assert caught.value.code == "codelist.backwards"
    with pytest.raises(Refused):
        CodeListService(engine, AuditStore()).preview(file_of(sor_csv({A: None})), day(0))


def test_what_is_announced_counts_from_its_day_and_can_be_taken_back(engine: Engine) -> None:
    heading = "Enhedsnavn;SOR-kode;Parent-SOR-kode;Fra-dato;Til-dato"
    announced = [heading, f"Nu;{A};;;2026-03-31", f"Siden;{A};;2026-04-01;"]
    load(engine, "\n".join(announced), NOW)
    april = NOW + timedelta(days=40)
    with reading(engine) as connection:
        found = [store.value(connection, "sor", A, at) for at in (NOW, april)]
    assert [one.name if one else None for one in found] == ["Nu", "Siden"]
    load(engine, "\n".join([heading, f"Nu;{A};;;"]), day(1))
    with reading(engine) as connection:
        found = [store.value(connection, "sor", A, at) for at in (NOW, april)]
    assert [one.name if one else None for one in found] == ["Nu", "Nu"]
    assert rows(engine) == 1


def test_a_failure_takes_everything_back(engine: Engine) -> None:
    service = CodeListService(engine, AuditStore())

    def fail(doing: str, _done: int, _of: int) -> None:
        if doing == "hanging":
            raise LookupError

    with pytest.raises(LookupError):
        service.apply(file_of(sor_csv({A: None})), NOW, OCCASION, progress=fail)
    assert rows(engine) == 0
    with reading(engine) as connection:
        assert store.lists(connection, NOW) == ()


def test_progress_is_told_of_every_stage(engine: Engine) -> None:
    seen: list[tuple[str, int, int]] = []
    CodeListService(engine, AuditStore()).apply(
        file_of(sor_csv({A: None, B: A})),
        NOW,
        OCCASION,
        progress=lambda doing, done, of: seen.append((doing, done, of)),
    )
    assert list(dict.fromkeys(doing for doing, _, _ in seen)) == [
        "reading",
        "comparing",
        "writing",
        "hanging",
    ]
    assert all(done <= of for _, done, of in seen)
    assert ("hanging", 2, 2) in seen


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_refuses_two_periods_of_a_code_that_overlap(engine: Engine) -> None:
    load(engine, sor_csv({A: None}), day(0))
    with writing(engine) as connection, pytest.raises(sa.exc.IntegrityError, match="ex_code_value"):
        connection.execute(
            sa.insert(CODE_VALUE).from_select(
                [column.name for column in CODE_VALUE.c],
                sa.select(
                    *(
                        sa.literal(day(1), column.type) if column.name == "since" else column
                        for column in CODE_VALUE.c
                    )
                ),
            )
        )
