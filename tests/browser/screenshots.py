"""`make screenshots`: a picture of every state, both languages, wide and narrow, to look at."""

import shutil
import sys
import tempfile
from pathlib import Path

import click
from playwright.sync_api import sync_playwright

from broker.clock import system_clock
from broker.demo.federation import Ports, build, prepare
from broker.demo.sites import served
from tests.browser.conftest import ARGUMENTS
from tests.browser.gallery import STATES as DISCOVERY
from tests.browser.gallery import fill
from tests.browser.gallery_portals import PORTAL_STATES

WIDTHS = {"wide": 1280, "narrow": 360}
FOLDER = Path("screenshots")
STATES = {**DISCOVERY, **PORTAL_STATES}


@click.command()
@click.option("--only", multiple=True, type=click.Choice(sorted(STATES)), help="Only these states.")
def main(only: tuple[str, ...]) -> None:
    """Write the pictures to screenshots/, which git ignores."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        sys.exit("Chromium is missing: apt-get install chromium")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder) / "demo", fresh=False)
        demo = build(Path(folder) / "demo", Ports.free(), clock=system_clock, say=lambda _: None)
        with served(demo), sync_playwright() as playwright:
            gallery = fill(demo, system_clock())
            browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
            for name in only or STATES:
                for language in ("da", "en"):
                    for width, pixels in WIDTHS.items():
                        context = browser.new_context(
                            locale=f"{language}-DK", viewport={"width": pixels, "height": 800}
                        )
                        page = context.new_page()
                        STATES[name](page, gallery)
                        page.screenshot(
                            path=FOLDER / f"{name}-{language}-{width}.png", full_page=True
                        )
                        context.close()
                click.echo(name)
            browser.close()


if __name__ == "__main__":
    main()
