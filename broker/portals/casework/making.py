"""The services of cases, made of the office; and the person as a party to a case."""

from broker.cases.connecting import OpenIdp
from broker.cases.hooks import Carrying
from broker.cases.letters import CaseLetters
from broker.cases.members import AddAccess, JoinMember
from broker.cases.model import CaseKind, Party
from broker.cases.service import CaseService
from broker.organisations.model import Deed
from broker.organisations.services import RegisteredServices
from broker.portals.office import Office
from broker.portals.person import Person
from broker.registrations.casework import ChangeCarrier, ChangeTelling
from broker.roles.grants.entitlements import EntitlementService
from broker.vendors.granting import GrantAccess
from broker.web.reference import new_reference


def entitlements(office: Office) -> EntitlementService:
    """What decides what organisations may hand out."""
    return EntitlementService(office.audit, office.catalogue.current_in)


def letters(office: Office) -> CaseLetters:
    """What tells people of cases."""
    return CaseLetters(office.letters, office.operators, office.registry.current().federation)


def cases(office: Office) -> CaseService:
    """Cases of every kind, with what carries them out."""
    tell, entitle = letters(office), entitlements(office)
    joining = JoinMember(office.identities, RegisteredServices(), entitle, tell)
    home = office.registry.current().federations
    origin = home[0].origin if home else ""
    opening = OpenIdp(office.engine, office.audit, origin)
    carrying: dict[CaseKind, Carrying] = {
        "organisation": joining,
        "access": AddAccess(entitle),
        "idp": opening,
        "service": ChangeCarrier(office.registry.current().federation),
        "vendor": GrantAccess(office.catalogue.current_in),
    }
    return CaseService(office.desk, carrying, ChangeTelling(tell))


def party(person: Person) -> Party:
    """The person at the screen, as cases know them."""
    return Party(person.actor, person.session.person, person.cvr, person.name)


def deed(person: Person, reason: str) -> Deed:
    """Something that the person does now."""
    return Deed(person.now, reason, new_reference())
