"""Choose what a test login shall be, find it again by the browser's cookie, keep what was sent."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from broker.audit.events import LoginArmed
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import Refused, Unknown
from broker.metadata.model import ConnectedIdp, Federation
from broker.organisations.model import Actor
from broker.organisations.permissions import Thing, demand
from broker.saml.messages import Assertion
from broker.sealing import SealingKeys
from broker.trials import store
from broker.trials.faults import BY_CODE
from broker.trials.idp import suits
from broker.trials.model import CODE, LIFE, MARK, SENT, Choices, Trial

PREFIX = "__Host-test-login-"


@dataclass(frozen=True, slots=True)
class Trials:
    """Test logins, in the caller's transactions."""

    keys: SealingKeys
    audit: AuditStore

    def arm(
        self,
        connection: Connection,
        actor: Actor,
        home: Federation,
        test: Federation,
        service: str,
        choices: Choices,
        now: datetime,
        reference: str,
    ) -> tuple[Trial, str]:
        """Choose what the next login of this browser at the service is told; and its cookie.

        Raises NotAllowed, and Refused("trial.not_here" | "trial.fault").
        """
        demand(actor, "service.change", Thing(home.path, service=service))
        if not suits(test) or actor.account is None:
            raise Refused("trial.not_here", f"{test.path} is no test environment")
        if choices.fault not in BY_CODE:
            raise Refused("trial.fault", "no such fault")
        made = Trial(uuid4(), test.path, service, actor.account, choices, now, now + LIFE)
        store.add(connection, made)
        event = LoginArmed(federation=test.path, service=service, fault=choices.fault, by=actor.by)
        self.audit.append(connection, event, at=now, reference=reference)
        box = self.keys.seal(made.id.bytes, _bound("cookie", test.path))
        return made, base64.urlsafe_b64encode(box).decode().rstrip("=")

    def of_cookie(
        self, connection: Connection, test: Federation, cookie: str | None, now: datetime
    ) -> Trial | None:
        """What this browser's next test login is to be, or None."""
        if not cookie:
            return None
        try:
            raw = base64.b64decode(cookie + "=" * (-len(cookie) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        plain = self.keys.open(raw, _bound("cookie", test.path))
        if plain is None or len(plain) != 16:
            return None
        found = store.find(connection, UUID(bytes=plain))
        return found if found and found.federation == test.path and now < found.ends_at else None

    def of_login(
        self,
        connection: Connection,
        federation: Federation,
        idp: ConnectedIdp,
        service: str,
        assertion: Assertion,
        now: datetime,
    ) -> Trial | None:
        """The choices behind an answer of the test login; of any other answer None.

        Production has none, whatever an answer holds. Raises Refused("trial.over") where the
        choices are too old, or were made for another service.
        """
        if not suits(federation) or idp.code != CODE:
            return None
        said = next((a.values for a in assertion.attributes if a.name == MARK), ())
        try:
            found = store.find(connection, UUID(said[0])) if said else None
        except ValueError:
            found = None
        fits = found is not None and found.federation == federation.path
        if not fits or found is None or found.service != service or found.ends_at <= now:
            raise Refused("trial.over", "choices that are too old, or for another service")
        return found

    def sent(self, connection: Connection, trial: Trial, xml: bytes, now: datetime) -> None:
        """Keep what was sent, sealed so that only a page of this test login opens it."""
        sealed = self.keys.seal(xml, _bound("sent", str(trial.id)))
        store.happened(connection, trial.id, SENT, now, sealed)

    def failed(self, connection: Connection, trial: UUID, code: str, now: datetime) -> None:
        """Keep that the broker said no, and why."""
        store.happened(connection, trial, code, now, None)

    def seen(self, connection: Connection, actor: Actor, id_: UUID) -> tuple[Trial, bytes | None]:
        """A test login of one's own and what was sent. Raises Unknown("trial.unknown")."""
        found = store.find(connection, id_)
        if found is None or not actor.is_any_of(found.account):
            raise Unknown("trial.unknown", "no test login of this person's")
        opened = found.sealed and self.keys.open(found.sealed, _bound("sent", str(found.id)))
        return found, opened or None


def _bound(what: str, of: str) -> bytes:
    return b"\x00".join((b"test-login", what.encode(), of.encode()))
