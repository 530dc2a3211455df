"""Production: the checklist, what is asked for, the decision of somebody else, and removal."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Response, request

from broker.cases import rules
from broker.cases.model import Case
from broker.errors import BrokerError, Refused
from broker.organisations.desk import Work
from broker.organisations.store import holders
from broker.portals import shell
from broker.portals.casework.making import cases, party
from broker.portals.forms import Form, Needed, Short, StringField, TextAreaField
from broker.portals.moments import NoMoment, read_day_and_time
from broker.portals.owner.beginning import notice
from broker.portals.owner.bench import READ, Bench, Opened, crumbs, named
from broker.portals.permissions import may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.registrations import store
from broker.registrations.carrying import NotFit
from broker.registrations.casework import opening_of
from broker.registrations.checklist import checklist, missing
from broker.registrations.comparing import compare
from broker.registrations.model import Change, ChangeKind
from broker.registrations.verdicts import verdict_of
from broker.web.language import Text as _

DECIDERS = may("case.decide.operator", "case.decide.service_owner", READ)
ASKERS = may("service.ask", "service.change", by=("service_owner", "service_tech"))


class Ask(Form):
    """When and why."""

    day = StringField(_("From which day"), validators=[Short(20)])
    time = StringField(_("At what time"), validators=[Short(10)])
    reason = TextAreaField(
        _("Note to whoever approves it"), validators=[Needed(_("Write what it is about")), Short()]
    )


class Away(Ask):
    """The same for a removal, with the service's short name typed by hand."""

    code = StringField(
        _("Write the short name of the service to confirm"),
        validators=[Needed(_("Write the short name of the service"))],
    )


class Decide(Form):
    """Why somebody says yes or no."""

    reason = TextAreaField(_("Your reason"), validators=[Needed(_("Write why")), Short()])


def routes(bench: Bench) -> tuple[Route, ...]:
    """The pages of production and of one change."""

    def show(person: Person, opened: Opened, form: Form) -> Response:
        tested = bench.tested_well(opened)
        items = checklist(opened.content, bench.examined(person, opened), tested=tested)
        with bench.office.reading() as connection:
            history = store.changes(connection, opened.where.home.path, opened.code)
        return shell.page(
            "portals/service/production.html",
            person,
            crumbs=crumbs(person, opened, _("Production")),
            notice=notice(),
            form=form,
            opened=opened,
            items=items,
            missing=missing(items),
            lines=opened.to_production,
            history=history,
            kind=_kind(opened),
            may_ask=person.may("service.ask", person.thing(service=opened.code)),
        )

    def page(person: Person, code: str) -> Response:
        return show(person, bench.open(person, code), Ask(formdata=None))

    def ask(person: Person, code: str) -> Response:
        opened = bench.open(person, code)
        form = Ask()
        return _asked(bench, person, opened, form, _kind(opened), show)

    def away(person: Person, code: str) -> Response:
        opened = bench.open(person, code)
        return _away(person, opened, Away(formdata=None))

    def remove(person: Person, code: str) -> Response:
        opened = bench.open(person, code)
        form = Away()
        if form.sent() and str(form.code.data).strip() != code:
            form.code.errors = [_("This is not the short name of the service")]
            return _away(person, opened, form)
        return _asked(bench, person, opened, form, "removal", _away)

    def change(person: Person, change: UUID) -> Response:
        return _change(bench, person, change, Decide(formdata=None))

    def decide(person: Person, change: UUID) -> Response:
        found = bench.changes.find(person.actor, change)
        form = Decide()
        verb = request.form.get("decision", "")
        if not form.sent() or verb not in ("approve", "reject", "withdraw"):
            return _change(bench, person, change, form)
        try:
            _decide(bench, person, found, verb, str(form.reason.data).strip())
        except NotFit as error:
            verdicts = [verdict_of(finding) for finding in error.findings]
            return _change(bench, person, change, form, verdicts)
        done = {"approve": "approved", "reject": "rejected", "withdraw": "withdrawn"}[verb]
        return shell.back(person, "service.change", change=found.id, done=done)

    return (
        Route("production", "<code>/production", may(READ), get=page),
        Route("ask", "<code>/production/ask", ASKERS, get=page, post=ask),
        Route("away", "<code>/production/remove", ASKERS, get=away, post=remove),
        Route("change", "changes/<uuid:change>", DECIDERS, get=change, post=decide),
    )


def _decide(bench: Bench, person: Person, found: Change, verb: str, reason: str) -> None:
    """What a form says of a change: by the case that it is decided in, which is one of a list."""
    deed, case = bench.deed(person, reason), _case(bench, person, found)
    if case is None or not case.lasting:  # planned, and taken back before its day
        if verb != "withdraw":
            raise Refused("registration.decided", "its case is over")
        bench.changes.withdraw(person.actor, found.id, deed)
        return
    service, who = cases(bench.office), party(person)
    if verb == "withdraw":
        service.withdraw(who, case.id, case.version, deed)
        return
    step = next((step.code for step in case.waiting), "")
    act = service.approve if verb == "approve" else service.refuse
    act(who, case.id, step, case.version, deed)


def _case(bench: Bench, person: Person, found: Change) -> Case | None:
    """The case of a change, for those who may see it."""
    if found.case_no is None:
        return None
    return cases(bench.office).read(party(person), found.federation, found.case_no)


def _may_decide(person: Person, case: Case | None) -> bool:
    waits = case.waiting if case is not None and case.state == "open" else ()
    who = party(person)
    return any(case and rules.objection(who, case, step) is None for step in waits)


_KINDS = {
    "launch": _("Request for production"),
    "change": _("Change in production"),
    "removal": _("Removal from production"),
}


def _kind(opened: Opened) -> ChangeKind:
    return "launch" if opened.produced is None and opened.planned is None else "change"


def _asked(
    bench: Bench,
    person: Person,
    opened: Opened,
    form: Ask,
    kind: ChangeKind,
    show: Callable[[Person, Opened, Ask], Response],
) -> Response:
    if not form.sent():
        return show(person, opened, form)
    try:
        wanted = read_day_and_time(form.day.data, form.time.data)
    except NoMoment as wrong:
        form.day.errors = [wrong.words]
        return show(person, opened, form)
    tested = bench.tested_well(opened)
    items = checklist(opened.content, bench.examined(person, opened), tested=tested)
    if kind == "change" and not opened.to_production:
        form.form_errors.append(_("Nothing differs from what is in production"))
        return show(person, opened, form)
    try:
        bench.changes.ask(
            person.actor,
            opened.where,
            opened.code,
            kind,
            wanted,
            bench.deed(person, str(form.reason.data).strip()),
            missing=[item.code for item in missing(items)],
            opened=lambda work, change: _opened(bench, person, opened, work, change),
        )
    except BrokerError as error:
        form.refuse(error)
        return show(person, opened, form)
    return shell.back(person, "service.production", code=opened.code, done="asked")


def _opened(bench: Bench, person: Person, opened: Opened, work: Work, change: Change) -> str:
    """The case in which a change is decided; its reference."""
    name = opened.name.da or change.code
    second = [
        one.account
        for one in holders(
            work.connection, change.federation, person.now, "service_owner", service=change.code
        )
        if not person.actor.is_any_of(one.account)
    ]
    title = f"{name}: {_TITLES[change.kind]}"[:120]
    opening = opening_of(change, title, opened.produced, second_owner=bool(second))
    return cases(bench.office).opened(work, party(person), opening).reference


_TITLES: dict[ChangeKind, str] = {
    "launch": "i produktion",
    "change": "ændring i produktion",
    "removal": "fjernes fra produktion",
}


def _away(person: Person, opened: Opened, form: Ask) -> Response:
    return shell.page(
        "portals/service/away.html",
        person,
        crumbs=crumbs(person, opened, _("Production")),
        form=form,
        opened=opened,
    )


def _change(
    bench: Bench, person: Person, change: UUID, form: Decide, verdicts: object = ()
) -> Response:
    found = bench.changes.find(person.actor, change)
    where, case = bench.where(person), _case(bench, person, found)
    with bench.office.reading() as connection:
        before = bench.registrations.operating(connection, where.home, found.code, person.now)
        asked_by = named(connection, found.by_label, person.now)
        decided_by = named(connection, found.decided_by, person.now)
    return shell.page(
        "portals/service/change.html",
        person,
        409 if verdicts else 200,
        crumbs=[Crumb(found.code), Crumb(_KINDS[found.kind])],
        notice=notice(),
        form=form,
        change=found,
        asked_by=asked_by,
        decided_by=decided_by,
        kind=_KINDS[found.kind],
        lines=compare(before, found.content) if _open(found) else (),
        about=found.content.about,
        verdicts=verdicts,
        may_decide=found.state == "waiting" and _may_decide(person, case),
        case=case,
        mine=person.actor.is_any_of(found.by_account),
        late=_late(found, person.now),
    )


def _open(found: Change) -> bool:
    return found.state in ("waiting", "approved") and found.kind != "removal"


def _late(found: Change, now: datetime) -> bool:
    """Whether the wanted time passed while it waited: then it comes into operation at once."""
    return found.state == "waiting" and found.wanted_at is not None and found.wanted_at <= now
