"""Pictures of the states of the gallery, each looked at with axe, and at the page it promised."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from playwright.sync_api import Browser, Page, Request, ViewportSize

from tests.browser.gallery import STATES as DISCOVERY
from tests.browser.gallery import Gallery
from tests.browser.gallery_pages import PAGES, endpoint_at
from tests.browser.gallery_portals import PORTAL_STATES
from tests.browser.walking import checked, too_small

WIDE: ViewportSize = {"width": 1280, "height": 800}
STATES = {**DISCOVERY, **PORTAL_STATES}
PATIENCE = 20_000  # milliseconds for one step


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one state."""

    pictures: int
    faults: tuple[str, ...]
    seconds: float


class Camera:
    """A browser in front of a gallery, and where its pictures go."""

    def __init__(
        self,
        browser: Browser,
        gallery: Gallery,
        target: Path,
        sizes: Mapping[str, ViewportSize],
    ) -> None:
        self._browser = browser
        self._gallery = gallery
        self._target = target
        self._sizes = sizes

    def take(self, name: str) -> Taken:
        """A state in both languages and every width. What goes wrong on the way is a fault too."""
        begun, faults, pictures = monotonic(), list[str](), 0
        try:
            for language, page in self._stages(name):
                for width, size in self._sizes.items():
                    where = f"{name}-{language}{width}"
                    page.set_viewport_size(size)
                    whole = len(self._sizes) > 1  # what guides show is what a window shows
                    page.screenshot(path=self._target / f"{where}.png", full_page=whole)
                    pictures += 1
                    found = faults_of(page, language, name, self._gallery)
                    faults += [f"{where}: {fault}" for fault in found]
        except Exception as error:  # noqa: BLE001 # whatever it is, the others are still looked at
            faults.append(f"{name}: {type(error).__name__}: {error}")
        for context in self._browser.contexts:
            context.close()
        return Taken(pictures, tuple(faults), monotonic() - begun)

    def _stages(self, name: str) -> Iterator[tuple[str, Page]]:
        """The state in each language; where it is a page that one may ask for again, by that."""
        page, sent = self._stage(name, "da")
        yield "da", page
        if name in PORTAL_STATES and sent and sent[-1] == "GET":
            origin = self._gallery.demo.ports.origin
            page.context.add_cookies([{"name": "lang", "value": "en", "url": origin}])
            page.set_viewport_size(WIDE)
            page.reload()
        else:
            page, _sent = self._stage(name, "en")
        yield "en", page

    def _stage(self, name: str, language: str) -> tuple[Page, list[str]]:
        """A page that shows the state, and how each page on the way there was asked for."""
        context = self._browser.new_context(locale=f"{language}-DK", viewport=WIDE)
        context.set_default_timeout(PATIENCE)
        page, sent = context.new_page(), list[str]()

        def note(request: Request) -> None:
            if request.is_navigation_request() and request.frame == page.main_frame:
                sent.append(request.method)

        page.on("request", note)
        STATES[name](page, self._gallery)
        return page, sent


def faults_of(page: Page, language: str, name: str, gallery: Gallery) -> list[str]:
    """What is wrong with a page: another one than the state promises, or one with faults."""
    found = []
    if name in PORTAL_STATES:
        at = endpoint_at(page, gallery)
        if at != PAGES.get(name):
            found.append(f"it is {at}, not {PAGES.get(name)}")
        found += [f"too small: {one}" for one in too_small(page)]
    try:
        checked(page, language)
    except AssertionError as error:
        found.append(str(error))
    return found
