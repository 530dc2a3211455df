"""Services of the demo: send a person to the broker, verify its answer, show who arrived."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broker.clock import Clock
from broker.demo.keys import Party
from broker.demo.leaving import Leaving
from broker.demo.told import Role, roles_in
from broker.demo.words import Words
from broker.errors import Refused
from broker.metadata.model import IdentityProvider, Localised
from broker.saml import checks, names
from broker.saml.assurance import Assurance
from broker.saml.ids import new_id
from broker.saml.messages import Assertion, AuthnRequestDraft, LogoutRequest
from broker.saml.response import open_response

Brokers = Callable[[], Mapping[str, IdentityProvider]]  # the broker's IdP side by federation path


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the service was told about somebody, and through whom."""

    assertion: Assertion
    federation: str

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """Attribute values by name."""
        return {a.name: a.values for a in self.assertion.attributes}

    def one(self, name: str) -> str | None:
        """The first value of an attribute, or None."""
        return next(iter(self.values.get(name, ())), None)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles, read from whatever attribute tells them."""
        return roles_in(self.values)

    @property
    def spelled(self) -> list[str]:
        """The roles as the broker wrote them: strings, or else each privilege with its units."""
        written = self.values.get(names.ROLE_CLAIM)
        return list(written) if written else [str(role) for role in self.roles]

    @property
    def level(self) -> str | None:
        """The level of assurance: an NSIS word, or NIST with its number."""
        nist = self.one(names.OIO2_ASSURANCE)
        return self.one(names.LOA) or (f"NIST {nist}" if nist else None)

    @property
    def person(self) -> str | None:
        """The person's name, by either generation's attribute."""
        return self.one(names.FULL_NAME) or self.one(names.OIO2_COMMON_NAME)

    def facts(self) -> dict[str, object]:
        """The arrival as plain data."""
        name_id = self.assertion.name_id
        return {
            "name_id": name_id.value if name_id else None,
            "assurance": self.level,
            "attributes": {
                name: list(found) for name, found in self.values.items() if name != names.ROLE_CLAIM
            },
            "roles": self.spelled,
            "issued": [role.facts() for role in self.roles],
        }


@dataclass(frozen=True, slots=True)
class Wish:
    """What the visitor wants the service to demand."""

    force_authn: bool = False
    is_passive: bool = False
    level: Assurance | None = None
    comparison: str = "minimum"


@dataclass(slots=True)
class Memory:
    """What a demo service remembers while it runs: who it sent away, and who arrived."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    asked: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    arrived: dict[str, Arrival] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoSp:
    """One service: who it is, its key, and the broker as it knows it."""

    code: str
    entity_id: str
    url: str
    name: Localised
    tone: str
    soap: bool  # logs out without the browser as well
    party: Party
    brokers: Brokers
    idp_entity_ids: Mapping[str, str]  # by the IdP's code, to ask for one of them
    federations: tuple[str, ...]  # paths of those that it is in, the usual one first
    owner: str
    words: Words
    clock: Clock
    memory: Memory = field(default_factory=Memory)

    @property
    def last(self) -> Arrival | None:
        """Whoever arrived last, and has not left."""
        return next(reversed(self.memory.arrived.values()), None)

    @property
    def acs_url(self) -> str:
        """Where the broker answers."""
        return f"{self.url}/acs"

    @property
    def logout_urls(self) -> tuple[tuple[str, str], ...]:
        """Where the broker may send logout messages, with their bindings."""
        front = f"{self.url}/slo"
        endpoints = ((names.REDIRECT, front), (names.POST, front))
        return ((names.SOAP, f"{front}/soap"), *endpoints) if self.soap else endpoints

    @property
    def leaving(self) -> Leaving:
        """This service in a logout."""
        return Leaving(self.entity_id, f"{self.url}/slo", self.party, self.clock)

    def draft(self, federation: str, idp: str | None, wish: Wish) -> AuthnRequestDraft:
        """A request to the broker, remembered so that its answer is known again."""
        broker = self.brokers()[federation]
        request_id = new_id()
        with self.memory.lock:
            self.memory.asked[request_id] = (federation, self.clock())
        wanted = self.idp_entity_ids.get(idp or "")
        return AuthnRequestDraft(
            id=request_id,
            issuer=self.entity_id,
            destination=broker.sso[0].location,
            issued_at=self.clock(),
            acs_url=self.acs_url,
            idp_list=(wanted,) if wanted else (),
            force_authn=wish.force_authn,
            is_passive=wish.is_passive,
            class_refs=(wish.level.uri,) if wish.level else (),
            comparison=wish.comparison,
        )

    def forget(self, asked: LogoutRequest) -> None:
        """End the sessions that the broker names."""
        with self.memory.lock:
            self.memory.arrived = {
                cookie: arrival
                for cookie, arrival in self.memory.arrived.items()
                if arrival.assertion.authn_statements[0].session_index not in asked.session_indexes
            }

    def accept(self, values: list[str]) -> Arrival:
        """Verify the broker's answer in every respect. Raises Refused, or `Told` for a failure."""
        opened = open_response(values)
        said = opened.unverified
        with self.memory.lock:
            asked = self.memory.asked.pop(said.in_response_to or "", None)
        if asked is None:
            raise Refused("context.in_response_to", "answers no request of this service")
        broker = self.brokers()[asked[0]]
        if said.status.code != names.SUCCESS:
            raise Told(said.status.code, said.status.sub_code)
        verified = opened.verify(
            broker.signing, [self.party.decryption], demand_encryption=True, allow_cbc=True
        )
        expected = checks.ExpectedResponse(
            idp=broker.entity_id,
            our_entity_id=self.entity_id,
            acs_url=self.acs_url,
            request_id=said.in_response_to or "",
            service=self.entity_id,
            now=self.clock(),
            skew=timedelta(seconds=180),
            conditions_lifetime=timedelta(minutes=10),
            bearer_not_before=False,
            authenticated_after=None,
        )
        checks.run(checks.ENVELOPE_CHECKS, verified.envelope, expected)
        checks.run(checks.ASSERTION_CHECKS, verified.assertion, expected)
        return Arrival(verified.assertion, asked[0])


class Told(Exception):
    """The broker answered with a status other than Success."""

    def __init__(self, status: str, sub_status: str | None) -> None:
        super().__init__(status)
        self.status, self.sub_status = status, sub_status
