"""Where a login cannot go on, one button leads back to the service, and from there it works."""

from playwright.sync_api import Browser, Page, Route, expect

from broker.demo.federation import DemoFederation
from tests.box import Moved
from tests.browser.walking import arrived, back_to, choose, dead_end, log_in, primary

CHOOSING, ANSWERING = 60 * 60, 30 * 60  # seconds that a login is open, before and at the IdP


def begin(page: Page, demo: DemoFederation, service: str = "dpsd") -> None:
    page.goto(f"{demo.sps[service].url}/login")


def test_going_back_after_the_login_and_answering_again_leads_to_the_service(
    danish: Page, demo: DemoFederation
) -> None:
    begin(danish, demo)
    choose(danish, "idp", "nemlogin")
    choose(danish, "person", "mette")
    arrived(danish, demo, "dpsd")
    danish.go_back()
    choose(danish, "person", "mette")
    dead_end(danish, "context.replay")
    back_to(danish, demo, "dpsd")
    arrived(danish, demo, "dpsd")


def test_going_back_to_the_choice_after_the_login_leads_to_the_service(
    danish: Page, demo: DemoFederation
) -> None:
    begin(danish, demo)
    choose(danish, "idp", "nemlogin")
    choose(danish, "person", "mette")
    arrived(danish, demo, "dpsd")
    danish.go_back()
    expect(danish.locator('button[name="person"]').first).to_be_visible()
    danish.go_back()
    dead_end(danish, "flow.finished")
    back_to(danish, demo, "dpsd")
    arrived(danish, demo, "dpsd")


def test_a_bookmarked_login_page_of_an_idp_leads_to_the_service(
    danish: Page, demo: DemoFederation, clock: Moved
) -> None:
    begin(danish, demo)
    choose(danish, "idp", "nemlogin")
    bookmark = danish.url
    danish.context.clear_cookies()
    clock.move(12 * 60 * 60)
    danish.goto(bookmark)
    choose(danish, "person", "mette")
    dead_end(danish, "flow.missing")
    back_to(danish, demo, "dpsd")
    log_in(danish, demo, "dpsd")


def test_a_choice_that_took_an_hour_leads_back_to_the_service(
    danish: Page, demo: DemoFederation, clock: Moved
) -> None:
    begin(danish, demo)
    clock.move(CHOOSING)
    choose(danish, "idp", "nemlogin")
    dead_end(danish, "flow.expired")
    back_to(danish, demo, "dpsd")
    log_in(danish, demo, "dpsd")


def test_half_an_hour_at_the_idp_leads_back_to_the_service(
    danish: Page, demo: DemoFederation, clock: Moved
) -> None:
    begin(danish, demo)
    choose(danish, "idp", "nemlogin")
    clock.move(ANSWERING)
    choose(danish, "person", "mette")
    dead_end(danish, "flow.expired")
    back_to(danish, demo, "dpsd")
    log_in(danish, demo, "dpsd")


def test_cookies_lost_while_choosing_lead_back_to_the_service(
    danish: Page, demo: DemoFederation
) -> None:
    begin(danish, demo)
    danish.context.clear_cookies()
    choose(danish, "idp", "nemlogin")
    dead_end(danish, "flow.missing")
    back_to(danish, demo, "dpsd")
    log_in(danish, demo, "dpsd")


def test_a_choice_opened_in_another_browser_leads_back_to_the_service(
    danish: Page, demo: DemoFederation
) -> None:
    begin(danish, demo)
    sent = danish.url
    danish.context.clear_cookies()
    danish.goto(sent)
    dead_end(danish, "flow.missing")
    back_to(danish, demo, "dpsd")
    log_in(danish, demo, "dpsd")


def test_an_answer_that_is_loaded_again_leads_to_the_service(
    chromium: Browser, demo: DemoFederation
) -> None:
    """Without script, for there the person sees our answer and may reload it."""
    context = chromium.new_context(locale="da-DK", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(15_000)
    begin(page, demo)
    choose(page, "idp", "nemlogin")
    choose(page, "person", "mette")
    primary(page).click()  # on from the identity provider
    page.wait_for_url("**/saml/acs")
    again = page.reload()
    assert again is not None
    assert (again.request.method, again.status) == ("POST", 403)
    dead_end(page, "context.replay")
    back_to(page, demo, "dpsd")
    page.get_by_role("link", name="Log ind").click()
    primary(page).click()  # the session is known: on to the service at once
    arrived(page, demo, "dpsd")
    context.close()


def test_a_service_that_sends_people_round_in_circles_is_stopped_for_a_minute(
    danish: Page, demo: DemoFederation, clock: Moved
) -> None:
    """A service that forgets its answers, as one does whose own cookie is not kept."""
    start = demo.sps["dpsd"].url
    answers = []

    def forget(route: Route) -> None:
        answers.append(route.request.url)
        route.fulfill(status=303, headers={"Location": f"{start}/login"})

    danish.route(f"{start}/acs", forget)
    begin(danish, demo)
    choose(danish, "idp", "nemlogin")
    with danish.expect_response(lambda answer: answer.status == 429):
        choose(danish, "person", "mette")
    dead_end(danish, "flow.loop")
    assert len(answers) == 10
    back_to(danish, demo, "dpsd")
    with danish.expect_response(lambda answer: answer.status == 429):
        danish.get_by_role("link", name="Log ind").click()
    dead_end(danish, "flow.loop")
    danish.unroute(f"{start}/acs")
    clock.move(61)
    back_to(danish, demo, "dpsd")
    danish.get_by_role("link", name="Log ind").click()
    arrived(danish, demo, "dpsd")


def test_a_known_login_without_the_role_leaves_room_for_somebody_who_has_it(
    danish: Page, demo: DemoFederation
) -> None:
    begin(danish, demo, "fmk-online")
    choose(danish, "person", "viggo")
    arrived(danish, demo, "fmk-online", "Viggo Ørsnes")
    begin(danish, demo)
    dead_end(danish, "policy.no_role")
    expect(primary(danish)).to_have_text("Vælg et andet login")
    primary(danish).click()
    choose(danish, "idp", "nemlogin")
    choose(danish, "person", "mette")
    arrived(danish, demo, "dpsd")


def test_after_three_choices_the_only_way_is_back_to_the_service(
    danish: Page, demo: DemoFederation
) -> None:
    begin(danish, demo)
    for _ in range(3):
        choose(danish, "idp", "nemlogin")
        expect(danish.locator('button[name="person"]').first).to_be_visible()
        danish.go_back()
    choose(danish, "idp", "nemlogin")
    dead_end(danish, "policy.tries")
    back_to(danish, demo, "dpsd")
    danish.goto(f"{demo.sps['dpsd'].url}/")
    log_in(danish, demo, "dpsd")
