"""What administrators do to a request, by the services that their own pages call."""

from uuid import UUID

from broker.db import reading, writing
from broker.demo.federation import DemoFederation
from broker.demo.people import person_of
from broker.organisations import store
from broker.organisations.model import Actor, Deed
from broker.portals.employee.working import Working
from broker.portals.office import Office
from broker.saml.assurance import Assurance


def office_of(demo: DemoFederation) -> Office:
    found = demo.broker.extensions["broker"].portals
    assert isinstance(found, Office)
    return found


def actor(demo: DemoFederation, key: str) -> Actor:
    """Somebody of the demo with their mandates, in the organisation that they are at home in."""
    office, who = office_of(demo), person_of(key)
    assert who is not None
    assert who.home is not None
    with reading(office.engine) as connection:
        home = store.organisation_by_cvr(
            connection, "sundhed", who.home.cvr, who.home.unit_key, office.clock()
        )
        assert home is not None
        people = store.accounts(connection, home.id, office.clock(), text=who.name)
        return store.actor(connection, people[0].id, office.clock(), Assurance.HIGH)


def decide(demo: DemoFederation, key: str, verb: str, request: str, comment: str = "fint") -> None:
    """Approve, reject or ask back, by somebody who may."""
    office = office_of(demo)
    working, deed = Working(office), Deed(office.clock(), comment, "DECIDED")
    by = actor(demo, key)
    with writing(office.engine) as connection:
        work = working.requests
        do = {"approve": work.approve, "reject": work.reject, "ask": work.ask}[verb]
        do(connection, by, UUID(request), deed)
