"""D01–D06, D20, I03: replay, and whose browser it is. One answer counts once, in one browser."""

import threading
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from broker.bootstrap import metadata_service
from broker.login.seal import PREFIX
from broker.metadata.report import Occasion
from tests.box import ORIGIN, Box, code_of, make_box, start
from tests.hostile.conftest import Scene
from tests.hostile.forge import Forge


def cookies(browser: FlaskClient) -> dict[str, str]:
    """The flow cookies of a browser."""
    jar = browser._cookies or {}  # noqa: SLF001  # the test client shows one at a time only
    held = [(cookie.decoded_key, cookie.decoded_value) for cookie in jar.values()]
    return {name: value for name, value in held if name.startswith(PREFIX)}


def give(browser: FlaskClient, held: dict[str, str]) -> None:
    """Put flow cookies into a browser."""
    for name, value in held.items():
        browser.set_cookie(name, value, domain="broker.example.dk", secure=True, path="/")


def test_d01_replay_in_the_same_browser(scene: Scene) -> None:
    forge = scene.at()
    xml = forge.xml()
    scene.accepted(xml)
    scene.refused(xml, "context.replay", rows=0)  # its flow is over, so nothing is verified


def test_d01_replay_with_the_cookie_from_before(scene: Scene) -> None:
    forge = scene.at()
    held, xml = cookies(scene.browser), forge.xml()
    scene.accepted(xml)
    give(scene.browser, held)
    scene.refused(xml, "context.replay")


def test_d01_replay_in_another_browser_that_stole_the_cookie(scene: Scene) -> None:
    forge = scene.at()
    held, xml = cookies(scene.browser), forge.xml()
    scene.accepted(xml)
    scene.browser = scene.box.browser()
    give(scene.browser, held)
    scene.refused(xml, "context.replay")


def test_d01_replay_after_a_restart(scene: Scene) -> None:
    forge = scene.at()
    held, xml = cookies(scene.browser), forge.xml()
    scene.accepted(xml)
    scene.box = start(scene.box.settings, scene.box.clock)
    scene.browser = scene.box.browser()
    give(scene.browser, held)
    scene.refused(xml, "context.replay")


def test_d01_of_parallel_replays_one_wins(scene: Scene) -> None:
    forge = scene.at()
    held, xml = cookies(scene.browser), forge.xml()
    codes: list[str] = []

    def send() -> None:
        browser = scene.box.browser()
        give(browser, held)
        codes.append(code_of(scene.box.deliver(browser, xml)))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["", "context.replay", "context.replay", "context.replay"]


def test_d02_one_assertion_in_two_flows(scene: Scene) -> None:
    first = scene.at("legacy")
    scene.accepted(first.but(assertion_id="_same").xml())
    second = scene.at("legacy")
    scene.refused(second.but(assertion_id="_same").xml(), "context.replay")


def test_d20_an_answer_brought_by_another_browser(scene: Scene) -> None:
    forge = scene.at()
    victim = scene.box.browser()
    scene.browser, owner = victim, scene.browser
    scene.refused(forge.xml(), "flow.missing")
    scene.browser = owner
    scene.accepted(forge.xml())


def test_i03_a_cookie_of_another_flow_under_this_name(scene: Scene) -> None:
    forge = scene.at()
    mine = cookies(scene.browser)
    other = Scene(scene.box, scene.box.browser())
    other.at()
    (stolen,) = cookies(other.browser).values()
    (name,) = mine
    give(scene.browser, {name: stolen})
    scene.refused(forge.xml(), "flow.foreign")
    give(scene.browser, mine)
    scene.accepted(forge.xml())


def test_i03_a_cookie_that_is_nonsense(scene: Scene) -> None:
    forge = scene.at()
    mine = cookies(scene.browser)
    (name,) = mine
    give(scene.browser, {name: "nonsense"})
    scene.refused(forge.xml(), "flow.foreign")
    give(scene.browser, mine)
    scene.accepted(forge.xml())


def test_a_flow_that_waited_too_long_still_knows_its_service(scene: Scene) -> None:
    forge = scene.at()
    scene.box.clock.move(31 * 60)
    page = scene.refused(forge.but(now=scene.box.clock()).xml(), "flow.expired")
    assert "https://one.example.dk" in page.text


def test_a_choice_that_waited_too_long_is_refused(scene: Scene) -> None:
    page = scene.box.redirect(scene.browser)
    scene.box.clock.move(61 * 60)
    refused = scene.browser.get(page.headers["Location"], base_url=ORIGIN)
    assert code_of(refused) == "flow.expired"


def test_r4_the_first_idp_may_still_answer_after_a_second_choice(scene: Scene) -> None:
    page = scene.box.redirect(scene.browser, draft := scene.box.draft())
    to_alpha = scene.box.choose(scene.browser, page, "alpha")
    to_legacy = scene.box.choose(scene.browser, page, "legacy")
    alpha = Forge(
        scene.box.trip(to_alpha.headers["Location"], "one", "alpha", draft.id), scene.box.clock()
    )
    legacy = Forge(
        scene.box.trip(to_legacy.headers["Location"], "one", "legacy", draft.id),
        scene.box.clock(),
    )
    mixed = legacy.but(key="alpha", issuer=alpha.entity, assertion_issuer=alpha.entity)
    scene.refused(mixed.xml(), "context.issuer")
    scene.accepted(alpha.xml())
    scene.refused(legacy.xml(), "context.replay", rows=0)


def test_r4_a_fourth_choice_is_refused(scene: Scene) -> None:
    page = scene.box.redirect(scene.browser)
    for _ in range(3):
        assert scene.box.choose(scene.browser, page, "alpha").status_code == 303
    assert code_of(scene.box.choose(scene.browser, page, "alpha")) == "policy.tries"


def test_a_choice_posted_by_another_site_is_refused(scene: Scene) -> None:
    page = scene.box.redirect(scene.browser)
    flow = page.headers["Location"].partition("flow=")[2]
    refused = scene.browser.post(
        "/sundhed/saml/discovery",
        data={"flow": flow, "idp": "alpha"},
        headers={"Sec-Fetch-Site": "cross-site"},
        base_url=ORIGIN,
    )
    assert code_of(refused) == "request.cross_site"


@pytest.mark.parametrize("destination", ["iframe", "image", "script", "empty"])
def test_r2_no_flow_starts_where_nobody_sees_it(scene: Scene, destination: str) -> None:
    scene.at()
    before = cookies(scene.browser)
    refused = scene.browser.get(
        "/sundhed/saml/sso", headers={"Sec-Fetch-Dest": destination}, base_url=ORIGIN
    )
    assert code_of(refused) == "request.embedded"
    assert cookies(scene.browser) == before


def test_r2_a_seventh_flow_evicts_one_that_has_chosen_nothing(scene: Scene) -> None:
    forge = scene.at()
    for _ in range(8):
        scene.box.clock.move(1)
        scene.box.redirect(scene.browser)
    assert len(cookies(scene.browser)) == 6
    scene.accepted(forge.but(now=scene.box.clock()).xml())


def test_too_many_cookies_get_a_page_that_clears_them(scene: Scene) -> None:
    give(scene.browser, {f"{PREFIX}{i:024d}": "x" * 900 for i in range(10)})
    page = scene.box.redirect(scene.browser)
    assert code_of(page) == "limit.cookies"
    assert cookies(scene.browser) == {}


def test_a_flow_of_one_federation_is_nothing_in_another(scene: Scene) -> None:
    page = scene.box.redirect(scene.browser)
    flow = page.headers["Location"].partition("flow=")[2]
    refused = scene.browser.get(
        "/sundhed-test/saml/discovery", query_string={"flow": flow}, base_url=ORIGIN
    )
    assert code_of(refused) == "flow.foreign"


def test_an_idp_that_closed_meanwhile_is_refused_and_the_answer_is_spent(
    tmp_path: Path,
) -> None:
    box: Box = make_box(tmp_path)
    browser = box.browser()
    forge = Forge(box.at_idp(browser), box.clock())
    _close(box)
    page = box.deliver(browser, forge.xml())
    assert code_of(page) == "policy.idp_closed"
    assert code_of(box.deliver(browser, forge.xml())) == "context.replay"


def _close(box: Box) -> None:
    service = metadata_service(box.services.engine, ORIGIN)
    service.activate(
        "sundhed",
        "one",
        "alpha",
        opens=None,
        closes=box.clock(),
        occasion=Occasion(box.clock(), "test", "closing", "BOX"),
    )
