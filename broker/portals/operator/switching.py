"""The switch board: every change of our certificates, who is ready, and what may be decided.

switching        the list of plans, one plan with its board, the phone list, the drill
switching_deeds  move, cancel, take back, resume, retire, and the key that others know
switching_one    one partner: exceptions, its wish to switch later, two people for a hold
switching_new    a new plan: typed, examined, made
switching_live   the day itself
"""

import csv
import io
from collections.abc import Iterable
from datetime import timedelta

from flask import Response, request

from broker.db import reading
from broker.errors import Unknown
from broker.metadata import store
from broker.metadata.readiness.model import Level, Line
from broker.metadata.rollover.choosing import is_live, phase
from broker.metadata.rollover.holding import PEOPLE, waivers
from broker.metadata.rollover.model import Phase, Plan
from broker.metadata.rollover.showing import pictures
from broker.periods import FOREVER
from broker.portals import shell
from broker.portals.office import Office
from broker.portals.operator.switching_deeds import deed_routes
from broker.portals.operator.switching_live import live_route
from broker.portals.operator.switching_new import new_route
from broker.portals.operator.switching_one import one_routes
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route, Task
from broker.portals.shell import Crumb
from broker.portals.switching.board import Switchboard
from broker.portals.switching.words import BECAUSE, INSTANTS, KINDS, LEVELS, PHASES, SIGNS, SLOTS
from broker.roles.exporting import guarded
from broker.saml.entity_phone_list import read_phone_list
from broker.web.language import Text as _

_DAY = timedelta(days=1)
DONE = {
    "planned": _("The change is planned. Partners are told when it is announced."),
    "moved": _("The change happens at the new times."),
    "announced": _("The change is announced: the new certificate is published now."),
    "cancelled": _("The change is given up."),
    "back": _("Everybody is taken back: the old key signs the next message."),
    "resumed": _("The change goes on."),
    "retired": _("The old certificate is withdrawn as soon as nobody is held on it."),
    "drill": _("The drill has begun. It takes a minute or two; this page shows what it finds."),
    "compromised": _("The key signs nothing any more."),
}


def routes(office: Office) -> tuple[Route, ...]:
    """The pages of the switch board."""
    board = Switchboard.of(office)
    look = may("federation.read", by=OPERATORS)

    def listed(person: Person) -> Response:
        path, known = person.federation.path, board.known
        found = pictures(known, person.now, None, path)
        codes = list(dict.fromkeys(one.plan.code for one in found))
        groups = [(code, [p for p in found if p.plan.code == code]) for code in codes]
        groups.sort(key=lambda group: group[1][0].plan.instants.switch, reverse=True)
        return shell.page(
            "portals/operator/switching.html",
            person,
            crumbs=[Crumb(_("Changes of certificates"))],
            notice=DONE.get(request.args.get("done", "")),
            groups=groups,
            phases=PHASES,
            slots=SLOTS,
            wishes=board.postponing.wishes(path, waiting=True),
            may_plan=person.may("rollover.change", person.thing()),
        )

    def shown(person: Person, code: str) -> Response:
        path, now, known = person.federation.path, person.now, board.known
        found = pictures(known, now, code, path)
        if not found:
            raise Unknown("rollover.no_plan", f"no plan {code} in {path}")
        boards = [(one.plan, board.readiness.board(one.plan, now)) for one in found]
        drill = board.drills.newest(path, code)
        lead = found[0].plan
        return shell.page(
            "portals/operator/switching_plan.html",
            person,
            crumbs=[*crumbs(person), Crumb(code)],
            notice=DONE.get(request.args.get("done", "")),
            code=code,
            lead=lead,
            found=found,
            boards=boards,
            drill=drill,
            drill_state=drill.state(now) if drill else None,
            unready=list(_unready(boards, person)),
            wishes=board.postponing.wishes(path, code, waiting=True),
            names=board.names(person, [rule.by for one in found for rule in one.plan.rules]),
            words={"levels": LEVELS, "signs": SIGNS, "phases": PHASES, "because": BECAUSE},
            kinds=KINDS,
            slots=SLOTS,
            instants=INSTANTS,
            forever=FOREVER,
            may_plan=person.may("rollover.change", person.thing()),
            may_back=person.may("rollover.take_back", person.thing()),
            can={
                "announce": phase(lead, now) is Phase.WAITING,
                "cancel": phase(lead, now) < Phase.SWITCHED
                or phase(lead, now) is Phase.ROLLED_BACK,
                "back": Phase.EARLY < phase(lead, now) < Phase.SETTLED,
                "resume": phase(lead, now) is Phase.ROLLED_BACK,
                "retire": phase(lead, now) in (Phase.SWITCHED, Phase.SETTLED),
                "live": is_live(lead, now),
            },
        )

    def phones(person: Person, code: str) -> Response:
        found = board.readiness.plans(code, person.now, person.federation.path)
        boards = [(plan, board.readiness.board(plan, person.now)) for plan in found]
        made = Response(_phone_list(office, person, boards), mimetype="text/csv; charset=utf-8")
        name = f"{code}-{person.now:%Y-%m-%d}.csv"
        made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        made.headers["Cache-Control"] = "no-store"
        return made

    def drill(person: Person, code: str) -> Response:
        path = person.federation.path
        person.demand("rollover.change", person.thing())
        plan = board.readiness.plans(code, person.now, path)[0]
        registered = request.form.get("partners") == "registered"
        at = plan.instants
        near = (max(at.announce, at.switch - _DAY), at.switch + _DAY)
        span = near if request.form.get("span") == "day" else None
        occasion = board.occasion(person)
        board.drills.start(path, plan.code, occasion, registered=registered, span=span)
        return shell.back(person, "operator.switching_plan", code=code, done="drill")

    at = "switching/plans/<code>"
    return (
        Route("switching", "switching", look, get=listed, menu=_("Changes of certificates")),
        new_route(board),
        Route("switching_plan", at, look, get=shown),
        Route("switching_phones", f"{at}/phones", look, get=phones),
        Route("switching_drill", f"{at}/drill", may("rollover.change"), post=drill),
        live_route(board),
        *deed_routes(board),
        *one_routes(board),
    )


def tasks(office: Office, person: Person) -> tuple[Task, ...]:
    """What waits for an operator: wishes to switch later."""
    waits = Switchboard.of(office).postponing.wishes(person.federation.path, waiting=True)
    href = shell.link(person, "operator.switching")
    return (Task(_("Services ask to switch certificate later"), href),) if waits else ()


def crumbs(person: Person) -> list[Crumb]:
    """The step to the switch board."""
    return [Crumb(_("Changes of certificates"), shell.link(person, "operator.switching"))]


def _unready(
    boards: Iterable[tuple[Plan, tuple[Line, ...]]], person: Person
) -> Iterable[tuple[Plan, Line, int]]:
    """Whoever patients depend on and is held, with how many people have said that it may go."""
    for plan, lines in boards:
        held = {hold.partner for hold in plan.holds if hold.period.until > person.now}
        for line in lines:
            if line.partner.code in held and line.reached.level < Level.TRIED:
                said = len({rule.by for rule in waivers(plan, line.partner.code)})
                if said < PEOPLE:
                    yield plan, line, said


def _phone_list(
    office: Office, person: Person, boards: Iterable[tuple[Plan, tuple[Line, ...]]]
) -> str:
    """Everybody without proof, whom to ring first at the top; a spreadsheet opens it."""
    with reading(office.engine) as connection:
        records = store.entities(connection, person.federation.path)
    documents = {record.row: record.xml for record in records}
    text = io.StringIO()
    text.write("\ufeff")  # without it a spreadsheet takes UTF-8 for something else
    rows = csv.writer(text, delimiter=";")
    heads = (_("Partner"), _("Name"), _("Owner"), _("Patients depend on it"), _("Level"))
    ends = (_("Contact"), _("Name of the contact"), _("Phones"), _("Mails"))
    rows.writerow([str(head) for head in (*heads, *ends)])
    for _plan, lines in boards:
        for line in lines:
            if line.reached.level >= Level.USED:
                continue
            who = line.partner
            critical = str(_("yes")) if who.critical else ""
            begin = [who.code, who.name, who.owner, critical, str(int(line.reached.level))]
            xml = documents.get(who.row)
            for one in (read_phone_list(xml) if xml else ()) or (None,):
                end = (
                    [one.kind, one.name, ", ".join(one.phones), ", ".join(one.mails)]
                    if one
                    else ["", "", "", ""]
                )
                rows.writerow([guarded(cell) for cell in (*begin, *end)])
    return text.getvalue()
