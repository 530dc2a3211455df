"""`python -m tests.guards [TEXT]`: take each guard out in turn; ends badly where one survives."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.guards.reasons import REASONS
from tests.house.repository import ROOT

# What reads messages, and two that begin brokers.
TESTS = {
    "tests/unit/saml": ("*",),
    "tests/hostile": (
        "accept", "context", "edges", "keys", "limits", "logout", "logout_answers", "logout_shapes",
        "logout_signatures", "markup", "means", "policy", "redirects", "request", "wrapping",
    ),
}  # fmt: skip


def main() -> int:
    """Run every part at once, and print the list."""
    parser = argparse.ArgumentParser(prog="python -m tests.guards", description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="only guards whose line holds this")
    parser.add_argument("--jobs", type=int, default=2, help="how many processes (2)")
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="guards-") as folder:
        good = _run(Path(folder), asked.only, asked.jobs)
        lines = [
            json.loads(line)
            for file in sorted(Path(folder).glob("*.jsonl"))
            for line in file.read_text().splitlines()
        ]
    print(f"\n{time.monotonic() - began:.0f} seconds")
    return 0 if told(lines, whole=not asked.only) and good else 1


def _run(folder: Path, only: str, jobs: int) -> bool:
    """Whether every part got to its end; where one does not, the others do not wait for it."""
    files = [
        str(path)
        for at, stems in TESTS.items()
        for stem in stems
        for path in sorted((ROOT / at).glob(f"test_{stem}.py"))
    ]
    running = [
        subprocess.Popen(
            [
                sys.executable, "-m", "pytest", "-qq", "-n0", "-p", "tests.guards.running",
                "-p", "no:cacheprovider", "--guards", str(folder), "--shard", f"{part}/{jobs}",
                "--only", only, *files,
            ],
            stdout=(folder / f"{part}.log").open("w"), stderr=subprocess.STDOUT,
        )
        for part in range(jobs)
    ]  # fmt: skip
    while any(process.poll() is None for process in running):
        if any(process.poll() for process in running):
            for process in running:
                process.terminate()
        time.sleep(0.5)
    for part, process in enumerate(running):
        if process.returncode:
            print((folder / f"{part}.log").read_text()[-4000:])
    return not any(process.returncode for process in running)


def told(lines: list[dict[str, str]], *, whole: bool) -> bool:
    """Print what was found; whether that is good."""
    lines.sort(key=lambda line: line["guard"].partition(" ")[0].rpartition(":")[0])
    open_ones, reasons = [], {_name(line): REASONS.get(_name(line), "") for line in lines}
    for line in lines:
        reason = reasons[_name(line)]
        said = f"{line['killer']} ({line['how']})" if "killer" in line else reason or "SURVIVED"
        print(f"{line['guard']}\n    {said}")
        if "killer" not in line and not reason:
            open_ones.append(line["guard"])
    idle = [_name(line) for line in lines if "killer" in line and reasons[_name(line)]]
    unknown = sorted(REASONS.keys() - reasons.keys()) if whole else []
    killed = [line["how"] for line in lines if "killer" in line]
    asserted = killed.count("asserted")
    print("\nguards of each module")
    for module, count in sorted(Counter(line["module"] for line in lines).items()):
        print(f"  {count:4} {module}")
    print(
        f"\n{len(lines)} guards: {len(killed)} missed by a test ({asserted} by what it asserts,"
        f" {len(killed) - asserted} by an error where it expects a refusal or an answer),"
        f" {len(lines) - len(killed) - len(open_ones)} with a reason, {len(open_ones)} survived"
    )
    for guard in open_ones:
        print(f"SURVIVED {guard}")
    for name in [*idle, *unknown]:
        print(f"REASON WITHOUT NEED {name}")
    return bool(lines) and not (open_ones or idle or unknown)


def _name(line: dict[str, str]) -> str:
    """A guard without its line, which moves."""
    module, _, rest = line["guard"].partition(":")
    return f"{module} {rest.partition(' ')[2]}"


if __name__ == "__main__":
    sys.exit(main())
