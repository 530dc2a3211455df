"""The catalogue of attacks: which row is shown by which tests, and what became of them.

A test of tests/hostile belongs to the rows that it names: `test_a01_...` by its name, or
`[A01 ...]` by the id of its case. Rows list tests from elsewhere in `catalogue.toml`.
With `--catalogue FILE` a run writes a page: row, tests, outcome.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import pytest

HERE = "tests/hostile/"
COLLECTED: pytest.StashKey[list[pytest.Item]] = pytest.StashKey()
CHAPTERS = {
    "A": "Signature wrapping and exclusion",
    "B": "What is signed, and what two parsers read in two ways",
    "C": "Keys and algorithms",
    "D": "The context of an answer",
    "E": "Requests, addresses and redirects",
    "F": "Logout",
    "G": "Metadata",
    "H": "Exhaustion",
    "I": "Web, sessions, logs and privacy",
}
_NAMED = re.compile(r"::test_([a-i]\d\d)_|[\[-]([A-Ia-i]\d\d)[ -]")
_ROW = re.compile(r"[A-I]\d\d\Z")


@dataclass(frozen=True)
class Row:
    """One attack, what we answer, and tests from elsewhere; or the reason why there are none."""

    id: str
    attack: str
    answer: str
    tests: tuple[str, ...] = ()
    reason: str = ""


def read() -> dict[str, Row]:
    """The rows by their ids."""
    listed = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    rows: dict[str, Row] = {}
    for chapter in listed.values():
        for name, said in chapter.items():
            rows[name] = Row(
                name,
                said["attack"],
                said["answer"],
                tuple(said.get("tests", ())),
                said.get("reason", ""),
            )
    return rows


def named_in(nodeid: str) -> set[str]:
    """The rows that a test of this folder names."""
    if not nodeid.startswith(HERE):
        return set()
    return {(found[1] or found[2]).upper() for found in _NAMED.finditer(nodeid)}


def shown_by(rows: Mapping[str, Row], nodeids: Iterable[str]) -> dict[str, list[str]]:
    """The cases that belong to each row, also to rows that there are not."""
    listed = defaultdict(set)
    for row in rows.values():
        for test in row.tests:
            listed[test].add(row.id)
    shown: dict[str, list[str]] = {name: [] for name in rows}
    for nodeid in nodeids:
        for name in named_in(nodeid) | listed[nodeid.partition("[")[0]]:
            shown.setdefault(name, []).append(nodeid)
    return shown


def elsewhere(rows: Mapping[str, Row]) -> list[str]:
    """The files of the tests that rows list and that are not in this folder.

    Whole files, since in some each test goes on where the one before ended.
    """
    listed = {test.partition("::")[0] for row in rows.values() for test in row.tests}
    return sorted(file for file in listed if not file.startswith(HERE))


def is_row(name: str) -> bool:
    """Whether that is how a row is called."""
    return _ROW.match(name) is not None


# --- pytest's side ----------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where to write the page."""
    parser.addoption("--catalogue", metavar="FILE", help="write the attack catalogue as a page")


def pytest_configure(config: pytest.Config) -> None:
    """Hear of outcomes where a page is wanted, and where all of them are known."""
    wanted = config.getoption("--catalogue")
    if wanted and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Outcomes(Path(wanted)))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what was collected, before any of it is left out."""
    config.stash[COLLECTED] = list(items)


# --- the page ---------------------------------------------------------------------------

STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;"
    "padding:.35rem .6rem;border-bottom:1px solid #ddd}th{background:#f4f4f4}"
    ".passed{color:#176117}.failed,.missing{color:#a11;font-weight:600}.reason{color:#666}"
    "details{font-size:13px}li{overflow-wrap:anywhere}"
)
_WORSE = ("failed", "skipped", "passed")


@dataclass
class Outcomes:
    """What became of each case, and the page about it."""

    path: Path
    found: dict[str, str] = field(default_factory=dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The worst of setup, call and teardown counts."""
        before = self.found.get(report.nodeid, "passed")
        self.found[report.nodeid] = min(before, report.outcome, key=_WORSE.index)

    def pytest_sessionfinish(self) -> None:
        """Write the page."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(page(read(), self.found))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the page is, and what is in it."""
        rows = read()
        shown = shown_by(rows, self.found)
        cases = {case for name in rows for case in shown[name]}
        reasons = sum(1 for row in rows.values() if row.reason)
        empty = [name for name, row in rows.items() if not shown[name] and not row.reason]
        terminalreporter.write_line(
            f"catalogue: {len(rows)} rows, {len(cases)} cases, {reasons} by reason, "
            f"{len(empty)} without either: {self.path}"
        )


def page(rows: Mapping[str, Row], found: Mapping[str, str]) -> str:
    """The catalogue as a page: each row with its cases and what became of them."""
    shown = shown_by(rows, found)
    body: list[str] = []
    for letter, title in CHAPTERS.items():
        body.append(f'<tr><th colspan="4">{letter}. {escape(title)}</th></tr>')
        body += [_line(row, shown[row.id], found) for row in rows.values() if row.id[0] == letter]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Attack catalogue</title>'
        f"<style>{STYLE}</style><h1>Attack catalogue</h1><p>{len(rows)} rows. Every refusal is "
        "asserted whole: status, page, reason, one event, the counters that it moves, nothing issued, nothing reached or "
        "written, bounded memory and time, no CPR number.</p><table><tr><th>Row<th>Attack"
        f"<th>Answer<th>Outcome</tr>{''.join(body)}</table></html>\n"
    )


def _line(row: Row, cases: list[str], found: Mapping[str, str]) -> str:
    counts = {how: sum(1 for case in cases if found[case] == how) for how in _WORSE}
    said = ", ".join(f"{count} {how}" for how, count in counts.items() if count)
    how = next((how for how in _WORSE if counts[how]), "missing")
    if not cases:
        how = "reason" if row.reason else "missing"
        said = row.reason or "no test was run"
    listed = "".join(f"<li>{escape(f'{found[case]}: {case}')}" for case in sorted(cases))
    more = f"<details><summary>cases</summary><ul>{listed}</ul></details>" if cases else ""
    return (
        f'<tr id="{row.id}"><td>{row.id}<td>{escape(row.attack)}<td>{escape(row.answer)}'
        f'<td class="{how}">{escape(said)}{more}</tr>'
    )


if __name__ == "__main__":  # so that `make catalogue` runs them as well
    print("\n".join(elsewhere(read())))  # its output is what it is for
