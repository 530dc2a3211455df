"""What vendors are told before something ends; time moves by argument."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broker.errors import Refused
from broker.roles.documents import read_service_version
from broker.vendors.interfaces import closing_schedule, months_before
from broker.vendors.model import LIFE
from tests.factories import NOW
from tests.unit.organisations.office import deed
from tests.unit.vendors.yard import DAY, Yard

CLOSES = NOW + timedelta(days=500)


@pytest.mark.parametrize(
    ("at", "months", "found"),
    [
        ("2026-03-31T00:00:00+02:00", 1, "2026-02-28T00:00:00+01:00"),
        ("2026-07-01T00:00:00+02:00", 6, "2026-01-01T00:00:00+01:00"),  # midnight stays midnight
        ("2028-02-29T12:00:00+01:00", 12, "2027-02-28T12:00:00+01:00"),
        ("2026-01-31T12:00:00+01:00", 3, "2025-10-31T12:00:00+01:00"),
    ],
)
def test_months_are_those_of_the_calendar_in_denmark(at: str, months: int, found: str) -> None:
    moved = months_before(datetime.fromisoformat(at).astimezone(UTC), months)
    assert moved == datetime.fromisoformat(found)


def test_vendors_hear_of_an_end_when_it_is_known_and_each_time_once(yard: Yard) -> None:
    yard.granted(yard.vendor(), interface="dgws", technical=None)
    assert yard.remind(NOW) == 0
    yard.dgws = replace(yard.dgws, closes=CLOSES)
    assert (yard.remind(NOW), yard.remind(NOW + DAY)) == (1, 0)
    owner, at = yard.holding("service_owner", "sei2"), NOW + 300 * DAY
    (access,) = yard.service.of_vendors(owner, "sundhed", ("sei2",))
    assert yard.remind(at) == 1  # the year before its end came meanwhile
    yard.service.extend(owner, access.id, access.version, deed(at))
    schedule = closing_schedule(CLOSES)
    assert [one.name for one in schedule] == ["announced", "12m", "6m", "3m", "1m", "ended"]
    for milestone in schedule[2:]:
        assert yard.remind(milestone.at - timedelta(seconds=1)) == 0, milestone
        assert yard.remind(milestone.at) == 1, milestone
        assert yard.remind(milestone.at + DAY) == 0, milestone
    closing = yard.mails("interface-ending")
    assert closing[0][1].startswith("DGWS til SEI2: elektronisk indberetning lukker ")
    assert closing[-1][1] == "DGWS til SEI2: elektronisk indberetning er lukket"


def test_a_moved_end_is_told_anew_and_one_that_is_gone_not_any_more(yard: Yard) -> None:
    yard.granted(yard.vendor(), interface="dgws")
    yard.dgws = replace(yard.dgws, closes=NOW + 40 * DAY)
    assert yard.remind(NOW) == 2  # both people of the vendor, and the latest milestone alone
    yard.dgws = replace(yard.dgws, closes=NOW + 50 * DAY)
    assert yard.remind(NOW) == 2
    yard.dgws = replace(yard.dgws, closes=None)
    assert yard.remind(NOW + 20 * DAY) == 0


def test_before_an_access_ends_its_vendor_is_told_and_after_it_once(yard: Yard) -> None:
    vilma = yard.vendor()
    access = yard.granted(vilma, technical=None, language="en")
    looked = (300, 304, 305, 306, 334, 335, 357, 358, 359, 364, 365, 366, 371, 373)
    days = [day for day in looked if yard.remind(NOW + day * DAY)]
    assert days == [(LIFE - timedelta(days=before)).days for before in (60, 30, 7, 0)]
    subjects = [subject for _, subject in yard.mails("vendor-access")]
    assert "The access has ended." in subjects[-1]
    other = yard.granted(vilma, at=NOW + DAY, product="Nummer to")
    yard.service.give_back(vilma, other.id, 1, deed(NOW + 2 * DAY))
    yard.service.give_back(vilma, access.id, 1, deed(NOW + 2 * DAY))
    assert yard.remind(NOW + 310 * DAY) == 0


def test_where_the_interface_ends_first_its_end_alone_is_told(yard: Yard) -> None:
    yard.granted(yard.vendor(), interface="dgws", technical=None)
    yard.dgws = replace(yard.dgws, closes=NOW + 300 * DAY)
    for day in (0, 240, 275, 305, 335, 365):
        yard.remind(NOW + day * DAY)
    assert not yard.mails("vendor-access")
    assert yard.mails("interface-ending")


@pytest.mark.parametrize(
    "wrong",
    [
        {"documentation": "javascript:alert(1)"},
        {"documentation": "https://"},
        {"documentation": "https://sei2.example.dk/a b"},
        {"contact": "nobody"},
        {"environment": [{"code": "test", "address": "ftp://sei2.example.dk"}]},
        {"environment": [{"code": "elsewhere", "address": "https://sei2.example.dk"}]},
        {"environment": [{"code": "test", "address": "https://a.example.dk"}] * 2},
        {"system": "yes"},
    ],
)
def test_a_document_says_of_an_interface_what_a_page_can_show(wrong: dict[str, object]) -> None:
    interface = {"code": "idws", "name": {"da": "IDWS", "en": "IDWS"}, **wrong}
    document = {"name": {"da": "S", "en": "S"}, "owner": "SDS", "interface": [interface]}
    with pytest.raises(Refused, match=r"^metadata\.document"):
        read_service_version(document, "service s")
