"""What partners publish, at the operator's portal: a new key waits for somebody who compares it."""

import pytest

from broker.metadata.sources.model import Policy, Source
from broker.metadata.sources.registering import SourceDesk
from broker.upkeep import metadata_refresher
from tests.factories import key_pair
from tests.metadata_factory import Sp, key
from tests.portals.changing import DAY, Change, linked
from tests.portals.switching.moments import typed
from tests.portals.visiting import text, token
from tests.publisher import with_key

ONE = Sp()
NEW_KEY = with_key(ONE, key("sp-new") + key("sp-enc", "encryption"))
CODE = "service-example-dk"
AT = "operator/metadata"
PARTNER = f"{AT}/partners/{CODE}"


def brings(change: Change, content: bytes, by: str = "host") -> None:
    """Somebody uploads the document of the source."""
    demo = change.house.demo
    keeper = metadata_refresher(demo.settings, demo.services.engine)
    assert keeper.refresh("partner", change.occasion(by=by), content=content).good


def in_force(change: Change) -> tuple[object, ...]:
    known = change.house.demo.services.registry.current()
    return known.service_by_code("sundhed", CODE).sp.signing


@pytest.fixture(scope="module", autouse=True)
def source(change: Change) -> None:
    demo = change.house.demo
    desk = SourceDesk(demo.services.engine, demo.ports.origin, demo.services.portals.audit)
    ravn = change.house.enter("ravn")
    assert "There is no source yet" in text(ravn.open(f"{AT}/sources"))
    assert "Nothing waits" in text(ravn.open(AT))
    made = Source("partner", "sundhed", "upload", "", False, Policy(), "", 0, change.now, "x", "y")
    desk.add(made, change.occasion())
    brings(change, ONE.xml())


def digits(change: Change) -> str:
    """The beginning of the SHA-256 of what waits."""
    page = change.house.enter("ravn").open(AT)
    return linked(page, CODE).partition("sha256=")[2][:12]


def the_first_document_waits_and_is_compared_before_it_counts(change: Change) -> None:
    ravn = change.fresh("ravn")
    assert "Metadata of partners waits for your approval" in text(ravn.open(""))
    page = ravn.open(linked(ravn.open(AT), CODE).replace("/sundhed/portal/", ""))
    said = text(page)
    assert "Waits for approval" in said
    assert ONE.entity_id in said or "https://service.example.dk" in said
    page = ravn.send(ravn.open(f"{PARTNER}/decide"), {})
    assert page.status == 400
    assert "Choose one of them" in text(page)
    page = ravn.send(
        ravn.open(f"{PARTNER}/decide"),
        {"answer": "approve", "compared": "000000000000", "reason": "ringet"},
    )
    assert page.status == 400
    assert "Those are not the digits of this version" in text(page)
    fields = {"answer": "approve", "compared": digits(change), "reason": "ringet til dem"}
    page = ravn.send(ravn.open(f"{PARTNER}/decide"), fields)
    assert "The version counts" in text(page)
    assert in_force(change) == (key_pair("sp")[1],)
    assert "In force" in text(ravn.open(PARTNER))
    page = ravn.open(f"{PARTNER}/decide")
    assert (page.status, page.mark("code")) == (404, "metadata.nothing_waits")


def a_new_key_waits_as_a_difference_and_counts_from_the_time_given(change: Change) -> None:
    brings(change, NEW_KEY.xml())
    ravn = change.fresh("ravn")
    page = ravn.open(f"{PARTNER}/version")
    assert key_pair("sp-new")[1].fingerprint[:16] in text(page).replace(":", "").lower()
    assert "Why it waits" in text(page)
    at = change.now + 2 * DAY
    fields = {"answer": "approve", "compared": digits(change), "reason": "ringet", "at": typed(at)}
    page = ravn.send(ravn.open(f"{PARTNER}/decide"), fields)
    assert "The version counts from the time you chose" in text(page)
    assert in_force(change) == (key_pair("sp")[1],)
    change.house.clock.move(3 * DAY.total_seconds())
    assert in_force(change) == (key_pair("sp-new")[1],)


def rejected_nothing_changes(change: Change) -> None:
    brings(change, with_key(ONE, key("sp-third") + key("sp-enc", "encryption")).xml())
    ravn = change.fresh("ravn")
    page = ravn.send(
        ravn.open(f"{PARTNER}/decide"), {"answer": "reject", "reason": "de kender den ikke"}
    )
    assert "The version is rejected" in text(page)
    assert in_force(change) == (key_pair("sp-new")[1],)
    assert "de kender den ikke" in text(ravn.open(PARTNER))


def an_alarm_is_seen_by_name_once(change: Change) -> None:
    with pytest.raises(AssertionError):  # it is refused, and an alarm says so
        brings(change, Sp(entity_id="https://other.example.dk/saml").xml())
    ravn = change.fresh("ravn")
    page = ravn.open(AT)
    form = next(f for f in page.tree.iter("form") if "alarms/" in (f.get("action") or ""))
    action = str(form.get("action"))
    page = ravn.send(page, {"words": "ringer til dem"}, action=action)
    assert "It is written down that you have seen it" in text(page)
    assert "Rikke Ravnkilde: ringer til dem" in text(page)
    page = ravn.post(f"{AT}/alarms/999999", {"csrf_token": token(page), "words": "x"})
    assert (page.status, page.mark("code")) == (404, "alarm.unknown")


def out_of_force_at_once(change: Change) -> None:
    ravn = change.fresh("ravn")
    page = ravn.send(ravn.open(f"{PARTNER}/withdraw"), {"reason": "nøglen er stjålet"})
    assert "The metadata is out of force" in text(page)
    page = ravn.send(ravn.open(f"{PARTNER}/withdraw"), {"reason": "igen"})
    assert page.status == 400
    assert "It is out of force already" in text(page)


def test_metadata_of_a_partner_from_its_first_document_until_it_is_out_of_force(
    change: Change,
) -> None:
    """One story: each step begins where the one before it ended."""
    the_first_document_waits_and_is_compared_before_it_counts(change)
    a_new_key_waits_as_a_difference_and_counts_from_the_time_given(change)
    rejected_nothing_changes(change)
    an_alarm_is_seen_by_name_once(change)
    out_of_force_at_once(change)


def test_an_auditor_looks_and_decides_nothing(change: Change) -> None:
    rosa = change.fresh("rosa")
    page = rosa.open(AT)
    assert page.status == 200
    for path in (f"{PARTNER}/decide", f"{PARTNER}/withdraw", f"{AT}/alarms/1"):
        answer = rosa.post(path, {"csrf_token": token(page), "reason": "x", "answer": "approve"})
        assert answer.mark("code") == "permission.mandate", path
