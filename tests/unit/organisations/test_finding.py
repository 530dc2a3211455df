"""People found in a whole federation, by words of their name and mail."""

from datetime import timedelta

import pytest

from broker.db import reading
from broker.organisations.store.finding import accounts_of_person, find_people
from tests.factories import NOW
from tests.unit.organisations.office import Office


@pytest.mark.parametrize("few", [1, 1000])
def test_every_word_must_stand_in_name_or_mail(office: Office, few: int) -> None:
    world = office.world
    home, other = world.organisation("90000004"), world.organisation("90000098")
    mette = world.account(home, "Mette Åkjær", email="mette@egely.example.dk")
    world.account(other, "Mette 100% Sand")
    with reading(office.engine) as connection:

        def found(text: str, federation: str = "sundhed") -> list[str]:
            people = find_people(connection, federation, text, NOW + timedelta(days=1), few=few)
            return [one.account.display_name for one in people]

        assert found("åkjær METTE") == ["Mette Åkjær"]
        assert found("mette") == ["Mette 100% Sand", "Mette Åkjær"]
        assert found("egely.example") == ["Mette Åkjær"]
        assert found("100%") == ["Mette 100% Sand"]
        assert found("1%0") == []
        assert found("") == []
        assert found("mette", "elsewhere") == []
        assert accounts_of_person(connection, mette, NOW) == ()
