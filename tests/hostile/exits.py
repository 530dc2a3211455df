"""Somebody who is logged in, and logout messages forged in every part, from both sides."""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from broker.db import reading, writing
from broker.logout.handling import NOBODY_KNOWN
from broker.logout.tables import LOGOUT, LOGOUT_STEP
from broker.saml import bindings, names, signatures, soap
from broker.saml.ids import new_id
from broker.saml.instants import write_instant
from broker.saml.logout import open_soap
from broker.saml.messages import Assertion, LogoutResponse, NameID
from broker.saml.xml import Element
from broker.sessions.cookie import SessionCookie
from broker.sessions.tables import LOGIN_SESSION, SESSION_PARTICIPANT
from tests.box import HOST, ORIGIN, SESSION, Box, code_of
from tests.factories import signing_key
from tests.hostile.outcome import Watch
from tests.leaving import brought, log_in

PATHS = {
    ("sp", "redirect"): "/sundhed/saml/slo",
    ("sp", "post"): "/sundhed/saml/slo",
    ("sp", "soap"): "/sundhed/saml/slo/soap",
    ("idp", "redirect"): "/sundhed/saml/sp/slo",
    ("idp", "post"): "/sundhed/saml/sp/slo",
    ("idp", "soap"): "/sundhed/saml/sp/slo/soap",
}
EVERYWHERE = sorted(PATHS)
STATUS = {"malformed": 400, "limit": 413, "signature": 403, "context": 403, "request": 400}
SUCCESS = f'<p:StatusCode Value="{names.SUCCESS}"/>'
# What passed every check of a message, so that nobody can send it again for ever, is in the trail.
ANSWERED = ("context.in_response_to", "context.replay")
_TABLES = (SESSION_PARTICIPANT, LOGIN_SESSION, LOGOUT_STEP, LOGOUT)


@dataclass(frozen=True)
class Parting:
    """A LogoutRequest or LogoutResponse, each part as text; `but()` changes some."""

    issuer: str
    key: str
    destination: str | None
    now: datetime
    name: str = ""
    indexes: tuple[str, ...] = ()
    kind: str = "LogoutRequest"
    id: str = field(default_factory=new_id)
    issued: str = ""
    until: str | None = ""
    in_response_to: str | None = None
    status: str = SUCCESS
    version: str = "2.0"
    issuer_format: str = ""
    inside: str = ""

    def but(self, **change: object) -> "Parting":
        """The same message with some parts replaced."""
        return replace(self, **change)  # type: ignore[arg-type]  # rows of tables name the fields

    def time(self, minutes: float) -> str:
        """An instant on the wire, minutes from now."""
        return write_instant(self.now + timedelta(minutes=minutes))

    def tree(self) -> Element:
        """The message, unsigned."""
        until = self.time(5) if self.until == "" else self.until
        said = {
            "Destination": self.destination,
            "NotOnOrAfter": until if self.kind == "LogoutRequest" else None,
            "InResponseTo": self.in_response_to,
        }
        attributes = "".join(f' {n}="{v}"' for n, v in said.items() if v is not None)
        form = f' Format="{self.issuer_format}"' if self.issuer_format else ""
        body = self.name + "".join(f"<p:SessionIndex>{i}</p:SessionIndex>" for i in self.indexes)
        if self.kind == "LogoutResponse":
            body = f"<p:Status>{self.status}</p:Status>"
        return etree.fromstring(
            f'<p:{self.kind} xmlns:p="{names.SAMLP}" xmlns:a="{names.SAML}" ID="{self.id}" '
            f'Version="{self.version}" IssueInstant="{self.issued or self.time(0)}"{attributes}>'
            f"<a:Issuer{form}>{self.issuer}</a:Issuer>{self.inside}{body}</p:{self.kind}>"
        )

    def raw(self) -> bytes:
        """The bytes of the message, unsigned."""
        return etree.tostring(self.tree())

    def signed(self) -> bytes:
        """The bytes of the message, with an enveloped signature."""
        root = self.tree()
        signatures.sign(root, signing_key(self.key))
        return etree.tostring(root)

    @property
    def parameter(self) -> bindings.Parameter:
        """The parameter that carries it."""
        return "SAMLRequest" if self.kind == "LogoutRequest" else "SAMLResponse"


def name_xml(value: str, form: str = names.PERSISTENT, **qualifiers: str) -> str:
    """A NameID as text."""
    more = "".join(f' {name}="{found}"' for name, found in qualifiers.items())
    return f'<a:NameID Format="{form}"{more}>{value}</a:NameID>'


def rows(box: Box) -> dict[str, list[str]]:
    """Everything that is kept of sessions and of logouts."""
    with reading(box.services.engine) as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
            for table in _TABLES
        }


def forget(box: Box) -> None:
    """End every session without telling anybody, as a new installation."""
    with writing(box.services.engine) as connection:
        for table in _TABLES:
            connection.execute(sa.delete(table))


@dataclass
class Exit:
    """A browser with a session by alpha at service one, and what is seen from outside."""

    box: Box
    browser: FlaskClient
    events: list[logging.LogRecord]
    calls: list[str]  # what the broker asked over HTTP
    said: Assertion  # as service one knows the person
    upstream: NameID  # as alpha knows the person
    before: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.watch = Watch(self.box)

    def parting(self, side: str = "sp", way: str = "redirect") -> Parting:
        """An honest request of service one, or of alpha, for that endpoint."""
        code = "one" if side == "sp" else "alpha"
        found = self.said.name_id if side == "sp" else self.upstream
        assert found is not None
        index = self.said.authn_statements[0].session_index if side == "sp" else "_s"
        return Parting(
            issuer=f"https://{code}.example.dk",
            key=code,
            destination=ORIGIN + PATHS[side, way],
            now=self.box.clock(),
            name=name_xml(found.value),
            indexes=(index or "",),
        )

    def send(
        self,
        parting: Parting,
        side: str = "sp",
        way: str = "redirect",
        *,
        sign: bool = True,
        browser: FlaskClient | None = None,
    ) -> TestResponse:
        """Bring a message to an endpoint, signed as its binding has it."""
        path, by = PATHS[side, way], browser or self.browser
        self.begin()
        if way == "redirect":
            url = bindings.encode_redirect(
                path,
                parting.raw(),
                parameter=parting.parameter,
                relay_state="r 1",
                key=signing_key(parting.key) if sign else None,
            )
            return by.get(url, base_url=ORIGIN)
        raw = parting.signed() if sign else parting.raw()
        return self.send_raw(raw, side, way, parting.parameter, by)

    def send_raw(
        self,
        raw: bytes,
        side: str,
        way: str,
        parameter: str = "SAMLRequest",
        browser: FlaskClient | None = None,
    ) -> TestResponse:
        """Bring bytes to the POST or the SOAP endpoint of a side."""
        path, by = PATHS[side, way], browser or self.browser
        self.begin()
        if way == "post":
            data = {parameter: bindings.encode_post(raw), "RelayState": "r 1"}
            return by.post(path, data=data, base_url=ORIGIN)
        return self.call(soap.envelope(raw), side, by)

    def call(
        self, envelope: bytes, side: str = "sp", browser: FlaskClient | None = None
    ) -> TestResponse:
        """Bring an envelope to the SOAP endpoint of a side."""
        self.begin()
        return (browser or self.browser).post(
            PATHS[side, "soap"], data=envelope, content_type="text/xml", base_url=ORIGIN
        )

    def begin(self) -> None:
        """From here on is watched."""
        self.events.clear()
        self.calls.clear()
        self.before = rows(self.box)
        self.watch.begin()

    def untouched(self, page: TestResponse) -> None:
        """No row changed, nobody was asked, the cookie stayed."""
        assert rows(self.box) == self.before
        assert self.before["login_session"], "nobody was logged in to begin with"
        assert self.calls == []
        assert SESSION not in page.headers.get("Set-Cookie", "")
        assert self.browser.get_cookie(SESSION, domain=HOST) is not None

    def refused(self, page: TestResponse, code: str, status: int | None = None) -> None:
        """The whole refusal: page or fault, status, one event, nothing touched."""
        if page.mimetype == "text/xml":
            fault = etree.fromstring(page.data).find(".//faultstring")
            assert fault is not None, page.text
            assert fault.text == code
        else:
            assert code_of(page) == code, page.text
            assert page.headers["Cache-Control"] == "no-store"
        assert page.status_code == (status or STATUS[code.partition(".")[0]])
        seen = self.watch.end()
        assert [event.__dict__["code"] for event in self.events] == [code]
        seen.one_event(code, 1 if code in ANSWERED else 0)
        seen.nothing_more()
        known = (self.said.name_id, self.upstream)
        seen.no_canary(page, *(name.value for name in known if name is not None))
        self.untouched(page)

    def nobody(self, page: TestResponse) -> None:
        """A verified request that names no session of its sender: told so, nothing touched."""
        if page.mimetype == "text/xml":
            keys = self.box.services.flow.keys.keyrings.first("sundhed")
            opened = open_soap(page.data, "LogoutResponse")
            message = opened.verify((*keys.published_idp, *keys.published_sp))
        else:
            _, message, _ = brought(self.box, page)
        assert isinstance(message, LogoutResponse)
        assert message.status == NOBODY_KNOWN
        assert [event.__dict__["code"] for event in self.events] == ["context.no_session"]
        self.untouched(page)

    def works(self, side: str = "sp", way: str = "redirect") -> None:
        """The honest message still ends the session, so that the refusals were not for nothing."""
        self.send(self.parting(side, way), side, way)
        assert rows(self.box)["login_session"] == []


def upstream_of(box: Box, browser: FlaskClient) -> NameID:
    """The name that the identity provider gave, as the browser's session remembers it."""
    kept = browser.get_cookie(SESSION, domain=HOST)
    cookie = SessionCookie.read(kept.value if kept else None)
    assert cookie is not None
    with reading(box.services.engine) as connection:
        found = box.services.logout.sessions.open(connection, "sundhed", cookie, box.clock())
    assert found is not None
    assert found.assertion.name_id is not None
    return found.assertion.name_id


def enter(box: Box, events: list[logging.LogRecord], calls: list[str]) -> Exit:
    """Log somebody in at service one by alpha."""
    browser = box.browser()
    said = log_in(box, browser)
    return Exit(box, browser, events, calls, said, upstream_of(box, browser))
