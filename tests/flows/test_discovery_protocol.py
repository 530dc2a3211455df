"""The SAML discovery protocol: answers go to addresses of the metadata alone."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest

from broker.bootstrap import metadata_service
from broker.metadata.defaults import LoadOptions
from broker.metadata.report import Occasion
from broker.saml import names
from tests.box import ORIGIN, Box, code_of, make_box
from tests.factories import NOW, key_pair
from tests.peers import sp_metadata

DS = "/sundhed/discovery"
ANSWER = "https://two.example.dk/ds?from=broker"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    made = make_box(Path(tmp_path_factory.mktemp("idpdisc")) / "data")
    disco(made)
    return made


def disco(box: Box) -> None:
    """Let service two be told of choices, at an address of its metadata."""
    raw = sp_metadata("https://two.example.dk", key_pair("two")[1]).decode()
    response = (
        f'<idpdisc:DiscoveryResponse xmlns:idpdisc="{names.IDPDISC}" Binding="{names.IDPDISC}"'
        f' Location="{ANSWER}" index="1"/>'
    )
    start = re.search(r"<(\w+:)?SPSSODescriptor[^>]*>", raw)
    assert start
    prefix = start[1] or ""
    extensions = f"<{prefix}Extensions>{response}</{prefix}Extensions>"
    service = metadata_service(box.services.engine, ORIGIN)
    occasion = Occasion(NOW, "test", "idpdisc", "T")
    report = service.load_xml(
        raw.replace(start[0], start[0] + extensions).encode(),
        federation="sundhed",
        source="test",
        options=LoadOptions(),
        occasion=occasion,
    )
    assert not report.refused, report


def test_the_discovery_protocol_answers_at_an_address_of_the_metadata(box: Box) -> None:
    browser = box.browser()
    asked = f"{DS}?entityID={quote('https://two.example.dk')}&return={quote(ANSWER + '&x=1')}"
    page = browser.get(asked, base_url=ORIGIN)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    data = {
        "entityID": "https://two.example.dk",
        "return": ANSWER + "&x=1",
        "returnIDParam": "entityID",
        "idp": "beta",
        "remember": "1",
    }
    on = browser.post(DS, data=data, base_url=ORIGIN)
    wanted = f"{ANSWER}&x=1&entityID={quote('https://beta.example.dk', safe='')}"
    assert on.headers["Location"] == wanted
    again = browser.get(f"{asked}&isPassive=true", base_url=ORIGIN)
    assert again.headers["Location"] == wanted
    nobody = box.browser().get(f"{asked}&isPassive=true", base_url=ORIGIN)
    assert nobody.headers["Location"] == f"{ANSWER}&x=1"


BAD_RETURNS = [
    "https://evil.example.dk/ds",
    "https://two.example.dk/ds",
    "https://two.example.dk/ds?from=brokerx",
    "https://two.example.dk/ds?from=broker#x",
    "https://two.example.dk.evil.example.dk/ds?from=broker",
    "https://two.example.dk@evil.example.dk/ds?from=broker",
    "//two.example.dk/ds?from=broker",
    "javascript:alert(1)",
    "https://two.example.dk/ds?from=broker&" + "x" * 3000,
    "https://two.example.dk/ds?from=broker&\r\nSet-Cookie:x",
]


@pytest.mark.parametrize("target", BAD_RETURNS)
def test_no_other_address_is_answered_at(box: Box, target: str) -> None:
    given = {"entityID": "https://two.example.dk", "return": target}
    for answer in (
        box.browser().get(DS, query_string=given, base_url=ORIGIN),
        box.browser().post(DS, data={**given, "idp": "beta"}, base_url=ORIGIN),
    ):
        assert answer.status_code == 400
        assert code_of(answer) == "request.discovery_return"
        assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"policy": "urn:other"}, "request.discovery"),
        ({"isPassive": "maybe"}, "request.discovery"),
        ({"returnIDParam": "a b"}, "request.discovery"),
        ({"return": f"{ANSWER}&entityID=https://evil.dk"}, "request.discovery_return"),
        ({"return": f"{ANSWER}&x=1", "returnIDParam": "x"}, "request.discovery_return"),
        ({"entityID": "https://nobody.example.dk"}, "request.unknown_issuer"),
        ({"entityID": "https://one.example.dk"}, "request.discovery_return"),
    ],
)
def test_a_question_that_the_protocol_does_not_have_is_refused(
    box: Box, more: dict[str, str], code: str
) -> None:
    given = {"entityID": "https://two.example.dk", **more}
    answer = box.browser().get(DS, query_string=given, base_url=ORIGIN)
    assert answer.status_code < 500
    assert code_of(answer) == code
