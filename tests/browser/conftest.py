"""Chromium and a running demo, each started once."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from broker.clock import system_clock
from broker.demo.federation import DemoFederation, Ports, build, prepare
from broker.demo.sites import served

# Chromium's own errands lead off this machine; without them a page is all it fetches.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoFederation]:
    folder = tmp_path_factory.mktemp("browser") / "demo"
    prepare(folder, fresh=False)
    made = build(folder, Ports.free(), clock=system_clock, say=lambda _: None)
    with served(made):
        yield made


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.fail("Chromium is missing: apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser
        browser.close()
