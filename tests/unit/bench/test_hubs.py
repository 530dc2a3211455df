"""The bench of hubs, with one worker of ours and a few logins: rows, JSON, and what it weighs."""

import json
from pathlib import Path

import pytest

from tests.bench.hubs import ours
from tests.bench.hubs.comparing import Size, together
from tests.bench.hubs.report import Figure, show, write
from tests.fixtures_db import copy_migrated

GROUPS = [
    "RSA-2048: CPU a login, against its cryptography alone",
    "Server CPU a login, against the broker",
    "Logins a second, 1 client, against the broker",
    "Logins a second, 2 clients, against the broker",
    "What a login waits for the hub, p50, against the broker",
    "What a login waits for the hub, p99, against the broker",
    "Memory of a worker",
]


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> list[Figure]:
    """Of one round with two logins, and two by two clients; SATOSA is not installed for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ours, "migrate", copy_migrated)
        size = Size(rounds=1, logins=2, clients=2)
        return list(together(tmp_path_factory.mktemp("hubs"), size, print, alone=True))


def test_every_row_is_there_and_was_measured(figures: list[Figure]) -> None:
    assert list(dict.fromkeys(one.group for one in figures)) == GROUPS
    assert all(one.value > 0 for one in figures)
    floor, login, *_ = figures
    assert floor.ratio == 1.0
    assert login.value > floor.value


def test_a_worker_weighs_what_a_program_with_our_libraries_can(figures: list[Figure]) -> None:
    weight = next(one for one in figures if one.group == "Memory of a worker")
    assert weight.unit == "MB"
    assert 60 < weight.value < 250


def test_the_report_and_its_json_have_the_rows(
    figures: list[Figure],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    missed = Figure("Growth", "far", 3.0, "ms", 2.0, 1.05)
    monkeypatch.setenv("BENCH_JSON", str(tmp_path / "bench.json"))
    show([*figures, missed])
    write([*figures, missed])
    told = capsys.readouterr().out
    assert all(group in told for group in GROUPS)
    assert "MISSED" in told
    rows = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))["figures"]
    assert [row["group"] for row in rows] == [*(one.group for one in figures), "Growth"]
    assert rows[-1]["met"] is False
    assert rows[0]["met"] is None


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("g", "a most, of the value", 130.0, "MB", target=130.0), True),
        (Figure("g", "and above it", 130.1, "MB", target=130.0), False),
        (Figure("g", "a most, of the ratio", 999.0, "ms", 4.0, 4.0), True),
        (Figure("g", "a least", 1.0, "ms", 24.9, 25.0, least=True), False),
        (Figure("g", "and reached", 1.0, "ms", 25.0, 25.0, least=True), True),
        (Figure("g", "no target", 1.0, "ms"), None),
    ],
)
def test_a_figure_knows_whether_it_met_its_target(figure: Figure, *, met: bool | None) -> None:
    assert figure.met is met
