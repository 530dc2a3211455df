"""`python -m tests.guards [TEXT]`: take each guard out in turn; ends badly where one survives."""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.guards.finding import MODULES
from tests.guards.running import fitting
from tests.house.repository import ROOT

FOLDERS = ("tests/unit/saml", "tests/hostile", "tests/flows")


def tests_for(only: str) -> list[str]:
    """The files of the tests that are about the modules in question, and two that begin brokers."""
    modules = [m for m in MODULES if m in only or only in m] or list(MODULES)
    stems = {"wrapping", "logout", *(stem for module in modules for stem in fitting(module))}
    found = (path for folder in FOLDERS for path in sorted((ROOT / folder).glob("test_*.py")))
    return [str(path) for path in found if path.stem.removeprefix("test_") in stems]


def main() -> int:
    """Run every part at once, and print the list."""
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    shards = 1 if only else 2
    with tempfile.TemporaryDirectory(prefix="guards-") as folder:
        files = [Path(folder, f"{part}.jsonl") for part in range(shards)]
        running = [
            subprocess.Popen(
                [
                    sys.executable, "-m", "pytest", "-qq", "-n0", "-p", "tests.guards.running",
                    "-p", "no:cacheprovider", "--guards", str(file), "--shard", f"{part}/{shards}",
                    "--only", only, *tests_for(only),
                ],
                stdout=subprocess.DEVNULL,
            )
            for part, file in enumerate(files)
        ]  # fmt: skip
        ended = [process.wait() for process in running]
        found = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    found.sort(key=lambda line: line["guard"].partition(" ")[0].rpartition(":")[0])
    for line in found:
        print(f"{line['guard']}\n    {line['killer'] or 'SURVIVED'}")
    survivors = [line["guard"] for line in found if not line["killer"]]
    print(f"\n{len(found)} guards, {len(survivors)} survived")
    for module, count in sorted(Counter(line["module"] for line in found).items()):
        print(f"  {count:4} {module}")
    for survivor in survivors:
        print(f"SURVIVED {survivor}")
    return 1 if survivors or any(ended) or not found else 0


if __name__ == "__main__":
    sys.exit(main())
