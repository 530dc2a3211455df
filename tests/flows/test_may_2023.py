"""The story of May 2023 in one running broker: old means stay, the regions come by plan.

On day one there is NemLog-in alone. Region Nordjylland opens for every service but FMK-Online
at an instant that was planned, the other regions follow by theirs. Nobody deploys or restarts
anything: another process writes the plan, and then only the clock moves.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from broker.audit.store import AuditStore
from broker.bootstrap import metadata_service
from broker.db import make_engine
from broker.metadata import waves
from broker.metadata.activating import ActivationService
from broker.metadata.activation import State
from broker.metadata.defaults import LoadOptions
from broker.metadata.report import Occasion
from broker.metadata.waves import Edit, Signed, Wave, What
from broker.saml.assurance import Assurance
from tests.box import CVR, ORIGIN, Box, code_of, make_box, posted
from tests.factories import NOW, key_pair
from tests.hostile.forge import Forge
from tests.peers import idp_metadata, sp_metadata
from tests.rights import give_roles, service_document

DAY = timedelta(days=1)
NORDJYLLAND, OTHERS = NOW + 15 * DAY, NOW + 60 * DAY
REGIONS = ("region-nordjylland", "region-midtjylland", "region-syddanmark")
SERVICES = ("dpsd", "darina", "fmk-online")


@pytest.fixture
def box(tmp_path: Path, box_url: str) -> Iterator[Box]:
    """Day one: three services, four IdPs, and NemLog-in the only one that is relevant."""
    made = make_box(tmp_path, box_url)
    service = metadata_service(made.services.engine, ORIGIN)
    occasion = Occasion(NOW, "test", "day one", "BOX")
    for code in ("nemlogin", *REGIONS):
        service.load_xml(
            idp_metadata(f"https://{code}.example.dk", key_pair(code)[1]),
            federation="sundhed",
            source="box",
            options=LoadOptions(code=code, cvrs="any", maximum=Assurance.HIGH),
            occasion=occasion,
        )
    for code in SERVICES:
        service.load_xml(
            sp_metadata(f"https://{code}.example.dk", key_pair(code)[1]),
            federation="sundhed",
            source="box",
            options=LoadOptions(code=code),
            occasion=occasion,
        )
        give_roles(service, service_document(code, ("nemlogin",)), (CVR,), NOW)
    yield made
    made.services.engine.dispose()
    service.engine.dispose()


class Operator:
    """Somebody at another console: a process of its own, as far as the database can tell."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.engine = make_engine(box.settings.database_url)

    def decide(self, idp: str, what: What, edit: Edit, *, but: tuple[str, ...] = ()) -> None:
        """One decision for the three services, or all of them but some."""
        signed = Signed("Ida", "Ole", "Ulla", "2023-04")
        wave = Wave("sundhed", idp, SERVICES, but, signed)
        occasion = Occasion(self.box.clock(), "operator", "the plan of 2023", "PLAN")
        ActivationService(self.engine, ORIGIN, AuditStore()).carry_out(wave, what, edit, occasion)
        self.engine.dispose()  # the console is closed


def offered(box: Box, service: str) -> Mapping[str, tuple[State, datetime | None]]:
    """What the page is told of each IdP by the running broker, and shows wherever it asks."""
    registry = box.services.registry.current()
    found = registry.offers(registry.service_by_code("sundhed", service), box.clock())
    told = {offer.idp.code: (offer.state, offer.date) for offer in found}
    if not is_sent_on(box, service):
        assert shown(box, service) == {code: state for code, (state, _) in told.items()}
    return told


def shown(box: Box, service: str) -> dict[str, str]:
    """The logins on the page that somebody sees now: buttons, and what is grey with its state."""
    browser = box.browser()
    page = box.redirect(browser, box.draft(service), key=service).headers["Location"]
    text = browser.get(page, base_url=ORIGIN).text
    buttons = dict.fromkeys(re.findall(r'name="idp" value="([^"]+)"', text), "active")
    grey = re.findall(r'data-state="(\w+)">.*?([a-z-]+)\.example\.dk <.*?Åbner for ', text)
    return buttons | {code: state for state, code in grey}


def refusal(box: Box, service: str, idp: str) -> str:
    """The code that somebody meets who chooses an IdP at a service; "" where they come in."""
    browser, draft = box.browser(), box.draft(service)
    page = box.redirect(browser, draft, key=service)
    onward = page.headers["Location"]
    if "/saml/discovery" in onward:
        page = box.choose(browser, page, idp)
        if page.status_code != 303:
            return code_of(page)
        onward = page.headers["Location"]
    assert onward.startswith(f"https://{idp}.example.dk/sso?"), onward
    page = box.deliver(browser, Forge(box.trip(onward, service, idp, draft.id), box.clock()).xml())
    assert posted(page)[0] == f"https://{service}.example.dk/acs", code_of(page)
    return ""


def is_sent_on(box: Box, service: str) -> str:
    """The IdP that people are sent to without being asked, or "" where they are asked."""
    location = box.redirect(box.browser(), box.draft(service), key=service).headers["Location"]
    found = [c for c in ("nemlogin", *REGIONS) if location.startswith(f"https://{c}.")]
    return found[0] if found else ""


def seen(box: Box, service: str) -> tuple[list[str], list[str]]:
    """What somebody reads on the page who wants to choose: the buttons, and what is not open.

    By `vaelg=1` the page is shown even where one login is open and nobody would be asked.
    """
    browser, draft = box.browser(), box.draft(service)
    answer = box.redirect(browser, draft, key=service)
    if "/saml/discovery" in answer.headers["Location"]:
        address = answer.headers["Location"]
    else:
        trip = box.trip(answer.headers["Location"], service, "", draft.id)
        address = f"/sundhed/saml/discovery?flow={trip.relay_state}"
    page = browser.get(f"{address}&vaelg=1&lang=da", base_url=ORIGIN)
    assert page.status_code == 200, code_of(page)
    tree = etree.HTML(page.text)
    buttons = [
        str(button.get("value")) for button in tree.iter("button") if button.get("name") == "idp"
    ]
    closed = [e for e in tree.iter("div") if "choice-closed" in e.get("class", "")]
    return buttons, [" ".join("".join(map(str, e.itertext())).split()) for e in closed]


def test_the_story_of_may_2023(box: Box) -> None:
    for service in SERVICES:  # day one
        assert offered(box, service) == {"nemlogin": ("active", None)}
        assert is_sent_on(box, service) == "nemlogin"
        assert refusal(box, service, "nemlogin") == ""
        assert seen(box, service) == (["nemlogin"], [])

    box.clock.move(DAY.total_seconds())  # the plan is made, and seen at once
    operator = Operator(box)
    operator.decide("region-nordjylland", "plan", waves.plan(NORDJYLLAND), but=("fmk-online",))
    for service in ("dpsd", "darina"):
        assert offered(box, service)["region-nordjylland"] == ("planned", NORDJYLLAND)
        assert is_sent_on(box, service) == "nemlogin"  # one is open, so nobody is asked yet
        buttons, closed = seen(box, service)
        assert buttons == ["nemlogin"]
        assert [words for words in closed if "region-nordjylland" in words and "bner" in words]
    assert set(offered(box, "fmk-online")) == {"nemlogin"}
    assert seen(box, "fmk-online") == (["nemlogin"], [])

    box.clock.now = NORDJYLLAND - timedelta(seconds=1)
    assert is_sent_on(box, "dpsd") == "nemlogin"
    box.clock.move(1)  # midnight: open everywhere but at FMK-Online
    for service in ("dpsd", "darina"):
        assert is_sent_on(box, service) == ""
        assert sorted(seen(box, service)[0]) == ["nemlogin", "region-nordjylland"]
        assert seen(box, service)[1] == []
        assert refusal(box, service, "region-nordjylland") == ""
        assert refusal(box, service, "nemlogin") == ""  # who has the old means still gets in
        assert refusal(box, service, "region-midtjylland") == "policy.idp_not_active"
        assert set(offered(box, service)) == {"nemlogin", "region-nordjylland"}
    assert is_sent_on(box, "fmk-online") == "nemlogin"
    assert refusal(box, "fmk-online", "nemlogin") == ""

    box.clock.move(DAY.total_seconds())  # the others follow by plan, seen from a month before
    for region in REGIONS[1:]:
        operator.decide(region, "plan", waves.plan(OTHERS, visible_from=OTHERS - 30 * DAY))
    assert "region-midtjylland" not in offered(box, "dpsd")
    assert refusal(box, "dpsd", "region-midtjylland") == "policy.idp_not_active"
    box.clock.now = OTHERS - 30 * DAY
    assert offered(box, "dpsd")["region-midtjylland"] == ("planned", OTHERS)
    assert len(seen(box, "dpsd")[1]) == 2
    assert refusal(box, "dpsd", "region-midtjylland") == "policy.idp_planned"
    box.clock.now = OTHERS
    assert sorted(seen(box, "dpsd")[0]) == sorted(("nemlogin", *REGIONS))
    for service in SERVICES:
        assert {state for state, _ in offered(box, service).values()} == {"active"}
        for idp in ("nemlogin", "region-midtjylland", "region-syddanmark"):
            assert refusal(box, service, idp) == "", (service, idp)
    assert refusal(box, "fmk-online", "region-nordjylland") == "policy.idp_not_active"

    rest = ("dpsd", "darina")  # and FMK-Online last
    operator.decide("region-nordjylland", "plan", waves.plan(OTHERS + DAY), but=rest)
    assert refusal(box, "dpsd", "region-nordjylland") == ""
    assert offered(box, "fmk-online")["region-nordjylland"] == ("planned", OTHERS + DAY)
    assert refusal(box, "fmk-online", "region-nordjylland") == "policy.idp_planned"
    box.clock.now = OTHERS + DAY
    assert refusal(box, "fmk-online", "region-nordjylland") == ""
