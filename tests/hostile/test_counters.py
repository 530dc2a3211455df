"""H08, H10: who is told to wait or to come again, and that the metrics show it and name nobody."""

from contextlib import ExitStack
from typing import NoReturn

import pytest
from prometheus_client.parser import text_string_to_metric_families

from broker.cli.exposition import exposition
from broker.db import Engine
from broker.login.crowds import PLACES
from broker.web.limiting import REFUSALS
from tests.box import ORIGIN, SSO, Box, code_of, make_box
from tests.minutes import standing

STRANGER = {"REMOTE_ADDR": "203.0.113.7"}
GARBAGE = ("broker_refusals_total", "malformed.base64", "sundhed", "login")
MORE = 5  # beyond what an address may be refused


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    return make_box(tmp_path_factory.mktemp("counted"))


def shown(box: Box) -> dict[tuple[str, ...], float]:
    """What `broker metrics` says, once a minute has passed: by name and labels."""
    box.clock.move(60)
    box.services.flow.recorder.keep(box.clock())
    return said(box)


def said(box: Box) -> dict[tuple[str, ...], float]:
    text = exposition(box.services.engine, box.clock())
    return {
        (one.name, *(value for _, value in sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
        if one.name.endswith("_total")
    }


def test_h08_refusals_and_who_is_told_to_wait(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    standing(monkeypatch)
    browser = box.browser()
    statuses = [
        browser.get(f"{SSO}?SAMLRequest=!", base_url=ORIGIN, environ_overrides=STRANGER).status_code
        for _ in range(REFUSALS + MORE)
    ]
    assert statuses == [400] * REFUSALS + [429] * MORE
    found = shown(box)
    assert found == {
        GARBAGE: REFUSALS,
        ("broker_rate_limited_total",): MORE,
    }
    assert shown(box) == found, "counted once"
    assert "203.0.113" not in str(found)


def test_h08_a_flood_alone_is_handed_over_as_well(box: Box) -> None:
    """Nobody begins a login any more, and the counters move all the same."""
    before = shown(box)
    browser = box.browser()
    browser.get(f"{SSO}?SAMLRequest=!", base_url=ORIGIN)
    box.clock.move(60)
    browser.get(f"{SSO}?SAMLRequest=!", base_url=ORIGIN)
    assert said(box)[GARBAGE] == before[GARBAGE] + 2


def test_h08_a_refusal_has_its_page_where_nothing_can_be_counted(
    box: Box, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_: Engine) -> NoReturn:
        raise OSError("no space left on the device")

    monkeypatch.setattr("broker.login.record.writing", full)
    box.clock.move(60)
    page = box.browser().get(f"{SSO}?SAMLRequest=!", base_url=ORIGIN)
    assert (page.status_code, code_of(page)) == (400, "malformed.base64")
    assert "counters.lost" in [one.getMessage() for one in caplog.records]


def test_h10_a_peer_without_a_place_is_told_when_to_come_again(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowds = box.services.flow.recorder.crowds
    monkeypatch.setattr(crowds, "_patience", 0)
    before = shown(box)
    with ExitStack() as held:
        for _ in range(PLACES):
            held.enter_context(crowds.place(("sundhed", "service", "one"), box.clock()))
        page = box.redirect(box.browser())
    assert (page.status_code, code_of(page)) == (503, "limit.crowded")
    assert page.headers["Retry-After"] == "5"
    assert box.redirect(box.browser()).status_code == 303
    after = shown(box)
    assert {name: times for name, times in after.items() if before.get(name) != times} == {
        ("broker_refusals_total", "limit.crowded", "sundhed", "login"): 1,
        ("broker_peer_crowded_total", "sundhed", "refused", "one", "service"): 1,
    }
