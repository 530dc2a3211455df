"""A service of three interfaces, its owner, and vendors who build against it."""

import base64
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from broker.cases.documents import Building, Contact
from broker.cases.letters import CaseLetters
from broker.cases.model import Case, Party
from broker.cases.service import CaseService
from broker.db import Connection, reading
from broker.errors import Unknown
from broker.mail.letters import Letters
from broker.mail.store import Outbox
from broker.mail.tables import MAIL
from broker.mail.templates import Templates
from broker.metadata.model import Federation
from broker.organisations.model import Actor, MandateKind
from broker.periods import FOREVER, Period
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.model import CatalogueService, Environment, Interface, ServiceVersion
from broker.saml.assurance import Assurance
from broker.saml.entities import Localised
from broker.vendors import store
from broker.vendors.asking import Asking
from broker.vendors.granting import GrantAccess
from broker.vendors.letters import VendorLetters
from broker.vendors.model import Access
from broker.vendors.reminding import VendorReminding
from broker.vendors.service import VendorService
from tests.factories import NOW
from tests.system_certificates import VENDOR, system_certificate
from tests.unit.organisations.office import Office, deed
from tests.unit.organisations.world import World
from tests.unit.web.pages import ORIGIN, federation

DAY = timedelta(days=1)
TEST = Environment("test", "https://test.sei2.example.dk/idws")
IDWS = Interface("idws", Localised("IDWS", "IDWS"), system=True, environments=(TEST,))
DGWS = Interface("dgws", Localised("DGWS", "DGWS"), system=True, successor="idws")
WEB = Interface("web", Localised("I browser", "In a browser"))
BUILDING = Building(
    service="sei2",
    interface="idws",
    cvr=VENDOR,
    organisation="Kodeværket ApS",
    product="Journalen",
    purpose="Vi indberetter for hospicer.",
    contact=Contact("Vilma Kodemose", "vilma@kode.example.dk"),
    technical=Contact("Tage Bitsted", "tage@kode.example.dk"),
    fictive=True,
    language="da",
)


def der(pem: bytes) -> str:
    """A certificate as a document carries it."""
    read = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    return base64.b64encode(read).decode()


@dataclass
class Yard:
    """Everybody, and what they do."""

    world: World
    dgws: Interface = DGWS
    home: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.home = self.world.organisation("90000187", name="Styrelsen")

    @property
    def letters(self) -> Letters:
        return Letters(Templates(None, ORIGIN), Outbox())

    def catalogue(self, _connection: Connection | None = None) -> Catalogue:
        """The catalogue as it says now; `dgws` is the interface whose end is moved."""
        version = ServiceVersion(
            period=Period(NOW - 1000 * DAY, FOREVER),
            state="production",
            name=Localised("SEI2: elektronisk indberetning", "SEI2: electronic reporting"),
            owner="Sundhedsdatastyrelsen",
            sla="standard",
            source="union",
            delimitation="sor",
            interfaces=(WEB, IDWS, self.dgws),
        )
        found = CatalogueService("sundhed", "sei2", (version,))
        return Catalogue(services=(found,), _services={("sundhed", "sei2"): found})

    @staticmethod
    def federation(path: str) -> Federation:
        if path != "sundhed":
            raise Unknown("federation.unknown", path)
        return federation()

    @property
    def told(self) -> VendorLetters:
        return VendorLetters(self.letters, self.federation)

    @property
    def service(self) -> VendorService:
        return VendorService(Office(self.world).desk, self.catalogue, self.told)

    @property
    def cases(self) -> CaseService:
        telling = CaseLetters(self.letters, (), self.federation)
        carrying = GrantAccess(self.catalogue)
        return CaseService(Office(self.world).desk, {"vendor": carrying}, telling)

    def remind(self, at: datetime) -> int:
        """One run of the job."""
        return VendorReminding(self.world.engine, self.catalogue, self.told).remind(
            at, lambda: True
        )

    def vendor(
        self,
        cvr: str | None = VENDOR,
        name: str = "Vilma Kodemose",
        level: Assurance = Assurance.SUBSTANTIAL,
    ) -> Party:
        """Somebody of whom only a login is known."""
        person = self.world.person()
        return Party(Actor(f"person {person}", "sundhed", assurance=level), person, cvr, name)

    def holding(self, kind: MandateKind, service: str | None = None) -> Party:
        """Somebody of the authority with a mandate."""
        person = self.world.person()
        account = self.world.account(self.home, "Sigrid Egelykke", person=person)
        self.world.mandate(account, kind, service=service)
        actor = Office(self.world).as_(account, NOW)
        return Party(actor, person, "90000187", "Sigrid Egelykke")

    def ask(self, party: Party, at: datetime = NOW, **changes: object) -> Case:
        """A new case of a vendor."""
        wanted = replace(BUILDING, **changes)  # type: ignore[arg-type]  # what each test says
        with reading(self.world.engine) as connection:
            asking = Asking(connection, self.catalogue(), "sundhed", party, at)
            opening = asking.opening(wanted)
        return self.cases.open(party, opening, deed(at, "adgang til test"))

    def decide(self, owner: Party, case: Case, at: datetime = NOW) -> Case:
        """Its one step approved."""
        return self.cases.approve(owner, case.id, case.steps[0].code, case.version, deed(at))

    def granted(self, party: Party, at: datetime = NOW, **changes: object) -> Access:
        """An access of a vendor, by an owner who approved."""
        owner = self.holding("service_owner", "sei2")
        self.decide(owner, self.ask(party, at, **changes), at)
        with reading(self.world.engine) as connection:
            return store.of_vendor(connection, "sundhed", party.cvr or "")[0]

    def now(self, access: Access) -> Access:
        """The access as it is kept."""
        with reading(self.world.engine) as connection:
            found = store.found(connection, access.id)
        assert found is not None
        return found

    def mails(self, kind: str) -> list[tuple[str, str]]:
        """Recipient and subject of every mail of a kind."""
        query = sa.select(MAIL.c.recipient, MAIL.c.subject).where(MAIL.c.kind == kind)
        with reading(self.world.engine) as connection:
            rows = connection.execute(query.order_by(MAIL.c.created_at, MAIL.c.recipient))
            return [(row.recipient, row.subject) for row in rows]


CERTIFICATE = der(system_certificate())
