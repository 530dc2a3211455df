"""`make screenshots`: a picture of every state, both languages, wide and narrow, to look at.

With `--guides` the pictures that the guides show, where the guides look for them.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import click
from playwright.sync_api import Page, ViewportSize, sync_playwright

from broker.clock import system_clock
from broker.demo.federation import Ports, build, prepare
from broker.demo.sites import served
from broker.guides.books import LIBRARY, pictures_of
from broker.web.setup import STATIC
from tests.browser.conftest import ARGUMENTS
from tests.browser.gallery import STATES as DISCOVERY
from tests.browser.gallery import fill
from tests.browser.gallery_portals import PORTAL_STATES
from tests.browser.walking import checked, too_small

WIDE: ViewportSize = {"width": 1280, "height": 800}
WIDTHS: dict[str, ViewportSize] = {"-wide": WIDE, "-narrow": {"width": 320, "height": 800}}
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
    """Write the pictures to screenshots/, which git ignores; those of guides where they belong.

    Each page is looked at with axe as well; the exit status is 1 where there is a fault.
    """
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        sys.exit("Chromium is missing: apt-get install chromium")
    target, sizes = (GUIDES, {"": GUIDE}) if guides else (FOLDER, WIDTHS)
    target.mkdir(exist_ok=True)
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder) / "demo", fresh=False)
        demo = build(Path(folder) / "demo", Ports.free(), clock=system_clock, say=lambda _: None)
        with served(demo), sync_playwright() as playwright:
            gallery = fill(demo, system_clock())
            browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
            for name in only or (guide_states() if guides else STATES):
                for language in ("da", "en"):
                    context = browser.new_context(locale=f"{language}-DK", viewport=WIDE)
                    page = context.new_page()
                    STATES[name](page, gallery)
                    for width, size in sizes.items():
                        page.set_viewport_size(size)
                        page.screenshot(
                            path=target / f"{name}-{language}{width}.png", full_page=not guides
                        )
                        faults += _faults(page, language, f"{name}-{language}{width}")
                    context.close()
                click.echo(name)
            browser.close()
    click.echo("\n".join(faults) or "axe found nothing on any of them.")
    sys.exit(1 if faults else 0)


def _faults(page: Page, language: str, where: str) -> list[str]:
    """What is wrong with a page, a line each."""
    try:
        checked(page, language)
    except AssertionError as error:
        return [f"{where}: {error}"]
    return [f"{where}: too small: {one}" for one in too_small(page) if "portal" in where]


if __name__ == "__main__":
    main()
