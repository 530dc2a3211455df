"""What is decided anew at every login, also from a session; and people whom an IdP sends unasked."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from broker.bootstrap import metadata_service
from broker.metadata.report import Occasion
from broker.saml.instants import write_instant
from broker.saml.messages import AuthnRequest
from tests.box import FEDERATION, ORIGIN, Box, Trip, code_of, make_box, posted
from tests.hostile.forge import Forge
from tests.hostile.test_sessions import reused
from tests.leaving import log_in, told
from tests.rights import ROLES

SERVICE: dict[str, object] = {
    "kind": "service",
    "code": "one",
    "name": {"da": "En", "en": "One"},
    "owner": "Test",
    "start_url": "https://one.example.dk",
    "idp": [{"code": code} for code in ("alpha", "beta", "legacy")],
    **ROLES,
}
ALPHA: dict[str, object] = {
    "kind": "idp",
    "code": "alpha",
    "name": {"da": "alpha", "en": "alpha"},
    "maximum": "High",
    "cvrs": "any",
}


@pytest.fixture
def box(tmp_path: Path) -> Box:
    made = make_box(tmp_path)
    change(made, SERVICE)
    return made


def change(box: Box, document: dict[str, object], **values: object) -> None:
    """Load a document again with something added."""
    occasion = Occasion(box.clock(), "test", "a change", "BOX")
    service = metadata_service(box.services.engine, ORIGIN)
    changed = {**document, **values}
    service.load_document(changed, source="box", occasion=occasion, placing="in_force")


def _closed(box: Box) -> None:
    metadata_service(box.services.engine, ORIGIN).activate(
        "sundhed",
        "one",
        "alpha",
        opens=None,
        closes=box.clock(),
        occasion=Occasion(box.clock(), "test", "closing", "BOX"),
    )


CHANGES: dict[str, Callable[[Box], None]] = {
    "the-idp-closed": _closed,
    "the-service-wants-more": lambda box: change(box, SERVICE, minimum="High"),
    "the-idp-may-say-less": lambda box: change(box, ALPHA, maximum="Low"),
    "the-idp-speaks-for-others": lambda box: change(box, ALPHA, cvrs=["90000098"]),
    "the-service-takes-it-for-a-minute": lambda box: change(box, SERVICE, session_max_minutes=1),
    "the-federation-does-for-a-minute": lambda box: change(
        box, FEDERATION, session={"idle_minutes": 1}
    ),
}


@pytest.mark.parametrize("case", CHANGES, ids=lambda case: f"g-{case}")
def test_what_changed_meanwhile_ends_the_use_of_a_session(box: Box, case: str) -> None:
    browser = box.browser()
    log_in(box, browser)
    box.clock.move(60)
    assert reused(box.redirect(browser, box.draft(), key="one"))
    CHANGES[case](box)
    box.clock.move(60)
    assert not reused(box.redirect(browser, box.draft(), key="one"))


@pytest.mark.parametrize(
    ("service", "federation", "upstream", "expected"),
    [
        (None, {}, None, 480),
        (20, {}, None, 20),
        (None, {"absolute_minutes": 10}, None, 10),
        (20, {"absolute_minutes": 10}, 15, 10),
        (20, {"absolute_minutes": 30}, 5, 5),
        (None, {}, 999, 480),
    ],
)
def test_the_end_that_we_say_is_the_earliest(
    box: Box,
    service: int | None,
    federation: dict[str, object],
    upstream: int | None,
    expected: int,
) -> None:
    if service is not None:
        change(box, SERVICE, session_max_minutes=service)
    change(box, FEDERATION, session=federation)
    extra = ""
    if upstream is not None:
        end = write_instant(box.clock() + timedelta(minutes=upstream))
        extra = f' SessionNotOnOrAfter="{end}"'
    browser, began = box.browser(), box.clock()
    first = log_in(box, browser, statement_extra=extra)
    box.clock.move(4 * 60)
    again = told(box, box.redirect(browser), "one")
    for said in (first, again):
        end_said = said.authn_statements[0].session_not_on_or_after
        assert end_said == began + timedelta(minutes=expected)
        assert said.authn_statements[0].authn_instant == began


def test_roles_are_made_anew_from_a_session(box: Box) -> None:
    browser = box.browser()
    before = log_in(box, browser)
    assert any("Reader" in value for a in before.attributes for value in a.values)
    change(box, SERVICE, role=[], derive=[], delimitation="none")
    after = told(box, box.redirect(browser), "one")
    assert after.id != before.id
    assert not any("Reader" in value for a in after.attributes for value in a.values)


# --- unasked --------------------------------------------------------------------------------


def unasked(box: Box, idp: str = "alpha") -> Forge:
    """What an IdP sends with somebody whom nobody asked for."""
    encryption = box.services.flow.keys.keyrings.first("sundhed").sp_decryption[0].certificate
    request = AuthnRequest.__new__(AuthnRequest)
    trip = Trip(request, None, "one", idp, "", encryption)
    return Forge(trip, box.clock(), in_response_to=None, confirmed_request=None)


def opted(box: Box) -> None:
    change(box, ALPHA, unsolicited="one")
    change(box, SERVICE, unsolicited=True)


def test_the_control_both_sides_agreed(box: Box) -> None:
    opted(box)
    page = box.deliver(box.browser(), unasked(box).xml(), relay_state="https://evil.example")
    target, fields = posted(page)
    assert target == "https://one.example.dk/acs"
    assert "RelayState" not in fields
    said = told(box, page, "one")
    assert said.confirmations[0].in_response_to is None


OPTED = {
    "nobody": (None, False),
    "the-idp-alone": ("one", False),
    "the-service-alone": (None, True),
    "the-idp-for-another-service": ("two", True),
    "the-idp-for-no-service": ("nothing", True),
}


@pytest.mark.parametrize("case", OPTED, ids=lambda case: f"d05-{case}")
def test_d05_one_side_is_not_enough(box: Box, case: str) -> None:
    idp, service = OPTED[case]
    if idp is not None:
        change(box, ALPHA, unsolicited=idp)
    change(box, SERVICE, unsolicited=service)
    page = box.deliver(box.browser(), unasked(box).xml())
    assert (page.status_code, code_of(page)) == (403, "context.unsolicited")
    assert "SAMLResponse" not in page.text


def test_d05_another_idp_is_not_the_one_that_agreed(box: Box) -> None:
    opted(box)
    page = box.deliver(box.browser(), unasked(box, "beta").xml())
    assert code_of(page) == "context.unsolicited"
    page = box.deliver(box.browser(), unasked(box).but(key="beta").xml())
    assert code_of(page) == "signature.invalid"


def test_d05_an_idp_that_is_not_open_for_the_service(box: Box) -> None:
    opted(box)
    _closed(box)
    page = box.deliver(box.browser(), unasked(box).xml())
    assert code_of(page) == "policy.idp_closed"
    assert "SAMLResponse" not in page.text


@pytest.mark.parametrize("minutes", [0, 9])
def test_d05_an_assertion_that_came_unasked_counts_once(box: Box, minutes: int) -> None:
    opted(box)
    first, forge = box.browser(), unasked(box).but(assertion_id="_once")
    assert reused(box.deliver(first, forge.xml()))
    box.clock.move(minutes * 60)
    again = unasked(box).but(assertion_id="_once").xml()
    for browser, xml in ((first, forge.xml()), (box.browser(), forge.xml()), (first, again)):
        page = box.deliver(browser, xml)
        assert code_of(page) in ("context.replay", "context.expired")
        assert code_of(page) == "context.replay" or minutes
        assert "SAMLResponse" not in page.text


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"confirmed_request": "_x"}, "context.in_response_to"),
        ({"in_response_to": "_x"}, "context.in_response_to"),
        ({"in_response_to": f"_{'0' * 24}"}, "context.in_response_to"),
    ],
    ids=["d05-inside", "d05-outside", "d05-outside-like-ours"],
)
def test_d05_an_answer_to_something_is_not_unasked(
    box: Box, part: dict[str, object], code: str
) -> None:
    opted(box)
    page = box.deliver(box.browser(), unasked(box).but(**part).xml())
    assert (page.status_code, code_of(page)) == (403, code)


def test_d05_the_answer_to_a_request_is_no_unasked_one(box: Box) -> None:
    """An assertion for somebody's request cannot be brought along without it."""
    opted(box)
    honest = Forge(box.at_idp(box.browser()), box.clock())
    page = box.deliver(box.browser(), honest.but(in_response_to=None).xml())
    assert code_of(page) == "context.in_response_to"


def test_d05_one_who_came_unasked_does_not_take_another_s_session(box: Box) -> None:
    opted(box)
    browser = box.browser()
    first = log_in(box, browser)
    other = "9f3b2d1c-0000-4000-8000-00000000000b"
    forge = unasked(box)
    said = tuple((n, other if v.endswith("-00000000000a") else v) for n, v in forge._said())  # noqa: SLF001  # the forge's honest half
    name = forge.name_id.replace("00000000000a", "00000000000b")
    page = box.deliver(browser, forge.but(attributes=said, name_id=name).xml())
    second = told(box, page, "one")
    assert second.name_id != first.name_id
    index = second.authn_statements[0].session_index
    assert index not in (None, first.authn_statements[0].session_index)
