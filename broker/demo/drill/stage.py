"""An installation for one drill: its own database, its own keys, its own partners and clock."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.bootstrap import Services
from broker.demo.drill.partner import Cannot, Idp, Partner, Service
from broker.metadata.rollover.model import Plan, Side
from broker.saml.bindings import encode_post
from broker.saml.messages import AuthnRequest
from broker.settings import Settings

ORIGIN = "https://broker.drill.example.dk"
_FORM = re.compile(r'name="SAMLResponse" value="([^"]+)"')
_CODE = re.compile(r'data-code="([a-z0-9_.]+)"')
_BEFORE = timedelta(days=1)  # partners are registered before anything is announced


@dataclass(slots=True)
class Hands:
    """A clock that stands where it was put."""

    now: datetime

    def __call__(self) -> datetime:
        """The time of the drill."""
        return self.now


@dataclass(frozen=True, slots=True)
class Pair:
    """A service and the one identity provider that its people use; one of them may lag behind."""

    service: Service
    idp: Idp
    side: Side  # ours towards the one that is watched

    @property
    def watched(self) -> Partner:
        """The one that behaves as partners do in the field."""
        return self.service if self.side == "idp" else self.idp


@dataclass(frozen=True, slots=True)
class Asked:
    """Our request as an identity provider verified it, while the person is there."""

    request: AuthnRequest
    relay_state: str


@dataclass(slots=True)
class Stage:
    """A broker with the partners of one federation, and the clock of all of them."""

    app: Flask
    settings: Settings
    clock: Hands
    federation: str
    pairs: tuple[Pair, ...]
    plans: tuple[Plan, ...]

    @property
    def broker(self) -> Services:
        """What the application is made of."""
        found = self.app.extensions["broker"]
        if not isinstance(found, Services):
            raise TypeError("an application without a broker")
        return found

    @property
    def partners(self) -> list[Partner]:
        """Everybody around the broker."""
        those: list[Partner] = [one for pair in self.pairs for one in (pair.service, pair.idp)]
        return list({one.code: one for one in those}.values())

    def fetch(self, path: str) -> bytes | None:
        """A document of ours as a partner gets it, or None where there is none now."""
        answer = self.app.test_client().get(path, base_url=ORIGIN)
        return answer.data if answer.status_code == 200 else None

    def set(self, now: datetime) -> None:
        """Move the clock; every partner does what it does by then."""
        self.clock.now = now
        instants = self.plans[0].instants
        for partner in self.partners:
            partner.tend(self.fetch, now, instants.announce, instants.switch)

    def arrive(self, pair: Pair, browser: FlaskClient, url: str) -> Asked:
        """A service's request comes to us, and ours to the identity provider. Raises Cannot."""
        location = _onward(browser.get(url, base_url=ORIGIN))
        query = urlsplit(location).query
        return Asked(pair.idp.read(query.encode()), parse_qs(query).get("RelayState", [""])[0])

    def answer(self, pair: Pair, browser: FlaskClient, asked: Asked) -> str:
        """The identity provider answers, and then we; our message. Raises Cannot."""
        form = {
            "SAMLResponse": encode_post(pair.idp.answer(asked.request, self.clock.now)),
            "RelayState": asked.relay_state,
        }
        path = urlsplit(asked.request.acs_url or "").path
        page = browser.post(path, data=form, base_url=ORIGIN)
        found = _FORM.search(page.text)
        if page.status_code != 200 or found is None:
            raise Cannot(_code(page))
        return unescape(found[1])

    def login(self, pair: Pair) -> str | None:
        """One whole login now: None where it worked, else why not."""
        browser = self.app.test_client()
        try:
            asked = self.arrive(pair, browser, pair.service.ask(self.clock.now))
            pair.service.take(self.answer(pair, browser, asked))
        except Cannot as fault:
            return fault.code
        return None


def _onward(page: TestResponse) -> str:
    """Where we send the browser. Raises Cannot with our code where it is a page instead."""
    location = page.headers.get("Location", "")
    if page.status_code != 303 or location.startswith(ORIGIN):
        raise Cannot(_code(page))
    return location


def _code(page: TestResponse) -> str:
    found = _CODE.search(page.text)
    return found[1] if found else f"http.{page.status_code}"
