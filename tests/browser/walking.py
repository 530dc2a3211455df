"""What people do on the pages of a login, and what must hold of every page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from broker.demo.federation import DemoFederation

METTE = "Mette Åkjær"


def choose(page: Page, name: str, value: str) -> None:
    """Press the button of an identity provider (`idp`) or of somebody (`person`)."""
    page.locator(f'button[name="{name}"][value="{value}"]').click()


def says_who(page: Page, idp: str, person: str, ends: str = "main[data-code]") -> None:
    """Say where to log in and who one is, whichever of them is asked for on the way.

    After a press the next page is still on its way: each step waits until there is a question, or
    until there is what `ends` selects, where no question may be left.
    """
    offered = page.locator(f'button[name="idp"][value="{idp}"]')
    people = page.locator(f'button[name="person"][value="{person}"]')
    end = page.locator(ends)
    expect(offered.or_(people).or_(end).first).to_be_visible()
    if offered.count():
        offered.first.click()
        expect(people.or_(end).first).to_be_visible()
    if people.count():
        people.first.click()


def primary(page: Page) -> Locator:
    """The buttons that stand out, without those of the other language, which is hidden."""
    return page.locator("main .button-primary:visible")


def dead_end(page: Page, code: str) -> None:
    """The page of a refusal: its code, and exactly one button that stands out."""
    expect(page.locator("main")).to_have_attribute("data-code", code)
    expect(primary(page)).to_have_count(1)


def back_to(page: Page, demo: DemoFederation, service: str) -> None:
    """Press that one button, which names the service and leads there."""
    expect(primary(page)).to_have_text(f"Tilbage til {demo.sps[service].name.da}")
    primary(page).click()
    page.wait_for_url(f"{demo.sps[service].url}/**")


def arrived(page: Page, demo: DemoFederation, service: str, who: str = METTE) -> None:
    """The service greets the person by name."""
    page.wait_for_url(f"{demo.sps[service].url}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(who)


def log_in(page: Page, demo: DemoFederation, service: str) -> None:
    """Press the service's own button and log in from the beginning, to the end."""
    page.get_by_role("link", name="Log ind").click()
    choose(page, "idp", "nemlogin")
    choose(page, "person", "mette")
    arrived(page, demo, service)


def checked(page: Page, language: str) -> None:
    """No fault by axe, the right language, and nothing that must be scrolled to sideways."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.locator("html").get_attribute("lang") == language
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def too_small(page: Page) -> list[str]:
    """What a thumb would miss: buttons and ways between pages that are under 44 px high."""
    found = page.evaluate(
        """[...document.querySelectorAll('button, .portal-nav a, .section-nav a, .pages a')]
        .filter(e => e.checkVisibility())
        .filter(e => e.getBoundingClientRect().height < 44)
        .map(e => e.outerHTML)"""
    )
    return [str(one) for one in found]
