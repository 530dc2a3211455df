"""What is done with emergency links: asked for, allowed by somebody else, used once."""

import hashlib
import secrets
from dataclasses import dataclass
from ipaddress import ip_address
from uuid import UUID, uuid4

from broker.audit.events import EmergencyPass
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, writing
from broker.errors import NotAllowed, Refused, Unknown
from broker.mail.facts import EmergencyLoginFacts
from broker.mail.letters import Letters
from broker.mail.model import Event, Recipient
from broker.metadata.model import Federation
from broker.metadata.report import Occasion
from broker.organisations import store as organisations
from broker.portals.emergency import store
from broker.portals.emergency.model import ASKING, LIFE, SESSION, Pass
from broker.portals.model import PortalSession
from broker.portals.store import PortalSessions
from broker.saml import names
from broker.saml.assurance import Assurance


@dataclass(frozen=True, slots=True)
class Emergency:
    """Makes links on the host; `told` are those who hear of every one."""

    engine: Engine
    audit: AuditStore
    letters: Letters
    told: tuple[Recipient, ...]

    def ask(self, federation: Federation, account: UUID, address: str, occasion: Occasion) -> str:
        """The number under which somebody else allows it.

        Raises Refused("emergency.address" | "emergency.operator" | "change.reason").
        """
        try:
            plain = str(ip_address(address))
        except ValueError:
            raise Refused("emergency.address", f"{address} is no address of a computer") from None
        if not occasion.reason.strip():
            raise Refused("change.reason", "say why it is needed")
        with writing(self.engine) as connection:
            held = organisations.mandates(connection, account, occasion.at)
            kinds = {(one.kind, one.federation) for one in held}
            who = organisations.account(connection, account, occasion.at)
            if ("operator", federation.path) not in kinds or who is None or who.person is None:
                raise Refused(
                    "emergency.operator", "that account is no operator who has signed in before"
                )
            number = secrets.token_hex(3).upper()
            row = {
                "number": number,
                "federation": federation.path,
                "account_id": account,
                "address": plain,
                "reason": occasion.reason,
                "asked_by": occasion.by,
                "asked_at": occasion.at,
            }
            store.add(connection, row)
            self._record(connection, "asked", _found(connection, number), occasion)
        return number

    def allow(self, federation: Federation, number: str, occasion: Occasion) -> str:
        """The link, shown once. Raises Unknown("emergency.unknown"),
        Refused("emergency.over"), NotAllowed("emergency.same_person").
        """
        with writing(self.engine) as connection:
            found = _found(connection, number.strip().upper())
            if found.federation != federation.path:
                raise Unknown("emergency.unknown", "nobody asked for that in this federation")
            if found.allowed_at is not None or occasion.at >= found.asked_at + ASKING:
                raise Refused("emergency.over", "it is too late for that one; ask for a new one")
            if found.asked_by == occasion.by:
                words = f"{occasion.by} asked for it: somebody else with a login here must allow it"
                raise NotAllowed("emergency.same_person", words)
            code = secrets.token_urlsafe(24)
            store.allow(connection, found.number, occasion.by, _hash(code), occasion.at)
            self._record(connection, "allowed", found, occasion)
            self._alarm(connection, federation, found, occasion)
        return f"{federation.base}/portal/emergency/{code}"

    def _record(self, connection: Connection, change: str, found: Pass, occasion: Occasion) -> None:
        record(self.audit, connection, change, found, occasion)

    def _alarm(
        self, connection: Connection, federation: Federation, found: Pass, occasion: Occasion
    ) -> None:
        facts = EmergencyLoginFacts(
            federation=federation.name,
            asked_by=found.asked_by,
            allowed_by=occasion.by,
            reason=found.reason,
            until=occasion.at + LIFE,
        )
        event = Event("emergency-login", found.number, "", facts)
        self.letters.put(connection, event, self.told, occasion.at)


def enter(
    connection: Connection,
    sessions: PortalSessions,
    audit: AuditStore,
    federation: Federation,
    code: str,
    address: str,
    occasion: Occasion,
) -> str:
    """Spend a link and begin its session: the cookie. Raises NotAllowed("portal.pass")."""
    found = store.by_code(connection, _hash(code))
    wrong = NotAllowed("portal.pass", "used, too old, of another address, or no link at all")
    if found is None or found.federation != federation.path or found.allowed_at is None:
        raise wrong
    if occasion.at >= found.allowed_at + LIFE or _plain(address) != found.address:
        raise wrong
    account = organisations.account(connection, found.account, occasion.at)
    if account is None or account.person is None:
        raise wrong
    if not store.use(connection, found.number, occasion.at):
        raise wrong
    cookie = secrets.token_urlsafe(32)
    session = PortalSession(
        id=uuid4(),
        federation=federation.path,
        person=account.person,
        account=account.id,
        level=Assurance.HIGH,
        # Nobody was seen by an identity provider: what needs a fresh login is not for this one.
        authenticated_at=occasion.at - SESSION,
        started_at=occasion.at,
        seen_at=occasion.at,
        ends_at=occasion.at + SESSION,
        session_index=None,
        name="",
        name_format=names.UNSPECIFIED,
        idp="",
        reference=occasion.reference,
        emergency=True,
    )
    sessions.open(connection, session, cookie, f"emergency-{found.number}")
    record(audit, connection, "used", found, occasion)
    return cookie


def record(
    audit: AuditStore, connection: Connection, change: str, found: Pass, occasion: Occasion
) -> None:
    """One step of a link, in the audit trail."""
    event = EmergencyPass(
        federation=found.federation,
        account=str(found.account),
        number=found.number,
        change=change,
        address=found.address,
        by=occasion.by,
        reason=found.reason,
    )
    audit.append(connection, event, at=occasion.at, reference=occasion.reference)


def _found(connection: Connection, number: str) -> Pass:
    found = store.by_number(connection, number)
    if found is None:
        raise Unknown("emergency.unknown", "nobody asked for that")
    return found


def _plain(address: str) -> str:
    try:
        return str(ip_address(address))
    except ValueError:
        return ""


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
