"""Runbooks read as their reader reads them: what is typed on which day, by whom, and what is shown.

A `console` block begins, where time has passed, with a comment that says when: `# 2027-04-24 08:12`
is the time of a clock in Denmark. A prompt names who types where that matters (`anna$`). Lines
below a command are shown by it, in this order; `…` stands for whatever is there. A command that
is refused shows its `Error:`. A `toml` block that begins with a file's name is that file.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.house import repository

FOLDER = repository.ROOT / "deploy" / "runbooks"
DENMARK = ZoneInfo("Europe/Copenhagen")
_FENCE = re.compile(r"^( *)```(console|toml)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_TYPED = re.compile(r"^([a-z]*)\$ (.*)$")
_AT = re.compile(r"^# (\d{4}-\d\d-\d\d \d\d:\d\d)$")
_NAMED = re.compile(r"^# (\S+\.toml)\n")


@dataclass(frozen=True)
class Typed:
    """One command of a runbook."""

    line: int
    at: datetime | None  # None where no time has passed since the one before
    by: str
    arguments: tuple[str, ...]  # without `broker`
    shown: tuple[str, ...]

    @property
    def refused(self) -> bool:
        """Whether the runbook says that it is refused."""
        return any(line.startswith("Error:") for line in self.shown)


@dataclass(frozen=True)
class File:
    """A document that the reader is asked to write."""

    name: str
    content: str


def read(name: str) -> list[Typed | File]:
    """The steps of a runbook, from top to bottom."""
    text = _text(name)
    steps: list[Typed | File] = []
    for found in _FENCE.finditer(text):
        indent, kind, body = found.groups()
        body = "".join(line.removeprefix(indent) for line in body.splitlines(keepends=True))
        line = text.count("\n", 0, found.start()) + 2
        if kind == "console":
            steps += _typed(body.splitlines(), line)
        elif named := _NAMED.match(body):
            steps.append(File(named[1], body))
    return steps


def write_files(folder: Path, steps: list[Typed | File]) -> None:
    """Write the files of a runbook where its commands find them."""
    for step in steps:
        if isinstance(step, File):
            (folder / step.name).write_text(step.content)


def names() -> list[str]:
    """Every runbook there is."""
    return sorted(path.name for path in FOLDER.glob("*.md"))


def mentioned(name: str) -> list[tuple[str, ...]]:
    """Every command that a runbook mentions in a sentence, word by word, with its options."""
    spoken = _FENCE.sub("", _text(name))
    found = re.findall(r"`broker ([^`]+)`", spoken)
    return [tuple(re.findall(r"--[a-z0-9-]+|[^\s…]+", words)) for words in found]


def agrees(shown: tuple[str, ...], output: str) -> str | None:
    """The first line that a runbook shows and the command does not, or None."""
    lines = iter(output.splitlines())
    for expected in shown:
        if expected.strip() == "…":
            continue
        pattern = ".*".join(re.escape(part) for part in _plain(expected).split("…"))
        if not any(re.fullmatch(pattern, _plain(line)) for line in lines):
            return expected
    return None


def _text(name: str) -> str:
    """What readers see of it; a comment leaves its lines empty, so that the others keep theirs."""
    text = (FOLDER / name).read_text()
    return re.sub(r"<!--.*?-->", lambda hidden: "\n" * hidden[0].count("\n"), text, flags=re.DOTALL)


def _typed(lines: list[str], first: int) -> Iterator[Typed]:
    at, command = None, None
    shown: list[str] = []
    for number, line in enumerate([*lines, "$ "], first):
        if told := _AT.match(line):
            at = datetime.fromisoformat(told[1]).replace(tzinfo=DENMARK).astimezone(UTC)
        elif typed := _TYPED.match(line):
            if command is not None:
                yield Typed(*command, tuple(shown))
            if line == "$ ":
                return
            program, *arguments = shlex.split(typed[2], comments=True)
            assert program == "broker", f"line {number}: {program}"
            command, shown, at = (number, at, typed[1], tuple(arguments)), [], None
        elif line.strip():
            assert command is not None, f"line {number}: shown by nothing"
            shown.append(line)


def _plain(line: str) -> str:
    """Without what a terminal's width or a table's columns do to it."""
    return " ".join(line.split())
