"""What the fuzzer begins with, and whatever it found: read once more by every run of the tests."""

import pytest

from tests.fuzz import target
from tests.house.repository import ROOT

CORPUS = sorted((ROOT / "tests/fuzz/corpus").iterdir())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_an_input_of_the_corpus_is_refused_or_honest(path: object) -> None:
    assert hasattr(path, "read_bytes")
    target.one(path.read_bytes())


def test_the_corpus_gets_as_far_as_it_should() -> None:
    """Each reader has an input that it takes, or that fails for want of a signature alone."""
    reached = {(seed[0], target.one(seed)) for seed in target.seeds()}
    reached |= {(path.read_bytes()[0], target.one(path.read_bytes())) for path in CORPUS}
    last = {"", "signature.missing"}
    assert {reader for reader, code in reached if code in last} == set(range(len(target.READERS)))
