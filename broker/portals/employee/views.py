"""The pages, each with what it needs of the person."""

from broker.portals.employee.asking import ASK, ask_page
from broker.portals.employee.beginning import start_page
from broker.portals.employee.holding import extend_page, give_back_page, role_page
from broker.portals.employee.knowing import choices_page, data_page, logins_page
from broker.portals.employee.overview import overview_page, tasks
from broker.portals.employee.picking import pick_page
from broker.portals.employee.sending import check_page, sent_page, why_page
from broker.portals.employee.tracking import (
    REQUESTS,
    request_page,
    requests_page,
    withdraw_page,
)
from broker.portals.employee.working import Working
from broker.portals.notices import choosing
from broker.portals.office import Office
from broker.portals.permissions import OWN, SIGNED_IN
from broker.portals.routes import Route, Section
from broker.web.language import Text as _


def section(office: Office) -> Section:
    """The section of this portal.

    The overview and the page to ask are for whoever has signed in: somebody without an account
    is sent on to begin.
    """
    working = Working(office)
    return Section(
        "mine",
        _("My access"),
        (*_asking(working), *_having(working), *choosing.routes(office)),
        purpose=_(
            "What you have access to, from where and until when; ask for more, or give back."
        ),
        tasks=tasks(working),
    )


def _asking(working: Working) -> tuple[Route, ...]:
    ask, put = ask_page(working)
    pick, keep = pick_page(working)
    why, check = why_page(working), check_page(working)
    overview, start = overview_page(working), start_page(working)
    return (
        Route("overview", "", SIGNED_IN, get=overview, menu=_("Overview")),
        Route("ask", "ask", SIGNED_IN, get=ask, post=put, menu=ASK),
        Route("pick", "ask/role/<uuid:role>", OWN, get=pick, post=keep),
        Route("why", "ask/why", OWN, get=why, post=why),
        Route("check", "ask/check", OWN, get=check, post=check),
        Route("sent", "ask/sent/<uuid:cart>", OWN, get=sent_page(working)),
        Route("start", "start", SIGNED_IN, get=start, post=start),
    )


def _having(working: Working) -> tuple[Route, ...]:
    request, withdraw = request_page(working), withdraw_page(working)
    extend, back = extend_page(working), give_back_page(working)
    choices, forget = choices_page(working)
    data, fetch = data_page(working)
    return (
        Route("requests", "requests", OWN, get=requests_page(working), menu=REQUESTS),
        Route("request", "requests/<uuid:asked>", OWN, get=request, post=request),
        Route("withdraw", "requests/<uuid:asked>/withdraw", OWN, get=withdraw, post=withdraw),
        Route("role", "roles/<uuid:held>", OWN, get=role_page(working)),
        Route("extend", "roles/<uuid:held>/extend", OWN, get=extend, post=extend),
        Route("give_back", "roles/<uuid:held>/give-back", OWN, get=back, post=back),
        Route("logins", "logins", OWN, get=logins_page(working), menu=_("My logins")),
        Route("choices", "choices", SIGNED_IN, get=choices, post=forget),
        Route("data", "data", OWN, get=data, post=fetch, menu=_("My data")),
    )
