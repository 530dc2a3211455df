"""The roles part of logins, one after another: what each takes, by what it is spent on."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import psycopg
import sqlalchemy as sa

from broker.db import Engine, reading, writing
from broker.organisations import store as organisations
from broker.organisations.store import write_accounts
from broker.organisations.tables import ACCOUNT, ACCOUNT_PERIOD, ORGANISATION
from broker.roles.answer import Answer, Said
from broker.roles.asking import Resolver
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.grants.tables import GRANT
from broker.roles.recording import Recording
from broker.roles.tables import ROLE
from broker.saml.assurance import Assurance
from broker.saml.profiles import OIOSAML_3
from tests.bench.country import FEDERATION, NOW
from tests.bench.timing import LEDGER

IDP = "nemlogin"
_SEED = 7
_PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who signs in at a service."""

    person: UUID
    cvr: str
    service: str


@dataclass(frozen=True, slots=True)
class Took:
    """One login: database seconds that reading and writing took, statements, and Python's part."""

    read: float
    written: float
    statements: int
    writes: int
    python: float
    server: float  # seconds that the server computed for the reading; 0 where nobody can tell
    issued: int


@dataclass(slots=True)
class Logins:
    """Runs logins against one database, each in one transaction as the broker does."""

    engine: Engine
    resolver: Resolver = field(init=False)
    recording: Recording = field(default_factory=Recording)

    def __post_init__(self) -> None:
        self.resolver = Resolver(CatalogueCache(self.engine))

    def visitors(self, count: int) -> list[Visitor]:
        """People drawn from all that are active, each with a service."""
        random = Random(_SEED)  # noqa: S311 # a sample, and no secret
        with reading(self.engine) as connection:
            everybody = connection.execute(_EVERYBODY).all()
        chosen = [random.choice(everybody) for _ in range(count)]
        return self._at_services(random, [(row.person_id, row.cvr) for row in chosen])

    def heaviest(self, count: int) -> list[Visitor]:
        """The people with most grants, again and again."""
        random = Random(_SEED)  # noqa: S311 # as above
        with reading(self.engine) as connection:
            few = connection.execute(_HEAVIEST).all()
        chosen = [few[number % len(few)] for number in range(count)]
        return self._at_services(random, [(row.person_id, row.cvr) for row in chosen])

    def _at_services(self, random: Random, people: Sequence[tuple[UUID, str]]) -> list[Visitor]:
        """Each at a service that something was granted for, or at any where nothing was."""
        catalogue = self.resolver.catalogue.current()
        services = sorted(s.code for s in catalogue.services if s.federation == FEDERATION)
        theirs: dict[UUID, set[str]] = {}
        with reading(self.engine) as connection:
            for start in range(0, len(people), _CHUNK):
                asked = [person for person, _ in people[start : start + _CHUNK]]
                for person, service in connection.execute(_SERVICES, {"people": asked}):
                    theirs.setdefault(person, set()).add(service or _NATIONAL)
        return [
            Visitor(person, cvr, random.choice(sorted(theirs.get(person, ())) or services))
            for person, cvr in people
        ]

    def run(self, visitors: Sequence[Visitor], *, write: bool = False) -> list[Took]:
        """What the logins of these people took."""
        return [self.login(visitor, write=write) for visitor in visitors]

    def login(self, visitor: Visitor, *, write: bool) -> Took:
        """One login: everything that a login does about roles, and nothing else of it."""
        said = Said(IDP, None, visitor.cvr, Assurance.HIGH, {"cvr": (visitor.cvr,), "idp": (IDP,)})
        cvrs = frozenset({visitor.cvr})
        with writing(self.engine) as connection:
            server = self._computed(connection)
            LEDGER.take()
            began = time.perf_counter()
            accounts = organisations.acting_for(connection, visitor.person, FEDERATION, cvrs, NOW)
            answer = self.resolver.answer(
                connection, FEDERATION, visitor.service, accounts[0], said, OIOSAML_3, NOW
            )
            took = time.perf_counter() - began
            read, statements = LEDGER.take()
            server = self._computed(connection) - server
            if write:
                self._write(connection, answer, visitor)
            written, writes = LEDGER.take()
        return Took(
            read,
            written,
            statements,
            writes,
            took - read,
            server,
            len(answer.issued),
        )

    def _computed(self, connection: sa.Connection) -> float:
        """For how many seconds the server's process behind a connection computed so far."""
        driver = connection.connection.driver_connection
        if not isinstance(driver, psycopg.Connection) or not _PROCESSES.is_dir():
            return 0.0
        times = _PROCESSES / str(driver.info.backend_pid) / "schedstat"
        return int(times.read_text().split()[0]) / 1e9

    def _write(self, connection: sa.Connection, answer: Answer, visitor: Visitor) -> None:
        """What is kept of it; `signed_in` is what a first login adds."""
        self.recording.issued(
            connection,
            answer,
            visitor.person,
            federation=FEDERATION,
            service=visitor.service,
            idp=IDP,
            reference=uuid4().hex,
        )
        if answer.account is not None:
            write_accounts.signed_in(connection, answer.account.id, NOW)


_CHUNK = 500
_NATIONAL = "siap-nsp"  # a service that takes the national roles
_SERVICES = (
    sa.select(ACCOUNT.c.person_id, ROLE.c.service)
    .join(GRANT, GRANT.c.account_id == ACCOUNT.c.id)
    .join(ROLE, ROLE.c.id == GRANT.c.role_id)
    .where(ACCOUNT.c.person_id.in_(sa.bindparam("people", expanding=True)))
    .distinct()
)
_ACTIVE = (
    sa.select(ACCOUNT.c.person_id, ORGANISATION.c.cvr)
    .join(ORGANISATION, ORGANISATION.c.id == ACCOUNT.c.organisation_id)
    .join(ACCOUNT_PERIOD, ACCOUNT_PERIOD.c.account_id == ACCOUNT.c.id)
    .where(
        ACCOUNT_PERIOD.c.since <= NOW,
        ACCOUNT_PERIOD.c.until > NOW,
        ACCOUNT_PERIOD.c.state == "active",
    )
)
_EVERYBODY = _ACTIVE.order_by(ACCOUNT.c.id)
_MOST = (
    sa.select(GRANT.c.account_id, sa.func.count().label("many"))
    .where(GRANT.c.account_id.is_not(None))
    .group_by(GRANT.c.account_id)
    .order_by(sa.desc("many"), GRANT.c.account_id)
    .limit(200)
    .subquery("most")
)
_HEAVIEST = _ACTIVE.join(_MOST, _MOST.c.account_id == ACCOUNT.c.id).order_by(
    _MOST.c.many.desc(), ACCOUNT.c.id
)
