"""The services that these pages call, made of what every portal is made of."""

from dataclasses import dataclass

from broker.db import Connection
from broker.errors import BrokerError, NotAllowed
from broker.metadata.registry import Registry
from broker.organisations.model import Account, Deed
from broker.portals.employee.naming import Names, knows
from broker.portals.forms import Form
from broker.portals.office import Office
from broker.portals.person import Person
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.model import Objection
from broker.roles.grants.service import GrantService
from broker.roles.requests.lists import RequestLists
from broker.roles.requests.sending import Sender
from broker.roles.requests.service import RequestService
from broker.web.language import said
from broker.web.reference import new_reference


@dataclass(frozen=True, slots=True)
class Working:
    """What the employee's pages work with."""

    office: Office

    def catalogue(self, connection: Connection) -> Catalogue:
        """Services and roles, as the transaction sees them."""
        return self.office.catalogue.current_in(connection)

    @property
    def registry(self) -> Registry:
        """Services and identity providers, as logins know them."""
        return self.office.registry.current()

    @property
    def grants(self) -> GrantService:
        """What is done to grants."""
        return GrantService(self.office.audit, self.catalogue)

    @property
    def sender(self) -> Sender:
        """Previews and sends carts."""
        return Sender(self.office.audit, self.grants, self.catalogue)

    @property
    def requests(self) -> RequestService:
        """What is done to requests."""
        return RequestService(self.office.audit, self.grants, self.catalogue)

    @property
    def lists(self) -> RequestLists:
        """Requests as lists."""
        return RequestLists(self.catalogue)


def own(person: Person) -> Account:
    """The account that somebody acts as. Raises NotAllowed("portal.no_account")."""
    if person.account is None:
        raise NotAllowed("portal.no_account", "nobody in particular")
    return person.account


def deed(person: Person, reason: str) -> Deed:
    """Something that is done now, and why."""
    return Deed(person.now, reason, new_reference())


def complain(form: Form, names: Names, error: BrokerError, *, field: str | None = None) -> None:
    """Say in the form what a service said no to: in the words of rights, where it has any."""
    if not knows(error.code):
        form.refuse(error, field=field)
        return
    words = said(names.objection(Objection(error.code, error.detail)))
    if field is None:
        form.form_errors.append(words)
    else:
        form[field].errors = [*form[field].errors, words]
