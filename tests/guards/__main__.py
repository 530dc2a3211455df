"""`python -m tests.guards [TEXT]`: take each guard out in turn; ends badly where one survives."""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

SHARDS = 2
TESTS = (
    "tests/unit/saml/test_xml.py",
    "tests/unit/saml/test_bindings.py",
    "tests/unit/saml/test_response.py",
    "tests/unit/saml/test_checks.py",
    "tests/unit/saml/test_guards.py",
    "tests/flows/test_requests.py",
    *(
        f"tests/hostile/test_{name}.py"
        for name in (
            "wrapping", "markup", "keys", "context", "policy", "accept", "edges", "request",
            "redirects", "means", "logout", "logout_shapes", "logout_signatures",
            "logout_answers",
        )
    ),
)  # fmt: skip


def main() -> int:
    """Run every part at once, and print the list."""
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    with tempfile.TemporaryDirectory(prefix="guards-") as folder:
        files = [Path(folder, f"{part}.jsonl") for part in range(SHARDS)]
        running = [
            subprocess.Popen(
                [
                    sys.executable, "-m", "pytest", "-qq", "-n0", "-p", "tests.guards.running",
                    "-p", "no:cacheprovider", "--guards", str(file), "--shard", f"{part}/{SHARDS}",
                    "--only", only, *(test for test in TESTS if Path(test).exists()),
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
