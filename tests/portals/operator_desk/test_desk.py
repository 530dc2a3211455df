"""The desk over HTTP: a reason first, then every step of a login in words, and a trail of it."""

from uuid import NAMESPACE_URL, uuid4, uuid5

import pytest
import sqlalchemy as sa

from broker.audit.flights.model import Flight, masked
from broker.audit.flights.tables import FLIGHT
from broker.audit.flights.waiting import MOST, WaitingFlights
from broker.audit.store import AUDIT
from broker.db import reading
from broker.demo.visitor import Page
from broker.portals.looking.model import reference_in
from tests.factories import NOW
from tests.portals.visiting import House, Portal, text


def search(who: Portal, sought: str, reason: str = "ringede om DPSD") -> Page:
    return who.send(who.open("operator/desk"), {"sought": sought, "reason": reason})


def below(url: str) -> str:
    return url.split("/portal/")[1]


def table_links(page: Page) -> list[str]:
    main = page.tree.find(".//main")
    assert main is not None
    tables = list(main.iter("table"))
    return [below(a.get("href", "")) for table in tables for a in table.iter("a")]


@pytest.mark.parametrize(
    ("sought", "reason", "said"),
    [
        ("Mette", "", "Write why you look"),
        ("Mette", "abc", "Write why you look"),
        ("Me", "ringede om DPSD", "Write more of it"),
        ("010190-1234", "ringede om DPSD", "That looks like a CPR number"),
        ("Mette", "hun er 010190-1234", "That looks like a CPR number"),
    ],
)
def test_nothing_is_found_without_a_reason(
    house: House, sought: str, reason: str, said: str
) -> None:
    page = search(house.enter("operator"), sought, reason)
    assert page.status == 400
    assert said in text(page)
    assert not table_links(page)


def test_a_person_is_found_and_their_logins_told(house: House) -> None:
    house.enter("employee", anew=True)
    ravn = house.enter("operator")
    page = search(ravn, "åkjær METTE")
    assert page.status == 200
    found = table_links(page)
    assert len(found) == 1
    page = ravn.open(found[0])
    logins = table_links(page)
    page = ravn.open(logins[0])
    told = text(page)
    for words in ("Let in", "NemLog-in", "The person chose it on the page.", "CVR 90000004"):
        assert words in told


def test_every_page_about_a_person_leaves_a_trail(house: House) -> None:
    ravn = house.enter("operator")

    def trail() -> list[str]:
        with reading(house.demo.services.engine) as connection:
            rows = connection.execute(
                sa.select(AUDIT.c.fields).where(AUDIT.c.event == "desk.looked")
            )
            return list(rows.scalars())

    before = len(trail())
    page = search(ravn, "Viggo Ørsnes", "spørger om sin adgang")
    person = table_links(page)[0]
    ravn.open(person)
    ravn.open(person + "/simulate?service=dpsd&idp=nemlogin")
    after = trail()[before:]
    assert len(after) == 3
    assert all("spørger om sin adgang" in row for row in after)
    assert sorted(
        word for row in after for word in ("search", "person", "simulate") if f'"{word}"' in row
    ) == ["person", "search", "simulate"]


def test_a_search_is_its_own_operators_and_for_an_hour(house: House) -> None:
    ravn, holger = house.enter("operator"), house.enter("holger")
    page = search(ravn, "Viggo")
    mine = below(page.url)
    assert holger.open(mine).mark("code") == "desk.look"
    assert house.enter("org_admin").open(mine).mark("code") == "permission.mandate"
    house.clock.move(61 * 60)
    ravn = house.enter("operator", anew=True)
    assert ravn.open(mine).mark("code") == "desk.over"


def test_a_login_that_never_was_says_what_to_do(house: House) -> None:
    page = search(house.enter("operator", anew=True), "7kq2 9f4m xtrc")
    assert "Nothing is kept of this reference" in text(page)
    mine = below(page.url)
    account = "00000000-0000-4000-8000-000000000000"
    assert house.enter("operator").open(f"{mine}/{account}").status == 404


def test_a_refusal_before_the_answer_was_verified_is_found_too(house: House) -> None:
    """The person gives up at the IdP: unsigned, so it is kept with the minute's sums (R8, R14)."""
    demo = house.demo
    waiting = demo.services.flow.recorder.waiting
    flight = Flight(
        id=uuid4(),
        reference="ABCD-EFGH-JKMN",
        at=demo.services.clock(),
        federation="sundhed",
        service="dpsd",
        idp="nemlogin",
        code="idp.cancelled",
        story={"hop": "idp_response", "hops": []},
    )
    waiting.add(flight)
    house.enter("employee", anew=True)  # somebody else's login hands it over
    told = text(search(house.enter("operator"), "ABCDEFGHJKMN"))
    assert "ended here" in told
    assert "not known: it ended before that" in told


def test_a_flood_of_refusals_is_no_flood_of_rows() -> None:
    waiting = WaitingFlights()
    for number in range(10 * MOST):
        waiting.add(_flight(f"{number}"))
    assert len(waiting.take()) == MOST
    assert waiting.take() == []


def test_a_story_keeps_no_cpr_number() -> None:
    story = {"detail": "said 010190-1234", "hops": [{"checks": ["0101901234", "x" * 400]}]}
    kept = str(masked(story))
    assert "1234" not in kept
    assert "x" * 300 not in kept


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("7kq2-9f4m-xtrc", "7KQ2-9F4M-XTRC"),
        (" 7KQ2 9F4M XTRC ", "7KQ2-9F4M-XTRC"),
        ("7KQ29F4MXTRC", "7KQ2-9F4M-XTRC"),
        ("7KQ2-9F4M-XTR", None),
        ("7KQ2-9F4M-XTR0", None),
        ("Mette Åkjær", None),
    ],
)
def test_a_reference_is_read_however_it_is_typed(typed: str, read: str | None) -> None:
    assert reference_in(typed) == read


def test_every_login_writes_one_flight_and_no_more(house: House) -> None:
    def flights() -> int:
        with reading(house.demo.services.engine) as connection:
            return int(
                connection.execute(sa.select(sa.func.count()).select_from(FLIGHT)).scalar_one()
            )

    before = flights()
    house.enter("employee", anew=True)
    assert flights() == before + 1


def _flight(name: str) -> Flight:
    return Flight(
        uuid5(NAMESPACE_URL, name), "R", NOW, "sundhed", "dpsd", "nemlogin", "idp.cancelled"
    )
