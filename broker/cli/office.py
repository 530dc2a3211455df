"""What the commands of `broker organisations` share: the services, who acts, and what is meant."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import click

from broker.audit.store import AuditStore
from broker.cli.context import occasion_of, service_of, settings_of
from broker.clock import system_clock
from broker.db import Engine, reading
from broker.errors import Unknown
from broker.identities.store import IdentityStore
from broker.metadata.keyring import PSEUDONYM, load_secret
from broker.metadata.model import ConnectedIdp
from broker.metadata.registry import RegistryCache
from broker.notices.making import make_notices
from broker.organisations import store
from broker.organisations.appointing import AppointService
from broker.organisations.claims import ClaimService
from broker.organisations.desk import Desk
from broker.organisations.linking import Asserted, IdentityService, LinkKind
from broker.organisations.mandating import MandateService
from broker.organisations.model import Account, Actor, Deed, Organisation
from broker.organisations.people import PeopleService
from broker.organisations.service import OrganisationService
from broker.organisations.services import RegisteredServices
from broker.periods import FOREVER
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.grants.guarding import RoleGuard, UnitTree
from broker.roles.grants.moving import GrantMover
from broker.saml.assurance import Assurance
from broker.settings import Settings

Cells = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Asked:
    """How somebody at this console wants it done: why, as whom, and how it is shown."""

    reason: str
    case_no: str | None
    as_account: UUID | None


@dataclass(frozen=True, slots=True)
class History:
    """What something was, is and will be; and for an account its identities."""

    periods: Sequence[Cells]
    identities: Sequence[Cells]


_TOLD = (
    *("since", "until", "state", "name", "kind", "display_name", "email", "home_code"),
    *("reason", "by_label"),
)


@dataclass(frozen=True, slots=True)
class Office:
    """Organisations of this installation, and whoever sits at its console."""

    settings: Settings
    engine: Engine
    now: datetime

    @staticmethod
    def here() -> "Office":
        """The installation of this environment, now."""
        settings = settings_of()
        return Office(settings, service_of(settings).engine, system_clock())

    @property
    def audit(self) -> AuditStore:
        """The trail; people are told by mail of what matters to them."""
        return make_notices(self.settings, self.engine).audit

    @property
    def desk(self) -> Desk:
        """What changes anything."""
        return Desk(self.engine, self.audit, UnitTree())

    @property
    def mover(self) -> GrantMover:
        """What takes grants along where accounts become others."""
        return GrantMover(self.audit, CatalogueCache(self.engine).current_in)

    @property
    def guard(self) -> RoleGuard:
        """What watches over the roles of groups."""
        return RoleGuard(CatalogueCache(self.engine).current_in)

    @property
    def organisations(self) -> OrganisationService:
        """What is done to organisations."""
        return OrganisationService(self.desk, self.mover, self.guard)

    @property
    def identities(self) -> IdentityStore:
        """Keys of people, as hashes under the key of this installation."""
        return IdentityStore(load_secret(self.settings.keys / PSEUDONYM))

    @property
    def people(self) -> PeopleService:
        """What is done to people."""
        return PeopleService(self.desk, self.identities, self.mover, self.guard)

    @property
    def links(self) -> IdentityService:
        """What is done to the ways in which they sign in."""
        return IdentityService(self.desk, self.identities)

    @property
    def claims(self) -> ClaimService:
        """Codes that take an account over."""
        return ClaimService(self.desk, self.identities)

    @property
    def mandates(self) -> MandateService:
        """Who administers what."""
        return MandateService(self.desk, RegisteredServices())

    @property
    def appointing(self) -> AppointService:
        """People who administer from the first day."""
        return AppointService(self.desk, self.identities, RegisteredServices())

    def deed(self, asked: Asked) -> Deed:
        """Now, for the reason given."""
        occasion = occasion_of(asked.reason)
        return Deed(self.now, asked.reason, occasion.reference, asked.case_no)

    def actor(self, asked: Asked) -> Actor:
        """Whoever sits here; with the mandates of an account where one is named."""
        who = occasion_of(asked.reason).by
        if asked.as_account is None:
            return Actor.at_console(who)
        with reading(self.engine) as connection:
            acting = store.actor(connection, asked.as_account, self.now, Assurance.HIGH)
        return replace(acting, label=f"{acting.label}, at the console: {who}"[:128], seat=who)

    def federation(self, path: str | None) -> str:
        """The federation named, or the first. Raises Unknown("organisation.federation")."""
        known = [one.path for one in service_of(self.settings).federations()]
        if path is None and known:
            return known[0]
        if path is None or path not in known:
            listed = ", ".join(known) or "none yet"
            raise Unknown("organisation.federation", f"there is no {path}. Known: {listed}")
        return path

    def organisation(self, name: str, federation: str | None, at: datetime) -> Organisation:
        """By id, by CVR number, or by CVR number and unit: 90000004/P1003334567.

        Raises Unknown("organisation.unknown").
        """
        cvr, _, unit = name.partition("/")
        with reading(self.engine) as connection:
            if own := _uuid(name):
                found = store.organisation(connection, own, at)
            else:
                home = self.federation(federation)
                found = store.organisation_by_cvr(connection, home, cvr, unit, at)
        if found is None:
            known = "broker organisations list shows those there are"
            raise Unknown("organisation.unknown", f"there is no organisation {name}; {known}")
        return found

    def account(self, account_id: UUID, at: datetime) -> Account:
        """An account at an instant. Raises Unknown("account.unknown")."""
        with reading(self.engine) as connection:
            found = store.account(connection, account_id, at)
        if found is None:
            raise Unknown("account.unknown", "there is no such account then")
        return found

    def periods(self, what: str, federation: str | None) -> History:
        """The periods of an organisation or an account, and how somebody signs in as that."""
        own = _uuid(what)
        with reading(self.engine) as connection:
            found = () if own is None else store.account_history(connection, own)
            linked = store.identities(connection, own) if own and found else ()
        if not found:
            home = self.organisation(what, federation, self.now)
            with reading(self.engine) as connection:
                found = store.organisation_history(connection, home.id)
        return History(
            [
                {name: row[name] for name in _TOLD if name in row}
                | {"until": None if row["until"] >= FOREVER else row["until"]}
                for row in found
            ],
            [
                {"identity": one.id, "kind": one.kind, "idp": one.idp}
                | {"linked": one.linked_at, "by": one.by}
                for one in linked
            ],
        )

    def idp(self, federation: str, code: str) -> ConnectedIdp:
        """The identity provider of that code. Raises Unknown."""
        registry = RegistryCache(self.engine, self.settings.origin).current()
        return registry.idp_by_code(federation, code)

    def asserted(
        self,
        federation: str,
        cvr: str,
        values: Mapping[LinkKind, str | None],
        idp: str | None,
    ) -> Asserted | None:
        """The one identity that the options say, or None. Raises click.UsageError for two."""
        said = [(kind, value) for kind, value in values.items() if value is not None]
        if len(said) > 1:
            raise click.UsageError("Say one of --uuid, --rid and --subject at a time.")
        if not said:
            return None
        kind, value = said[0]
        connected = None if idp is None else self.idp(federation, idp)
        return Asserted(kind, value, cvr, connected)


def print_json(value: Cells | Sequence[Cells]) -> None:
    """The same facts for a program."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_warnings(warnings: Sequence[str]) -> None:
    """What somebody should look at, on standard error."""
    for words in warnings:
        click.secho(f"Note: {words}.", fg="yellow", err=True)


def minute(at: datetime | None) -> str:
    """An instant for people."""
    return "" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
