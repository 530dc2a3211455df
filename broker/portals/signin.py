"""To the broker and back: our request signed, its answer verified in every respect.

The portals trust nothing that other services would not: they read the broker's Response from
the form, verify it with the certificates that the broker publishes, and match it to a request
that this very browser was sent away with. What they asked travels sealed in a cookie, so that
nobody who has not logged in writes a row (R8).
"""

import base64
import binascii
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from broker.audit.events import PortalEntered
from broker.db import Connection, writing
from broker.errors import NotAllowed, Refused, Unknown
from broker.metadata.model import Federation
from broker.organisations import store as organisations
from broker.organisations.model import Account
from broker.portals.model import LONGEST, PortalSession
from broker.portals.office import Office
from broker.portals.partner import CODE, Partner
from broker.saml import bindings, checks, names
from broker.saml.assurance import Assurance
from broker.saml.authn_request import write_authn_request
from broker.saml.ids import new_id
from broker.saml.messages import Assertion, AuthnRequestDraft
from broker.saml.response import open_response

ASKED = "__Host-portal-asked-"
PATIENCE = timedelta(minutes=60)  # for choosing, and for being at the identity provider
_MOST = 4  # tabs that are on their way at once
_LONGEST_WANT = 300
_LONGEST_NAME = 200
_SKEW = timedelta(seconds=180)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that a browser was sent away with."""

    request_id: str
    want: str  # the page it was on its way to; one of ours
    at: datetime
    force: bool


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody who may come in: their session, the cookie that finds it, and where they go."""

    session: PortalSession
    cookie: str
    want: str
    left: tuple[Asked, ...]  # what other tabs are still waiting for


@dataclass(frozen=True, slots=True)
class Signin:
    """Sends people to the broker and lets them in when they come back."""

    office: Office

    def request(
        self,
        federation: Federation,
        asked: Asked,
        level: Assurance | None,
        idp: str | None = None,
    ) -> str:
        """Where the browser goes: our AuthnRequest, signed, to our own SSO service.

        `idp` is the entityID of the only one that may answer, where somebody is to log in anew.
        """
        partner = self.office.partner(federation)
        draft = AuthnRequestDraft(
            id=asked.request_id,
            issuer=partner.entity_id,
            destination=federation.sso_url,
            issued_at=asked.at,
            acs_url=partner.acs_url,
            force_authn=asked.force,
            idp_list=(idp,) if idp else (),
            class_refs=(level.uri,) if level else (),
            comparison="minimum",
        )
        return bindings.encode_redirect(
            federation.sso_url,
            write_authn_request(draft, sign_with=None).xml,
            parameter="SAMLRequest",
            relay_state=None,
            key=partner.signing,
        )

    def enter(
        self,
        federation: Federation,
        values: Sequence[str],
        known: Sequence[Asked],
        reference: str,
        before: str | None = None,
    ) -> Entered:
        """Verify the broker's answer and begin a session, ending the one that the browser had.

        Raises Refused with the codes of `broker.saml.checks`, and
        NotAllowed("portal.not_signed_in") where the broker says that nobody logged in.
        """
        now, partner = self.office.clock(), self.office.partner(federation)
        opened = open_response(values)
        said = opened.unverified
        asked = next((one for one in known if one.request_id == said.in_response_to), None)
        if asked is None:
            raise Refused("context.in_response_to", "answers no request of this browser")
        if said.status.code != names.SUCCESS:
            raise NotAllowed("portal.not_signed_in", said.status.sub_code or said.status.code)
        plans = self.office.registry.current().rollovers
        keys = self.office.keyrings.at(plans, federation.path, now)
        verified = opened.verify(
            keys.published_idp, [partner.decryption], demand_encryption=True, allow_cbc=False
        )
        expected = checks.ExpectedResponse(
            idp=federation.idp_entity_id,
            our_entity_id=partner.entity_id,
            acs_url=partner.acs_url,
            request_id=asked.request_id,
            service=partner.entity_id,
            now=now,
            skew=_SKEW,
            conditions_lifetime=timedelta(minutes=10),
            bearer_not_before=False,
            authenticated_after=asked.at if asked.force else None,
        )
        checks.run(checks.ENVELOPE_CHECKS, verified.envelope, expected)
        checks.run(checks.ASSERTION_CHECKS, verified.assertion, expected)
        cookie = secrets.token_urlsafe(32)
        with writing(self.office.engine) as connection:
            session = self._session(connection, partner, verified.assertion, now, reference)
            if before:
                self.office.sessions.end(connection, federation.path, before)
            self.office.sessions.open(connection, session, cookie, asked.request_id)
            event = PortalEntered(
                federation=federation.path,
                subject=str(session.person),
                account=str(session.account) if session.account else None,
                assurance=session.level.word,
                fresh=asked.force,
            )
            self.office.audit.append(connection, event, at=now, reference=reference)
        return Entered(session, cookie, asked.want, tuple(one for one in known if one != asked))

    def _session(
        self,
        connection: Connection,
        partner: Partner,
        assertion: Assertion,
        now: datetime,
        reference: str,
    ) -> PortalSession:
        name, statement = assertion.name_id, assertion.authn_statements[0]
        value = name.value if name else ""
        person = self.office.identities.named(connection, CODE, value)
        if person is None:
            raise Refused("context.subject", "a name that the broker never gave")
        path = partner.federation.path
        cvr = _said(assertion, names.CVR)
        account = _account(connection, person, path, cvr, now)
        ends = [now + LONGEST, statement.session_not_on_or_after or now + LONGEST]
        return PortalSession(
            id=uuid4(),
            federation=path,
            person=person,
            account=account.id if account else None,
            level=Assurance.from_uri(statement.class_ref or "") or Assurance.LOW,
            authenticated_at=statement.authn_instant,
            started_at=now,
            seen_at=now,
            ends_at=min(ends),
            session_index=statement.session_index,
            name=value,
            name_format=name.format if name else names.UNSPECIFIED,
            idp=next(iter(statement.authorities), assertion.issuer)[:1024],
            reference=reference,
            cvr=cvr if cvr is not None and len(cvr) == 8 else None,
            workplace=None if account else _short(_said(assertion, names.ORG_NAME)),
            full_name=None if account else _short(_said(assertion, names.FULL_NAME)),
        )

    def named(self, federation: Federation, code: str) -> str | None:
        """The entityID of a login that may let somebody in here, where the code names one.

        Any other is as if none were named: then the person is asked which.
        """
        registry = self.office.registry.current()
        try:
            portal = registry.service_by_code(federation.path, CODE)
        except Unknown:
            return None
        open_now = registry.active_idps(portal, self.office.clock())
        return next((one.idp.entity_id for one in open_now if one.code == code), None)

    def seal(self, federation: str, asked: Sequence[Asked]) -> str:
        """What a browser is waiting for, as a cookie that only we can read."""
        rows = [[a.request_id, a.want, a.at.isoformat(), a.force] for a in asked]
        sealed = self.office.sealing.seal(json.dumps(rows).encode(), _bound(federation))
        return base64.urlsafe_b64encode(sealed).decode()

    def unseal(self, federation: str, cookie: str | None) -> tuple[Asked, ...]:
        """What a browser is waiting for and has not waited for too long."""
        try:
            sealed = base64.urlsafe_b64decode((cookie or "").encode("ascii"))
        except (binascii.Error, ValueError):
            return ()
        plain = self.office.sealing.open(sealed, _bound(federation)) if sealed else None
        if plain is None:
            return ()
        asked = (Asked(i, w, datetime.fromisoformat(at), f) for i, w, at, f in json.loads(plain))
        return tuple(one for one in asked if self.office.clock() < one.at + PATIENCE)

    def ask(
        self, federation: Federation, known: Sequence[Asked], want: str, *, force: bool
    ) -> tuple[Asked, tuple[Asked, ...]]:
        """One more request, and all that the browser waits for now: the newest four."""
        home = f"/{federation.path}/portal/"
        ours = local(want, home) if len(want) <= _LONGEST_WANT else home
        asked = Asked(new_id(), ours, self.office.clock(), force)
        return asked, (*known, asked)[-_MOST:]


def local(want: str, home: str) -> str:
    """A page of these portals, or their home page: nobody is sent on to a stranger's address."""
    plain = want.isascii() and want.isprintable() and "\\" not in want and "//" not in want
    return want if plain and want.startswith(home) and "/../" not in want else home


def _account(
    connection: Connection, person: UUID, path: str, cvr: str | None, now: datetime
) -> Account | None:
    """The account that the broker asserted, by its CVR number; of several the chosen one. R22."""
    if cvr is None:
        return None
    accounts = organisations.acting_for(connection, person, path, [cvr], now)
    chosen = organisations.chosen_account(connection, person, CODE)
    by_id = {account.id: account for account in accounts}
    if chosen in by_id:
        return by_id[chosen]
    return accounts[0] if len(accounts) == 1 else None


def _short(value: str | None) -> str | None:
    return value[:_LONGEST_NAME] if value else None


def _said(assertion: Assertion, name: str) -> str | None:
    """The first value of an attribute."""
    return next((value for a in assertion.attributes if a.name == name for value in a.values), None)


def _bound(federation: str) -> bytes:
    return f"{ASKED}{federation}".encode()
