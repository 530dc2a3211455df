"""Certificates that run out: each level once, to whoever can renew them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from broker.db import Engine
from broker.metadata.expiry import OURS, Held
from broker.metadata.notices.expiring import ExpiryWatch
from broker.saml.keys import Certificate
from tests.unit.metadata.notices.town import OPERATOR, Town
from tests.unit.metadata.rollover.making import certificate, day

ENDS = 200
CONTACTS = {"dpsd": ("it@dpsd.dk", "ejer@dpsd.dk"), "sen": ("it@dpsd.dk",), "stum": ()}


class Watching:
    """The watch of a town where some certificates are in use."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.inventory: list[Held] = []
        self.watch = ExpiryWatch(town.engine, town.office, self._held)

    def _held(self, _now: datetime) -> Iterator[Held]:
        yield from self.inventory

    def uses(self, partner: str, found: Certificate) -> None:
        contacts = CONTACTS.get(partner, ())
        held = Held(found, "sundhed", partner, "sp", ("signing",), contacts)
        self.inventory.append(held)

    def told(self) -> list[tuple[str, str]]:
        return [(row.recipient, row.milestone) for row in self.town.rows()]


@pytest.fixture
def watching(engine: Engine) -> Watching:
    return Watching(Town(engine))


def test_each_level_is_told_once_to_each_contact_and_a_late_watch_tells_the_last(
    watching: Watching,
) -> None:
    watching.uses("dpsd", certificate("runs out", until=ENDS))
    assert watching.watch.tell(day(ENDS - 91)) == 0
    for at in range(ENDS - 90, ENDS + 5):
        watching.watch.tell(day(at))
        assert watching.watch.tell(day(at) + timedelta(hours=6)) == 0, at
    levels = ["90d", "60d", "30d", "14d", "7d", "1d"]
    assert [level for who, level in watching.told() if who == "it@dpsd.dk"] == levels
    assert [level for who, level in watching.told() if who == "ejer@dpsd.dk"] == levels
    late = certificate("runs out late", until=ENDS)
    watching.inventory.clear()
    watching.uses("dpsd", late)
    assert watching.watch.tell(day(ENDS - 10)) == 2, "four levels have passed, and one is told"


def test_one_certificate_of_several_partners_is_one_mail_that_names_them(
    watching: Watching,
) -> None:
    shared = certificate("shared", until=ENDS)
    watching.uses("dpsd", shared)
    watching.uses("sen", shared)
    assert watching.watch.tell(day(ENDS - 20)) == 2
    bodies = {str(row.recipient): str(row.body) for row in watching.town.rows()}
    assert "Tjenesten dpsd, Tjenesten sen" in bodies["it@dpsd.dk"]
    assert "Tjenesten sen" not in bodies["ejer@dpsd.dk"]


def test_ours_and_those_of_partners_without_contacts_are_for_the_operator(
    watching: Watching,
) -> None:
    watching.uses(OURS, certificate("ours", until=ENDS))
    watching.uses("stum", certificate("theirs", until=ENDS))
    assert watching.watch.tell(day(ENDS - 20)) == 2
    bodies = [str(row.body) for row in watching.town.rows() if row.recipient == OPERATOR]
    assert sum("broker rollover plan" in body for body in bodies) == 1
    assert sum("fordi Tjenesten stum ikke har en kontakt" in body for body in bodies) == 1
