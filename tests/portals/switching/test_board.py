"""The operator's switch board over HTTP: a plan made, watched, overruled by two, taken back."""

import pytest

from tests.portals.changing import DAY, Change, attribute, linked
from tests.portals.switching.moments import typed
from tests.portals.visiting import text, token

AT = "operator/switching"
PLAN = f"{AT}/plans/skift"


@pytest.fixture(scope="module", autouse=True)
def planned(change: Change) -> None:
    """Typed, examined and made by an operator; nothing is there before."""
    ravn = change.house.enter("ravn")
    assert "No change is planned" in text(ravn.open(AT))
    wanted = {"code": "skift", "before": "first", "after": "nowhere", "style": "overlap"}
    wanted |= {"slots": "idp-signing", "switch": typed(change.now + 30 * DAY), "reason": "OCES3"}
    page = ravn.send(ravn.open(f"{AT}/new"), {**wanted, "step": "examine"})
    assert "The new key is not here" in text(page)
    assert "Plan it so" not in text(page)
    page = ravn.send(page, {**wanted, "step": "make"})  # by hand: it is refused all the same
    assert "The new key is not here" in text(page)
    assert "No change is planned" in text(ravn.open(AT))
    wanted["after"] = "oces3"
    page = ravn.send(ravn.open(f"{AT}/new"), {**wanted, "step": "examine"})
    assert "Nothing speaks against it" in text(page)
    assert "No change is planned" in text(ravn.open(AT))
    page = ravn.send(page, {**wanted, "step": "make"})
    assert "The change is planned" in text(page)


def test_an_empty_plan_keeps_what_was_typed_and_says_what_is_missing(change: Change) -> None:
    ravn = change.house.enter("ravn")
    page = ravn.send(ravn.open(f"{AT}/new"), {"code": "hov", "switch": "31. april"})
    assert page.status == 400
    assert attribute(page, ".//input[@name='code']", "value") == "hov"
    for words in ("Name it", "Write why", "Write it as 24-04-2027 06.00"):
        assert words in text(page)


def test_a_plan_that_overlaps_another_is_examined_in_words(change: Change) -> None:
    ravn = change.house.enter("ravn")
    wanted = {"code": "to", "before": "first", "after": "oces3", "slots": "idp-signing"}
    wanted |= {"switch": typed(change.now + 5 * DAY), "reason": "x", "step": "examine"}
    said = text(ravn.send(ravn.open(f"{AT}/new"), wanted))
    for words in ("Another change is under way", "That key has had its time", "The notice is sho"):
        assert words in said


def test_the_board_has_whom_to_ring_first_at_the_top(change: Change) -> None:
    page = change.house.enter("ravn").open(PLAN)
    names = [" ".join(map(str, row.itertext())) for row in page.tree.iter("tr")]
    assert "Patients depend on it" in names[1]
    assert "They keep the old key at the switch" in text(page)
    ravn = change.house.enter("ravn")
    answer = ravn.visitor.opener.open(ravn.url(f"{PLAN}/phones"))
    lines = answer.read().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Partner;Name;Owner")
    assert lines[1].startswith(("fmk-online;", "sundhed-dk;"))
    assert answer.headers["Content-Type"].startswith("text/csv")


def test_two_people_let_one_switch_that_is_not_ready(change: Change) -> None:
    at = f"{PLAN}/partners/fmk-online"
    ravn = change.house.enter("ravn")
    assert "It is held on the old key" in text(ravn.open(at))
    fields = {"kind": "waive", "reason": "leverandøren står klar"}
    page = ravn.send(ravn.open(f"{at}/except"), fields)
    assert "It takes two people" in text(page)
    page = ravn.send(ravn.open(f"{at}/except"), fields)
    assert page.status == 400
    assert "You have said so already" in text(page)
    assert any(
        h.partner == "fmk-online" and h.period.ends is None for h in change.of("skift").holds
    )
    holger = change.house.enter("holger")
    page = holger.send(holger.open(f"{at}/except"), fields)
    assert page.status == 200
    assert "It is not held" in text(page)
    assert not any(hold.partner == "fmk-online" for hold in change.of("skift").holds)
    assert any(hold.partner == "sundhed-dk" for hold in change.of("skift").holds)


def test_a_wish_is_granted_by_an_operator(change: Change) -> None:
    merete = change.house.enter("merete")
    until = typed(change.of("skift").instants.switch + 5 * DAY)
    merete.send(
        merete.open("service/certificates/sor/late"), {"at": until, "reason": "frys til mandag"}
    )
    ravn = change.house.enter("ravn")
    assert "Services ask to switch certificate later" in text(ravn.open(""))
    page = ravn.open(f"{PLAN}/partners/sor")
    assert "frys til mandag" in text(page)
    link = linked(page, "Answer the wish")
    page = ravn.send(ravn.open(change.house.demo.ports.origin + link), {"reason": "i orden"})
    assert page.status == 400  # neither yes nor no
    page = ravn.send(
        ravn.open(change.house.demo.ports.origin + link), {"reason": "i orden", "answer": "grant"}
    )
    assert "The wish is granted" in text(page)
    assert [(r.partner, r.kind) for r in change.of("skift").rules if r.kind == "late"] == [
        ("sor", "late")
    ]
    assert "granted" in text(merete.open("service/certificates/sor"))
    page = ravn.open(change.house.demo.ports.origin + link)
    assert (page.status, page.mark("code")) == (404, "rollover.no_wish")


def test_an_owner_or_an_auditor_decides_nothing_here(change: Change) -> None:
    for kind in ("merete", "bodil", "mette"):
        page = change.house.enter(kind).open(PLAN, follow=False)
        assert page.mark("code") == "permission.mandate", kind
    rosa = change.house.enter("rosa")
    page = rosa.open(PLAN)
    assert page.status == 200
    assert "Move the change" not in text(page)
    fields = {"csrf_token": token(page), "reason": "x", "kind": "early"}
    for path in ("move", "cancel", "back", "drill", "partners/dpsd/except", "partners/dpsd/back"):
        answer = rosa.post(f"{PLAN}/{path}", fields)
        assert answer.mark("code") == "permission.mandate", path
    assert change.counts("skift", "dpsd") == "first"


def test_moved_with_what_follows_and_not_into_the_past(change: Change) -> None:
    ravn = change.house.enter("ravn")
    before = change.of("skift").instants
    wanted = typed(before.switch + 2 * DAY)
    page = ravn.send(ravn.open(f"{PLAN}/move"), {"switch": wanted, "reason": "ferie"})
    assert "The change happens at the new times" in text(page)
    after = change.of("skift").instants
    assert (after.switch - before.switch).days in (1, 2)  # to the minute
    assert (after.unpublish - before.unpublish) == (after.switch - before.switch)
    past = typed(change.now - DAY)
    page = ravn.send(ravn.open(f"{PLAN}/move"), {"switch": past, "reason": "igår"})
    assert page.status == 400
    assert change.of("skift").instants.switch == after.switch


def test_the_day_itself_and_back_for_one_and_for_all(change: Change) -> None:
    plan = change.of("skift")
    change.house.clock.move((plan.instants.switch - change.now).total_seconds() + 60)
    assert change.counts("skift", "dpsd") == "oces3"
    assert change.counts("skift", "sor") == "first"  # late
    assert change.counts("skift", "sundhed-dk") == "first"  # held
    assert change.counts("skift", "fmk-online") == "oces3"  # two people said so
    ravn = change.house.enter("ravn")
    page = ravn.open(f"{PLAN}/live")
    assert "Nobody is in trouble" in text(page)
    add = change.house.demo.services.flow.recorder.signals
    for _ in range(4):
        add.failed("sundhed", "idp", "dpsd", change.now, epoch="oces3")
    change.house.clock.move(61)
    ravn.visitor.open(f"{change.house.demo.ports.origin}/sundhed/metadata/idp.xml")
    page = ravn.open(f"{PLAN}/live")
    assert "4 logins under the new key failed. Take it back?" in text(page)
    page = ravn.send(ravn.open(f"{PLAN}/partners/dpsd/back"), {"reason": "fejl hos dem"})
    assert "the old key signs its next message" in text(page)
    assert change.counts("skift", "dpsd") == "first"
    assert change.counts("skift", "fmk-online") == "oces3"
    page = ravn.send(ravn.open(f"{PLAN}/back"), {"reason": ""})
    assert page.status == 400
    page = ravn.send(ravn.open(f"{PLAN}/back"), {"reason": "for mange fejl"})
    assert "Everybody is taken back" in text(page)
    assert change.counts("skift", "fmk-online") == "first"


def test_resumed_at_a_new_time_and_retired(change: Change) -> None:
    ravn = change.house.enter("ravn")
    at = change.now + 2 * DAY
    page = ravn.send(ravn.open(f"{PLAN}/resume"), {"switch": typed(at), "reason": "rettet"})
    assert "The change goes on" in text(page), text(page)[:400]
    change.house.clock.move(3 * DAY.total_seconds())
    assert change.counts("skift", "fmk-online") == "oces3"
    ravn = change.house.enter("ravn")
    page = ravn.send(ravn.open(f"{PLAN}/cancel"), {"reason": "for sent"})
    assert page.status == 400
    assert "The switch has been" in text(page)
    page = ravn.send(ravn.open(f"{PLAN}/retire"), {"reason": "alle er over"})
    assert "withdrawn as soon as nobody is held on it" in text(page), text(page)[:400]
    page = ravn.send(ravn.open(f"{PLAN}/back"), {"reason": "for sent"})
    assert page.status == 400
    assert "It is too late" in text(page)


def test_a_key_that_others_know_signs_nothing_more(change: Change) -> None:
    ravn = change.fresh("ravn")
    fields = {"epoch": "oces3", "slots": "idp-signing", "reason": "fundet på et drev"}
    page = ravn.send(ravn.open(f"{AT}/compromised"), {**fields, "epoch": "oces9"})
    assert page.status == 400
    assert "The new key is not here" in text(page)
    assert change.counts("skift", "fmk-online") == "oces3"
    page = ravn.send(ravn.open(f"{AT}/compromised"), fields)
    assert "The key signs nothing any more" in text(page), text(page)[:400]
    assert change.counts("skift", "fmk-online") == "first"  # still published, for who is held
