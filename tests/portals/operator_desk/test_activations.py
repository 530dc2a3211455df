"""Which logins are open where, over HTTP: planned with a check first, paused in one press."""

import pytest

from broker.demo.visitor import Page
from tests.portals.visiting import House, Portal, text


def states(page: Page, service: str, idp: str) -> str:
    wanted = f"/at/{service}/{idp}"
    found = [a for a in page.tree.iter("a") if a.get("href", "").endswith(wanted)]
    return " ".join(map(str, found[0].itertext())) if found else ""


def act(who: Portal, what: str, idp: str, **fields: str) -> Page:
    path = f"operator/activations/{'pause' if what == 'pause' else f'do/{what}'}/{idp}"
    return who.send(who.open(path), fields)


def test_everybody_who_runs_it_sees_it_and_nobody_else(house: House) -> None:
    page = house.enter("operator").open("operator/activations")
    assert page.status == 200
    assert "open" in states(page, "dpsd", "nemlogin")
    assert house.enter("auditor").open("operator/activations").status == 200
    for nobody in ("employee", "org_admin", "service_owner"):
        page = house.enter(nobody).open("operator/activations")
        assert page.mark("code") == "permission.mandate"


def test_an_auditor_looks_and_decides_nothing(house: House) -> None:
    rosa = house.enter("auditor")
    for path in ("operator/activations/pause/nemlogin", "operator/activations/do/close/nemlogin"):
        assert rosa.open(path).mark("code") == "permission.mandate"
    page = rosa.open("operator/activations/at/dpsd/nemlogin")
    assert page.status == 200
    assert "Pause" not in text(page)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"services": "dpsd"}, "Say from when"),
        ({"services": "dpsd", "since": "i morgen"}, "Write it as 24-04-2027 06.00"),
        ({"services": "dpsd", "since": "01-01-2001 06:00"}, "That time is over"),
        ({"services": "dpsd", "since": "31-12-2049", "text_da": "Kun dansk"}, "both languages"),
        ({"since": "31-12-2049"}, "Choose at least one service"),
        ({"services": "nothing", "since": "31-12-2049"}, "Somebody else has decided meanwhile"),
    ],
)
def test_what_is_faulty_is_said_and_kept(house: House, fields: dict[str, str], said: str) -> None:
    page = act(house.enter("operator"), "plan", "kombit", **fields)
    assert page.status == 400
    assert said in text(page)
    for name in ("since", "text_da"):
        found = page.tree.find(f".//input[@name='{name}']")
        assert found is not None
        assert found.get("value") == fields.get(name, "")


def test_a_wave_is_checked_then_planned_and_paused_in_one_press(house: House) -> None:
    ravn = house.enter("operator")
    page = act(ravn, "plan", "kombit", services="dpsd", since="31-12-2049 06:00", case_no="26/77")
    assert "Nothing is changed yet" in text(page)
    assert "31 December 2049 at 06:00" in text(page)
    assert "opens later" not in states(ravn.open("operator/activations"), "dpsd", "kombit")
    page = ravn.send(page, {"sure": "1"})
    assert "The opening is planned." in text(page)
    assert "26/77" in text(page)
    assert "opens later" in states(ravn.open("operator/activations"), "dpsd", "kombit")
    # Whoever asked for it cannot approve it; somebody else can.
    page = act(ravn, "approve", "kombit", services="dpsd")
    page = ravn.send(page, {"sure": "1"})
    assert page.status == 400
    holger = house.enter("holger")
    page = holger.send(act(holger, "approve", "kombit", services="dpsd"), {"sure": "1"})
    assert "Holger Dalsgård" in text(page)
    page = ravn.send(act(ravn, "close", "kombit", services="dpsd"), {"sure": "1"})
    assert "It is closed." in text(page)


def test_a_pause_says_why_in_both_languages(house: House) -> None:
    ravn = house.enter("operator")
    page = ravn.open("operator/activations/pause/nemlogin?service=sor")
    page = ravn.send(page, {"services": "sor", "text_en": ""})
    assert page.status == 400
    page = ravn.send(
        ravn.open("operator/activations/pause/nemlogin?service=sor"), {"services": "sor"}
    )
    assert "It is paused." in text(page)
    assert "There are problems with logging in through NemLog-in" in text(page)
    page = ravn.send(act(ravn, "resume", "nemlogin", services="sor"), {"sure": "1"})
    assert "It goes on as it was planned." in text(page)


def test_what_is_not_there_is_not_found(house: House) -> None:
    ravn = house.enter("operator")
    for path in ("at/dpsd/nobody", "at/nothing/nemlogin", "do/explode/nemlogin", "pause/nobody"):
        assert ravn.open(f"operator/activations/{path}").status == 404
