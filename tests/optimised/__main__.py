"""`python -m tests.optimised`: every hostile message against the product under -O."""

import subprocess
import sys


def main() -> int:
    """Run the suite; the plugin refuses to begin where it would change nothing."""
    command = [
        sys.executable, "-m", "pytest", "-p", "tests.optimised", "-p", "no:cacheprovider", "-q",
        *(sys.argv[1:] or ["-n", "2", "--dist", "loadfile"]), "tests/hostile",
    ]  # fmt: skip
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
