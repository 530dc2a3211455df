"""What a worker carries: memory is paid once for each, and some libraries are not for serving."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from broker.cli import install, server
from broker.db import revisions
revisions.newest()
print(*{name.partition(".")[0] for name in sys.modules})
"""


@pytest.fixture(scope="module")
def carried() -> set[str]:
    """Every package that is imported before a worker starts."""
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    )
    return set(found.stdout.split())


@pytest.mark.parametrize(
    ("package", "instead"),
    [
        ("requests", "broker.metadata.source asks by broker.metadata.asking, imported late"),
        ("urllib3", "as above"),
        ("alembic", "broker.db migrates, and says which revision is there, by late imports"),
        ("openpyxl", "broker.roles reads and writes sheets by late imports"),
        ("markdown_it", "broker.guides renders by a late import"),
        ("pytest", "the product imports nothing of its tests"),
        ("pygments", "nothing is coloured"),
    ],
)
def test_a_worker_does_not_carry(package: str, instead: str, carried: set[str]) -> None:
    assert "flask" in carried
    assert package not in carried, instead
