"""Begin to register a service, save what is decided of it, and put it into operation in test."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from broker.audit.events import MandateGiven
from broker.audit.events.services import ServiceBegun, ServiceTried
from broker.db import Connection
from broker.errors import Refused, Unknown
from broker.metadata import store as registry
from broker.metadata.defaults import LoadOptions
from broker.metadata.documents import plain
from broker.metadata.model import Federation
from broker.metadata.registration import Registration
from broker.metadata.report import Occasion
from broker.organisations import store as organisations
from broker.organisations.desk import Desk, Work
from broker.organisations.model import Actor, Deed
from broker.organisations.permissions import Thing
from broker.organisations.store.write_mandates import add_mandate
from broker.periods import Period
from broker.registrations import store
from broker.registrations.carrying import SOURCE, Carrier
from broker.registrations.model import (
    CATALOGUE_KEYS,
    CATALOGUE_TABLES,
    OWN_KEYS,
    Content,
    Draft,
    Environments,
)
from broker.registrations.operating import content_of, first_content, in_operation, record_of

_CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")
MAX_CODE = 40
RESERVED = (  # other pages of the owner's have these addresses
    "new",
    "cases",
    "certificates",
    "changes",
    "numbers",
    "team",
    "vendors",
)
_TICK = timedelta(microseconds=1)
KEEP = (*OWN_KEYS, *CATALOGUE_KEYS, *CATALOGUE_TABLES, "kind")


def is_short_name(code: str) -> bool:
    """Whether a service may be called so in addresses."""
    return len(code) <= MAX_CODE and _CODE.match(code) is not None


@dataclass(frozen=True, slots=True)
class RegistrationService:
    """What owners do to their services up to and including the test environment."""

    desk: Desk

    def begin(
        self, actor: Actor, where: Environments, code: str, name: dict[str, str], deed: Deed
    ) -> Draft:
        """Begin to register a service; whoever begins it looks after it.

        The code is taken in both environments from now on, and nobody can sign in yet.
        Raises Refused("registration.code" | "registration.taken" | "registration.nobody").
        """
        if not is_short_name(code) or code in RESERVED:
            raise Refused("registration.code", "no short name of small letters and digits")
        with self.desk.work(actor, deed) as work:
            home = where.home.path
            work.demand("service.register", Thing(home, actor.organisation))
            if actor.account is None:
                raise Refused("registration.nobody", "the console looks after no service")
            account = work.account(actor.account)
            self._free(work.connection, where, code)
            owner = organisations.organisation(work.connection, account.organisation, deed.at)
            content = first_content(code, name, owner.name if owner else account.display_name)
            made = Draft(
                uuid4(),
                home,
                where.test.path if where.test else None,
                code,
                content,
                deed.at,
                deed.at,
                actor.label,
            )
            store.add_draft(work.connection, made)
            self._reserve(work, where.home, made)
            self._mandate(work, home, code)
            work.record(ServiceBegun(federation=home, service=code, by=actor.by))
        return made

    def find(self, connection: Connection, where: Environments, code: str, at: datetime) -> Draft:
        """What is saved of a service; of one that was never saved here, what is in operation.

        Raises Unknown("registration.unknown").
        """
        found = store.draft(connection, where.home.path, code)
        if found is not None:
            return found
        record = record_of(connection, where.home.path, code)
        if record is None:
            raise Unknown("registration.unknown", f"no service {code} in {where.home.path}")
        content = content_of(connection, record, at)
        since = record.loaded_at or at
        test = where.test.path if where.test else None
        return Draft(uuid4(), where.home.path, test, code, content, since, since, "")

    def save(
        self,
        actor: Actor,
        where: Environments,
        code: str,
        content: Content,
        version: str,
        deed: Deed,
    ) -> Draft:
        """Keep new content. Raises Refused("registration.changed") where somebody was faster."""
        with self.desk.work(actor, deed) as work:
            work.demand("service.change", Thing(where.home.path, service=code))
            found = self.find(work.connection, where, code, deed.at)
            if found.version != version:
                raise Refused("registration.changed", "somebody else saved it meanwhile")
            at = max(deed.at, found.changed_at + _TICK)  # it is a version as well
            saved = replace(found, content=content, changed_at=at, changed_by=actor.label)
            if store.draft(work.connection, where.home.path, code) is None:
                store.add_draft(work.connection, replace(saved, created_at=deed.at))
            elif not store.save_draft(work.connection, found, content, at, actor.label):
                raise Refused("registration.changed", "somebody else saved it meanwhile")
        return saved

    def put_into_test(
        self,
        actor: Actor,
        where: Environments,
        code: str,
        deed: Deed,
        *,
        always: Sequence[str] = (),
    ) -> None:
        """Bring what is saved into operation in the test environment, at once.

        Raises Refused("registration.no_test" | "registration.no_metadata"), and NotFit.
        """
        with self.desk.work(actor, deed) as work:
            work.demand("service.change", Thing(where.home.path, service=code))
            if where.test is None:
                raise Refused("registration.no_test", "the federation has no test environment")
            found = self.find(work.connection, where, code, deed.at)
            if found.content.xml is None:
                raise Refused("registration.no_metadata", "there is no metadata yet")
            occasion = Occasion(deed.at, actor.label, deed.reason, deed.reference)
            carrier = Carrier(
                work.connection, where.test, occasion, work.audit, actor.label, where.home.path
            )
            carrier.carry_out(code, found.content, "test", always=always)
            work.record(ServiceTried(federation=where.test.path, service=code, by=actor.by))

    def operating(
        self, connection: Connection, home: Federation | None, code: str, at: datetime
    ) -> Content | None:
        """What is in operation in one environment, or None."""
        return None if home is None else in_operation(connection, home, code, at)

    def _free(self, connection: Connection, where: Environments, code: str) -> None:
        for home in {where.home.path, where.test.path if where.test else where.home.path}:
            taken = any(one.code == code for one in registry.members(connection, home))
            if taken or store.draft(connection, home, code) is not None:
                raise Refused("registration.taken", "another service has this short name")

    def _reserve(self, work: Work, home: Federation, made: Draft) -> None:
        """The code in the registry, without metadata: nothing can be done with it but wait."""
        kept = {k: v for k, v in made.content.document.items() if k not in KEEP}
        deed = work.deed
        occasion = Occasion(deed.at, work.actor.label, deed.reason, deed.reference)
        desk = Registration(work.connection, home, SOURCE, LoadOptions(), occasion, work.audit)
        desk.decide("sp", plain({**kept, "idp": []}), None)
        registry.bump(work.connection)

    def _mandate(self, work: Work, home: str, code: str) -> None:
        """Whoever begins a service looks after it; nobody else could give them that."""
        actor, deed = work.actor, work.deed
        if actor.account is None:
            return
        given = add_mandate(
            work.connection,
            actor.account,
            "service_owner",
            Period(deed.at),
            {**work.said(), "by_account": None, "by_label": "service registration"},
            federation=home,
            organisation=None,
            service=code,
            unit=None,
        )
        event = MandateGiven(
            federation=home,
            organisation=None,
            service=code,
            unit=None,
            mandate="service_owner",
            mandate_id=str(given),
            account=str(actor.account),
            since=deed.at.isoformat(),
            until=None,
            reason=deed.reason,
            case_no=None,
            by=actor.by,
            seat=actor.seat,
            alone=True,
        )
        work.record(event)
