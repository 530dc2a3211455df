"""Who invites whom in these tests, and the links that their mails carry."""

import re
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from broker.db import reading
from broker.invitations.model import Asked, Target
from broker.invitations.service import Guest, InvitationService
from broker.mail.letters import Letters
from broker.mail.store import Outbox
from broker.mail.tables import MAIL
from broker.mail.templates import Templates
from broker.organisations import store
from broker.organisations.model import MandateKind
from broker.saml.assurance import Assurance
from broker.saml.entities import Localised
from tests.factories import NOW
from tests.unit.organisations.hooks import OneService
from tests.unit.organisations.office import Office, deed
from tests.unit.web.pages import ORIGIN

HOUR = timedelta(hours=1)
SUPPLIER = "90000777"
TARGET = Target(
    "sundhed",
    Localised("Sundhed", "Health"),
    f"{ORIGIN}/sundhed",
    "dpsd",
    Localised("DPSD", "DPSD"),
)


class Desk:
    """An owner, a technician of the service, and somebody at a supplier."""

    def __init__(self, office: Office) -> None:
        self.office, world = office, office.world
        home, supplier = world.organisation(), world.organisation(cvr=SUPPLIER)
        self.owner = world.account(home, "Ole Ejer")
        self.mandate = world.mandate(self.owner, "service_owner", service="dpsd")
        self.tech = world.account(home, "Tina Tekniker")
        world.mandate(self.tech, "service_tech", service="dpsd")
        self.other = world.account(supplier, "Lis Leverandør", human=world.person())
        letters = Letters(Templates(None, ORIGIN), Outbox())
        self.service = InvitationService(office.desk, OneService(), letters)

    def invite(
        self,
        email: str = "lis@supplier.example.dk",
        *,
        by: UUID | None = None,
        kind: MandateKind = "service_tech",
        cvr: str = SUPPLIER,
        at: datetime = NOW,
        ends: datetime | None = None,
    ) -> str:
        """The code in the mail."""
        actor = self.office.as_(by or self.owner, at)
        asked = Asked("Lis Leverandør", email, cvr, kind, ends)
        self.service.invite(actor, TARGET, asked, deed(at))
        with reading(self.office.engine) as connection:
            query = sa.select(MAIL.c.body).where(MAIL.c.recipient == email)
            body = connection.execute(query.order_by(MAIL.c.created_at.desc())).scalars().first()
        found = re.search(r"/portal/service/invited/(\S+)", str(body))
        assert found, body
        return found[1]

    def guest(
        self,
        account: UUID | None = None,
        *,
        at: datetime = NOW,
        level: Assurance = Assurance.SUBSTANTIAL,
        cvr: str = SUPPLIER,
    ) -> Guest:
        """Whoever is logged in."""
        own = account or self.other
        return Guest(self.office.as_(own, at, level), own, "sundhed", cvr)

    def states(self, at: datetime = NOW) -> list[str]:
        """How far each has come, the latest first."""
        actor = self.office.as_(self.tech, at)
        return [one.state(at) for one in self.service.listed(actor, "sundhed", "dpsd", at)]

    def held(self, account: UUID, at: datetime) -> list[str]:
        """What an account looks after at an instant."""
        with reading(self.office.engine) as connection:
            return [one.kind for one in store.mandates(connection, account, at)]
