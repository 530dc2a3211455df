"""`make screenshots`: a picture of every state, both languages, wide and narrow, to look at.

With `--guides` the pictures that the guides show, where the guides look for them.
"""

import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatch
from itertools import chain, repeat
from multiprocessing import get_context
from pathlib import Path
from time import monotonic

import click
from playwright.sync_api import ViewportSize, sync_playwright

from broker.clock import system_clock
from broker.demo.federation import Ports, build, prepare
from broker.demo.sites import served
from broker.guides.books import LIBRARY, pictures_of
from broker.web.setup import STATIC
from tests import key_pool
from tests.browser.camera import STATES, WIDE, Camera, Taken
from tests.browser.chromium import MISSING, SHELL, WHOLE, found, shell
from tests.browser.gallery import fill

WIDTHS: dict[str, ViewportSize] = {"-wide": WIDE, "-narrow": {"width": 320, "height": 800}}
GUIDE: dict[str, ViewportSize] = {"": {"width": 1000, "height": 760}}
FOLDER = Path("screenshots")
GUIDES = STATIC / "guides"
FEW = 8  # states that are not worth a second demo


def guide_states() -> list[str]:
    """The states that the guides show pictures of."""
    return sorted({name for one in LIBRARY for name in pictures_of(one.name, "da")})


@click.command()
@click.option("--only", multiple=True, help="Only these states, such as many or portal-org-*.")
@click.option("--guides", is_flag=True, help="The pictures of the guides, into the guides.")
@click.option("--processes", default=2, show_default=True, help="Each with a demo and a browser.")
def main(*, only: tuple[str, ...], guides: bool, processes: int) -> None:
    """Write the pictures to screenshots/, which git ignores; those of guides where they belong.

    Each page is looked at with axe as well; the exit status is 1 where there is a fault.
    """
    if found(*SHELL, *WHOLE) is None:
        sys.exit(MISSING)
    every = guide_states() if guides else list(STATES)
    names = [name for name in every if any(fnmatch(name, one) for one in only or ("*",))]
    if not names:
        sys.exit("No state has a name like that.")
    begun = monotonic()
    if len(names) <= FEW or processes == 1:
        taken = take(names, guides)
    else:  # which share nothing, so that none waits for another
        parts = [names[turn::processes] for turn in range(processes)]
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            taken = [*chain.from_iterable(pool.map(take, parts, repeat(guides)))]
    faults = [fault for one in taken for fault in one.faults]
    click.echo("\n".join(faults) or "axe found nothing on any of them.")
    pictures = sum(one.pictures for one in taken)
    took = f"{monotonic() - begun:.0f} s"
    click.echo(f"{len(taken)} states, {pictures} pictures, {len(faults)} faults, {took}")
    sys.exit(1 if faults else 0)


def take(names: list[str], guides: bool) -> list[Taken]:  # noqa: FBT001 # sent to a process
    """The pictures of some states, of a demo of their own."""
    target, sizes = (GUIDES, GUIDE) if guides else (FOLDER, WIDTHS)
    target.mkdir(exist_ok=True)
    taken = []
    with tempfile.TemporaryDirectory() as scratch:
        key_pool.share(Path(scratch) / "keys")
        folder = Path(scratch) / "demo"
        prepare(folder, fresh=False)
        demo = build(folder, Ports.free(), clock=system_clock, say=lambda _: None)
        with served(demo), sync_playwright() as playwright:
            gallery = fill(demo, system_clock())
            browser = shell(playwright)
            camera = Camera(browser, gallery, target, sizes)
            for name in names:
                taken.append(camera.take(name))
                click.echo("\n  ".join((f"{name} {taken[-1].seconds:.1f} s", *taken[-1].faults)))
            browser.close()
    return taken


if __name__ == "__main__":
    main()
