"""What services are told, and which rules give roles: versions, what is tried in shadow, and the
second person who lets it count.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, request

from broker.errors import BrokerError, Unknown
from broker.metadata.mappings.model import MappingVersion
from broker.metadata.mappings.service import MappingService
from broker.metadata.report import Occasion
from broker.organisations import store as organisations
from broker.organisations.model import Deed
from broker.portals import shell
from broker.portals.forms import Form, Needed, Short, StringField
from broker.portals.office import Office
from broker.portals.operator.differing import differences
from broker.portals.operator.words import RULE_STATE, STANDING
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.roles.grants.store import issuing
from broker.roles.rules import store as rules
from broker.roles.rules.service import RuleService
from broker.roles.rules.store import RuleRow
from broker.saml.vocabulary import OIO3_OF
from broker.web.language import Text as _
from broker.web.reference import new_reference

TITLE = _("Mappings and rules")
WATCHED = timedelta(days=30)  # of what rules in shadow would have given
_DONE = {
    "shadow": _("It is tried at every login from now on, and nobody is told of it."),
    "force": _("It counts from now on."),
    "retire": _("It is given up."),
}


class Step(Form):
    """Why, and which version was read."""

    reason = StringField(_("Why, for the history"), validators=[Needed(_("Write why")), Short(300)])


@dataclass(frozen=True, slots=True)
class Mappings:
    """The pages, over one office."""

    office: Office

    def listed(self, person: Person) -> Response:
        """Every mapping and every rule, with what waits."""
        path, registry = person.federation.path, self.office.registry.current()
        services = {one.code: one.name for one in registry.services(path)}
        versions: dict[str, list[MappingVersion]] = {}
        for one in self._mappings.all_versions():
            if one.federation == path:
                versions.setdefault(one.service, []).append(one)
        with self.office.reading() as connection:
            known = rules.histories(connection, path)
            catalogue = self.office.catalogue.current_in(connection)
        roles = {row.role: catalogue.role(row.role) for rows in known for row in rows}
        return shell.page(
            "portals/operator/mappings.html",
            person,
            crumbs=(Crumb(TITLE),),
            mappings=[
                (
                    code,
                    services.get(code, code),
                    next((v for v in found if v.counts_at(person.now)), None),
                    [v for v in found if v.standing(person.now) in ("draft", "shadow", "planned")],
                )
                for code, found in sorted(versions.items())
            ],
            rules=[(_newest(rows), roles[_newest(rows).role]) for rows in known],
            standing=STANDING,
            rule_states=RULE_STATE,
        )

    def mapping(self, person: Person, service: str) -> Response:
        """One mapping: its versions, and what the one that waits would change."""
        return self._mapping(person, service, Step())

    def decide_mapping(self, person: Person, service: str) -> Response:
        """A version is tried, put in force by a second person, or given up."""
        form, what = Step(), request.form.get("do", "")
        number = int(found) if (found := request.form.get("number", "")).isdecimal() else -1
        if form.sent():
            action = "rule.activate" if what == "force" else "rule.propose"
            person.demand(action, person.thing(service=service))  # type: ignore[arg-type]  # of two
            occasion = Occasion(person.now, _name(person), str(form.reason.data), new_reference())
            path, mappings = person.federation.path, self._mappings
            try:
                if what == "force":
                    own = self._called(person)
                    mappings.approve(path, service, number, occasion, not_by=own)
                elif what == "shadow":
                    mappings.shadow(path, service, number, occasion)
                elif what == "retire":
                    mappings.retire(path, service, number, occasion)
                else:
                    raise Unknown("mapping.step", what)
            except BrokerError as error:
                if isinstance(error, Unknown):
                    raise
                form.refuse(error)
            else:
                return shell.back(person, "operator.mapping", service=service, done=what)
        return self._mapping(person, service, form)

    def rule(self, person: Person, code: str) -> Response:
        """One rule: its versions, and what it gave or would have given."""
        return self._rule(person, code, Step())

    def decide_rule(self, person: Person, code: str) -> Response:
        """A rule is watched, put in force by a second person, or ended."""
        form, what = Step(), request.form.get("do", "")
        number = int(found) if (found := request.form.get("number", "")).isdecimal() else -1
        if form.sent():
            deed = Deed(person.now, str(form.reason.data), new_reference())
            path = person.federation.path
            try:
                with self.office.writing() as connection:
                    if what == "force":
                        self._rules.activate(
                            connection, person.actor, path, code, deed, version=number
                        )
                    elif what == "shadow":
                        self._rules.shadow(connection, person.actor, path, code, deed)
                    elif what == "retire":
                        self._rules.retire(connection, person.actor, path, code, deed)
                    else:
                        raise Unknown("mapping.step", what)
            except BrokerError as error:
                if isinstance(error, Unknown):
                    raise
                form.refuse(error)
            else:
                return shell.back(person, "operator.rule", code=code, done=what)
        return self._rule(person, code, form)

    # --- parts ------------------------------------------------------------------------------

    def _called(self, person: Person) -> Collection[str]:
        """What one human being is called in records, under whichever account: two are two people.

        Owners' pages write labels, and the pages here write names.
        """
        found = {person.actor.by, person.actor.label}
        with self.office.reading() as connection:
            for one in person.actor.accounts:
                account = organisations.account(connection, one, person.now)
                if account is not None:
                    found |= {account.display_name, str(one), f"account {one} of {account.cvr}"}
        return found

    @property
    def _mappings(self) -> MappingService:
        return MappingService(self.office.engine, self.office.audit)

    @property
    def _rules(self) -> RuleService:
        catalogue = self.office.catalogue.current_in
        return RuleService(self.office.audit, catalogue, frozenset(OIO3_OF))

    def _mapping(self, person: Person, service: str, form: Step) -> Response:
        path, now = person.federation.path, person.now
        known = self._mappings.versions(path, service)
        counts = next((v for v in known if v.counts_at(now)), None)
        waiting = [v for v in known if v.standing(now) in ("draft", "shadow", "planned")]
        changes = [
            (v, differences(counts.document if counts else None, v.document)) for v in waiting
        ]
        names = {one.code: one.name for one in self.office.registry.current().services(path)}
        return shell.page(
            "portals/operator/mapping.html",
            person,
            crumbs=self._crumbs(person, service),
            form=form,
            service=service,
            name=names.get(service, service),
            known=list(reversed(known)),
            counts=counts,
            changes=changes,
            report=self._mappings.report(path, service, None, now),
            standing=STANDING,
            may_decide=person.may("rule.activate", person.thing(service=service)),
            me=_name(person),
            notice=_DONE.get(request.args.get("done", "")),
        )

    def _rule(self, person: Person, code: str, form: Step) -> Response:
        path = person.federation.path
        seen: Counter[tuple[str, str]] = Counter()
        with self.office.reading() as connection:
            known = rules.history(connection, path, code)
            catalogue = self.office.catalogue.current_in(connection)
            since = (person.now - WATCHED).date()
            for one, count in issuing.observed(connection, path, since):
                if one.what == code and one.kind.startswith("shadow."):
                    seen[one.idp, one.kind] += count
        if not known:
            raise Unknown("rule.unknown", code)
        newest = _newest(known)
        active = next((r for r in known if _holds(r, person) and r.state == "active"), None)
        before = active if active is not None and active.version != newest.version else None
        return shell.page(
            "portals/operator/rule.html",
            person,
            crumbs=self._crumbs(person, code),
            form=form,
            code=code,
            newest=newest,
            active=active,
            role=catalogue.role(newest.role),
            known=list(reversed(known)),
            changes=differences(before.document if before else None, newest.document),
            seen=sorted(seen.items()),
            rule_states=RULE_STATE,
            may_decide=person.may("rule.propose", person.thing()),
            notice=_DONE.get(request.args.get("done", "")),
        )

    def _crumbs(self, person: Person, last: str) -> tuple[Crumb, ...]:
        return (Crumb(TITLE, shell.link(person, "operator.mappings")), Crumb(last))


def _newest(rows: tuple[RuleRow, ...]) -> RuleRow:
    return max(rows, key=lambda row: (row.version, row.period.since))


def _holds(row: RuleRow, person: Person) -> bool:
    return row.period.covers(person.now)


def _name(person: Person) -> str:
    return person.name or person.actor.label


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    pages, read = Mappings(office), may("federation.read", by=OPERATORS)
    decide = may("rule.activate", by=OPERATORS)
    return (
        Route("mappings", "mappings", read, get=pages.listed, menu=TITLE),
        Route("mapping", "mappings/of/<service>", read, get=pages.mapping),
        Route("decide_mapping", "mappings/of/<service>/decide", decide, post=pages.decide_mapping),
        Route("rule", "mappings/rule/<code>", read, get=pages.rule),
        Route("decide_rule", "mappings/rule/<code>/decide", decide, post=pages.decide_rule),
    )
