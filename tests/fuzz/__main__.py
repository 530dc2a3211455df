"""`python -m tests.fuzz --minutes 10`: ends badly where something is found, and says where."""

import argparse
import re
import subprocess
import sys
import tempfile

from tests.house.repository import ROOT

CORPUS = ROOT / "tests/fuzz/corpus"
WORDS = ROOT / "tests/fuzz/words.dict"
FOUND = ROOT / "fuzz-found"
LIMITS = ("-timeout=10", "-rss_limit_mb=2048", "-max_len=32768", "-print_final_stats=1")
_FIGURES = {
    "inputs run": r"stat::number_of_executed_units:\s+(\d+)",
    "inputs a second": r"stat::average_exec_per_sec:\s+(\d+)",
    "kept as new": r"stat::new_units_added:\s+(\d+)",
    "slowest (s)": r"stat::slowest_unit_time_sec:\s+(\d+)",
    "peak memory (MB)": r"stat::peak_rss_mb:\s+(\d+)",
    "branches reached": r"cov: (\d+)",
    "features reached": r" ft: (\d+)",
}


def main() -> int:
    """Fuzz for a time, and print the figures."""
    parser = argparse.ArgumentParser(prog="tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    seconds = int(parser.parse_args().minutes * 60)
    FOUND.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        command = [
            sys.executable, "-m", "tests.fuzz.driving", folder, str(CORPUS), f"-dict={WORDS}",
            f"-artifact_prefix={FOUND}/", f"-max_total_time={seconds}", *LIMITS,
        ]  # fmt: skip
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as running:
            assert running.stderr is not None
            lines = []
            for line in running.stderr:
                lines.append(line)
                if re.match(r"#\d+\s+(INITED|pulse)", line):
                    print(line, end="", flush=True)
    said = "".join(lines)
    for name, pattern in _FIGURES.items():
        print(f"{name:>18}  {(re.findall(pattern, said) or ['?'])[-1]}")
    if running.returncode or "stat::number_of_executed_units" not in said:
        print("".join(lines[-60:]))
        print(f"Found something; the input is in {FOUND}")
        return 1
    print("Found nothing")
    return 0


if __name__ == "__main__":
    sys.exit(main())
