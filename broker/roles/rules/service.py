"""Who may take which step in the life of a derive rule.

A rule is evaluated in shadow, where it gives nothing, before another person than the one who
proposed it puts it in force. A new version takes the place of the old one only then.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from broker.audit.events import RuleChanged
from broker.audit.store import AuditStore
from broker.db import Connection
from broker.errors import NotAllowed, Refused, Unknown
from broker.organisations.model import Actor, Deed
from broker.organisations.permissions import Thing, demand
from broker.organisations.store import same_human
from broker.organisations.words import deed as checked_deed
from broker.periods import FOREVER, Period
from broker.roles.catalogue import store as catalogue_store
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.documents_rules import RuleEntry, read_rule
from broker.roles.grants.permitting import present
from broker.roles.model import Role, RuleState
from broker.roles.rules import store
from broker.roles.rules.store import RuleRow

LABEL = 128  # characters of whoever did it, as rows keep it

_OPEN: tuple[RuleState, ...] = ("draft", "shadow", "active")


@dataclass(frozen=True, slots=True)
class RuleService:
    """Propose, watch, put in force, retire; each in the caller's transaction.

    `attributes` are the short names that conditions may ask for; none at all is any.
    """

    audit: AuditStore
    catalogue: Callable[[Connection], Catalogue]
    attributes: Collection[str] = ()

    def propose(
        self,
        connection: Connection,
        actor: Actor,
        federation: str,
        document: Mapping[str, object],
        deed: Deed,
    ) -> RuleRow:
        """Propose a rule, or a new version of one, written as in a document of the catalogue.

        Raises Refused("metadata.document") that names the mistake, and NotAllowed for a missing
        permission, for `rule.role` and for `rule.home`.
        """
        deed = checked_deed(deed)
        _alone(connection)
        known = self.catalogue(connection)
        urns = {role.code: role.urn for role in known.roles if role.federation == federation}
        entry = read_rule({**document, "state": "draft"}, "rule", urns)
        role = known.role_by_urn(federation, entry.role)
        if role is None:
            raise NotAllowed("rule.role", entry.role)
        self._check(entry, role, deed.at)
        demand(
            present(connection, actor, deed.at),
            "rule.propose",
            Thing(federation, service=role.service),
        )
        before = store.history(connection, federation, entry.code)
        home = before[-1].home if before else None
        if home is not None:
            raise NotAllowed("rule.home", home)
        for row in before:
            if row.state != "active" and row.period.until > deed.at:
                store.close(connection, row, deed.at)
        fresh = RuleRow(
            id=uuid4(),
            federation=federation,
            code=entry.code,
            version=max((row.version for row in before), default=0) + 1,
            role=role.id,
            home=None,
            effect=entry.effect,
            state="draft",
            period=Period(deed.at, FOREVER),
            document=entry.document,
            by_account=actor.account,
            by_label=actor.label[:LABEL],
            approved_by=None,
        )
        store.add(connection, fresh)
        self._tell(connection, actor, fresh, role, "draft", deed)
        return fresh

    def shadow(
        self, connection: Connection, actor: Actor, federation: str, code: str, deed: Deed
    ) -> None:
        """Let the newest version be evaluated at every login, and give nothing.

        Raises Unknown("rule.unknown"), and NotAllowed for a missing permission, `rule.state`
        and `rule.home`.
        """
        deed = checked_deed(deed)
        _alone(connection)
        row, role = self._newest(connection, federation, code)
        demand(
            present(connection, actor, deed.at),
            "rule.propose",
            Thing(federation, service=role.service),
        )
        if row.state != "draft":
            raise NotAllowed("rule.state", row.state)
        store.follow(connection, row, "shadow", deed.at)
        self._tell(connection, actor, row, role, "shadow", deed)

    def activate(
        self,
        connection: Connection,
        actor: Actor,
        federation: str,
        code: str,
        deed: Deed,
        *,
        version: int,
    ) -> None:
        """Put the newest version in force, in the place of the one that was.

        `version` is the one that the actor has read: another may have been proposed since.
        Raises as `shadow` does, and NotAllowed with `rule.oneself` for whoever proposed it, and
        with `rule.version`.
        """
        deed = checked_deed(deed)
        _alone(connection)
        row, role = self._newest(connection, federation, code)
        self._second_pair(connection, present(connection, actor, deed.at), row, role)
        if row.version != version:
            raise NotAllowed("rule.version", str(row.version))
        if row.state != "shadow":
            raise NotAllowed("rule.state", row.state)
        for other in _open(store.history(connection, federation, code), deed.at):
            if other.state == "active":
                store.close(connection, other, deed.at)
        store.follow(
            connection,
            row,
            "active",
            deed.at,
            approved_account=actor.account,
            approved_label=actor.label[:LABEL],
        )
        self._tell(connection, actor, row, role, "active", deed)

    def retire(
        self, connection: Connection, actor: Actor, federation: str, code: str, deed: Deed
    ) -> None:
        """End a rule, whatever its state. A denial in force takes a second person to end.

        Raises as `activate` does.
        """
        deed = checked_deed(deed)
        _alone(connection)
        row, role = self._newest(connection, federation, code)
        still = _open(store.history(connection, federation, code), deed.at)
        if any(one.state == "active" and one.effect == "deny" for one in still):
            self._second_pair(connection, present(connection, actor, deed.at), row, role)
        else:
            demand(
                present(connection, actor, deed.at),
                "rule.propose",
                Thing(federation, service=role.service),
            )
        if not still:
            raise NotAllowed("rule.state", row.state)
        for other in still:
            if other.id != row.id:
                store.close(connection, other, deed.at)
        store.follow(connection, row, "retired", deed.at)
        self._tell(connection, actor, row, role, "retired", deed)

    def _check(self, entry: RuleEntry, role: Role, at: datetime) -> None:
        version = role.at(at)
        if version is None or version.state == "retired":
            raise NotAllowed("rule.role", role.urn)
        where = f"rule ({entry.code})"
        for scope in entry.scopes:
            if version.takes(scope.type) is None:
                raise Refused("metadata.document", f"{where}: {role.urn} takes no {scope.type}")
        asked = {one.attribute for clause in entry.clauses for one in clause}
        asked |= {one.value for one in entry.scopes if one.source == "attribute"}
        unknown = sorted(asked.difference(self.attributes)) if self.attributes else []
        if unknown:
            words = f"{where}: no attribute is called {', '.join(unknown)}"
            raise Refused("metadata.document", words)

    def _newest(self, connection: Connection, federation: str, code: str) -> tuple[RuleRow, Role]:
        """The row of the newest version that holds now, of a rule that people made."""
        known = store.history(connection, federation, code)
        if not known:
            raise Unknown("rule.unknown", code)
        if known[-1].home is not None:
            raise NotAllowed("rule.home", known[-1].home)
        newest = max(known, key=lambda row: (row.version, row.period.since))
        role = self.catalogue(connection).role(newest.role)
        if role is None:
            raise NotAllowed("rule.role", str(newest.role))
        return newest, role

    def _second_pair(self, connection: Connection, actor: Actor, row: RuleRow, role: Role) -> None:
        """Pass only another human being than the one who proposed it."""
        others = tuple(same_human(connection, row.by_account)) if row.by_account else ()
        nameless = row.by_account is None and actor.label == row.by_label
        if nameless or actor.is_any_of(*others):
            raise NotAllowed("rule.oneself")
        thing = Thing(row.federation, service=role.service, others=others)
        try:
            demand(actor, "rule.activate", thing)
        except NotAllowed as error:
            if error.code == "permission.oneself":
                raise NotAllowed("rule.oneself") from error
            raise

    def _tell(
        self,
        connection: Connection,
        actor: Actor,
        row: RuleRow,
        role: Role,
        state: RuleState,
        deed: Deed,
    ) -> None:
        catalogue_store.bump(connection)
        event = RuleChanged(
            federation=row.federation,
            rule=row.code,
            version=row.version,
            role=role.urn,
            effect=row.effect,
            state=state,
            by=actor.by,
            seat=actor.seat,
            reason=deed.reason,
        )
        self.audit.append(connection, event, at=deed.at, reference=deed.reference)


def _alone(connection: Connection) -> None:
    """Let nobody else change rules until the transaction ends: all of them mark the catalogue."""
    catalogue_store.bump(connection)


def _open(rows: Collection[RuleRow], at: datetime) -> tuple[RuleRow, ...]:
    """The rows that hold at an instant, of a state that is not the last."""
    return tuple(
        row
        for row in rows
        if row.state in _OPEN and row.period.until > at and row.period.since <= at
    )
