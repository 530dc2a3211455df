"""F05, F08: LogoutResponses that are not the answer to our question, and where ours go."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.bootstrap import metadata_service
from broker.metadata.defaults import LoadOptions
from broker.metadata.report import Occasion
from broker.saml import bindings, names
from broker.saml.messages import LogoutRequest
from tests.box import ORIGIN, Box, make_box, posted
from tests.factories import NOW, key_pair, signing_key
from tests.flows.test_logout import outcomes
from tests.hostile.exits import Exit, Parting, enter
from tests.leaving import IDP_SLO, SLO, add_idp_logout, brought, log_in
from tests.peers import sp_metadata


@dataclass
class Asked:
    """Somebody else's logout, in which service two is being asked; the first browser stays in."""

    leaving: Exit
    browser: FlaskClient
    home: str
    draft: str  # id of the request that began it
    request: LogoutRequest

    def answer(self, **change: object) -> Parting:
        """An honest answer of service two."""
        values: dict[str, object] = {
            "issuer": "https://two.example.dk",
            "key": "two",
            "destination": SLO,
            "now": self.leaving.box.clock(),
            "kind": "LogoutResponse",
            "in_response_to": self.request.id,
        }
        return Parting(**{**values, **change})  # type: ignore[arg-type]  # by field

    def outcome(self) -> str:
        """How service two's step stands."""
        page = self.browser.get(self.home.removeprefix(ORIGIN), base_url=ORIGIN)
        return outcomes(page)["two"]


@pytest.fixture
def asked(leaving: Exit) -> Asked:
    box, browser = leaving.box, leaving.box.browser()
    other = enter(box, leaving.events, leaving.calls)
    browser = other.browser
    log_in(box, browser, "two")
    parting = other.parting()
    home = other.send(parting).headers["Location"]
    page = browser.post(home.removeprefix(ORIGIN), data={"step": "2"}, base_url=ORIGIN)
    target, request, _ = brought(box, page)
    assert target == "https://two.example.dk/slo"
    assert isinstance(request, LogoutRequest)
    return Asked(leaving, browser, home, parting.id, request)


_ALPHA = {"issuer": "https://alpha.example.dk", "key": "alpha"}
_ONE = {"issuer": "https://one.example.dk", "key": "one"}
F05: dict[str, tuple[Callable[[Asked], Parting], str, str]] = {
    "unknown-request": (
        lambda a: a.answer(in_response_to="_x"),
        "sp",
        "context.in_response_to",
    ),
    "no-request": (lambda a: a.answer(in_response_to=None), "sp", "context.in_response_to"),
    "the-request-that-began-it": (
        lambda a: a.answer(in_response_to=a.draft),
        "sp",
        "context.in_response_to",
    ),
    "another-partner": (lambda a: a.answer(**_ONE), "sp", "context.in_response_to"),
    "another-partner-s-key": (lambda a: a.answer(key="one"), "sp", "signature.invalid"),
    "another-partner-s-name": (
        lambda a: a.answer(issuer="https://one.example.dk"),
        "sp",
        "signature.invalid",
    ),
    "the-other-side": (
        lambda a: a.answer(destination=IDP_SLO, **_ALPHA),
        "idp",
        "context.in_response_to",
    ),
    "at-the-other-side-s-address": (
        lambda a: a.answer(destination=IDP_SLO),
        "idp",
        "context.issuer",
    ),
    "sent-elsewhere": (lambda a: a.answer(destination=IDP_SLO), "sp", "context.destination"),
    "sent-nowhere": (lambda a: a.answer(destination=None), "sp", "context.destination"),
    "too-old": (lambda a: a.answer(issued=a.answer().time(-14)), "sp", "context.issue_instant"),
    "of-the-future": (lambda a: a.answer(issued=a.answer().time(4)), "sp", "context.issue_instant"),
    "no-status": (lambda a: a.answer(status=""), "sp", "malformed.schema"),
}


@pytest.mark.parametrize("way", ["redirect", "post"])
@pytest.mark.parametrize("case", F05, ids=lambda case: f"f05-{case}")
def test_f05_an_answer_that_is_none(asked: Asked, case: str, way: str) -> None:
    make, side, code = F05[case]
    asked.leaving.refused(asked.leaving.send(make(asked), side, way), code)
    assert asked.outcome() == "asked"
    asked.leaving.send(asked.answer(), "sp", way)
    assert asked.outcome() == "done"


@pytest.mark.parametrize("first", ["done", "unconfirmed"])
def test_f05_an_answer_counts_once(asked: Asked, first: str) -> None:
    refusal = f'<p:StatusCode Value="{names.RESPONDER}"/>'
    asked.leaving.send(asked.answer() if first == "done" else asked.answer(status=refusal))
    assert asked.outcome() == first
    for second in (asked.answer(), asked.answer(status=refusal)):
        asked.leaving.refused(asked.leaving.send(second), "context.replay")
    assert asked.outcome() == first


def test_f05_an_answer_after_the_logout_was_answered(asked: Asked) -> None:
    path = asked.home.removeprefix(ORIGIN)
    asked.browser.post(path, base_url=ORIGIN)  # on to the identity provider
    asked.browser.post(path, base_url=ORIGIN)  # and past it
    assert asked.outcome() == "unconfirmed"
    asked.leaving.refused(asked.leaving.send(asked.answer()), "context.replay")
    assert asked.outcome() == "unconfirmed"


def test_f05_an_answer_to_a_logout_that_is_over(asked: Asked) -> None:
    asked.leaving.box.clock.move(31 * 60)
    asked.leaving.refused(asked.leaving.send(asked.answer()), "context.replay")


def test_f05_an_answer_to_a_question_that_was_asked_again(asked: Asked) -> None:
    path = asked.home.removeprefix(ORIGIN)
    asked.browser.post(path, data={"step": "2"}, base_url=ORIGIN)
    asked.leaving.refused(asked.leaving.send(asked.answer()), "context.in_response_to")
    assert asked.outcome() == "asked"


def _status(code: str, below: str = "") -> str:
    inner = f'<p:StatusCode Value="{below}"/>' if below else ""
    return f'<p:StatusCode Value="{code}">{inner}</p:StatusCode>'


@pytest.mark.parametrize(
    "status",
    [
        _status(names.REQUESTER),
        _status(names.SUCCESS, names.PARTIAL_LOGOUT),
        _status(names.RESPONDER, names.SUCCESS),
        _status("Success"),
        _status(f"{names.SUCCESS}X"),
    ],
    ids=["f05-requester", "f05-partial", "f05-success-below", "f05-short", "f05-longer"],
)
def test_f05_whatever_is_no_success_is_not_confirmed(asked: Asked, status: str) -> None:
    asked.leaving.send(asked.answer(status=status))
    assert asked.outcome() == "unconfirmed"


@pytest.mark.parametrize("step", ["0", "1", "3", "99999", "999999", "-1", "2 ", "٢", "x", "2.0"])
def test_f05_a_step_that_is_none_asks_nobody_of_that_number(asked: Asked, step: str) -> None:
    """Whatever is no number is the other button, which goes on; no step but 2 is open."""
    path = asked.home.removeprefix(ORIGIN)
    page = asked.browser.post(path, data={"step": step}, base_url=ORIGIN)
    assert page.status_code in (200, 303)
    assert not page.headers.get("Location", "").startswith("https://two.")


# --- where our answers go -------------------------------------------------------------------

ELSEWHERE = "https://one.example.dk/slo?back=1"


@pytest.fixture(scope="module")
def answering_box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    """Service one takes answers elsewhere than requests, in both bindings."""
    box = make_box(tmp_path_factory.mktemp("answering"))
    slo = [(b, "https://one.example.dk/slo") for b in (names.REDIRECT, names.POST)]
    raw = sp_metadata("https://one.example.dk", key_pair("one")[1], slo).replace(
        b'Location="https://one.example.dk/slo"',
        f'Location="https://one.example.dk/slo" ResponseLocation="{ELSEWHERE}"'.encode(),
    )
    report = metadata_service(box.services.engine, ORIGIN).load_xml(
        raw,
        federation="sundhed",
        source="box",
        options=LoadOptions(code="one", idps=("all",), accept_key_change=True),
        occasion=Occasion(NOW, "test", "elsewhere", "BOX"),
    )
    assert not report.refused
    add_idp_logout(box, "alpha", [])
    return box


@pytest.fixture
def at_one(answering_box: Box) -> Exit:
    answering_box.clock.now = NOW
    return enter(answering_box, [], [])


STATES = {
    "plain": "back-to-page-7",
    "markup": "\"><script>alert(1)</script><input name='",
    "entity": "a&amp;b&#39;&",
    "danish": "æøå €",
    "address": "https://evil.example/?SAMLResponse=x&Signature=y#z",
    "header": "x\r\nSet-Cookie: a=b",
    "template": "{{ 7*7 }}{% raw %}",
    "spaces": "  a  b  ",
    "long": "r" * 1024,
    "empty": "",
}


@pytest.mark.parametrize("state", STATES, ids=lambda state: f"f08-{state}")
def test_f08_by_redirect(at_one: Exit, state: str) -> None:
    page = _begun(at_one, "redirect", STATES[state])
    target, _, relay = brought(at_one.box, page)
    assert target == "https://one.example.dk/slo"
    assert page.headers["Location"].startswith(f"{ELSEWHERE}&SAMLResponse=")
    assert relay == STATES[state]
    assert "a" not in {c.key for c in (at_one.browser._cookies or {}).values()}  # noqa: SLF001  # the jar


@pytest.mark.parametrize("state", [s for s in STATES if s != "header"], ids=lambda s: f"f08-{s}")
def test_f08_by_post(at_one: Exit, state: str) -> None:
    page = _begun(at_one, "post", STATES[state])
    target, fields = posted(page)
    assert target == ELSEWHERE
    assert fields["RelayState"] == STATES[state]
    assert "<script>alert" not in page.text
    assert page.text.count("<form") == 1


def _begun(at_one: Exit, way: str, state: str) -> TestResponse:
    parting = at_one.parting("sp", way)
    if way == "post":
        data = {"SAMLRequest": bindings.encode_post(parting.signed()), "RelayState": state}
        return _finished(
            at_one, at_one.browser.post("/sundhed/saml/slo", data=data, base_url=ORIGIN)
        )
    url = bindings.encode_redirect(
        "/sundhed/saml/slo",
        parting.raw(),
        parameter="SAMLRequest",
        relay_state=state,
        key=signing_key("one"),
    )
    return _finished(at_one, at_one.browser.get(url, base_url=ORIGIN))


def _finished(at_one: Exit, page: TestResponse) -> TestResponse:
    """On from the page that says that alpha cannot be told, where there is one."""
    if page.status_code != 303:
        return page
    home = page.headers["Location"].removeprefix(ORIGIN)
    assert home.startswith("/sundhed/saml/logout/")
    return at_one.browser.post(home, base_url=ORIGIN)


@pytest.mark.parametrize("way", ["redirect", "post"])
def test_f08_a_relay_state_that_is_too_long_ends_nothing(leaving: Exit, way: str) -> None:
    parting = leaving.parting("sp", way)
    leaving.begin()
    if way == "post":
        data = {"SAMLRequest": bindings.encode_post(parting.signed()), "RelayState": "r" * 1025}
        page = leaving.browser.post("/sundhed/saml/slo", data=data, base_url=ORIGIN)
    else:
        page = _begun(leaving, way, "r" * 1025)
    leaving.refused(page, "request.relay_state")
