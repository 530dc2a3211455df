"""Under gunicorn, with several workers: any of them can finish what another began."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from broker.demo.federation import DemoFederation
from broker.demo.sites import served
from broker.demo.visitor import Visitor
from tests.demos import made_in


@pytest.fixture
def demo(tmp_path: Path) -> DemoFederation:
    return made_in(tmp_path / "demo")


def test_logins_go_through_several_workers_and_the_log_holds_no_query(
    demo: DemoFederation, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    environ = {
        **os.environ,
        "BROKER_DATA": str(demo.settings.data),
        "BROKER_ORIGIN": demo.ports.origin,
        "BROKER_LISTEN": f"127.0.0.1:{demo.ports.broker}",
        "BROKER_WORKERS": "3",
    }
    command = [sys.executable, "-m", "broker.cli", "serve"]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, env=environ, stdout=out, stderr=out) as node,
    ):
        try:
            _until_up(demo.ports.origin, node)
            with served(demo, broker=False):
                for _ in range(4):
                    visitor = Visitor()
                    page = visitor.login(demo.sps["dpsd"].url, "nemlogin", "mette")
                    assert page.mark("code") is None, page.title
                    told = visitor.arrival(demo.sps["dpsd"].url)
                    assert told is not None
                    assert told["assurance"] == "Substantial"
        finally:
            node.send_signal(signal.SIGTERM)
            node.wait(timeout=30)
    text = log.read_text()
    assert "/sundhed/saml/acs" in text
    assert '"event": "login.completed"' in text
    assert "SAMLRequest" not in text
    assert "SAMLResponse" not in text
    assert "Traceback" not in text


def _until_up(origin: str, node: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            with urlopen(f"{origin}/", timeout=2) as answer:  # noqa: S310  # our own loopback
                assert answer.status == 200
                return
        except OSError:
            assert node.poll() is None
            time.sleep(0.1)
    pytest.fail("the server did not start")
