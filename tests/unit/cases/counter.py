"""Whoever has something to do with a case, and the cases that they open."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from broker.cases.documents import Accessing, Contact, Joining, WantedRole
from broker.cases.hooks import Opening
from broker.cases.model import Case, Party, Planned
from broker.cases.service import CaseService
from broker.organisations.model import Actor, Deed, MandateKind
from broker.saml.assurance import Assurance
from tests.factories import NOW
from tests.unit.organisations.office import Office, deed
from tests.unit.organisations.world import World

CVR = "90000098"
ROLE = WantedRole("7d0f0e4e-5a5b-4c1c-9d53-5f0f7f3a0b11", "dpsd", "Sagsbehandler")
JOINING = Joining(
    cvr=CVR,
    name="Lægehuset ved Åen",
    kind="practice",
    applicant=Contact("Ane Holm", "ane@example.dk"),
    officer=Contact("Sofie Lund", "sofie@example.dk"),
    administrators=(Contact("Ida Bro", "ida@example.dk"), Contact("Per Dam", "per@example.dk")),
    roles=(ROLE,),
    purpose="Vi indberetter hændelser.",
)
STEPS = (
    Planned("officer", "security_officer", stage=1),
    Planned("owner:dpsd", "service_owner", stage=2, service="dpsd", optional=True),
    Planned("owner:sor", "service_owner", stage=2, service="sor", optional=True),
    Planned("operator", "operator", stage=3),
)
WORK = (
    Planned("metadata", "operator", stage=1, own=True),
    Planned("open", "operator", stage=2, apart=True),
)


@dataclass
class Counter:
    """Cases on one engine, and parties to them."""

    world: World
    home: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.home = self.world.organisation("90000187", name="Styrelsen")

    @property
    def service(self) -> CaseService:
        return CaseService(Office(self.world).desk)

    def stranger(self, cvr: str | None = CVR, name: str = "Ane Holm") -> Party:
        """Somebody of whom only a login is known."""
        person = self.world.person()
        actor = Actor(f"person {person}", "sundhed", assurance=Assurance.SUBSTANTIAL)
        return Party(actor, person, cvr, name)

    def holding(self, *mandates: tuple[MandateKind, str | None], at: datetime = NOW) -> Party:
        """Somebody with mandates in the operator's organisation."""
        person = self.world.person()
        account = self.world.account(self.home, "Ravn Krog", person=person)
        for kind, service in mandates:
            organisation = self.home if kind.startswith("org_") else None
            self.world.mandate(account, kind, organisation=organisation, service=service)
        actor = Office(self.world).as_(account, at)
        return Party(actor, person, "90000187", "Ravn Krog")

    def opened(
        self, party: Party, steps: tuple[Planned, ...] = STEPS, document: Joining = JOINING
    ) -> Case:
        """A new case of somebody who wants their organisation to be a member."""
        opening = Opening("organisation", "sundhed", document.name, document, steps, cvr=CVR)
        return self.service.open(party, opening, deed())

    def accessing(self, party: Party) -> Case:
        """A new case of an organisation that is a member."""
        steps = (Planned("operator", "operator"),)
        document = Accessing((ROLE,), "Flere afdelinger")
        opening = Opening("access", "sundhed", "Styrelsen", document, steps, self.home)
        return self.service.open(party, opening, deed())

    def read(self, case: Case) -> Case:
        """The case as it is now."""
        return self.service.read(self.holding(("operator", None)), "sundhed", case.reference)


def why(reason: str, at: datetime = NOW) -> Deed:
    """Something done for a reason."""
    return deed(at, reason)
