"""Where somebody may act for several organisations: the page between hops 4 and 5, and the choice.

The assertion is used up by then, so the login is kept as a session and the question is asked
in a flow of its own, which goes on as single sign-on does. What is offered is worked out anew
each time, from what the session remembers; a choice is kept only with the login it leads to.
R22.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from broker.codelists import store as codes
from broker.db import Connection, Engine, reading, writing
from broker.errors import BrokerError, NotAllowed, Refused
from broker.login import hint, seal
from broker.login.acting import SeveralAccounts
from broker.login.closing import Closing
from broker.login.opening import Browser, Opening
from broker.login.outcome import ChooseOrganisation, Cookies, GoTo, Option
from broker.login.refusing import make_room
from broker.login.state import Asked, AwaitingChoice, Finished, Permitted
from broker.login.turn import Turn
from broker.organisations import store as organisations
from broker.organisations.model import Account
from broker.sessions.cookie import SessionCookie, name_for
from broker.sessions.model import Session


@dataclass(frozen=True, slots=True)
class Choosing:
    """Asks for which organisation somebody is here."""

    sealer: seal.Sealer
    engine: Engine
    opening: Opening
    closing: Closing

    def after_login(
        self,
        turn: Turn,
        connection: Connection,
        permitted: Permitted,
        several: SeveralAccounts,
        candidates: Sequence[UUID],
        flows: Mapping[str, str],
    ) -> GoTo:
        """Keep a fresh login as a session, and go and ask in a new flow, in the same transaction.

        The new flow says which session its login began, so that ForceAuthn is met by that one
        alone. Raises Refused("request.passive").
        """
        waiting = permitted.accepted.waiting
        may_ask(turn, waiting.asked)
        turn.person = several.person
        new = self.closing.begin(turn, connection, permitted, several.person, candidates)
        self.closing.recorder.chooses(connection, turn)
        asked = replace(waiting.asked, at=turn.now, session=new.id, begun=new.id)
        state = AwaitingChoice(seal.new_flow(), asked, waiting.trace)
        spent: dict[str, str | None] = {}
        if asked.solicited:
            spent = dict([self.sealer.seal(Finished(waiting.flow, asked))])
        held = {**flows, **{name: value for name, value in spent.items() if value}}
        evicted = dict(make_room(self.sealer, turn.federation.path, held))
        key = (name_for(turn.federation.path), new.value)
        return self.ask(turn, state, (key, *{**spent, **evicted}.items()))

    def ask(self, turn: Turn, state: AwaitingChoice, cookies: Cookies = ()) -> GoTo:
        """To the page that asks, in this flow. Raises Refused("request.passive")."""
        may_ask(turn, state.asked)
        where = hint.write(state.flow, state.asked.service)
        page = f"{turn.federation.base}/saml/organisation?flow={where}"
        return GoTo(page, (self.sealer.seal(state), *cookies))

    def opened(self, turn: Turn, flow: str, browser: Browser) -> tuple[AwaitingChoice, Session]:
        """The flow that the page names, and the session in which the question is asked.

        Raises what opening a flow does, and Refused("flow.no_login") where nobody is logged in.
        """
        turn.hop = "organisation"
        state = self.opening.choice(turn, flow, browser)
        remembered = self.opening.session(turn, browser)
        if remembered is None or not isinstance(state, AwaitingChoice):
            raise no_login("nobody is logged in here, or the flow has gone to an IdP again")
        return state, remembered

    def page(
        self, turn: Turn, state: AwaitingChoice, several: SeveralAccounts
    ) -> ChooseOrganisation:
        """The page itself. Raises Refused("request.passive")."""
        may_ask(turn, state.asked)
        service, idp = turn.known()
        with reading(self.engine) as connection:
            options = tuple(_option(connection, turn, account) for account in several.accounts)
        where = hint.write(state.flow, service.row)
        return ChooseOrganisation(turn.federation, service, idp, options, where)

    def unlearn(self, turn: Turn, connection: Connection, error: BrokerError) -> None:
        """Forget a choice that led to a refusal, so that the next login asks again.

        Else somebody whose roles are all at their other organisation could never get in.
        """
        if turn.recalled is not None and turn.service and isinstance(error, NotAllowed):
            self.closing.actors.forget(turn, connection, turn.recalled, turn.service.code)

    def again(self, turn: Turn, code: str, token: str, browser: Browser) -> GoTo:
        """Forget what somebody chose at a service, and bring them there, where they are asked.

        Raises Refused("flow.no_login") for anything but a form of our own, Unknown.
        """
        turn.hop = "organisation"
        cookie, remembered = (
            SessionCookie.read(browser.session),
            self.opening.session(turn, browser),
        )
        if cookie is None or remembered is None or cookie.token != token:
            raise no_login("not the form of this browser's session")
        turn.service = service = turn.registry.service_by_code(turn.federation.path, code)
        with writing(self.engine) as connection:
            self.closing.actors.forget(turn, connection, remembered.person, service.code)
        return GoTo(service.start_url)


def may_ask(turn: Turn, asked: Asked) -> None:
    """Raises Refused("request.passive") where no page may be shown. SAML Core 3.4.1."""
    turn.hop = "organisation"
    if asked.is_passive:
        raise Refused("request.passive", "several organisations, and no page may be shown")


def read_account(text: str) -> UUID:
    """The account that a form names. Raises NotAllowed("policy.account_not_active")."""
    try:
        return UUID(text)
    except ValueError:
        raise NotAllowed("policy.account_not_active", "a choice that is no account") from None


def no_login(detail: str) -> Refused:
    """The refusal of a choice that nobody who is logged in makes."""
    return Refused("flow.no_login", detail)


def _option(connection: Connection, turn: Turn, account: Account) -> Option:
    home = organisations.organisation(connection, account.organisation, turn.now)
    unit = None
    if account.home_code is not None:
        found = codes.value(connection, "sor", account.home_code, turn.now)
        unit = found.name if found else account.home_code
    key = home.unit_key if home else ""
    number = f"{account.cvr} ({key})" if key else account.cvr
    return Option(account.id, home.name if home else number, unit, number)
