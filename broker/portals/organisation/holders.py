"""Who is to have a role: a person or a group of the organisation, as one thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.organisations.permissions import Action
from broker.organisations.store import members
from broker.portals import shell
from broker.portals.organisation.counter import about, colleague, group_of
from broker.portals.person import Person
from broker.portals.shell import Crumb
from broker.roles.grants.facts import Scope
from broker.roles.grants.model import Wanted
from broker.web.language import Text
from broker.web.language import Text as _


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody or a group."""

    name: str
    organisation: UUID
    federation: str
    account: UUID | None = None
    group: UUID | None = None
    unit: str | None = None
    people: int = 1

    @property
    def key(self) -> dict[str, UUID | None]:
        """What its pages are found by."""
        return {"account": self.account} if self.account else {"group": self.group}

    def route(self, name: str) -> str:
        """`org.give` for a person is `org.group_give` for a group."""
        return f"org.{name}" if self.account else f"org.group_{name}"

    def link(
        self,
        person: Person,
        name: str,
        role: UUID | None = None,
        scope: Sequence[str] | None = None,
    ) -> str:
        """The address of a page about it, for a role and a delimitation where they are chosen."""
        chosen: dict[str, object] = {"role": role, "scope": scope}
        values = {key: value for key, value in chosen.items() if value is not None}
        return shell.link(person, self.route(name), **self.key, **values)

    def home(self, person: Person) -> str:
        """Its own page."""
        page = "org.person" if self.account else "org.group"
        return shell.link(person, page, **self.key)

    def wanted(
        self,
        role: UUID,
        scopes: tuple[Scope, ...],
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Wanted:
        """A grant that it would get."""
        return Wanted(
            organisation=self.organisation,
            role=role,
            account=self.account,
            group=self.group,
            scopes=scopes,
            since=since,
            until=until,
        )

    def crumbs(self, person: Person, last: Text) -> list[Crumb]:
        """The way to a page about it."""
        listed = "org.people" if self.account else "org.groups"
        return [
            Crumb(_("People") if self.account else _("Groups"), shell.link(person, listed)),
            Crumb(self.name, self.home(person)),
            Crumb(last),
        ]


def holder_of(
    connection: Connection, person: Person, account: UUID | None, group: UUID | None
) -> Holder:
    """The one that an address names. Raises Unknown("account.unknown" | "group.unknown")."""
    federation = person.federation.path
    if account is not None:
        one = colleague(connection, person, account)
        return Holder(
            one.display_name, one.organisation, federation, account=account, unit=one.home_code
        )
    if group is None:
        raise ValueError("nobody is named")
    found = group_of(connection, person, group)
    number = len(members(connection, group, person.now))
    return Holder(found.name, found.organisation, federation, group=group, people=number)


def demand(connection: Connection, person: Person, holder: Holder, action: Action) -> None:
    """That the person may do it to somebody, as far as is known before the role is.

    Raises NotAllowed: nobody begins with themselves, and a unit's administrator stays in it.
    Of a group the service asks, who knows everybody in it.
    """
    if holder.account is not None:
        person.demand(
            action, about(connection, person, colleague(connection, person, holder.account))
        )
