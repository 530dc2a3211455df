"""A clinic becomes a member and gives its first role; the next login carries it."""

import re
from typing import Protocol

from playwright.sync_api import Browser, Page, expect

from broker.demo.federation import DemoFederation
from tests.browser.gallery_cases import APPLICATION, apply, mailed
from tests.browser.gallery_signing import sign_in
from tests.browser.walking import arrived, says_who

ROLE = re.compile(r"Sundhedsvæsenets Organisationsregister: Opslag$")


class Enter(Protocol):
    """Somebody in a browser of their own, at a page of the portals."""

    def __call__(self, key: str, path: str) -> Page: ...


def entering(chromium: Browser, demo: DemoFederation) -> Enter:
    """Everybody has their own browser, and logs in."""

    def enter(key: str, path: str) -> Page:
        context = chromium.new_context(locale="da-DK")
        context.set_default_timeout(20_000)
        page = context.new_page()
        sign_in(page, demo, key, path)
        return page

    return enter


def approved(page: Page) -> None:
    """The step that waits for this person is approved on the case's page."""
    page.get_by_label("Godkend", exact=True).first.check()
    page.get_by_role("button", name="Send afgørelsen").first.click()
    expect(page.locator(".notice")).to_have_text("Du har godkendt.")


def begun(page: Page, demo: DemoFederation, key: str) -> None:
    """The link of a mail or the code of a colleague is used, and the person logs in with it."""
    page.get_by_role("button", name="Begynd").click()
    page.wait_for_load_state()
    sign_in(page, demo, key)


def test_a_clinic_is_onboarded_and_gives_its_first_role(
    chromium: Browser, demo: DemoFederation
) -> None:
    enter = entering(chromium, demo)
    ane = enter("ane", "")
    ane.get_by_role("link", name="Ansøg om medlemskab").first.click()
    expect(ane.locator("#name")).to_have_value("Fysioterapien ved Kilden")
    case = apply(ane, ROLE)
    expect(ane.locator(".notice")).to_contain_text("Sagen er sendt")
    expect(ane.locator("li[aria-current='step']")).to_contain_text("sikkerhedsansvarlige")

    # The security officer, by the link of the mail.
    link = mailed(demo, "case-link", APPLICATION["officer_email"])
    sofus = enter("sofus", link)
    expect(sofus.locator("main")).to_contain_text("Merle Tangager")
    sofus.get_by_label("Godkend", exact=True).check()
    sofus.get_by_role("button", name="Send afgørelsen").click()
    expect(sofus.locator("main")).to_contain_text("godkendt på organisationens vegne")

    # The owner of the service finds it on the front page; the operator comes last.
    merete = enter("merete", "")
    merete.get_by_role("link", name=re.compile("Organisationer, der ansøger om")).click()
    merete.get_by_role("link", name=case).click()
    approved(merete)
    ravn = enter("ravn", "operator/cases?waits=operator")
    ravn.get_by_role("link", name=case).click()
    ravn.get_by_role("button", name="Tag sagen").click()
    expect(ravn.locator(".notice")).to_have_text("Du har taget sagen.")
    approved(ravn)
    ane.reload()
    expect(ane.locator("dl.facts").first).to_contain_text("Godkendt")

    # The first administrator begins by her link, adds a colleague and gives him a role.
    merle = enter("merle", mailed(demo, "case-claim", APPLICATION["first_email"]))
    begun(merle, demo, "merle")
    expect(merle.locator(".portal-organisation")).to_have_text("Fysioterapien ved Kilden")
    sign_in(merle, demo, "merle", "org/people/add")
    merle.locator("#name").fill("Jakob Ellemose")
    merle.locator("#reason").fill("Fysioterapeut i klinikken")
    merle.locator("main form").get_by_role("button", name="Tilføj").click()
    code = merle.locator("#claim-code").inner_text()
    jakob = enter("jakob", f"cases/claim/{code}")
    begun(jakob, demo, "jakob")
    expect(jakob.locator(".portal-organisation")).to_have_text("Fysioterapien ved Kilden")

    merle.get_by_role("link", name="Jakob Ellemose", exact=True).click()
    merle.locator("main a[href$='/give']").first.click()
    merle.get_by_role("link", name=re.compile("^Opslag")).click()
    merle.locator("#reason").fill("Slår henvisere op")
    merle.locator("main form button.button-primary").click()
    merle.locator("button[name='step'][value='give']").click()
    expect(merle.locator("main")).to_contain_text("Opslag")

    # His login carries exactly that.
    jakob.goto(demo.sps["sor"].url)
    jakob.get_by_role("link", name="Log ind").click()
    says_who(jakob, "nemlogin", "jakob", "h1:has-text('Jakob Ellemose')")
    arrived(jakob, demo, "sor", "Jakob Ellemose")
    expect(jakob.locator("main")).to_contain_text("Opslag_0_3")
