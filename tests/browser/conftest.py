"""Chromium, and a running demo whose clock is moved by hand, each started once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from broker.clock import system_clock
from broker.demo.federation import DemoFederation
from broker.demo.sites import served
from tests.box import Moved
from tests.browser.chromium import shell, whole
from tests.browser.gallery import Gallery, fill
from tests.demos import made_in


@pytest.fixture(scope="session")
def clock() -> Moved:
    """The time of everybody but the browser. It only ever goes forward."""
    return Moved(system_clock())


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, clock: Moved) -> Iterator[DemoFederation]:
    folder = tmp_path_factory.mktemp("browser") / "demo"
    made = made_in(folder, clock)
    with served(made):
        yield made


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """A demo of its own with 120 logins."""
    folder = tmp_path_factory.mktemp("gallery") / "demo"
    made = made_in(folder)
    with served(made):
        yield fill(made, system_clock())


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Shows pages as the browser does, at half the cost."""
    browser = shell(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def whole_chromium(playwright: Playwright) -> Iterator[Browser]:
    """Where the browser's own rules about sites and their cookies are in question."""
    browser = whole(playwright)
    yield browser
    browser.close()


@pytest.fixture
def danish(chromium: Browser) -> Iterator[Page]:
    """A page of a fresh browser profile, in Danish and with script."""
    context = chromium.new_context(locale="da-DK")
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()
