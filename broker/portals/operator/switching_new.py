"""A new plan: typed, examined, and made when it has been looked at."""

from collections.abc import Mapping
from datetime import datetime

from flask import Response, request

from broker.errors import BrokerError
from broker.metadata.rollover.documents import SLOT_NAMES, Draft, read_draft
from broker.metadata.rollover.model import Plan
from broker.metadata.rollover.validation import Problem
from broker.portals import shell
from broker.portals.forms import (
    Form,
    Needed,
    RadioField,
    SelectMultipleField,
    Short,
    StringField,
    TextAreaField,
    choice,
)
from broker.portals.moments import Moment, read_moment
from broker.portals.permissions import may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.portals.switching.board import Switchboard
from broker.portals.switching.words import INSTANTS, SLOTS
from broker.web.language import Text as _
from broker.web.texts import explain

OPTIONAL = ("announce", "early_from", "rollback_until", "unpublish", "destroy")


class Planned(Form):
    """What a plan is made of; instants that are left out follow from the switch."""

    code = StringField(_("Code of the change"), validators=[Needed(_("Give it a code")), Short(32)])
    before = StringField(_("The key of today"), validators=[Needed(_("Name it")), Short(32)])
    after = StringField(_("The key to come"), validators=[Needed(_("Name it")), Short(32)])
    style = RadioField(
        _("How"),
        choices=[
            choice("overlap", _("Overlapping: both certificates are published for a while")),
            choice("hard", _("Hard: one certificate at a time, everybody at the same moment")),
        ],
        default="overlap",
    )
    slots = SelectMultipleField(
        _("Which keys"),
        choices=[choice(name, SLOTS[name]) for name in SLOT_NAMES],
        default=list(SLOT_NAMES),
        validators=[Needed(_("Choose at least one"))],
    )
    switch = StringField(INSTANTS["switch"], validators=[Moment()])
    announce = StringField(INSTANTS["announce"], validators=[Moment(needed=False)])
    early_from = StringField(INSTANTS["early_from"], validators=[Moment(needed=False)])
    rollback_until = StringField(INSTANTS["rollback_until"], validators=[Moment(needed=False)])
    unpublish = StringField(INSTANTS["unpublish"], validators=[Moment(needed=False)])
    destroy = StringField(INSTANTS["destroy"], validators=[Moment(needed=False)])
    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


def given(form: Form, names: tuple[str, ...]) -> Mapping[str, datetime]:
    """The instants that were written."""
    found = {name: read_moment(form[name].data) for name in names}
    return {name: at for name, at in found.items() if at is not None}


def new_route(board: Switchboard) -> Route:
    """The page on which a change is planned."""

    def new(person: Person) -> Response:
        path = person.federation.path
        person.demand("rollover.change", person.thing())
        form = Planned()
        if not form.before.data:
            form.before.data = _today(board, person)
        looked: tuple[tuple[Plan, tuple[Problem, ...]], ...] = ()
        if form.sent():
            occasion = board.occasion(person, str(form.reason.data))
            try:
                draft = _draft(form, person.now)
                looked = board.plans.examine(draft, (path,), occasion)
                if request.form.get("step") == "make" and not _refused(looked):
                    board.plans.plan(draft, (path,), occasion)
                    return shell.back(
                        person, "operator.switching_plan", code=draft.code, done="planned"
                    )
            except BrokerError as error:
                form.refuse(error)
        return shell.page(
            "portals/operator/switching_new.html",
            person,
            crumbs=[
                Crumb(_("Changes of certificates"), shell.link(person, "operator.switching")),
                Crumb(_("Plan a change")),
            ],
            form=form,
            looked=looked,
            refused=_refused(looked),
            instants=INSTANTS,
            slots=SLOTS,
            explain=explain,
        )

    needs = may("rollover.change", fresh=True)
    return Route("switching_new", "switching/new", needs, get=new, post=new)


def _draft(form: Planned, now: datetime) -> Draft:
    document: dict[str, object] = {
        "code": str(form.code.data).strip(),
        "before": str(form.before.data).strip(),
        "after": str(form.after.data).strip(),
        "style": form.style.data,
        "slots": list(form.slots.data or ()),
        **given(form, ("switch", *OPTIONAL)),
    }
    return read_draft(document, "plan", now)


def _refused(looked: tuple[tuple[Plan, tuple[Problem, ...]], ...]) -> bool:
    return any(one.level == "refused" for _plan, found in looked for one in found)


def _today(board: Switchboard, person: Person) -> str:
    """The epoch that the last plan of the federation leads to, or the first."""
    plans = [p for p in board.known.plans if p.slot.federation == person.federation.path]
    live = [p for p in plans if p.cancelled_at is None]
    return max(live, key=lambda p: p.instants.switch).after if live else "first"
