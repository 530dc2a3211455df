"""What is filled in where the command line does not say it: always a login that works."""

import pytest

from broker.demo.once import Chosen, plan
from broker.demo.parties import members
from broker.demo.people import people_of
from broker.errors import Unknown

CAPITAL, CITIZENS = "region-hovedstaden", "nemlogin-borger"
FIRST = people_of("region-nordjylland")[0].key
SERVICES, IDPS = members("services"), members("idp")


@pytest.mark.parametrize(
    ("service", "idp", "person", "chosen"),
    [
        (None, None, None, Chosen("sundhed", "dpsd", "nemlogin", "mette")),
        ("lpr-sor", None, None, Chosen("sundhed", "lpr-sor", "nemlogin", "omar")),
        ("siap-nsp", "kombit", None, Chosen("sundhed", "siap-nsp", "kombit", "jonna")),
        (
            None,
            "region-hovedstaden",
            None,
            Chosen("sundhed", "darina", "region-hovedstaden", "asta"),
        ),
        ("dpsd", None, "karen", Chosen("sundhed", "dpsd", "region-nordjylland", "karen")),
        (
            "fmk-online",
            "region-nordjylland",
            None,
            Chosen("sundhed", "fmk-online", "region-nordjylland", FIRST),
        ),
        (
            "web-pharmacy",
            None,
            None,
            Chosen("borger", "web-pharmacy", "nemlogin-borger", "villads"),
        ),
        ("sundhed-dk", None, None, Chosen("sundhed", "sundhed-dk", "nemlogin", "mette")),
        ("sundhed-dk", None, "ellen", Chosen("borger", "sundhed-dk", CITIZENS, "ellen")),
    ],
)
def test_what_is_not_said_is_filled_in(
    service: str | None, idp: str | None, person: str | None, chosen: Chosen
) -> None:
    assert plan(service, idp, person, SERVICES, IDPS) == chosen


@pytest.mark.parametrize(
    ("service", "idp", "person", "code"),
    [
        ("x", None, None, "demo.service"),
        (None, "x", None, "demo.idp"),
        (None, None, "x", "demo.person"),
        (None, "kombit", "mette", "demo.person"),
    ],
)
def test_what_is_unknown_is_refused_with_what_is_known(
    service: str | None, idp: str | None, person: str | None, code: str
) -> None:
    with pytest.raises(Unknown) as refused:
        plan(service, idp, person, SERVICES, IDPS)
    assert refused.value.code == code
    assert "know" in refused.value.detail
