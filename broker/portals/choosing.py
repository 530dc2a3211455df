"""Another organisation: chosen at the broker, which remembers it as for any service."""

from uuid import UUID

from broker.audit.events import AccountChosen
from broker.db import writing
from broker.errors import NotAllowed
from broker.organisations import store
from broker.portals.office import Office
from broker.portals.partner import CODE
from broker.portals.person import Person


def choose(office: Office, person: Person, account: UUID, reference: str) -> None:
    """Remember which of their accounts a person wants to act as; the next login asserts it.

    Raises NotAllowed("policy.account_not_active") for one that is not theirs.
    """
    if account not in {one.id for one in person.accounts}:
        raise NotAllowed("policy.account_not_active", "not an account of this person")
    event = AccountChosen(
        federation=person.federation.path,
        service=CODE,
        subject=str(person.session.person),
        account=str(account),
    )
    with writing(office.engine) as connection:
        store.choose_account(connection, person.session.person, CODE, account, person.now)
        office.audit.append(connection, event, at=person.now, reference=reference)
