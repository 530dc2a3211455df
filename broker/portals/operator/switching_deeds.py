"""What is decided about a whole plan: moved, cancelled, taken back, resumed, retired; and a key
that others know.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from broker.errors import BrokerError
from broker.metadata.rollover.documents import SLOT_NAMES
from broker.metadata.rollover.model import SLOTS, Plan
from broker.organisations.permissions import Action
from broker.portals import shell
from broker.portals.forms import (
    Form,
    Needed,
    SelectMultipleField,
    Short,
    StringField,
    TextAreaField,
    choice,
)
from broker.portals.moments import Moment, written_moment
from broker.portals.operator.switching_new import OPTIONAL, given
from broker.portals.permissions import may
from broker.portals.person import Person
from broker.portals.routes import Route, View
from broker.portals.shell import Crumb
from broker.portals.switching.board import Switchboard
from broker.portals.switching.words import INSTANTS
from broker.portals.switching.words import SLOTS as SLOT_WORDS
from broker.web.language import Text
from broker.web.language import Text as _


class Why(Form):
    """A reason alone."""

    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


class Times(Why):
    """Every instant of a plan."""

    announce = StringField(INSTANTS["announce"], validators=[Moment(needed=False)])
    early_from = StringField(INSTANTS["early_from"], validators=[Moment(needed=False)])
    switch = StringField(INSTANTS["switch"], validators=[Moment(needed=False)])
    rollback_until = StringField(INSTANTS["rollback_until"], validators=[Moment(needed=False)])
    unpublish = StringField(INSTANTS["unpublish"], validators=[Moment(needed=False)])
    destroy = StringField(INSTANTS["destroy"], validators=[Moment(needed=False)])


class Again(Why):
    """When it switches again."""

    switch = StringField(INSTANTS["switch"], validators=[Moment()])


class Stolen(Why):
    """Which key others know."""

    epoch = StringField(_("The key that others know"), validators=[Needed(_("Name it")), Short(32)])
    slots = SelectMultipleField(
        _("Which keys"),
        choices=[choice(name, SLOT_WORDS[name]) for name in SLOT_NAMES],
        default=list(SLOT_NAMES),
        validators=[Needed(_("Choose at least one"))],
    )
    to = StringField(_("The key to count instead"), validators=[Short(32)])


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed: its page, its form, what it does, and who may do it."""

    code: str
    done: str
    title: Text
    words: Text
    form: type[Form]
    do: Callable[[Switchboard, Person, Plan, Form], None]
    action: Action = "rollover.change"
    fresh: bool = True
    danger: bool = False


def _announce(board: Switchboard, person: Person, plan: Plan, form: Form) -> None:
    occasion = board.occasion(person, str(form["reason"].data))
    changes = {"announce": person.now}
    if plan.instants.early_from == plan.instants.announce and plan.style == "overlap":
        changes["early_from"] = person.now
    board.plans.move(plan.code, changes, occasion, person.federation.path)


def _move(board: Switchboard, person: Person, plan: Plan, form: Form) -> None:
    """Only what was changed: an instant that stays as it is follows the switch."""
    typed = given(form, ("switch", *OPTIONAL))
    same = {name: written_moment(getattr(plan.instants, name)) for name in typed}
    changes = {name: at for name, at in typed.items() if written_moment(at) != same[name]}
    occasion = board.occasion(person, str(form["reason"].data))
    board.plans.move(plan.code, changes, occasion, person.federation.path)


def _cancel(board: Switchboard, person: Person, plan: Plan, form: Form) -> None:
    occasion = board.occasion(person, str(form["reason"].data))
    board.plans.cancel(plan.code, occasion, person.federation.path)


def _back(board: Switchboard, person: Person, plan: Plan, form: Form) -> None:
    occasion = board.occasion(person, str(form["reason"].data))
    board.plans.rollback(plan.code, occasion, federation=person.federation.path)


def _resume(board: Switchboard, person: Person, plan: Plan, form: Form) -> None:
    occasion = board.occasion(person, str(form["reason"].data))
    changes = given(form, ("switch",))
    board.plans.resume(plan.code, changes, occasion, person.federation.path)


def _retire(board: Switchboard, person: Person, plan: Plan, form: Form) -> None:
    occasion = board.occasion(person, str(form["reason"].data))
    at, now = plan.instants, person.now
    changes = {"unpublish": now, "destroy": now + (at.destroy - at.unpublish)}
    if at.rollback_until > now:
        changes["rollback_until"] = now
    board.plans.move(plan.code, changes, occasion, person.federation.path)


DEEDS = (
    Deed(
        "announce",
        "announced",
        _("Announce now"),
        _("The new certificate is published at once, and every partner is told by mail."),
        Why,
        _announce,
    ),
    Deed(
        "move",
        "moved",
        _("Move the change"),
        _(
            "What comes after the switch keeps its distance to it, unless you write otherwise. "
            "What has happened stays where it is."
        ),
        Times,
        _move,
    ),
    Deed(
        "cancel",
        "cancelled",
        _("Give the change up"),
        _("The old key goes on. The code of the change is not used again."),
        Why,
        _cancel,
        danger=True,
    ),
    # The night it goes wrong: without another login first.
    Deed(
        "back",
        "back",
        _("Take everybody back"),
        _(
            "The old key signs the next message, on every node. Take back a single service first, "
            "if only one is in trouble. Whoever uses the address of the new key keeps it: it "
            "knows no other."
        ),
        Why,
        _back,
        action="rollover.take_back",
        fresh=False,
        danger=True,
    ),
    Deed(
        "resume",
        "resumed",
        _("Go on with the change"),
        _("The change was taken back. It goes on with a new time for the switch."),
        Again,
        _resume,
    ),
    Deed(
        "retire",
        "retired",
        _("Withdraw the old certificate now"),
        _(
            "It is removed from our metadata, and nobody can be taken back any more. It stays for "
            "as long as a service is held on it. Without this it happens by itself at the planned "
            "time."
        ),
        Why,
        _retire,
        danger=True,
    ),
)


def deed_routes(board: Switchboard) -> tuple[Route, ...]:
    """A page for each deed, and the one for a key that others know."""
    pages = [
        Route(
            f"switching_{deed.code}",
            f"switching/plans/<code>/{deed.code}",
            may(deed.action, fresh=deed.fresh),
            get=_view(board, deed),
            post=_view(board, deed),
        )
        for deed in DEEDS
    ]
    stolen = _stolen(board)
    needs = may("rollover.change", fresh=True)
    return (
        *pages,
        Route("switching_key", "switching/compromised", needs, get=stolen, post=stolen),
    )


def _view(board: Switchboard, deed: Deed) -> View:
    def view(person: Person, code: str) -> Response:
        path = person.federation.path
        person.demand(deed.action, person.thing())
        plan = board.readiness.plans(code, person.now, path)[0]
        form = deed.form()
        if form.sent():
            try:
                deed.do(board, person, plan, form)
            except BrokerError as error:
                form.refuse(error)
            else:
                if deed.code == "cancel":
                    return shell.back(person, "operator.switching", done=deed.done)
                return shell.back(person, "operator.switching_plan", code=code, done=deed.done)
        if deed.code == "move" and not form.is_submitted():
            for name in ("switch", *OPTIONAL):
                form[name].data = written_moment(getattr(plan.instants, name))
        return shell.page(
            "portals/operator/switching_deed.html",
            person,
            crumbs=[
                Crumb(_("Changes of certificates"), shell.link(person, "operator.switching")),
                Crumb(code, shell.link(person, "operator.switching_plan", code=code)),
                Crumb(deed.title),
            ],
            form=form,
            deed=deed,
            plan=plan,
            times=[form[name] for name in ("announce", "early_from", "switch", *OPTIONAL[2:])
                   if name in form],
        )  # fmt: skip

    return view


def _stolen(board: Switchboard) -> View:
    def view(person: Person) -> Response:
        person.demand("rollover.change", person.thing())
        form = Stolen()
        if form.sent():
            chosen = tuple(s for s in SLOTS if f"{s[0]}-{s[1]}" in (form.slots.data or ()))
            try:
                board.plans.compromised(
                    person.federation.path,
                    chosen,
                    str(form.epoch.data).strip(),
                    board.occasion(person, str(form.reason.data)),
                    to=str(form.to.data or "").strip() or None,
                )
            except BrokerError as error:
                form.refuse(error)
            else:
                return shell.back(person, "operator.switching", done="compromised")
        return shell.page(
            "portals/operator/switching_key.html",
            person,
            crumbs=[
                Crumb(_("Changes of certificates"), shell.link(person, "operator.switching")),
                Crumb(_("A key is known to others")),
            ],
            form=form,
        )

    return view
