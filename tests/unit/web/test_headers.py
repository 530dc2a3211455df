"""The headers of every response, the limits, and that no view sees a foreign host name."""

import gc

import pytest
from flask import Flask, request
from werkzeug.test import TestResponse

from broker.settings import read_settings
from broker.web.setup import MAX_BODY, install
from tests.unit.web.pages import CASES, ORIGIN, application
from tests.unit.web.pages_discovery import DISCOVERY

LOOPBACK = "http://localhost:8700"
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; form-action {}; frame-ancestors 'none'; base-uri 'none'"
)
EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}


def get(path: str, origin: str = ORIGIN, host: str | None = None) -> TestResponse:
    headers = {"Host": host} if host is not None else {}
    return (
        application(origin, (*CASES, *DISCOVERY))
        .test_client()
        .get(path, base_url=origin, headers=headers, buffered=True)
    )


@pytest.mark.parametrize(
    "path", ["/show/home", "/show/discovery", "/nothing", "/static/broker.css", "/static/none.css"]
)
def test_headers_are_on_every_response(path: str) -> None:
    answer = get(path)
    assert EVERYWHERE.items() <= dict(answer.headers).items()
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "origin", "targets"),
    [
        ("/show/home", ORIGIN, "'self'"),
        ("/show/home", LOOPBACK, "'self'"),
        ("/show/discovery", ORIGIN, "https:"),
        ("/show/discovery", LOOPBACK, "https: http:"),
        ("/nothing", ORIGIN, "'self'"),
    ],
)
def test_the_policy_names_where_forms_may_end(path: str, origin: str, targets: str) -> None:
    assert get(path, origin).headers["Content-Security-Policy"] == STRICT.format(targets)


def test_loopback_without_tls_gets_no_hsts() -> None:
    assert "Strict-Transport-Security" not in get("/show/home", LOOPBACK).headers


def test_pages_are_not_kept_and_static_files_are() -> None:
    assert get("/show/home").headers["Cache-Control"] == "no-store"
    assert get("/nothing").headers["Cache-Control"] == "no-store"
    assert get("/static/none.css?v=1").headers["Cache-Control"] == "no-store"
    assert get("/static/broker.css").headers["Cache-Control"] == "public, max-age=3600"
    versioned = get("/static/broker.css?v=1")
    assert versioned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    again = application().test_client()
    tag = {"If-None-Match": versioned.headers["ETag"]}
    unchanged = again.get("/static/broker.css", base_url=ORIGIN, headers=tag, buffered=True)
    assert unchanged.status_code == 304


@pytest.mark.parametrize("path", ["/static/../setup.py", "/static/%2e%2e/setup.py", "/static/"])
def test_static_serves_nothing_beside_its_folder(path: str) -> None:
    assert get(path).status_code == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("broker.example.dk", 200),
        ("BROKER.example.dk", 200),
        ("broker.example.dk:443", 200),
        ("broker.example.dk:8443", 400),
        ("evil.example.com", 400),
        ("broker.example.dk.evil.example.com", 400),
        ("evil@broker.example.dk", 400),
        ("broker.example.dk/x", 400),
        ("broker.example.dk:x", 400),
        ("", 400),
    ],
)
def test_only_our_own_host_is_answered(host: str, status: int) -> None:
    answer = get("/show/home", host=host)
    assert answer.status_code == status
    assert ("web.host" in answer.text) is (status == 400)
    assert "evil" not in answer.text


def test_loopback_is_known_by_the_name_it_was_given() -> None:
    assert get("/show/home", LOOPBACK).status_code == 200
    assert get("/show/home", LOOPBACK, host="127.0.0.1:8700").status_code == 400
    assert get("/show/home", LOOPBACK, host="localhost").status_code == 400


@pytest.mark.parametrize("size", [MAX_BODY - 10, MAX_BODY + 1])
def test_a_body_has_a_limit(size: int) -> None:
    app = application()
    app.add_url_rule("/in", "into", lambda: request.form["a"][:1], methods=["POST"])
    answer = app.test_client().post("/in", data={"a": "x" * size}, base_url=ORIGIN)
    assert answer.status_code == (200 if size < MAX_BODY else 413)
    assert ("limit.body" in answer.text) is (size > MAX_BODY)


@pytest.mark.parametrize(("hops", "seen"), [("0", "127.0.0.1"), ("1", "192.0.2.7")])
def test_an_address_is_believed_from_as_many_proxies_as_there_are(hops: str, seen: str) -> None:
    app = Flask("broker", static_folder=None, template_folder=None)
    install(app, read_settings({"BROKER_ORIGIN": ORIGIN, "BROKER_PROXY_HOPS": hops}))
    app.add_url_rule("/who", "who", lambda: str(request.remote_addr))
    headers = {"X-Forwarded-For": "203.0.113.5, 192.0.2.7", "X-Forwarded-Host": "evil.example.com"}
    answer = app.test_client().get("/who", base_url=ORIGIN, headers=headers)
    assert answer.text == seen


@pytest.mark.filterwarnings("error")
def test_a_file_that_the_browser_has_already_is_not_left_open() -> None:
    client = application().test_client()
    first = client.get("/static/broker.css", base_url=ORIGIN, buffered=True)
    for method, headers in (("GET", {"If-None-Match": first.headers["ETag"]}), ("HEAD", {})):
        again = client.open("/static/broker.css", method=method, base_url=ORIGIN, headers=headers)
        assert again.status_code == (304 if headers else 200)
        del again
        gc.collect()
