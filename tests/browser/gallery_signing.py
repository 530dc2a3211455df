"""Signing in to the portals in a browser, as one of the people of the demo."""

from playwright.sync_api import Page

from broker.demo.federation import DemoFederation
from broker.demo.people import person_of
from tests.browser.gallery import Gallery, Show
from tests.browser.walking import choose


def sign_in(page: Page, demo: DemoFederation, key: str, path: str = "") -> None:
    """From a page of the portals, through the login that it leads to, and back."""
    base = f"{demo.ports.origin}/sundhed/portal/"
    page.goto(base + path)
    who = person_of(key)
    assert who is not None
    if page.url.startswith(base):
        return
    if page.locator(f'button[name="idp"][value="{who.idp}"]').count():
        choose(page, "idp", who.idp)
    choose(page, "person", key)
    page.wait_for_selector("button[name='account'], .portal-bar")
    if not page.url.startswith(base):  # somebody with two organisations, who has not chosen yet
        page.locator("button[name='account']").first.click()
    page.wait_for_url(f"{base}**")


def as_person(key: str, path: str = "") -> Show:
    """A page of the portals, as somebody."""

    def show(page: Page, gallery: Gallery) -> None:
        sign_in(page, gallery.demo, key, path)

    return show
