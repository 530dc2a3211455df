"""What every test has: the databases, and a network that ends at loopback."""

import socket
from collections.abc import Iterator

import pytest

from broker.cli.heap import settle
from tests import economy, key_pool

pytest_plugins = ["tests.drawn", "tests.fixtures_db", "tests.hostile.catalogue"]

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(scope="session", autouse=True)
def cheap_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys are read once by each process, and demos share theirs with those of all processes."""
    own = tmp_path_factory.getbasetemp()  # of xdist's worker, where that runs us
    key_pool.share((own.parent if own.name.startswith("popen-") else own) / "keys")
    with pytest.MonkeyPatch.context() as patch:
        key_pool.read_once(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def cheap_starts() -> Iterator[None]:
    """A process that starts hundreds of brokers compiles once what they have in common."""
    with pytest.MonkeyPatch.context() as patch:
        economy.compile_rules_once(patch)
        economy.compile_templates_once(patch)
        economy.wait_for_no_disk(patch)
        yield


def pytest_collection_finish() -> None:
    """What was imported stays until the end: nobody looks through it for garbage.

    Nor often through what tests keep, which is much: that took a twentieth of their time.
    """
    settle()


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def checked(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(host).startswith(LOOPBACK):
            raise OSError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(socket.socket, "connect", checked)
