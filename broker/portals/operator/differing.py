"""Two documents compared line by line, as people read changes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line: the same, gone or new."""

    kind: str  # same, gone, new
    text: str


def differences(
    before: Mapping[str, object] | None, after: Mapping[str, object]
) -> tuple[DiffLine, ...]:
    """What became of a document, with three lines around each change; all of it where it is new."""
    old, new = _lines(before) if before is not None else [], _lines(after)
    found: list[DiffLine] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(3):
        if found:
            found.append(DiffLine("same", "…"))
        for tag, a, b, c, d in group:
            if tag == "equal":
                found += [DiffLine("same", text) for text in old[a:b]]
                continue
            found += [DiffLine("gone", text) for text in old[a:b]]
            found += [DiffLine("new", text) for text in new[c:d]]
    return tuple(found)


def _lines(document: Mapping[str, object]) -> list[str]:
    shown = {key: value for key, value in document.items() if key not in ("kind", "state")}
    return json.dumps(shown, ensure_ascii=False, indent=2, sort_keys=True, default=str).splitlines()
