"""F01, F03, F04, F06: who may end whose session, by which message, and when."""

import re
from collections.abc import Callable

import pytest

from broker.saml import names
from broker.saml.ids import new_id
from tests.box import HOST, ORIGIN, SESSION, code_of
from tests.factories import NOW
from tests.hostile.exits import EVERYWHERE, PATHS, Exit, Parting, name_xml, rows
from tests.leaving import brought, log_in

NOBODY = "nobody"  # the sender is told that it named nobody; a session of another's stays


@pytest.mark.parametrize("kind", ["LogoutRequest", "LogoutResponse"])
@pytest.mark.parametrize(("side", "way"), EVERYWHERE, ids=lambda value: f"f01-{value}")
def test_f01_unsigned(leaving: Exit, side: str, way: str, kind: str) -> None:
    parting = leaving.parting(side, way).but(kind=kind, in_response_to=None)
    if kind == "LogoutResponse":
        parting = parting.but(in_response_to="_x")
    page = leaving.send(parting, side, way, sign=False)
    shape = kind == "LogoutResponse" and way == "soap"
    leaving.refused(page, "malformed.root" if shape else "signature.missing")
    leaving.works(side, way)


@pytest.mark.parametrize(("side", "way"), EVERYWHERE, ids=lambda value: f"f03-{value}")
@pytest.mark.parametrize(
    ("issuer", "key"),
    [
        ("https://unknown.example.dk", "unknown"),
        ("https://one.example.dk.evil.example", "one"),
        ("HTTPS://ONE.EXAMPLE.DK", "one"),
        (f"{ORIGIN}/sundhed/saml/idp", "one"),
        (f"{ORIGIN}/sundhed/saml/sp", "alpha"),
    ],
    ids=["unknown", "longer", "in capitals", "our idp", "our sp"],
)
def test_f03_an_unknown_issuer(leaving: Exit, side: str, way: str, issuer: str, key: str) -> None:
    parting = leaving.parting(side, way).but(issuer=issuer, key=key)
    leaving.refused(leaving.send(parting, side, way), "context.issuer")


@pytest.mark.parametrize(("side", "way"), EVERYWHERE, ids=lambda value: f"f03-{value}")
def test_f03_the_other_side_s_message_at_this_endpoint(leaving: Exit, side: str, way: str) -> None:
    other = leaving.parting("idp" if side == "sp" else "sp", way)
    here = other.but(destination=ORIGIN + PATHS[side, way])
    leaving.refused(leaving.send(here, side, way), "context.issuer")


@pytest.mark.parametrize(("side", "way"), EVERYWHERE, ids=lambda value: f"f03-{value}")
def test_f03_a_neighbour_names_a_person_and_a_session_that_are_not_its_own(
    leaving: Exit, side: str, way: str
) -> None:
    neighbour = "two" if side == "sp" else "beta"
    if side == "sp":
        log_in(leaving.box, leaving.browser, "two")
    parting = leaving.parting(side, way).but(
        issuer=f"https://{neighbour}.example.dk", key=neighbour
    )
    leaving.nobody(leaving.send(parting, side, way))
    leaving.nobody(leaving.send(parting.but(id=new_id(), indexes=()), side, way))
    leaving.works(side, way)


@pytest.mark.parametrize(("side", "way"), EVERYWHERE, ids=lambda value: f"f03-{value}")
def test_f03_a_partner_signs_in_the_name_of_another(leaving: Exit, side: str, way: str) -> None:
    parting = leaving.parting(side, way).but(key="two" if side == "sp" else "beta")
    leaving.refused(leaving.send(parting, side, way), "signature.invalid")


_BASE = '<a:BaseID xmlns:x="http://www.w3.org/2001/XMLSchema-instance" NameQualifier="q"/>'
_ENCRYPTED = (
    f'<a:EncryptedID><x:EncryptedData xmlns:x="{names.XENC}"><x:CipherData>'
    "<x:CipherValue>AAAA</x:CipherValue></x:CipherData></x:EncryptedData></a:EncryptedID>"
)
F04: dict[str, tuple[Callable[[Parting], Parting], str]] = {
    "not-on-or-after-passed": (lambda p: p.but(until=p.time(-3.1)), "context.expired"),
    "not-on-or-after-long-passed": (lambda p: p.but(until=p.time(-600)), "context.expired"),
    "issued-too-long-ago": (lambda p: p.but(issued=p.time(-13.1)), "context.issue_instant"),
    "issued-in-the-future": (lambda p: p.but(issued=p.time(3.1)), "context.issue_instant"),
    "issued-in-another-zone": (
        lambda p: p.but(issued="2026-03-02T04:00:00+01:00"),
        "context.time_format",
    ),
    "issued-in-no-zone": (lambda p: p.but(issued="2026-03-02T03:00:00"), "context.time_format"),
    "issued-before-the-era": (
        lambda p: p.but(issued="-0001-01-01T00:00:00Z"),
        "context.time_format",
    ),
    "ends-in-the-year-99999": (
        lambda p: p.but(until="99999-01-01T00:00:00Z"),
        "context.time_format",
    ),
    "no-destination": (lambda p: p.but(destination=None), "context.destination"),
    "destination-of-another-host": (
        lambda p: p.but(destination=(p.destination or "").replace("broker", "evil")),
        "context.destination",
    ),
    "destination-with-a-slash": (
        lambda p: p.but(destination=f"{p.destination}/"),
        "context.destination",
    ),
    "destination-with-a-query": (
        lambda p: p.but(destination=f"{p.destination}?"),
        "context.destination",
    ),
    "destination-in-capitals": (
        lambda p: p.but(destination=(p.destination or "").replace("https", "HTTPS")),
        "context.destination",
    ),
    "destination-of-the-other-federation": (
        lambda p: p.but(destination=(p.destination or "").replace("/sundhed/", "/sundhed-test/")),
        "context.destination",
    ),
    "destination-of-the-login": (
        lambda p: p.but(destination=f"{ORIGIN}/sundhed/saml/sso"),
        "context.destination",
    ),
    "no-name": (lambda p: p.but(name=""), "malformed.schema"),
    "an-empty-name": (lambda p: p.but(name=name_xml("")), "context.subject"),
    "two-names": (lambda p: p.but(name=p.name * 2), "malformed.schema"),
    "an-encrypted-name": (lambda p: p.but(name=_ENCRYPTED), "context.subject"),
    "a-base-id": (lambda p: p.but(name=_BASE), "malformed.schema"),
    "an-endless-name": (lambda p: p.but(name=name_xml("n" * 1025)), "context.subject"),
    "a-name-with-an-element": (
        lambda p: p.but(name=p.name.replace("</a:NameID>", "<a:x/></a:NameID>")),
        "malformed.schema",
    ),
    "the-value-of-another": (lambda p: p.but(name=name_xml("somebody-else")), NOBODY),
    "an-index-of-another": (lambda p: p.but(indexes=("_of-another",)), NOBODY),
    "an-empty-index": (lambda p: p.but(indexes=("",)), NOBODY),
    "an-index-in-capitals": (lambda p: p.but(indexes=(p.indexes[0].upper(),)), NOBODY),
    "version-1.1": (lambda p: p.but(version="1.1"), "malformed.version"),
    "an-issuer-of-another-format": (
        lambda p: p.but(issuer_format=names.PERSISTENT),
        "request.issuer",
    ),
    "an-id-without-end": (lambda p: p.but(id="_" + "i" * 256), "limit.id"),
}


@pytest.mark.parametrize("side", ["sp", "idp"])
@pytest.mark.parametrize("case", F04, ids=lambda case: f"f04-{case}")
def test_f04_a_request_that_does_not_fit(leaving: Exit, case: str, side: str) -> None:
    change, code = F04[case]
    page = leaving.send(change(leaving.parting(side)), side)
    if code == NOBODY:
        leaving.nobody(page)
    else:
        leaving.refused(page, code, 400 if code == "limit.id" else None)
    leaving.works(side)


@pytest.mark.parametrize(
    "change",
    [
        {"form": names.TRANSIENT},
        {"form": names.X509_SUBJECT},
        {"NameQualifier": "https://other.example.dk"},
        {"SPNameQualifier": "https://two.example.dk"},
    ],
    ids=["f04-transient", "f04-x509", "f04-name-qualifier", "f04-sp-name-qualifier"],
)
def test_f04_the_right_value_of_another_name(leaving: Exit, change: dict[str, str]) -> None:
    assert leaving.said.name_id is not None
    name = name_xml(leaving.said.name_id.value, **change)
    leaving.nobody(leaving.send(leaving.parting().but(name=name)))


def test_f04_an_index_of_one_s_own_person_elsewhere(leaving: Exit) -> None:
    """Service two's index in service one's mouth is no session of service one."""
    second = log_in(leaving.box, leaving.browser, "two").authn_statements[0].session_index
    leaving.nobody(leaving.send(leaving.parting().but(indexes=(second,))))


@pytest.mark.parametrize("same", [True, False], ids=["f04-same-browser", "f04-other-browser"])
@pytest.mark.parametrize(("side", "way"), EVERYWHERE)
def test_f04_a_request_counts_once(leaving: Exit, side: str, way: str, *, same: bool) -> None:
    parting = leaving.parting(side, way).but(indexes=())
    leaving.send(parting, side, way)
    assert rows(leaving.box)["login_session"] == []
    log_in(leaving.box, leaving.browser)
    browser = leaving.browser if same else leaving.box.browser()
    page = leaving.send(parting, side, way, browser=browser)
    leaving.refused(page, "context.replay")


def test_f04_a_request_that_named_nobody_is_spent_as_well(leaving: Exit) -> None:
    parting = leaving.parting().but(indexes=("_of-another",))
    leaving.nobody(leaving.send(parting))
    leaving.refused(leaving.send(parting), "context.replay")


def test_f04_a_spent_id_is_remembered_for_as_long_as_the_message_could_count(
    leaving: Exit,
) -> None:
    parting = leaving.parting().but(issued=leaving.parting().time(3), until=None, indexes=())
    leaving.send(parting)
    leaving.box.clock.move(15 * 60)
    log_in(leaving.box, leaving.browser)
    leaving.refused(leaving.send(parting), "context.replay")
    leaving.box.clock.move(2 * 60)
    leaving.refused(leaving.send(parting), "context.issue_instant")


def _token(leaving: Exit) -> str:
    page = leaving.browser.get("/sundhed/saml/logout", base_url=ORIGIN)
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found
    return found[1]


F06: dict[str, tuple[dict[str, str], int, str]] = {
    "no-token": ({}, 200, ""),
    "empty-token": ({"token": ""}, 200, ""),
    "wrong-token": ({"token": "0" * 32}, 200, ""),
    "odd-token": ({"token": "æ\ud7ff"}, 200, ""),
}


@pytest.mark.parametrize("case", F06, ids=lambda case: f"f06-{case}")
def test_f06_our_own_page_without_its_token(leaving: Exit, case: str) -> None:
    data, status, code = F06[case]
    leaving.begin()
    page = leaving.browser.post("/sundhed/saml/logout", data=data, base_url=ORIGIN)
    assert (page.status_code, code_of(page)) == (status, code)
    leaving.untouched(page)


@pytest.mark.parametrize("query", ["", "?token={token}", "?token={token}&logout=1"])
def test_f06_looking_ends_nothing(leaving: Exit, query: str) -> None:
    token = _token(leaving)
    leaving.begin()
    path = "/sundhed/saml/logout" + query.format(token=token)
    page = leaving.browser.get(path, base_url=ORIGIN)
    assert page.status_code == 200
    leaving.untouched(page)
    assert leaving.events == []


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "SAME-ORIGIN"])
def test_f06_another_site_s_form(leaving: Exit, site: str) -> None:
    token = _token(leaving)
    leaving.begin()
    page = leaving.browser.post(
        "/sundhed/saml/logout",
        data={"token": token},
        headers={"Sec-Fetch-Site": site},
        base_url=ORIGIN,
    )
    leaving.refused(page, "request.cross_site")


def test_f06_the_token_of_another_browser(leaving: Exit) -> None:
    token = _token(leaving)
    other = leaving.box.browser()
    log_in(leaving.box, other)
    leaving.begin()
    page = other.post("/sundhed/saml/logout", data={"token": token}, base_url=ORIGIN)
    assert page.status_code == 200
    leaving.untouched(page)
    assert leaving.events == []


def test_f06_a_logout_belongs_to_whoever_began_it_and_to_its_federation(leaving: Exit) -> None:
    """Its address is a secret of 128 bits; another federation's page does not show it."""
    log_in(leaving.box, leaving.browser, "two")
    home = leaving.send(leaving.parting()).headers["Location"]
    assert re.fullmatch(rf"{ORIGIN}/sundhed/saml/logout/[0-9a-f]{{32}}", home)
    path = home.removeprefix(ORIGIN).replace("/sundhed/", "/sundhed-test/")
    for send in (leaving.browser.get, leaving.browser.post):
        page = send(path, base_url=ORIGIN)
        assert (page.status_code, code_of(page)) == (404, "logout.over")
    crossed = leaving.browser.post(
        home.removeprefix(ORIGIN), headers={"Sec-Fetch-Site": "cross-site"}, base_url=ORIGIN
    )
    assert code_of(crossed) == "request.cross_site"


def test_a_logout_of_one_browser_leaves_the_other_alone(leaving: Exit) -> None:
    other = leaving.box.browser()
    said = log_in(leaving.box, other)
    assert said.name_id == leaving.said.name_id
    page = leaving.send(leaving.parting())
    assert len(rows(leaving.box)["login_session"]) == 1
    assert brought(leaving.box, page)[0] == "https://alpha.example.dk/slo"
    assert other.get_cookie(SESSION, domain=HOST) is not None
    assert leaving.box.clock() == NOW
