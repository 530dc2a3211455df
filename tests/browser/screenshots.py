"""`make screenshots`: a picture of every state, both languages, wide and narrow, to look at.

With `--guides` the pictures that the guides show, where the guides look for them.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import click
from playwright.sync_api import ViewportSize, sync_playwright

from broker.clock import system_clock
from broker.demo.federation import Ports, build, prepare
from broker.demo.sites import served
from broker.guides.books import LIBRARY, pictures_of
from broker.web.setup import STATIC
from tests.browser.conftest import ARGUMENTS
from tests.browser.gallery import STATES as DISCOVERY
from tests.browser.gallery import fill
from tests.browser.gallery_portals import PORTAL_STATES

WIDTHS: dict[str, ViewportSize] = {
    "-wide": {"width": 1280, "height": 800},
    "-narrow": {"width": 360, "height": 800},
}
GUIDE: ViewportSize = {"width": 1000, "height": 760}
FOLDER = Path("screenshots")
GUIDES = STATIC / "guides"
STATES = {**DISCOVERY, **PORTAL_STATES}


def guide_states() -> list[str]:
    """The states that the guides show pictures of."""
    return sorted({name for one in LIBRARY for name in pictures_of(one.name, "da")})


@click.command()
@click.option("--only", multiple=True, type=click.Choice(sorted(STATES)), help="Only these states.")
@click.option("--guides", is_flag=True, help="The pictures of the guides, into the guides.")
def main(*, only: tuple[str, ...], guides: bool) -> None:
    """Write the pictures to screenshots/, which git ignores; those of guides where they belong."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        sys.exit("Chromium is missing: apt-get install chromium")
    target = GUIDES if guides else FOLDER
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder) / "demo", fresh=False)
        demo = build(Path(folder) / "demo", Ports.free(), clock=system_clock, say=lambda _: None)
        with served(demo), sync_playwright() as playwright:
            gallery = fill(demo, system_clock())
            browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
            for name in only or (guide_states() if guides else STATES):
                for language in ("da", "en"):
                    for width, size in (("", GUIDE),) if guides else WIDTHS.items():
                        context = browser.new_context(locale=f"{language}-DK", viewport=size)
                        page = context.new_page()
                        STATES[name](page, gallery)
                        file = target / f"{name}-{language}{width}.png"
                        page.screenshot(path=file, full_page=not guides)
                        context.close()
                click.echo(name)
            browser.close()


if __name__ == "__main__":
    main()
