"""Services and identity providers that load our metadata as they do in the field.

Each knows of us only what stands in the document that it holds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from broker.demo.drill.behaviours import Behaviour
from broker.demo.keys import Party
from broker.demo.person import Person
from broker.demo.speaking import attributes_of, class_ref_of, name_of
from broker.errors import Refused
from broker.saml import names
from broker.saml.authn_request import open_redirect, write_authn_request
from broker.saml.bindings import encode_redirect
from broker.saml.entity_descriptor import read_entity
from broker.saml.ids import new_id
from broker.saml.keys import Certificate
from broker.saml.messages import AssertionDraft, AuthnRequest, AuthnRequestDraft
from broker.saml.profiles import PROFILES
from broker.saml.response import open_response, write_response

Fetch = Callable[[str], bytes | None]  # a path of ours; None where there is no document
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_PROFILE = PROFILES["oiosaml-3"]


class Cannot(Exception):
    """What a partner cannot do, by a code of `model.FAULTS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Held:
    """What a partner knows of us."""

    signing: tuple[Certificate, ...]
    encryption: Certificate | None
    location: str


@dataclass(slots=True)
class Partner:
    """Somebody who keeps a document of ours, loads it at its own times, and may misread it."""

    code: str
    entity_id: str
    behaviour: Behaviour
    party: Party
    path: str  # of the document that it loads
    ahead: str  # of the one for whoever switches by hand
    held: Held | None = None
    waiting: Held | None = None  # loaded ahead, to be put in force by hand
    last: datetime | None = None

    def tend(self, fetch: Fetch, now: datetime, announce: datetime, switch: datetime) -> None:
        """Do whatever this partner does about our metadata by now, by its own clock."""
        own, loads = now + self.behaviour.clock, self.behaviour.loads
        if self.held is None:
            self._load(fetch, now)
        if loads == "once":
            if now >= announce and (self.last is None or self.last < announce):
                self._load(fetch, now)
        elif loads == "by hand":
            if self.ahead == self.path:  # both keys at once, as the announcement says
                if now >= announce and (self.last is None or self.last < announce):
                    self._load(fetch, now)
            elif self.waiting is None and announce <= now and own < switch:
                self.waiting = self._read(fetch(self.ahead))
            if self.waiting is not None and own >= switch:
                self.held, self.waiting = self.waiting, None
        elif self.last is not None:
            every = {"always": timedelta(), "hourly": HOUR}.get(loads, DAY)
            if now - self.last >= every:
                self._load(fetch, now)

    def _load(self, fetch: Fetch, now: datetime) -> None:
        self.held = self._read(fetch(self.path)) or self.held
        self.last = now

    def _read(self, raw: bytes | None) -> Held | None:
        if raw is None:
            return None
        facts = read_entity(raw)
        role = facts.idp or facts.sp
        if role is None:
            return None
        signing = role.signing
        if self.behaviour.reads == "one":
            signing = signing[-1:]
        elif self.behaviour.reads == "first":
            signing = signing[:1]
        if facts.idp is not None:
            location = next(e.location for e in facts.idp.sso if e.binding == names.REDIRECT)
            return Held(signing, None, location)
        encryption = facts.sp.encryption if facts.sp else ()
        return Held(signing, next(iter(encryption), None), "")

    def known(self) -> Held:
        """What it holds. Raises Cannot."""
        if self.held is None:
            raise Cannot("partner.no_metadata")
        return self.held


@dataclass(slots=True)
class Service(Partner):
    """A service: asks us, and verifies what we answer."""

    acs: str = field(default="", kw_only=True)
    before: Party | None = None  # its keys of before, while it still decrypts with them

    def ask(self, now: datetime) -> str:
        """The address to which it sends a browser. Raises Cannot."""
        held = self.known()
        draft = AuthnRequestDraft(
            id=new_id(),
            issuer=self.entity_id,
            destination=held.location,
            issued_at=now,
            acs_url=self.acs,
        )
        return encode_redirect(
            held.location,
            write_authn_request(draft, sign_with=None).xml,
            parameter="SAMLRequest",
            relay_state=None,
            key=self.party.signing,
        )

    def take(self, message: str) -> None:
        """Verify our answer with the keys that it holds. Raises Cannot."""
        try:
            own = [party.decryption for party in (self.party, self.before) if party]
            held = self.known().signing
            open_response([message]).verify(held, own, demand_encryption=True, allow_cbc=False)
        except Refused:
            raise Cannot("partner.key_unknown") from None


@dataclass(slots=True)
class Idp(Partner):
    """An identity provider: verifies what we ask, and answers about one person."""

    person: Person = field(kw_only=True)

    def read(self, query: bytes) -> AuthnRequest:
        """Our request, verified with the keys that it holds. Raises Cannot."""
        try:
            return open_redirect(query).verify(self.known().signing, required=True)
        except Refused:
            raise Cannot("partner.key_unknown") from None

    def answer(self, asked: AuthnRequest, now: datetime) -> bytes:
        """Its Response, encrypted to the key of ours that it holds. Raises Cannot."""
        held, target = self.known(), asked.acs_url or ""
        draft = AssertionDraft(
            id=new_id(),
            issuer=self.entity_id,
            issued_at=now,
            name_id=name_of(self.person, _PROFILE),
            audience=asked.issuer,
            recipient=target,
            in_response_to=asked.id,
            confirm_until=now + timedelta(minutes=5),
            valid_until=now + timedelta(minutes=10),
            authn_instant=now,
            class_ref=class_ref_of(self.person, _PROFILE),
            attributes=attributes_of(self.person, _PROFILE),
            session_index=new_id(),
        )
        return write_response(
            id=new_id(),
            issuer=self.entity_id,
            destination=target,
            in_response_to=asked.id,
            issued_at=now,
            assertion=draft,
            key=self.party.signing,
            encrypt_to=held.encryption,
        ).xml
