"""One partner in a plan: when it switches, what it wishes, and two people for one that is held."""

from flask import Response, request

from broker.errors import BrokerError, Refused, Unknown
from broker.metadata.postponing.model import Wish
from broker.metadata.rollover.choosing import counts
from broker.metadata.rollover.holding import waivers
from broker.metadata.rollover.model import Ask, Plan
from broker.organisations.permissions import Action
from broker.portals import shell
from broker.portals.forms import (
    Form,
    Needed,
    RadioField,
    Short,
    StringField,
    TextAreaField,
    choice,
)
from broker.portals.moments import Moment, read_moment
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route, View
from broker.portals.shell import Crumb
from broker.portals.switching.board import Switchboard
from broker.portals.switching.history import history
from broker.portals.switching.words import BECAUSE, LEVELS, SIGNS
from broker.web.language import Text as _

DONE = {
    "early": _("It switches early."),
    "late": _("It switches late."),
    "waive": _("You have said that it may switch although it is not ready. It takes two people."),
    "follow": _("It follows the plan again."),
    "back": _("It is taken back: the old key signs its next message."),
    "granted": _("The wish is granted, and the service keeps the old certificate until then."),
    "declined": _("The wish is declined."),
}


class Decision(Form):
    """What is decided about one partner."""

    kind = RadioField(
        _("What should happen"),
        choices=[
            choice("early", _("Switch it before the others")),
            choice("late", _("Let it keep the old key after the switch")),
            choice("waive", _("Let it switch although it is not ready (takes two people)")),
            choice("follow", _("Let it follow the plan again")),
        ],
        validators=[Needed(_("Choose what should happen"))],
    )
    since = StringField(_("From"), validators=[Moment(needed=False)])
    until = StringField(_("Until"), validators=[Moment(needed=False)])
    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


class Why(Form):
    """A reason alone."""

    reason = TextAreaField(_("Why"), validators=[Needed(_("Write why")), Short(500)])


def one_routes(board: Switchboard) -> tuple[Route, ...]:
    """The partner, its exception, the way back, and its wish."""
    at = "switching/plans/<code>/partners/<partner>"
    change = may("rollover.change", fresh=True)
    back = may("rollover.take_back")
    answer = _answer(board)
    return (
        Route("switching_one", at, may("federation.read", by=OPERATORS), get=_shown(board)),
        Route("switching_except", f"{at}/except", change, get=_except(board), post=_except(board)),
        Route("switching_one_back", f"{at}/back", back, get=_back(board), post=_back(board)),
        Route("switching_wish", f"{at}/wishes/<int:number>", change, get=answer, post=answer),
    )


def _plan(board: Switchboard, person: Person, code: str, partner: str) -> Plan:
    """The plan of a partner, with rules and holds as the login path has them."""
    found = board.readiness.plans_of(code, partner, person.now, person.federation.path)
    return next(one for one in board.known.plans if one.row == found[0].row)


def _shown(board: Switchboard) -> View:
    def shown(person: Person, code: str, partner: str) -> Response:
        plan = _plan(board, person, code, partner)
        lines = board.readiness.board(plan, person.now)
        line = next(one for one in lines if one.partner.code == partner)
        wishes = board.postponing.wishes(person.federation.path, code, partner)
        told = history(plan, line, partner, wishes)
        said = waivers(plan, partner)
        return shell.page(
            "portals/operator/switching_one.html",
            person,
            crumbs=_crumbs(person, code, Crumb(partner)),
            notice=DONE.get(request.args.get("done", "")),
            code=code,
            plan=plan,
            line=line,
            counted=counts(board.known, plan.slot, Ask(partner), person.now),
            told=told,
            said=said,
            held=any(h.partner == partner and h.period.until > person.now for h in plan.holds),
            wish=next((one for one in wishes if one.state == "waiting"), None),
            names=board.names(person, [*(t.by for t in told if t.by), *(r.by for r in said)]),
            levels=LEVELS,
            signs=SIGNS,
            because=BECAUSE,
            may_change=person.may("rollover.change", person.thing()),
            may_back=person.may("rollover.take_back", person.thing()),
        )

    return shown


def _except(board: Switchboard) -> View:
    def view(person: Person, code: str, partner: str) -> Response:
        person.demand("rollover.change", person.thing())
        plan, form = _plan(board, person, code, partner), Decision()
        if form.sent():
            kind = str(form.kind.data)
            said = [rule.by for rule in waivers(plan, partner)]
            try:
                board.plans.override(
                    code,
                    partner,
                    kind,  # type: ignore[arg-type] # one of the choices
                    board.speaking(person, str(form.reason.data), said),
                    since=read_moment(form.since.data),
                    until=read_moment(form.until.data),
                    federation=person.federation.path,
                )
            except BrokerError as error:
                form.refuse(error)
            else:
                return _done(person, code, partner, kind)
        return _page(person, code, partner, "except", form)

    return view


def _back(board: Switchboard) -> View:
    def view(person: Person, code: str, partner: str) -> Response:
        action: Action = "rollover.take_back"
        person.demand(action, person.thing())
        _plan(board, person, code, partner)
        form = Why()
        if form.sent():
            try:
                board.plans.rollback(
                    code,
                    board.occasion(person, str(form.reason.data)),
                    partner=partner,
                    federation=person.federation.path,
                )
            except BrokerError as error:
                form.refuse(error)
            else:
                return _done(person, code, partner, "back")
        return _page(person, code, partner, "back", form)

    return view


def _answer(board: Switchboard) -> View:
    def view(person: Person, code: str, partner: str, number: int) -> Response:
        path = person.federation.path
        person.demand("rollover.change", person.thing())
        waiting = board.postponing.wishes(path, code, partner, waiting=True)
        wish = next((one for one in waiting if one.number == number), None)
        if wish is None:
            raise Unknown("rollover.no_wish", f"no wish {number} waits")
        form = Why()
        if form.sent():
            try:
                state = _decided(board, person, wish, str(form.reason.data))
            except BrokerError as error:
                form.refuse(error)
            else:
                return _done(person, code, partner, state)
        return _page(person, code, partner, "wish", form, wish=wish)

    return view


def _decided(board: Switchboard, person: Person, wish: Wish, reason: str) -> str:
    occasion = board.occasion(person, reason)
    answer = request.form.get("answer")
    if answer == "grant":
        board.plans.override(
            wish.plan,
            wish.partner,
            "late",
            occasion,
            until=wish.until,
            federation=wish.federation,
        )
        board.postponing.answer(wish.federation, wish.number, "granted", occasion)
        return "granted"
    if answer != "decline":
        raise Refused("portal.choice", "neither yes nor no")
    board.postponing.answer(wish.federation, wish.number, "declined", occasion)
    return "declined"


def _page(
    person: Person, code: str, partner: str, what: str, form: Form, wish: Wish | None = None
) -> Response:
    titles = {
        "except": _("Decide for one"),
        "back": _("Take one back"),
        "wish": _("Answer a wish"),
    }
    own = shell.link(person, "operator.switching_one", code=code, partner=partner)
    return shell.page(
        "portals/operator/switching_decide.html",
        person,
        crumbs=[*_crumbs(person, code, Crumb(partner, own)), Crumb(titles[what])],
        form=form,
        what=what,
        title=titles[what],
        code=code,
        partner=partner,
        wish=wish,
    )


def _done(person: Person, code: str, partner: str, done: str) -> Response:
    return shell.back(person, "operator.switching_one", code=code, partner=partner, done=done)


def _crumbs(person: Person, code: str, last: Crumb) -> list[Crumb]:
    return [
        Crumb(_("Changes of certificates"), shell.link(person, "operator.switching")),
        Crumb(code, shell.link(person, "operator.switching_plan", code=code)),
        last,
    ]
