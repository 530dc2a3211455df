"""The demo's organisations set up: people, administrators, what they may give, what they gave.

It begins sixty days before the demo does, so that there is something to look back at: roles
that ended, one that was taken back, and one that has not begun.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from broker.audit.store import AuditStore
from broker.codelists.seed import seed
from broker.db import Connection, Engine, writing
from broker.demo.clerk import OPERATOR, Clerk
from broker.demo.data import document_of
from broker.demo.giving import give_rights
from broker.demo.homes import HOMES, Home
from broker.demo.people import PEOPLE
from broker.demo.person import Person
from broker.identities import keys
from broker.identities.model import IdentityKey
from broker.identities.store import IdentityStore
from broker.metadata.documents import Table
from broker.metadata.model import ConnectedIdp
from broker.metadata.registry import Registry, RegistryCache
from broker.metadata.report import Occasion
from broker.organisations.linking import Asserted
from broker.organisations.mandating import Wanted as WantedMandate
from broker.organisations.people import NewPerson
from broker.organisations.services import RegisteredServices
from broker.organisations.store import organisations
from broker.roles.catalogue.cache import CatalogueCache

HISTORY = timedelta(days=60)
_SET_UP = timedelta(days=2)  # from the catalogue to organisations, and on to people
FEDERATIONS = ("sundhed", "sundhed-test")


@dataclass(slots=True)
class Office:
    """One federation while it is set up: the accounts made so far."""

    clerk: Clerk
    registry: Registry
    begun: datetime
    homes: dict[str, UUID] = field(default_factory=dict)
    administrators: dict[str, UUID] = field(default_factory=dict)  # by organisation
    accounts: dict[tuple[str, str], UUID] = field(default_factory=dict)  # by person, organisation

    def idp(self, person: Person) -> ConnectedIdp:
        """Where somebody logs in."""
        return self.registry.idp_by_code(self.clerk.federation, person.idp)


def organise(engine: Engine, pseudonym: bytes, origin: str, occasion: Occasion) -> None:
    """Set everything up, once; a federation that has organisations stays as it is."""
    seed(engine, AuditStore(), occasion)
    registry = RegistryCache(engine, origin).current()
    cache, identities = CatalogueCache(engine), IdentityStore(pseudonym)
    with writing(engine) as connection:
        for path in FEDERATIONS:
            if not _has_any(connection, path, occasion.at):
                clerk = Clerk(connection, identities, cache, path, occasion.reference)
                _set_up(Office(clerk, registry, occasion.at))


def _has_any(connection: Connection, path: str, at: datetime) -> bool:
    return bool(organisations(connection, path, at))


def _set_up(office: Office) -> None:
    test = office.clerk.federation == "sundhed-test"
    for home in HOMES:
        if home.member and (home.test or not test):
            _register(office, home)
    for person in PEOPLE:
        if person.home is None or not person.account or person.administers:
            continue
        for place in (person.home, person.also_at):
            if place is not None and place.key in office.homes:
                _employ(office, place, person)
    give_rights(
        office.clerk,
        Table("rights.toml", document_of("rights.toml")),
        homes={
            home.key: (home, office.homes[home.key]) for home in HOMES if home.key in office.homes
        },
        administrators=office.administrators,
        accounts=office.accounts,
        start=office.begun,
    )


def _register(office: Office, home: Home) -> None:
    """An organisation with two administrators: each has logged in once."""
    clerk, at = office.clerk, office.begun - HISTORY + _SET_UP
    deed = clerk.deed(at, "oprettet efter aftale")
    made = clerk.organisations.register(
        OPERATOR,
        deed,
        federation=clerk.federation,
        cvr=home.cvr,
        name=home.name,
        kind=home.kind,
        unit_key=home.unit_key,
    )
    office.homes[home.key] = made.id
    for person in PEOPLE:
        if person.home is home and person.administers:
            added = clerk.people.add(OPERATOR, made.id, _newcomer(office, person), deed)
            clerk.mandates.give(OPERATOR, added.account, WantedMandate("org_admin"), deed)
            office.administrators.setdefault(home.key, added.account)
            office.accounts[person.key, home.key] = added.account
    clerk.organisations.activate(OPERATOR, made.id, deed)
    for person in PEOPLE:
        if person.home is home and person.administers:
            _log_in(office, person, home, at)


def _employ(office: Office, home: Home, person: Person) -> None:
    """Somebody whom an administrator adds, and who has logged in since.

    Whoever works in two organisations of one number is added by the operator: an
    administrator of the one must not say who it is in the other.
    """
    clerk, at = office.clerk, office.begun - HISTORY + 2 * _SET_UP
    deed = clerk.deed(at, "ansat")
    who = OPERATOR if person.also_at else clerk.acting(office.administrators[home.key], at)
    added = clerk.people.add(who, office.homes[home.key], _newcomer(office, person), deed)
    office.accounts[person.key, home.key] = added.account
    _log_in(office, person, home, at)
    if home is person.home:
        for kind, service in person.mandates:
            if service is None or _has_service(office, service):
                wanted = WantedMandate(kind, service)
                clerk.mandates.give(OPERATOR, added.account, wanted, clerk.deed(at, "udpeget"))


def _has_service(office: Office, code: str) -> bool:
    path = office.clerk.federation
    return RegisteredServices().known(office.clerk.connection, path, code)


def _newcomer(office: Office, person: Person) -> NewPerson:
    return NewPerson(
        person.name, f"{person.key}@example.dk", person.unit, _asserted(office, person)
    )


def _by_rid(office: Office, person: Person) -> bool:
    """Whether the RID is what an administrator knows: of OCES2, or all that the IdP says."""
    return person.oces2 is not None or office.idp(person).speech.profile.generation == 2


def _asserted(office: Office, person: Person) -> Asserted:
    if _by_rid(office, person):
        return Asserted("rid", person.rid, person.cvr)
    return Asserted("professional-uuid", person.uuid, person.cvr)


def _key(office: Office, person: Person) -> IdentityKey:
    if _by_rid(office, person):
        return keys.rid(person.cvr, person.rid)
    return keys.professional_uuid(person.cvr, person.uuid)


def _log_in(office: Office, person: Person, home: Home, at: datetime) -> None:
    clerk, key = office.clerk, _key(office, person)
    found = clerk.identities.person(clerk.connection, clerk.federation, [key], at)
    clerk.arrivals.arrived(
        clerk.connection,
        found.person,
        [key],
        federation=clerk.federation,
        cvr=home.cvr,
        idp=office.idp(person),
        at=at,
        reference=clerk.reference,
    )
