"""A region with approvers in it, for tests of requests: who asks, who decides, and how."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from broker.audit.store import AuditStore
from broker.organisations.model import OrganisationKind
from broker.organisations.tables import ACCOUNT_PERIOD, ORGANISATION_PERIOD
from broker.roles.grants import store as grant_store
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Grant
from broker.roles.requests.lists import Item, RequestLists
from broker.roles.requests.model import Asked, Outlook, Request
from broker.roles.requests.sending import Sender
from broker.roles.requests.service import RequestService
from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, WARD, Region, deed

# A Monday morning; a week later everybody had five working days.
MONDAY = NOW
WEEK = 8 * DAY


class Asking(Region):
    """The region, its approvers Carl and Dina, its chief Eva, and Frida who owns the service."""

    def __post_init__(self) -> None:
        super().__post_init__()
        audit, catalogue = AuditStore(), self.cache.current_in
        self.sender = Sender(audit, self.grants, catalogue)
        self.requests = RequestService(audit, self.grants, catalogue)
        self.lists = RequestLists(catalogue)

    def _build(self) -> "Asking":
        super()._build()
        self.role("secret", sensitivity="sensitive")
        self.entitle(self.region, "secret")
        self.carl = self.approver("Carl Clausen")
        self.dina = self.approver("Dina Dahl")
        self.eva = self.account(self.region, "Eva Ejby", unit=WARD)
        self.mandate(self.eva, "org_chief", organisation=self.region)
        self.owner_home = self.organisation("90000012", name="Styrelsen Eksempel")
        self.frida = self.account(self.owner_home, "Frida Fog")
        self.mandate(self.frida, "service_owner", service="dpsd")
        self.gry = self.account(self.owner_home, "Gry Gade")
        self.mandate(self.gry, "operator")
        self.made = 100  # further organisations get numbers that none of these has
        return self

    def approver(
        self, name: str, organisation: UUID | None = None, *, human: UUID | None = None
    ) -> UUID:
        """Somebody who may approve in an organisation."""
        home = organisation or self.region
        own = self.account(home, name, unit=WARD, human=human)
        self.mandate(own, "org_approver", organisation=home)
        return own

    def practice(self, kind: OrganisationKind = "practice") -> UUID:
        """An organisation that is a practice, with the role reader and secret."""
        own = self.organisation(name="Lægerne Eksempel")
        with self.work() as connection:
            here = ORGANISATION_PERIOD.c.organisation_id == own
            connection.execute(ORGANISATION_PERIOD.update().where(here).values(kind=kind))
        self.entitle(own, "reader")
        self.entitle(own, "secret")
        return own

    def become(self, account: UUID, state: str) -> None:
        """Let an account be something else, as if it always had been."""
        with self.work() as connection:
            here = ACCOUNT_PERIOD.c.account_id == account
            connection.execute(ACCOUNT_PERIOD.update().where(here).values(state=state))

    def ask(
        self,
        by: UUID,
        *roles: str,
        subject: UUID | None = None,
        scopes: Sequence[Scope] = (),
        until: datetime | None = None,
        since: datetime | None = None,
        at: datetime = NOW,
    ) -> Request:
        """Send a request for each role; the first of them."""
        cart = [
            Asked("add", subject or by, self.roles[role], None, tuple(scopes), since, until)
            for role in roles
        ]
        return self.send(by, cart, at=at)[0]

    def send(self, by: UUID, cart: Sequence[Asked], *, at: datetime = NOW) -> tuple[Request, ...]:
        acting = self.acting(by, at)
        with self.work() as connection:
            return self.sender.send(connection, acting, cart, deed(at))

    def preview(self, by: UUID, *cart: Asked) -> tuple[Outlook, ...]:
        acting = self.acting(by)
        with self.work() as connection:
            return self.sender.preview(connection, acting, cart, deed())

    def approve(
        self,
        by: UUID,
        request: Request,
        *,
        at: datetime = NOW,
        until: datetime | None = None,
        scopes: Sequence[Scope] | None = None,
    ) -> Request:
        acting = self.acting(by, at)
        with self.work() as connection:
            return self.requests.approve(
                connection, acting, request.id, deed(at), until=until, scopes=scopes
            )

    def act(
        self, verb: str, by: UUID, request: Request, *, at: datetime = NOW, to: UUID | None = None
    ) -> Request:
        """Anything else that is done to a request."""
        acting = self.acting(by, at)
        with self.work() as connection:
            if to is not None:
                return self.requests.forward(connection, acting, request.id, to, deed(at))
            done = {
                "reject": self.requests.reject,
                "ask": self.requests.ask,
                "answer": self.requests.answer,
                "withdraw": self.requests.withdraw,
                "claim": self.requests.claim,
                "release": self.requests.release,
            }[verb]
            return done(connection, acting, request.id, deed(at))

    def inbox(self, who: UUID, at: datetime = NOW) -> tuple[Item, ...]:
        acting = self.acting(who, at)
        with self.work() as connection:
            return self.lists.inbox(connection, acting, at)

    def grants_of(self, account: UUID) -> tuple[Grant, ...]:
        with self.work() as connection:
            return grant_store.grants_of(connection, accounts=(account,))


def working(days: int) -> timedelta:
    """Calendar days from a Monday on within which so many working days lie."""
    return timedelta(days=days + 2 * (days // 5))
