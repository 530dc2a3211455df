"""The day itself: what happens at each service, and the proposal to take one back."""

from datetime import timedelta

from flask import Response, request

from broker.db import reading
from broker.errors import Unknown
from broker.metadata.readiness import store
from broker.metadata.readiness.gathering import partners_of
from broker.metadata.rollover.choosing import phase
from broker.portals import shell
from broker.portals.permissions import OPERATORS, may
from broker.portals.person import Person
from broker.portals.routes import Route
from broker.portals.shell import Crumb
from broker.portals.switching.board import Switchboard
from broker.portals.switching.live import hours, pulses
from broker.portals.switching.words import INSTANTS, PHASES
from broker.web.language import Text as _

WEEK = timedelta(days=7)
EVERY = 30  # seconds between two looks, where somebody asked for that


def live_route(board: Switchboard) -> Route:
    """One page, that is looked at again and again."""

    def live(person: Person, code: str) -> Response:
        path, now, known = person.federation.path, person.now, board.known
        plans = [
            plan
            for plan in board.readiness.plans(code, now, path)
            if (plan.slot.side, plan.slot.use) == ("idp", "signing")
        ]
        if not plans:
            raise Unknown("rollover.no_plan", f"{code} changes nothing for services")
        # As the login path has it, with rules and holds.
        plan = next(one for one in known.plans if one.row == plans[0].row)
        since, until = hours(now)
        with reading(board.office.engine) as connection:
            partners = [(p.code, p.name, p.critical) for p in partners_of(connection, plan)]
            lately = store.summed(connection, path, "idp", since, until)
            week_ago = store.summed(connection, path, "idp", since - WEEK, until - WEEK)
        found = pulses(known, plan, partners, lately, week_ago, now)
        auto = request.args.get("auto") == "1"
        response = shell.page(
            "portals/operator/switching_live.html",
            person,
            crumbs=[
                Crumb(_("Changes of certificates"), shell.link(person, "operator.switching")),
                Crumb(code, shell.link(person, "operator.switching_plan", code=code)),
                Crumb(_("Right now")),
            ],
            code=code,
            plan=plan,
            reached=phase(plan, now),
            pulses=found,
            since=since,
            auto=auto,
            every=EVERY,
            phases=PHASES,
            instants=INSTANTS,
            may_back=person.may("rollover.take_back", person.thing()),
        )
        if auto:  # only where somebody asked for it: a page that reloads by itself disturbs
            response.headers["Refresh"] = str(EVERY)
        return response

    look = may("federation.read", by=OPERATORS)
    return Route("switching_live", "switching/plans/<code>/live", look, get=live)
