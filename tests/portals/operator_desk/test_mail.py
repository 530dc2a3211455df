"""Mail over HTTP: words changed and tried by an operator alone, and addresses that fail."""

from uuid import uuid4

from broker.db import reading, writing
from broker.mail.model import Mail
from broker.mail.store import Outbox
from broker.mail.trail import store as trail
from broker.portals.listing import SIZE
from tests.portals.visiting import House, text, token

KIND = "operator/mail/words/key-waits"


def test_auditors_read_the_log_and_change_nothing(house: House) -> None:
    rosa = house.enter("auditor")
    assert rosa.open("operator/mail").status == 200
    assert rosa.open("operator/mail/words").status == 200
    assert rosa.open(KIND).mark("code") == "permission.mandate"
    assert house.enter("org_admin").open("operator/mail").mark("code") == "permission.mandate"


def test_words_are_looked_at_tried_kept_and_taken_back(house: House) -> None:
    ravn = house.enter("operator")
    page = ravn.send(ravn.open(KIND), {"subject_en": "New key of {{ nobody }}", "do": "save"})
    assert page.status == 400
    assert "'nobody' is undefined" in text(page)
    kept = page.tree.find(".//input[@name='subject_en']")
    assert kept is not None
    assert kept.get("value") == "New key of {{ nobody }}"
    page = ravn.send(page, {"subject_en": "Look: {{ partner }}", "do": "look"})
    assert "Look: The sample service" in text(page)
    page = ravn.send(page, {"subject_en": "Look: {{ partner }}", "do": "try"})
    with reading(house.demo.services.engine) as connection:
        tried = [m for m in Outbox().list(connection, ("waiting", "sent")) if m.mail.kind == "try"]
    if tried:  # the demo's operator has an address
        assert "on its way to your own address" in text(page)
        assert {m.mail.subject for m in tried} >= {"Look: The sample service"}
    else:
        assert "You have no mail address here" in text(page)
    stale = ravn.open(KIND)
    page = ravn.send(stale, {"subject_en": "Look: {{ partner }}", "reason": "short", "do": "save"})
    assert "The new words count from the next mail on." in text(page)
    assert "Your own, version 1" in text(ravn.open("operator/mail/words"))
    page = ravn.send(stale, {"subject_en": "Mine", "do": "save"})
    assert page.status == 400
    assert "Somebody else changed it meanwhile" in text(page)
    page = ravn.send(ravn.open(KIND), {"do": "shipped"})
    assert "The words that came with the product count again." in text(page)
    assert ravn.open("operator/mail/words/nothing").status == 404


def test_an_address_that_fails_stands_first_until_it_is_cleared(house: House) -> None:
    now, address = house.clock(), f"{uuid4().hex[:8]}@example.dk"
    with writing(house.demo.services.engine) as connection:
        Outbox().put(connection, Mail("try", uuid4().hex, "", address, "da", "S", "B"), now)
        kept = next(
            m for m in Outbox().list(connection, ("waiting",)) if m.mail.recipient == address
        )
        Outbox().failed(connection, kept, now, "mail.refused")
    ravn = house.enter("operator")
    page = ravn.open("operator/mail")
    assert address in text(page).partition("Sent mail")[0]
    page = ravn.send(page, {"mail": kept.id, "what": "clear"}, action="mail/address")
    assert "The address is cleared" in text(page)
    assert address not in text(page).partition("Sent mail")[0]
    fields = {"mail": kept.id, "what": "again", "csrf_token": token(page)}
    page = ravn.post("operator/mail/address", fields)
    assert "is sent within a minute" in text(page)
    assert ravn.post("operator/mail/address", fields).mark("code") == "mail.gone"
    page = ravn.post("operator/mail/address", {**fields, "mail": "nothing"})
    assert page.mark("code") == "mail.unknown"


def test_of_many_addresses_that_fail_some_stand_there(house: House) -> None:
    now = house.clock()
    addresses = {f"{uuid4().hex[:8]}@example.dk" for _ in range(SIZE + 3)}
    with writing(house.demo.services.engine) as connection:
        for address in addresses:
            Outbox().put(connection, Mail("try", uuid4().hex, "", address, "da", "S", "B"), now)
        for kept in Outbox().list(connection, ("waiting",)):
            if kept.mail.recipient in addresses:
                Outbox().failed(connection, kept, now, "mail.refused")
        more = len(trail.failing(connection)) - SIZE
    page = text(house.enter("operator").open("operator/mail")).partition("Sent mail")[0]
    assert f"{more} more follow when some of these are cleared" in page
    assert page.count("@example.dk") < 3 * (SIZE + 1)
    with writing(house.demo.services.engine) as connection:
        for address in addresses:
            trail.clear(connection, address, now, "Rikke")
