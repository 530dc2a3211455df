"""What each reader answers to many inputs; for a process that compares it with another one's."""

from tests.fuzz import target
from tests.hostile.test_markup import ROWS
from tests.house.repository import ROOT


def outcomes() -> dict[str, str]:
    """The reasons by the names of inputs: the corpus, honest messages, and those changed."""
    inputs = {path.name: path.read_bytes() for path in (ROOT / "tests/fuzz/corpus").iterdir()}
    inputs |= {f"honest-{number}": seed for number, seed in enumerate(target.seeds())}
    plain = next(s for s in target.seeds() if s[:1] == b"\x00" and b"EncryptedData" not in s)
    changed = {name: plain[:1] + change(plain[1:]) for name, change, _ in ROWS}
    inputs |= {name: data for name, data in changed.items() if data != plain}
    return {name: target.one(data) for name, data in sorted(inputs.items())}
