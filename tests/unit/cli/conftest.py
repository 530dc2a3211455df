"""What `broker init` makes, for tests that are about what comes after it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from broker.cli import main
from broker.demo.drill import running
from broker.demo.drill.setting import make_stage
from tests.key_pool import pooled, with_pool


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of `broker init`, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("initialised") / "data"
    with pytest.MonkeyPatch.context() as environ, pooled():
        for name in [name for name in os.environ if name.startswith("BROKER_")]:
            environ.delenv(name)
        environ.setenv("BROKER_DATA", str(folder))
        result = CliRunner().invoke(main, ["init"])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="session", autouse=True)
def keys_of_the_pool() -> Iterator[None]:
    """A drill is a world of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(running, "make_stage", with_pool(make_stage))
        yield


@pytest.fixture
def pool() -> Iterator[None]:
    """A test that makes an installation from nothing takes its keys from the pool."""
    with pooled():
        yield
