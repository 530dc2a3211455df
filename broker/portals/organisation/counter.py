"""What the pages of an organisation are made of: its services, and what the person acts for.

Every page begins with `home`, so that nothing of another organisation is looked at, and every
error of a service becomes words by `told`.
"""

from dataclasses import dataclass
from uuid import UUID

from broker.db import Connection
from broker.errors import BrokerError, Unknown
from broker.organisations import store
from broker.organisations.claims import ClaimService
from broker.organisations.grouping import GroupService
from broker.organisations.model import Account, Deed, Group, Organisation
from broker.organisations.people import PeopleService
from broker.organisations.permissions import Thing
from broker.portals.forms import Form
from broker.portals.office import Office
from broker.portals.person import Person
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants import store as grant_store
from broker.roles.grants import words as grant_words
from broker.roles.grants.bundles import BundleService
from broker.roles.grants.guarding import RoleGuard, UnitTree
from broker.roles.grants.model import Bundle, Grant, Objection
from broker.roles.grants.moving import GrantMover
from broker.roles.grants.reports import Reader
from broker.roles.grants.service import GrantService
from broker.roles.requests import words as request_words
from broker.roles.requests.four_eyes import FourEyes
from broker.roles.requests.lists import RequestLists
from broker.roles.requests.sending import Sender
from broker.roles.requests.service import RequestService
from broker.web.language import said
from broker.web.reference import new_reference
from broker.web.texts import explain


@dataclass(frozen=True, slots=True)
class Counter:
    """The services behind the pages of an organisation."""

    office: Office

    @property
    def grants(self) -> GrantService:
        """Give, extend, narrow, revoke."""
        return GrantService(self.office.audit, self.office.catalogue.current_in)

    @property
    def sender(self) -> Sender:
        """Requests that somebody sends."""
        return Sender(self.office.audit, self.grants, self.office.catalogue.current_in)

    @property
    def four_eyes(self) -> FourEyes:
        """Give, or ask where the role takes somebody else's eyes too."""
        return FourEyes(self.grants, self.sender, self.office.catalogue.current_in)

    @property
    def requests(self) -> RequestService:
        """Decide what others asked for."""
        return RequestService(self.office.audit, self.grants, self.office.catalogue.current_in)

    @property
    def lists(self) -> RequestLists:
        """What waits for whom."""
        return RequestLists(self.office.catalogue.current_in)

    @property
    def bundles(self) -> BundleService:
        """Lists of roles to grant from."""
        return BundleService(self.office.audit, self.office.catalogue.current_in, self.grants)

    @property
    def people(self) -> PeopleService:
        """People added, changed, moved and gone."""
        mover = GrantMover(self.office.audit, self.office.catalogue.current_in)
        return PeopleService(self.office.desk, self.office.identities, mover, self._guard)

    @property
    def groups(self) -> GroupService:
        """Groups, and who is in them."""
        return GroupService(self.office.desk, self._guard)

    @property
    def claims(self) -> ClaimService:
        """Codes that let people in who have not been here before."""
        return ClaimService(self.office.desk, self.office.identities)

    @property
    def _guard(self) -> RoleGuard:
        return RoleGuard(self.office.catalogue.current_in)

    def catalogue(self, connection: Connection) -> Catalogue:
        """The catalogue as a transaction sees it."""
        return self.office.catalogue.current_in(connection)

    def reader(self, connection: Connection, person: Person) -> Reader:
        """Reports, narrowed to what the person may see."""
        return Reader(connection, self.catalogue(connection), person.actor)


def home(person: Person) -> Organisation:
    """The organisation that the person acts for and may look into. Raises NotAllowed, Unknown."""
    found = person.organisation
    if found is None:
        raise Unknown("organisation.unknown", "nobody's organisation")
    person.demand("organisation.read", person.thing(organisation=found.id))
    return found


def colleague(connection: Connection, person: Person, account: UUID) -> Account:
    """Somebody of the person's organisation. Raises Unknown("account.unknown") for others too."""
    found = store.account(connection, account, person.now)
    if found is None or found.organisation != home(person).id:
        raise Unknown("account.unknown", "no such account here")
    return found


def about(connection: Connection, person: Person, account: Account) -> Thing:
    """Somebody as permissions look at them: a unit's administrator stays within the unit."""
    units = frozenset[str]()
    if account.home_code:
        units = UnitTree().above(connection, account.home_code, person.now)
    path = person.federation.path
    return Thing(path, account.organisation, subject=account.id, units=units)


def group_of(connection: Connection, person: Person, group: UUID) -> Group:
    """A group of the person's organisation. Raises Unknown("group.unknown") for others too."""
    found = store.group(connection, group)
    if found is None or found.organisation != home(person).id:
        raise Unknown("group.unknown", "no such group here")
    return found


def bundle_of(connection: Connection, person: Person, bundle: UUID) -> Bundle:
    """A bundle of the person's organisation. Raises Unknown("bundle.unknown") for others too."""
    found = grant_store.bundle(connection, bundle)
    if found is None or found.organisation != home(person).id:
        raise Unknown("bundle.unknown", "no such bundle here")
    return found


def grant_of(connection: Connection, person: Person, grant: UUID) -> Grant:
    """A grant of the person's organisation. Raises Unknown("grant.unknown") for others too."""
    found = grant_store.grant(connection, grant)
    if found is None or found.organisation != home(person).id:
        raise Unknown("grant.unknown", "no such grant here")
    return found


def deed(person: Person, reason: object = "", case_no: object = "") -> Deed:
    """Something done now, and why."""
    return Deed(person.now, _line(reason), new_reference(), _line(case_no) or None)


def told(error: BrokerError) -> str:
    """What a service said no to, in the language of the page."""
    if error.code in grant_words.WORDS:
        return said(grant_words.said(Objection(error.code, error.detail)))
    if error.code in request_words.WORDS:
        return said(request_words.WORDS[error.code])
    explanation = explain(error.code)
    return f"{explanation.title}. {explanation.what}"


def refuse(form: Form, error: BrokerError, field: str | None = None) -> None:
    """Say in a form what a service said no to; what was typed is kept."""
    if field is None:
        form.form_errors.append(told(error))
    else:
        form[field].errors = [*form[field].errors, told(error)]


def _line(value: object) -> str:
    return str(value or "").strip()
