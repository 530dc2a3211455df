"""Services that ask to be switched later, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.audit.store import AuditStore, told_under
from broker.db import Engine, reading
from broker.errors import Refused, Unknown
from broker.metadata.postponing.service import Postponing
from broker.metadata.report import Occasion
from broker.metadata.rollover.model import Instants, Plan, Slot
from tests.factories import NOW

DAY = timedelta(days=1)
PLAN = Plan(
    "oces3",
    Slot("sundhed", "idp", "signing"),
    "first",
    "oces3",
    Instants(NOW, NOW, NOW + 30 * DAY, NOW + 37 * DAY, NOW + 44 * DAY, NOW + 74 * DAY),
)
WHY = Occasion(NOW, "owner", "frys", "REFERENCE")
UNTIL = NOW + 35 * DAY


def refused(postponing: Postponing, until: int, **more: object) -> str:
    with pytest.raises(Refused) as error:
        postponing.ask(PLAN, "dpsd", NOW + until * DAY, replace(WHY, **more))  # type: ignore[arg-type]  # rows name the fields
    return error.value.code


def test_asked_again_takes_the_place_of_what_was_asked(engine: Engine) -> None:
    postponing = Postponing(engine, AuditStore())
    postponing.ask(PLAN, "dpsd", UNTIL, WHY)
    second = postponing.ask(PLAN, "dpsd", UNTIL + DAY, WHY)
    postponing.ask(PLAN, "sor", UNTIL, WHY)
    found = postponing.wishes("sundhed", "oces3", "dpsd")
    assert [(one.state, one.until) for one in found] == [
        ("taken_back", UNTIL),
        ("waiting", UNTIL + DAY),
    ]
    assert len(postponing.wishes("sundhed", waiting=True)) == 2
    assert postponing.wishes("borger") == ()
    yes = postponing.answer("sundhed", second.number, "granted", replace(WHY, by="operator"))
    assert (yes.state, yes.answered_by) == ("granted", "operator")
    with reading(engine) as connection:
        told = list(told_under(connection, "REFERENCE"))
    assert len(told) == 5


def test_answered_once_and_in_its_own_federation(engine: Engine) -> None:
    postponing = Postponing(engine, AuditStore())
    wish = postponing.ask(PLAN, "dpsd", UNTIL, WHY)
    with pytest.raises(Unknown) as error:
        postponing.answer("borger", wish.number, "granted", WHY)
    assert error.value.code == "rollover.no_wish"
    postponing.answer("sundhed", wish.number, "declined", WHY)
    with pytest.raises(Unknown):
        postponing.answer("sundhed", wish.number, "granted", WHY)
    assert postponing.wishes("sundhed")[0].state == "declined"


def test_what_nobody_can_grant_is_not_asked(engine: Engine) -> None:
    postponing = Postponing(engine, AuditStore())
    assert refused(postponing, 30) == "rollover.period"
    assert refused(postponing, 44) == "rollover.too_late"
    assert refused(postponing, 35, reason=" ") == "rollover.reason"
    assert refused(postponing, 35, at=NOW + 31 * DAY) == "rollover.switched"
    assert postponing.wishes("sundhed") == ()
