"""Our documents as partners and people fetch them, and what is noted of who fetched what."""

from dataclasses import replace

import pytest
from lxml import etree

from broker.db import reading
from broker.errors import Refused
from broker.metadata.defaults import LoadOptions
from broker.metadata.readiness import store
from broker.metadata.readiness.model import Sign
from broker.metadata.rollover.model import FIRST, Side
from tests.metadata_factory import Idp, Sp
from tests.unit.metadata.installation import ORIGIN, Installation
from tests.unit.metadata.phases import (
    DAY,
    INSTANTS,
    NEW,
    PHASES,
    TOKENS,
    Node,
    plan_of,
)

CONTENT_TYPE = "application/samlmetadata+xml"


@pytest.fixture
def node(installation: Installation) -> Node:
    """A node with a service `one`, which reads one certificate, and an identity provider."""
    sp = installation.one(Sp().xml(), LoadOptions(code="one"))
    assert sp.state == "added", sp
    idp = installation.one(Idp().xml(), LoadOptions(code="idp", cvrs="any"))
    assert idp.state == "added", idp
    settle(installation, "service", "one", reads="one")
    return Node(installation)


def settle(installation: Installation, kind: str, code: str, **more: object) -> None:
    """Say more of a partner in its document."""
    (record,) = [r for r in installation.service.entities() if r.code == code]
    document = {**record.document, "kind": kind, "federations": ["sundhed"], **more}
    (outcome,) = installation.document(document).outcomes
    assert outcome.state != "refused", outcome.findings


def row_of(node: Node, code: str) -> int:
    return next(r.row for r in node.installation.service.entities() if r.code == code)


def token(node: Node, code: str, side: Side = "idp") -> str:
    return TOKENS.of("sundhed", side, row_of(node, code))


def fetched(node: Node, side: Side = "idp") -> dict[str, tuple[Sign, ...]]:
    with reading(node.installation.engine) as connection:
        return store.signs(connection, "sundhed", side, PHASES["waiting"] - DAY)


def test_a_document_is_cached_and_asked_for_again_by_its_mark(node: Node) -> None:
    answer = node.get("idp.xml")
    assert answer.status_code == 200
    assert answer.content_type == CONTENT_TYPE
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    again = node.get("idp.xml", If_None_Match=answer.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert node.get("idp.xml", If_None_Match='"another"').status_code == 200
    assert node.get("sp.xml").data != answer.data
    assert node.client.get("/borger/metadata/idp.xml", base_url=ORIGIN).status_code == 404


def test_the_mark_changes_at_the_instant_of_the_switch_and_not_before(node: Node) -> None:
    node.plan(plan_of())
    node.now = INSTANTS.switch.replace(hour=0)
    before = node.get("idp.xml")
    node.now = INSTANTS.switch
    after = node.get("idp.xml", If_None_Match=before.headers["ETag"])
    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]


@pytest.mark.parametrize("which", ["next", "both", f"epoch/{NEW}"])
@pytest.mark.parametrize("side", ["idp", "sp"])
def test_nothing_planned_explains_itself_and_is_never_xml(
    node: Node, which: str, side: str
) -> None:
    program = node.get(f"{which}/{side}.xml", Accept="*/*")
    assert program.status_code == 404
    assert program.content_type == "text/plain; charset=utf-8"
    assert program.headers["Cache-Control"] == "public, max-age=300"
    assert "because no change of our keys needs one" in in_english(node, f"{which}/{side}.xml")
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(program.data)
    for language, words in (("da", "Intet er planlagt"), ("en", "Nothing is planned")):
        page = node.get(f"{which}/{side}.xml?lang={language}", Accept="text/html")
        assert page.status_code == 404
        assert page.content_type == "text/html; charset=utf-8"
        assert words in page.text


def in_english(node: Node, path: str) -> str:
    """The lines for programs, which are in both languages whatever is asked for."""
    danish = node.get(f"{path}?lang=da").text
    english = node.get(f"{path}?lang=en").text
    node.client.delete_cookie("lang")
    assert set(danish.split("\n\n")) != set(), danish
    assert sorted(part.strip() for part in danish.split("\n\n")) == sorted(
        part.strip() for part in english.split("\n\n")
    )
    return english


def test_the_address_of_the_time_after_is_the_same_all_year(node: Node) -> None:
    assert node.get("next/idp.xml").status_code == 404
    node.plan(plan_of())
    for phase, status in (("waiting", 404), ("announced", 200), ("early", 200), ("switched", 404)):
        node.now = PHASES[phase]
        assert node.get("next/idp.xml").status_code == status, phase


def test_an_address_of_its_own_gives_what_a_partner_can_digest(node: Node) -> None:
    node.plan(plan_of())
    node.now = PHASES["early"]
    answer = node.get(f"m/{token(node, 'one')}/idp.xml")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert answer.text.count('use="signing"') == 1
    assert f"/saml/e/{FIRST}/sso" in answer.text
    assert node.get("idp.xml").text.count('use="signing"') == 2


@pytest.mark.parametrize(
    "spoiled",
    ["x", "1-" + "0" * 32, "999999999-" + "a" * 32, "", "0-0", "1-" + "A" * 32, "٣-" + "0" * 32],
)
def test_a_token_that_we_did_not_make_is_no_address(node: Node, spoiled: str) -> None:
    assert node.get(f"m/{spoiled}/idp.xml").status_code == 404


def test_a_token_counts_on_its_own_side_alone(node: Node) -> None:
    assert node.get(f"m/{token(node, 'one')}/sp.xml").status_code == 404
    assert node.get(f"m/{token(node, 'idp', 'sp')}/sp.xml").status_code == 200
    assert fetched(node).keys() == set()


def test_a_fetch_is_the_partners_whose_address_it_is(node: Node) -> None:
    node.plan(plan_of())
    node.now = PHASES["announced"]
    settle(node.installation, "service", "one", reads="several")
    own = f"m/{token(node, 'one')}/idp.xml"
    first = node.get(own)
    node.now += DAY / 24 / 60
    node.get(own, If_None_Match=first.headers["ETag"])
    node.now += DAY / 24 / 60
    node.get("idp.xml")
    found = fetched(node)
    details = {(s.kind, s.detail): s.count for s in found["one"]}
    assert details == {("fetched", f"signing/{FIRST}"): 2, ("fetched", f"signing/{NEW}"): 2}
    assert {s.count for s in found[""]} == {1}, "somebody whom we do not know"
    assert found["one"][0].first_at < found["one"][0].last_at


def test_a_program_is_known_where_one_partner_and_no_other_fits(node: Node) -> None:
    settle(node.installation, "service", "one", fetches={"networks": ["192.0.2.0/24"]})
    settle(node.installation, "idp", "idp", fetches={"agent": "Loader/"})

    def fetch(path: str, address: str, agent: str) -> None:
        node.client.get(
            f"/sundhed/metadata/{path}",
            base_url=ORIGIN,
            headers={"User-Agent": agent},
            environ_overrides={"REMOTE_ADDR": address},
        )

    fetch("idp.xml", "192.0.2.7", "anything")
    fetch("sp.xml", "198.51.100.1", "Loader/2.1")
    fetch("sp.xml", "192.0.2.7", "curl/8")
    assert fetched(node).keys() == {"one"}
    assert fetched(node, "sp").keys() == {"idp", ""}
    second = replace(Sp(), entity_id="https://second.example.dk")
    outcome = node.installation.one(second.xml(), LoadOptions(code="second"))
    assert outcome.state == "added", outcome
    settle(node.installation, "service", "second", fetches={"networks": ["192.0.0.0/16"]})
    node.now += DAY
    fetch("idp.xml", "192.0.2.7", "anything")
    assert fetched(node).keys() == {"one", ""}, "two partners fit, so that nobody is named"


@pytest.mark.parametrize(
    "wrong", [{"networks": ["192.0.2.1/24"]}, {"networks": ["x"]}, {"agents": "x"}]
)
def test_a_network_that_is_none_is_refused(node: Node, wrong: object) -> None:
    (record,) = [r for r in node.installation.service.entities() if r.code == "one"]
    more = {"kind": "service", "federations": ["sundhed"], "fetches": wrong}
    with pytest.raises(Refused) as refused:
        node.installation.document({**record.document, **more})
    assert refused.value.code == "metadata.document"


def test_a_thousand_fetches_are_a_handful_of_rows(node: Node) -> None:
    for _ in range(300):
        node.get("idp.xml", User_Agent="x")
        node.get(f"m/{'1-' + '0' * 32}/idp.xml")
        node.get("next/idp.xml")
    node.now += DAY / 24 / 60
    node.get("idp.xml")
    ((partner, signs),) = fetched(node).items()
    assert partner == ""
    assert [(s.detail, s.count) for s in signs] == [(f"signing/{FIRST}", 301)]


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("phase", ["waiting", "announced", "switched"])
def test_the_page_for_people_has_every_file_with_its_facts(
    node: Node, language: str, phase: str
) -> None:
    node.plan(plan_of())
    node.now = PHASES[phase]
    page = node.get(f"?lang={language}")
    assert page.status_code == 200
    tree = etree.HTML(page.text)
    links = {str(link.get("href")) for link in tree.iterfind(".//section//a")}
    shown = [link for link in links if link.startswith(f"{ORIGIN}/sundhed/metadata/")]
    live = phase != "waiting"
    assert (f"{ORIGIN}/sundhed/metadata/epoch/{NEW}/idp.xml" in shown) is live
    for link in shown:
        answer = node.client.get(link.removeprefix(ORIGIN), base_url=ORIGIN)
        if answer.status_code == 404:
            assert "/next/" in link, "the address that is stable while nothing is planned"
            continue
        digest = answer.headers["ETag"].strip('"')
        assert digest in page.text, "the hash that the file begins with"
    assert page.headers["Content-Language"] == language
