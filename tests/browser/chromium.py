"""Which Chromium the tests start, and how."""

import shutil

from playwright.sync_api import Browser, Playwright

# Its own errands lead off this machine; without them a page is all it fetches.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# One process for all pages: a login goes through seven, and each site would start one of its own.
FEW = ("--disable-site-isolation-trials", "--renderer-process-limit=1")
SHELL, WHOLE = ("chromium-headless-shell",), ("chromium", "chromium-browser")
MISSING = "Chromium is missing: apt-get install chromium chromium-headless-shell"


def found(*names: str) -> str | None:
    """Where the first of those programs is."""
    return next((path for name in names if (path := shutil.which(name))), None)


def shell(playwright: Playwright) -> Browser:
    """The same engine without the browser's own windows, which costs half; or the whole browser."""
    return _launched(playwright, found(*SHELL, *WHOLE), (*ARGUMENTS, *FEW))


def whole(playwright: Playwright) -> Browser:
    """The browser that people have, with its rules for third-party cookies and sites apart."""
    return _launched(playwright, found(*WHOLE), ARGUMENTS)


def _launched(playwright: Playwright, path: str | None, arguments: tuple[str, ...]) -> Browser:
    if path is None:
        raise FileNotFoundError(MISSING)
    return playwright.chromium.launch(executable_path=path, args=list(arguments))
