"""The person at the screen: who they are here, for which organisation, and what they may do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from flask_login import UserMixin

from broker.db import Connection
from broker.metadata.model import Federation
from broker.organisations import store
from broker.organisations.model import Account, Actor, Mandate, MandateKind, Organisation
from broker.organisations.permissions import Action, Thing, allowed, demand
from broker.portals.model import PortalSession


@dataclass(frozen=True, slots=True)
class Person(UserMixin):  # type: ignore[misc]  # Flask-Login knows no types
    """Whoever is signed in, as of this request: mandates are read anew for each."""

    session: PortalSession
    federation: Federation
    now: datetime
    actor: Actor
    account: Account | None  # None where they have none, or it is not active any more
    accounts: tuple[Account, ...]  # every one that they may act for, by some login
    organisations: Mapping[UUID, Organisation] = field(repr=False)  # of those accounts

    def get_id(self) -> str:
        """For Flask-Login, which asks for one."""
        return str(self.session.id)

    @property
    def name(self) -> str:
        """What to call them."""
        return self.account.display_name if self.account else self.session.full_name or ""

    @property
    def organisation(self) -> Organisation | None:
        """The one that they act for."""
        return self.organisations.get(self.account.organisation) if self.account else None

    @property
    def cvr(self) -> str | None:
        """The CVR number that they act for, by their organisation or as the login proved it."""
        home = self.organisation
        return home.cvr if home else self.session.cvr

    @property
    def emergency(self) -> bool:
        """Whether they came in past the login."""
        return self.session.emergency

    @property
    def kinds(self) -> frozenset[MandateKind]:
        """The mandates that they hold, their own and as a substitute."""
        return frozenset(mandate.kind for mandate in self.actor.mandates)

    @property
    def services(self) -> tuple[str, ...]:
        """Codes of the services that they look after."""
        return tuple(sorted({m.service for m in self.actor.mandates if m.service}))

    def thing(
        self,
        *,
        organisation: UUID | None = None,
        service: str | None = None,
        subject: UUID | None = None,
    ) -> Thing:
        """Something of this federation as permissions look at it; for more make a `Thing`."""
        return Thing(self.federation.path, organisation, service, subject)

    def may(self, action: Action, thing: Thing) -> bool:
        """Whether they may do it: for lists that filter, and buttons that are left out."""
        return allowed(self.actor, action, thing)

    def demand(self, action: Action, thing: Thing) -> None:
        """Pass where they may. Raises NotAllowed with the reason; the gate makes its page."""
        demand(self.actor, action, thing)


def _narrowed(mandates: Iterable[Mandate]) -> Iterable[Mandate]:
    """What an operator may do who came in past the login: look, pause and take back.

    Of a service or an organisation they look after nothing then: no login was seen.
    """
    for one in mandates:
        if one.kind == "operator":
            yield replace(one, kind="operator_publisher")
        elif one.kind in ("operator_publisher", "auditor"):
            yield one


def person_of(
    connection: Connection, session: PortalSession, federation: Federation, now: datetime
) -> Person:
    """The person of a session, with what is true of them now."""
    path = federation.path
    accounts = store.acting_for(connection, session.person, path, None, now)
    account = next((one for one in accounts if one.id == session.account), None)
    homes = {}
    for one in accounts:
        home = store.organisation(connection, one.organisation, now)
        if home is not None:
            homes[home.id] = home
    if account is None:
        label = f"person {session.person}"
        actor = Actor(label=label, federation=path, assurance=session.level)
    else:
        actor = store.actor(connection, account.id, now, session.level)
    if session.emergency:
        actor = replace(actor, mandates=tuple(_narrowed(actor.mandates)))
    return Person(session, federation, now, actor, account, accounts, homes)
