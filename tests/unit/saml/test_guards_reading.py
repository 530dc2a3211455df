"""Guards of what reads verified messages, each asked alone; see `test_guards`."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from lxml import etree
from saml2 import saml

from broker.errors import Refused
from broker.saml import authn_request, names
from broker.saml.elements import build_assertion
from broker.saml.engine.assertions import read_assertion
from broker.saml.engine.requests import MAX_RETURN_URL, read_authn_request
from broker.saml.engine.tree import from_tree, read_number
from broker.saml.instants import read_instant
from broker.saml.messages import AppSwitch
from tests.factories import assertion_draft, authn_request_draft

SWITCH = AppSwitch("iOS", "https://app.example.dk")
SWITCHED = authn_request.write_authn_request(
    replace(authn_request_draft(), app_switch=SWITCH), sign_with=None
).xml.decode()
PLATFORM = "<nl:Platform>iOS</nl:Platform>"
URL = "<nl:ReturnURL>https://app.example.dk</nl:ReturnURL>"
WHOLE = PLATFORM + URL


def switched(inside: str) -> None:
    """Read a request whose AppSwitch holds that."""
    assert WHOLE in SWITCHED
    read_authn_request(etree.fromstring(SWITCHED.replace(WHOLE, inside)))


def older_assertion() -> None:
    root = build_assertion(assertion_draft())
    root.set("Version", "1.1")
    read_assertion(root)


ENDLESS = WHOLE.replace("example.dk", "example.dk/" + "x" * MAX_RETURN_URL)
SCRIPT = WHOLE.replace("https:", "javascript:")
TWO = f'{WHOLE}</nl:AppSwitch><nl:AppSwitch xmlns:nl="{names.APP_SWITCH}">{WHOLE}'
ROWS: list[tuple[str, Callable[[], object], str]] = [
    ("an assertion of another version", older_assertion, "malformed.version"),
    ("no platform", lambda: switched(URL), "request.app_switch"),
    ("no address", lambda: switched(PLATFORM), "request.app_switch"),
    ("two platforms", lambda: switched(PLATFORM + WHOLE), "request.app_switch"),
    ("two addresses", lambda: switched(WHOLE + URL), "request.app_switch"),
    ("two apps", lambda: switched(TWO), "request.app_switch"),
    ("another platform", lambda: switched(WHOLE.replace("iOS", "Other")), "request.app_switch"),
    ("an address without end", lambda: switched(ENDLESS), "request.app_switch"),
    ("a script for an address", lambda: switched(SCRIPT), "request.app_switch"),
    (
        "a day that there is not",
        lambda: read_instant("2026-02-30T03:00:00Z"),
        "context.time_format",
    ),
    ("letters for a number", lambda: read_number("1x"), "malformed.number"),
    ("digits of another script", lambda: read_number("\u0661"), "malformed.number"),
    ("another element", lambda: from_tree(saml.Subject, etree.Element("x")), "malformed.shape"),
]


@pytest.mark.parametrize(("ask", "code"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_it_refuses_by_itself(ask: Callable[[], object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        ask()
    assert refused.value.code == code


def test_the_control_is_read() -> None:
    assert read_authn_request(etree.fromstring(SWITCHED)).app_switch == SWITCH
