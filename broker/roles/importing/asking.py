"""What speaks against a step of a row: the same rules as when somebody does it by hand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.errors import NotAllowed
from broker.organisations.model import Actor, Organisation
from broker.organisations.permissions import Thing, allowed
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.approvals import takes_others
from broker.roles.grants.changing import again, permitted
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.examining import Findings, Question, examine
from broker.roles.grants.model import Grant, Objection, Wanted
from broker.roles.grants.permitting import kin_among
from broker.roles.grants.store.people import Facts as Standing
from broker.roles.importing.model import GrantStep
from broker.roles.importing.people import Who
from broker.roles.importing.rows import Message

_LIKE_CPR = 10  # digits


@dataclass(slots=True)
class Asker:
    """Asks for one actor, in one organisation, at one instant."""

    connection: Connection
    catalogue: Catalogue
    actor: Actor
    organisation: Organisation
    at: datetime
    ended: set[UUID] = field(default_factory=set)  # grants that the same file ends

    def may_revoke(self, grant: Grant) -> Message | None:
        """Why the actor may not end a grant, or None."""
        try:
            permitted(self.connection, self.catalogue, self.actor, grant, self.at, "grant.revoke")
        except NotAllowed as error:
            return Message(error.code, "", error.detail)
        return None

    def giving(self, who: Who, step: GrantStep, n: int) -> list[Message]:
        """What speaks against giving a grant, to whoever will have an account too."""
        wanted = Wanted(
            organisation=self.organisation.id,
            role=step.role,
            account=who.key,
            scopes=step.scopes,
            since=step.since,
            until=step.until,
        )
        newcomer = None
        if who.newcomer is not None:
            home = who.newcomer.home
            newcomer = Standing(who.key, self.organisation.id, "pending", home)
        question = Question(
            wanted, self.at, self.actor, besides=frozenset(self.ended), newcomer=newcomer
        )
        found = examine(self.connection, self.catalogue, question)
        return [*_told(found, n), *self._alone(step.role, n)]

    def moving(self, match: Grant, until: datetime, n: int) -> list[Message]:
        """What speaks against letting a grant end at another instant."""
        if until <= match.period.until:
            try:
                permitted(
                    self.connection, self.catalogue, self.actor, match, self.at, "grant.change"
                )
            except NotAllowed as error:
                return [Message(error.code, "", error.detail)]
            return []
        wanted = again(match, match.scopes, max(match.period.since, self.at), until)
        besides = frozenset({match.id})
        question = Question(wanted, self.at, self.actor, "grant.change", "longer", besides=besides)
        found = examine(self.connection, self.catalogue, question)
        return [*_told(found, n), *self._alone(match.role, n)]

    def _alone(self, role: UUID, n: int) -> Iterator[Message]:
        """A file is no way round an approval that the role's policy wants of others."""
        if not self.actor.console and takes_others(
            self.catalogue, self.catalogue.role(role), self.at
        ):
            yield Message("import.four_eyes", str(n))

    def joining(self, who: Who) -> list[Message]:
        """What speaks against adding somebody."""
        home = who.newcomer.home if who.newcomer else None
        units = CodeBook(self.connection, self.at).units_above(home) if home else frozenset[str]()
        thing = Thing(self.organisation.federation, self.organisation.id, units=units)
        return [] if allowed(self.actor, "person.add", thing) else [Message("import.may_not_add")]

    def changing(self, who: Who, there: str | None) -> list[Message]:
        """What speaks against changing what is said of somebody, or moving them to a unit."""
        if who.colleague is None:
            return []
        about = (who.colleague.id,)
        codes = CodeBook(self.connection, self.at)
        things = [
            Thing(
                self.organisation.federation,
                self.organisation.id,
                subject=who.colleague.id,
                others=kin_among(self.connection, self.actor, about),
                units=codes.units_above(home) if home else frozenset[str](),
            )
            for home in (who.colleague.home, there or who.colleague.home)
        ]
        may = all(allowed(self.actor, "person.change", thing) for thing in things)
        return [] if may else [Message("import.may_not_change")]


def _told(found: Findings, n: int) -> list[Message]:
    return [*_messages(found.objections, n), *_messages(found.warnings, n)]


def _messages(objections: Iterable[Objection], n: int) -> Iterator[Message]:
    for one in objections:
        # Ten digits that no list knows may be anything: they are not repeated.
        unsaid = one.code == "grant.scope_value" and len(one.what) == _LIKE_CPR
        yield Message(one.code, str(n), "" if unsaid else one.what)
