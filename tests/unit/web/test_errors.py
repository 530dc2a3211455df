"""Whatever goes wrong ends on the same page, with a reference that finds its line in the log."""

import logging
import re
from collections.abc import Callable

import pytest
from flask import Flask, redirect
from werkzeug.exceptions import BadGateway, RequestEntityTooLarge, UnsupportedMediaType
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response as BaseResponse

from broker.errors import BrokerError, NotAllowed, Refused, Unavailable, Unknown
from broker.login.failure import TABLE
from broker.web.explanations import EXACT
from broker.web.families import FAMILIES
from broker.web.reference import ALPHABET, new_reference
from broker.web.texts import explain, level
from tests.unit.web.pages import ORIGIN, application

CPR = "010190-1234"
REFERENCE = re.compile(f"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{2}}")


def answered(view: Callable[[], BaseResponse | str], method: str = "GET") -> TestResponse:
    app = application()
    app.add_url_rule("/view", "view", view)
    return app.test_client().open("/view", method=method, base_url=ORIGIN)


def raising(error: Exception) -> Callable[[], str]:
    def view() -> str:
        raise error

    return view


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RequestEntityTooLarge(), 413, "limit.body"),
        (UnsupportedMediaType(), 415, "web.media_type"),
        (BadGateway(), 502, "internal.error"),
        (Unknown("request.federation"), 404, "request.federation"),
        (NotAllowed("policy.no_role"), 403, "policy.no_role"),
        (Unavailable("key.missing"), 503, "key.missing"),
        (Refused("malformed.xml"), 400, "malformed.xml"),
        (ValueError(CPR), 500, "internal.error"),
        (KeyError(CPR), 500, "internal.error"),
    ],
)
def test_an_error_is_a_page_and_one_line(
    error: Exception, status: int, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "broker.web")
    answer = answered(raising(error))
    assert answer.status_code == status
    assert f'data-code="{code}"' in answer.text
    assert CPR not in answer.text
    (record,) = caplog.records
    assert record.getMessage() == code
    found = REFERENCE.search(answer.text)
    assert found
    assert found[0] == vars(record)["reference"]


def test_a_surprise_is_logged_by_its_type_and_place_and_never_by_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answered(raising(ValueError(CPR)))
    (record,) = caplog.records
    fields = vars(record)
    assert fields["exception"] == "builtins.ValueError"
    assert re.search(r"test_errors\.py:\d+$", fields["frames"][-1])
    assert record.exc_info is None
    assert CPR not in str(fields)


def test_an_unknown_address_is_a_page() -> None:
    answer = application().test_client().get("/<script>", base_url=ORIGIN)
    assert answer.status_code == 404
    assert 'data-code="web.not_found"' in answer.text
    assert "script>" not in answer.text


def test_a_wrong_method_is_a_page_that_says_which_are_right() -> None:
    answer = answered(lambda: "ok", method="POST")
    assert answer.status_code == 405
    assert 'data-code="web.method"' in answer.text
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_redirect_is_no_error() -> None:
    answer = answered(lambda: redirect("https://idp.example.dk/sso", 303))
    assert (answer.status_code, answer.location) == (303, "https://idp.example.dk/sso")
    app = application()
    app.add_url_rule("/folder/", "folder", lambda: "ok")
    answer = app.test_client().get("/folder", base_url=ORIGIN)
    assert (answer.status_code, answer.location) == (308, f"{ORIGIN}/folder/")


def test_a_way_to_the_front_page_is_shown_where_there_is_one() -> None:
    def links(app: Flask) -> bool:
        return 'href="/"' in app.test_client().get("/nothing", base_url=ORIGIN).text

    app = application()
    assert not links(app)
    app = application()
    app.add_url_rule("/", "home", lambda: "home")
    assert links(app)


def test_every_family_has_an_explanation_of_its_own() -> None:
    families = {code.partition(".")[0] for code in (*TABLE, *EXACT)}
    assert families | {"malformed", "signature", "context", "web"} <= FAMILIES.keys()


@pytest.mark.parametrize("code", sorted({*TABLE, *EXACT, *FAMILIES, "limit.size", "nonsense.x"}))
def test_every_code_is_explained_in_both_languages(code: str) -> None:
    told = explain(code)
    with application().test_request_context("/?lang=en", base_url=ORIGIN):
        english = [str(told.title), str(told.what), str(told.who)]
    with application().test_request_context("/?lang=da", base_url=ORIGIN):
        danish = [str(told.title), str(told.what), str(told.who)]
    assert all(english)
    assert all(a != b for a, b in zip(english, danish, strict=True))
    assert not told.title.english.endswith(".")
    assert told.what.english.endswith(".")
    assert told.who.english.endswith(".")


def test_an_exact_code_comes_before_its_family_and_no_family_is_internal() -> None:
    assert explain("flow.expired").title.english == "Your login took too long"
    assert explain("flow.unheard_of") == explain("flow")
    assert explain("unheard_of") == explain("internal.error")


def test_levels_of_assurance_have_words() -> None:
    with application().test_request_context("/?lang=da", base_url=ORIGIN):
        assert [level(word) for word in ("Low", "Substantial", "High", "3")] == [
            "Lav",
            "Betydelig",
            "Høj",
            "3",
        ]


def test_references_can_be_read_aloud_and_differ() -> None:
    drawn = {new_reference() for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(REFERENCE.fullmatch(reference) for reference in drawn)
    assert not set("01IOL").intersection("".join(drawn))


def test_one_of_our_own_errors_brings_its_detail_to_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "broker.web")
    answer = answered(raising(BrokerError("request.federation", "no such path")))
    assert "no such path" not in answer.text
    assert vars(caplog.records[0])["detail"] == "no such path"
