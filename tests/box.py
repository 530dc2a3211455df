"""A whole broker in one process, without sockets: peers made of keys, time moved by hand.

The box holds one federation with two services and three identity providers:

    alpha   OIOSAML 3: encrypts, signs the assertion; any organisation
    beta    OIOSAML 3 as well, for organisation 90000098 alone
    legacy  OIOSAML 2: signs the Response, may send plain assertions and AES-CBC
"""

import atexit
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from html import unescape
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree
from tempfile import TemporaryDirectory, mkdtemp
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import make_url
from werkzeug.test import TestResponse

from broker.app import create_app
from broker.bootstrap import Services, metadata_service
from broker.db import make_engine, migrate
from broker.login.state import HopRecord
from broker.metadata.keyring import SECRETS, create_keys, create_secrets
from broker.metadata.report import Occasion
from broker.saml import bindings
from broker.saml.authn_request import open_redirect, write_authn_request
from broker.saml.ids import new_id
from broker.saml.keys import Certificate
from broker.saml.messages import AuthnRequest, AuthnRequestDraft
from broker.settings import Settings, read_settings
from tests.box_peers import load_peers
from tests.factories import NOW, signing_key
from tests.fixtures_db import copy_database, copy_migrated
from tests.rights import give_roles, service_document

ORIGIN = "https://broker.example.dk"
SSO = "/sundhed/saml/sso"
ACS = "/sundhed/saml/acs"
FILLED = "boxed"  # the name of a database that is set up as that of a box
CVR, OTHER_CVR = "90000004", "90000098"
HOST = "broker.example.dk"
SESSION = "__Host-session-sundhed"
FEDERATION: dict[str, object] = {
    "kind": "federation",
    "code": "sundhed",
    "identity_type": "Professional",
    "contact": {
        "name": "Servicedesk",
        "mail": "desk@example.dk",
        "phone": "+45 70 00 00 00",
        "hours": {"da": "Hverdage 8–16", "en": "Weekdays 8–16"},
    },
    "environment": [
        {
            "path": path,
            "environment": environment,
            "name": {"da": "Sundhed", "en": "Health"},
            "idp_entity_id": "{origin}/" + path + "/saml/idp",
            "sp_entity_id": "{origin}/" + path + "/saml/sp",
            **({"ribbon": {"da": "Test", "en": "Test"}} if environment == "test" else {}),
        }
        for path, environment in (("sundhed", "production"), ("sundhed-test", "test"))
    ],
}
MAPPING: dict[str, object] = {
    "kind": "mapping",
    "service": "one",
    "release": [
        {"source": source, "motive": {"da": "Til prøve", "en": "For a test"}}
        for source in ("cvr", "full_name", "cpr_number")
    ],
}


@dataclass
class Moved:
    """A clock that stands still until somebody moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Trip:
    """A browser at an IdP: what the broker asked there, and where the answer goes."""

    request: AuthnRequest
    relay_state: str | None
    service: str
    idp: str
    service_request: str
    encryption: Certificate  # what we publish for IdPs to encrypt to


@dataclass
class Box:
    """The broker, its clock, what it logged hop by hop, and one browser."""

    app: Flask
    settings: Settings
    clock: Moved
    hops: list[HopRecord] = field(default_factory=list)

    @property
    def services(self) -> Services:
        found = self.app.extensions["broker"]
        assert isinstance(found, Services)
        return found

    def browser(self) -> FlaskClient:
        """A new browser with an empty cookie jar."""
        return self.app.test_client()

    def draft(self, service: str = "one") -> AuthnRequestDraft:
        """An honest request of a service, made now."""
        return AuthnRequestDraft(
            id=new_id(),
            issuer=f"https://{service}.example.dk",
            destination=ORIGIN + SSO,
            issued_at=self.clock(),
            acs_url=f"https://{service}.example.dk/acs",
        )

    def redirect(
        self,
        browser: FlaskClient,
        draft: AuthnRequestDraft | None = None,
        *,
        key: str = "one",
        relay_state: str | None = "back-to-page-7",
    ) -> TestResponse:
        """Send a request by HTTP-Redirect, signed with the key of that name ("" for none)."""
        url = bindings.encode_redirect(
            SSO,
            write_authn_request(draft or self.draft(), sign_with=None).xml,
            parameter="SAMLRequest",
            relay_state=relay_state,
            key=signing_key(key) if key else None,
        )
        return browser.get(url, base_url=ORIGIN)

    def choose(self, browser: FlaskClient, page: TestResponse, idp: str) -> TestResponse:
        """Follow a redirect to the discovery page and press the button of an IdP."""
        location = page.headers["Location"]
        flow = parse_qs(urlsplit(location).query)["flow"][0]
        return browser.post(
            "/sundhed/saml/discovery", data={"flow": flow, "idp": idp}, base_url=ORIGIN
        )

    def at_idp(
        self,
        browser: FlaskClient,
        idp: str = "alpha",
        draft: AuthnRequestDraft | None = None,
        *,
        service: str = "one",
    ) -> Trip:
        """Bring a browser to an IdP, as an honest service and person would."""
        asked = draft or self.draft(service)
        browser.delete_cookie(SESSION, domain=HOST)  # as when the browser was closed meanwhile
        page = self.redirect(browser, asked, key=service)
        assert page.status_code == 303, page.text
        if "/saml/discovery" in page.headers["Location"]:
            page = self.choose(browser, page, idp)
        assert page.status_code == 303, page.text
        return self.trip(page.headers["Location"], service, idp, asked.id)

    def trip(self, location: str, service: str, idp: str, service_request: str) -> Trip:
        """Read our AuthnRequest as the IdP does: verified with the key that we publish."""
        opened = open_redirect(urlsplit(location).query.encode())
        plans, now = self.services.registry.current().rollovers, self.clock()
        keys = self.services.flow.keys.keyrings.at(plans, "sundhed", now)
        request = opened.verify(keys.published_sp, required=True)
        encrypt_to = keys.sp_decryption[0].certificate
        return Trip(request, opened.relay_state, service, idp, service_request, encrypt_to)

    def deliver(self, browser: FlaskClient, xml: bytes, relay_state: str = "x") -> TestResponse:
        """Post a Response to our assertion consumer service."""
        data = {"SAMLResponse": bindings.encode_post(xml), "RelayState": relay_state}
        return browser.post(ACS, data=data, base_url=ORIGIN)


def code_of(page: TestResponse) -> str:
    """The stable code on an error page, or "" where the page is none."""
    found = re.search(r'data-code="([a-z0-9_.]+)"', page.text)
    return found[1] if found else ""


def posted(page: TestResponse) -> tuple[str, dict[str, str]]:
    """The target and the fields of an auto-posting page."""
    form = re.search(r'<form[^>]*action="([^"]+)"', page.text)
    assert form, page.text
    inputs = [i for i in etree.HTML(page.text).iter("input") if i.get("type") == "hidden"]
    fields = {i.get("name", ""): i.get("value", "") for i in inputs}
    return unescape(form[1]), fields


def make_box(folder: Path, database_url: str = "") -> Box:
    """Set a broker up in a folder, as `broker init` and `broker metadata load` do.

    It has secrets of its own, and the keys that every other box of this process has: to make
    them is most of the work. Without a database URL, or with that of a file that is not there
    yet, it is a copy of the first such box. What `fill` filled is set up already.
    """
    settings = _settings(folder, database_url)
    url = make_url(settings.database_url)
    copytree(_first_box() / "keys", settings.keys, ignore=ignore_patterns(*SECRETS))
    create_secrets(settings.keys)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        copy_database(_first_box() / "broker.sqlite3", Path(url.database or ""))
    elif url.database != FILLED:
        _set_up(settings)
    return start(settings, Moved())


def fill(database_url: str) -> None:
    """Set a database up as a box has it, for boxes that find it so."""
    with TemporaryDirectory(prefix="broker-box-") as folder:
        settings = _settings(Path(folder), database_url)
        copytree(_first_box() / "keys", settings.keys)
        _set_up(settings)


@cache
def _first_box() -> Path:
    """A broker that is set up and never started, to copy."""
    folder = Path(mkdtemp(prefix="broker-box-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    settings = _settings(folder)
    engine = make_engine(settings.database_url)
    copy_migrated(engine)
    engine.dispose()
    _set_up(settings)
    return folder


def _settings(folder: Path, database_url: str = "") -> Settings:
    environ = {"BROKER_DATA": str(folder), "BROKER_ORIGIN": ORIGIN}
    if database_url:
        environ["BROKER_DATABASE_URL"] = database_url
    return read_settings(environ)


def _set_up(settings: Settings) -> None:
    engine = make_engine(settings.database_url)
    migrate(engine)
    service = metadata_service(engine, ORIGIN)
    occasion = Occasion(NOW, "test", "a box", "BOX")
    service.load_document(FEDERATION, source="box", occasion=occasion)
    create_secrets(settings.keys)
    for federation in service.federations():
        create_keys(settings.keys, federation, NOW, bits=2048)
    load_peers(service, occasion)
    service.load_document(MAPPING, source="box", occasion=occasion)
    document = service_document("one", ("alpha", "beta", "legacy"))
    give_roles(service, document, (CVR, OTHER_CVR), NOW)
    engine.dispose()


def start(settings: Settings, clock: Moved) -> Box:
    """Start a broker on a folder that is set up; doing it twice is a restart."""
    hops: list[HopRecord] = []
    app = create_app(settings, clock=clock, observe=hops.append)
    return Box(app, settings, clock, hops)
