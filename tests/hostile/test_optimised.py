"""C14: under `python -O` the same message gets the same answer."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.outcomes_by_reader import outcomes
from tests.house.repository import ROOT
from tests.optimised import Loader


def test_c14_every_answer_is_the_same_without_assertions() -> None:
    program = (
        "import json; from tests.hostile.outcomes_by_reader import outcomes;"
        "print(json.dumps([__debug__, outcomes()]))"
    )
    told = subprocess.run(
        [sys.executable, "-O", "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    debug, optimised = json.loads(told.stdout)
    assert not debug
    assert optimised == outcomes()
    assert len(set(optimised.values())) > 12, "many reasons, and not the same for all"


@pytest.mark.parametrize(("text", "raises"), [("assert False", False), ("1 / 0", True)])
def test_c14_the_loader_takes_assertions_away_and_nothing_else(
    tmp_path: Path, text: str, *, raises: bool
) -> None:
    """What `make optimised` runs the whole suite with."""
    path = tmp_path / "guarded.py"
    path.write_text(text)
    loader = Loader("guarded", str(path))
    spec = importlib.util.spec_from_loader("guarded", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    if raises:
        with pytest.raises(ZeroDivisionError):
            loader.exec_module(module)
    else:
        loader.exec_module(module)
