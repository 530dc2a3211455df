"""What may be asked for in a case about roles, who must decide it, and the case that it makes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from broker.cases import store as case_store
from broker.cases.documents import Accessing, Joining, WantedRole
from broker.cases.hooks import Opening
from broker.cases.model import Party, Planned
from broker.db import Connection
from broker.errors import NotAllowed, Refused
from broker.organisations import store
from broker.organisations.model import Organisation
from broker.organisations.permissions import Thing, demand
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.facts import Ceiling
from broker.roles.grants.limits import check_ceiling
from broker.roles.model import Role

OFFICER, OPERATOR = "officer", "operator"
DAY, MOST_A_DAY = timedelta(days=1), 3  # applications with one CVR number


def owner_step(service: str) -> str:
    """The step that the owners of a service decide."""
    return f"owner:{service}"


def offered(catalogue: Catalogue, federation: str, at: datetime) -> tuple[Role, ...]:
    """The roles that an organisation may ask to hand out: those in use, by service and name."""
    found = []
    for role in catalogue.roles:
        version = role.at(at)
        if role.federation == federation and version is not None and version.state == "active":
            found.append(role)
    return tuple(sorted(found, key=lambda role: (role.service or "", role.code)))


def checked(
    connection: Connection,
    catalogue: Catalogue,
    federation: str,
    wanted: Iterable[WantedRole],
    at: datetime,
) -> tuple[WantedRole, ...]:
    """The roles as the catalogue knows them, each limit one that the role takes.

    Raises Refused("case.roles") for a role that nobody may ask for, and NotAllowed(
    "entitlement.ceiling_type" | "entitlement.ceiling_value").
    """
    known = {str(role.id): role for role in offered(catalogue, federation, at)}
    found = []
    for one in wanted:
        role = known.get(one.role)
        version = role.at(at) if role else None
        if role is None or version is None:
            raise Refused("case.roles", "no role that may be asked for")
        check_ceiling(connection, catalogue, role, ceiling(one), at)
        found.append(WantedRole(one.role, role.service or "", version.name.da, one.limits))
    return tuple(found)


def ceiling(wanted: WantedRole) -> tuple[Ceiling, ...]:
    """The limits of a role as entitlements have them."""
    return tuple(Ceiling(one.type, one.value, one.with_descendants) for one in wanted.limits)


def deciding(
    connection: Connection, federation: str, roles: Sequence[WantedRole], at: datetime, stage: int
) -> tuple[Planned, ...]:
    """A step for the owners of each service, side by side, and the operator's after them.

    What nobody owns, national roles among it, is the operator's to decide.
    """
    steps = []
    for service in sorted({one.service for one in roles if one.service}):
        if store.holders(connection, federation, at, "service_owner", service=service):
            step = Planned(
                owner_step(service), "service_owner", stage, service=service, optional=True
            )
            steps.append(step)
    return (*steps, Planned(OPERATOR, "operator", stage + 1))


def joining(
    connection: Connection, federation: str, party: Party, document: Joining, at: datetime
) -> Opening:
    """The case of an organisation that wants to be a member; the login proved its CVR number.

    Raises NotAllowed("case.cvr"), Refused("organisation.exists" | "case.many").
    """
    if party.cvr is None or party.cvr != document.cvr:
        raise NotAllowed("case.cvr", "one applies for the organisation that one is logged in for")
    unit = document.unit_key
    if store.organisation_by_cvr(connection, federation, document.cvr, unit, at) is not None:
        raise Refused("organisation.exists", "there is one with that CVR number")
    # Each writes to addresses that strangers type: whoever logs in could flood a mailbox.
    if case_store.applied(connection, federation, document.cvr, at - DAY) >= MOST_A_DAY:
        raise Refused("case.many", f"{MOST_A_DAY} applications within a day")
    steps = (
        Planned(OFFICER, "security_officer"),
        *deciding(connection, federation, document.roles, at, 2),
    )
    return Opening("organisation", federation, document.name, document, steps, cvr=document.cvr)


def accessing(
    connection: Connection, party: Party, home: Organisation, document: Accessing, at: datetime
) -> Opening:
    """The case of a member that wants to hand out more. Raises NotAllowed."""
    demand(party.actor, "case.open", Thing(home.federation, home.id))
    steps = deciding(connection, home.federation, document.roles, at, 1)
    return Opening(
        "access",
        home.federation,
        home.name,
        document,
        steps,
        organisation=home.id,
        cvr=home.cvr,
    )


def granted(case_steps: Mapping[str, str], wanted: WantedRole) -> bool:
    """Whether nobody refused a role: the state of its service's step tells."""
    return case_steps.get(owner_step(wanted.service)) != "refused"


def role_id(wanted: WantedRole) -> UUID:
    """Our id of a role."""
    return UUID(wanted.role)


def is_member(connection: Connection, federation: str, cvr: str, at: datetime) -> bool:
    """Whether there is an organisation of that CVR number, not told apart from others of it."""
    found = store.organisation_by_cvr(connection, federation, cvr, "", at)
    return found is not None and found.state != "closed"
