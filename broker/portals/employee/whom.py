"""Who decides a request: the organisation's own by name, and whose turn it is after them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from broker.db import Connection
from broker.organisations import store as organisations
from broker.organisations.model import Account
from broker.portals.employee.naming import Names
from broker.portals.person import Person
from broker.roles.grants.codebook import CodeBook
from broker.roles.model import Approver, Role
from broker.web.language import Text
from broker.web.language import Text as _

MOST = 6  # names; who has more has a list of their own to look in


@dataclass(frozen=True, slots=True)
class Whom:
    """Whose turn one step is."""

    words: Text
    name: str | None = None  # of the organisation, the owner or the operator
    people: tuple[str, ...] = field(default=(), repr=False)
    more: int = 0  # how many others besides
    nobody: bool = False  # the organisation has nobody who may


def givers(connection: Connection, person: Person, account: Account) -> tuple[str, ...]:
    """Names of those who can give this person a role, or let them have it, each once.

    Nobody answers for themselves; whoever looks after one unit answers for the people in it.
    """
    found = organisations.deciders(connection, account.organisation, person.now)
    units = frozenset[str]()
    if account.home_code and any(one.unit_code for one in found):
        units = CodeBook(connection, person.now).units_above(account.home_code)
    return tuple(
        dict.fromkeys(
            one.name
            for one in found
            if not person.actor.is_any_of(one.account)
            and (one.unit_code is None or one.unit_code in units)
        )
    )


def steps(
    approvers: Sequence[Approver],
    role: Role | None,
    names: Names,
    person: Person,
    people: Sequence[str],
) -> tuple[Whom, ...]:
    """Each of some approvers as people know them."""
    return tuple(_step(one, role, names, person, people) for one in approvers)


def _step(
    approver: Approver, role: Role | None, names: Names, person: Person, people: Sequence[str]
) -> Whom:
    home = person.organisation.name if person.organisation else None
    if approver == "org_approver":
        shown = tuple(people[:MOST])
        more = max(0, len(people) - MOST)
        return Whom(_("An administrator in %(name)s"), home, shown, more, nobody=not people)
    if approver == "org_chief":
        return Whom(_("The management of %(name)s"), home)
    operator = person.federation.contact.name
    if approver == "service_owner":
        owner = names.owner(person.federation.path, role.service) if role else None
        return Whom(_("The owner of the service, %(name)s"), owner or operator)
    return Whom(_("The operator, %(name)s"), operator)
