"""Around hop 2: what passes the page by, what the page shows, and what is kept of a choice.

Nobody is sent on by memory who did not get in that way a moment ago, who wants to choose anew, or
whose service asks for a fresh login. The browser's own flows tell which choices led nowhere.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from broker.discovery.desk import Desk, Visitor
from broker.errors import Refused
from broker.login import discovery, hint, seal
from broker.login.admitting import choosable
from broker.login.opening import Browser
from broker.login.outcome import Choose, Cookies, GoTo, Outcome, PostTo, Sending, Told
from broker.login.refusing import make_room
from broker.login.rounds import check_rounds, refused_at, unlucky
from broker.login.sp_request import unasked
from broker.login.state import AwaitingChoice, AwaitingResponse, IdPChosen, Sealed
from broker.login.turn import Turn
from broker.login.visiting import Picked, Pressed, Visit
from broker.metadata.model import ConnectedIdp, Service
from broker.statistics.choices import ChoiceLog
from broker.statistics.model import Choice, Source

# Hop 3, as the flow runs it.
Ask = Callable[[Turn, IdPChosen, Service, Cookies], Outcome]


@dataclass(frozen=True, slots=True)
class Picking:
    """Hop 2 with a memory."""

    desk: Desk
    sealer: seal.Sealer
    choices: ChoiceLog

    def pick(
        self,
        turn: Turn,
        state: AwaitingChoice,
        idps: tuple[ConnectedIdp, ...],
        browser: Browser,
        visit: Visit,
    ) -> Picked | None:
        """The login to go to at once, or None where the person has to be asked.

        Raises Refused("request.passive") when asking is not allowed.
        """
        visitor, failed = self._visitor(turn, browser)
        check_rounds(self._flows(turn, browser), visitor.service, turn.now)
        wish, source = self._wish(turn, state, visitor, visit, failed)
        for idp in idps:
            if len(idps) > 1 and idp.row == wish:
                cookies = self.desk.followed(visitor)
                return self._noted(
                    turn, visitor, Picked(IdPChosen(state, idp.row), source, cookies)
                )
        offers = turn.registry.offers(visitor.service, turn.now)
        trying = {offer.idp.row for offer in offers if offer.state == "trial"}
        settled = discovery.settle(state, idps, trying)
        return None if settled is None else self._noted(turn, visitor, Picked(settled, "only"))

    def page(
        self, turn: Turn, state: AwaitingChoice | AwaitingResponse, browser: Browser, visit: Visit
    ) -> Choose:
        """The page. Raises NotAllowed with a code of `policy.idp_*` where nothing is open."""
        visitor, failed = self._visitor(turn, browser)
        service, narrowed = visitor.service, state.asked.idps
        idps = discovery.open_idps(turn.registry, service, narrowed, turn.now, testers=visit.again)
        usable = {idp.row for idp in idps}
        last = visitor.last
        return Choose(
            federation=turn.federation,
            service=service,
            listing=self.desk.listing(
                turn.registry,
                visitor,
                usable,
                visit.wanted,
                narrowed=narrowed,
                failed=failed,
                testers=True,
            ),
            flow=hint.write(state.flow, service.row),
            told=self._told(turn, state, visitor, visit, usable, failed),
            tick=visitor.may_remember,
            ticked=bool(last and last.remembered and last.idp in usable),
            at=turn.now,
            again=visit.again,
            cookies=self.desk.failed(visitor, refused_at(self._flows(turn, browser), service))
            or self.desk.followed(visitor),
        )

    def choose(
        self,
        turn: Turn,
        state: AwaitingChoice | AwaitingResponse,
        pressed: Pressed,
        browser: Browser,
    ) -> Picked:
        """The choice that was made on the page: counted, and kept in the browser.

        Raises NotAllowed with a code of `policy.idp_*` for one that is not open.
        """
        with turn.at("discovery", pressed.code) as checks:
            choosable(turn, pressed.code)
            visitor, _ = self._visitor(turn, browser)
            service, narrowed = visitor.service, state.asked.idps
            idps = discovery.open_idps(turn.registry, service, narrowed, turn.now, testers=True)
            chosen = discovery.choose(state, idps, pressed.code)
            checks.extend(["flow", "idp_active"])
        turn.source = pressed.source
        idp = turn.registry.idp_by_row(turn.federation.path, chosen.idp)
        self.choices.note(
            Choice(
                turn.federation.path,
                service.code,
                idp.code,
                pressed.source,
                turn.now,
                took=pressed.took(turn.now),
                searched=pressed.searched,
                changed=isinstance(state, AwaitingResponse),
            )
        )
        return Picked(
            chosen, pressed.source, self.desk.chosen(visitor, idp, remember=pressed.remember)
        )

    def start_link(
        self, turn: Turn, code: str, browser: Browser, visit: Visit, ask: Ask
    ) -> Outcome:
        """A link to a service and a login of it: to the service, whose request finds the login.

        At a service that takes people whom it did not ask for, to the login at once. Raises
        Refused("request.start_link") where the service takes no such links, Unknown, NotAllowed.
        """
        turn.hop = "discovery"
        turn.service = service = turn.registry.service_by_code(turn.federation.path, code)
        visitor, _ = self._visitor(turn, browser)
        if not service.page.start_links:
            raise Refused("request.start_link", f"{service.code} takes no start links")
        if not service.unsolicited:
            cookies = self.desk.asked(visitor, self._named(turn, visit)) if visit.hint else ()
            return GoTo(service.start_url, cookies)
        idp = turn.registry.idp_by_code(turn.federation.path, visit.hint or "")
        choosable(turn, idp.code)
        state = unasked(service, turn.federation, turn.reference, turn.now)
        turn.asked, turn.state = state.asked, state
        room = make_room(self.sealer, turn.federation.path, browser.flows)
        picked = self._noted(turn, visitor, Picked(IdPChosen(state, idp.row), "hint", room))
        return ask(turn, picked.chosen, service, picked.cookies)

    def onward(self, turn: Turn, picked: Picked, sent: Outcome) -> Outcome:
        """On to where a login was picked; where it was remembered, by way of a page of ours.

        That page stays in the browser's history, so that Back leads to the list.
        """
        passive = turn.asked is not None and turn.asked.is_passive
        if picked.source != "remembered" or passive or not isinstance(sent, GoTo | PostTo):
            return sent
        service, idp = turn.known()
        fields = sent.fields if isinstance(sent, PostTo) else ()
        target = sent.target if isinstance(sent, PostTo) else sent.url
        where = hint.write(picked.chosen.waiting.flow, service.row)
        return Sending(turn.federation, service, idp, target, fields, where, sent.cookies)

    # --- what it is decided by --------------------------------------------------------------

    def _visitor(self, turn: Turn, browser: Browser) -> tuple[Visitor, frozenset[int]]:
        if turn.service is None:
            raise RuntimeError("asked for a visitor before the service was settled")
        visitor = self.desk.visitor(
            turn.federation, turn.service, browser.memory, browser.address, turn.now
        )
        return visitor, unlucky(self._flows(turn, browser), turn.service, turn.now)

    def _flows(self, turn: Turn, browser: Browser) -> Sequence[Sealed]:
        return seal.open_any(self.sealer, list(browser.flows.items()), turn.federation.path)

    def _wish(
        self,
        turn: Turn,
        state: AwaitingChoice,
        visitor: Visitor,
        visit: Visit,
        failed: Collection[int],
    ) -> tuple[int | None, Source]:
        """The row that a link or the memory names, as far as it counts now."""
        if visit.again:
            return None, "list"
        asked = self._asked_for(turn, visitor, visit)
        if asked is not None:
            return (None if asked in failed else asked), "hint"
        last = visitor.last
        fresh = last is not None and last.remembered and last.idp not in failed
        if not fresh or last is None or state.asked.force_authn:
            return None, "list"
        return last.idp, "remembered"

    def _asked_for(self, turn: Turn, visitor: Visitor, visit: Visit) -> int | None:
        """The row that is asked for by a start link or by the service; 0 is one unknown to us."""
        once = visitor.once
        if once is not None:
            return once.idp
        if not visit.hint or not visitor.service.page.hint:
            return None
        return self._named(turn, visit)

    def _named(self, turn: Turn, visit: Visit) -> int:
        """The row that a link names, by code or entityID; 0 is none of this federation."""
        known = turn.registry.idps(turn.federation.path)
        return next((i.row for i in known if visit.hint in (i.code, i.idp.entity_id)), 0)

    def _told(
        self,
        turn: Turn,
        state: AwaitingChoice | AwaitingResponse,
        visitor: Visitor,
        visit: Visit,
        usable: Collection[int],
        failed: Collection[int],
    ) -> Told | None:
        """Why the page is shown although a login was asked for."""
        if visit.again or isinstance(state, AwaitingResponse):
            return None
        asked = self._asked_for(turn, visitor, visit)
        last = visitor.last
        if asked is None and last is not None and last.remembered and last.idp in failed:
            asked = last.idp
        if asked is None:
            return None
        rows: Mapping[int, ConnectedIdp] = {
            idp.row: idp for idp in turn.registry.idps(turn.federation.path)
        }
        idp = rows.get(asked)
        if idp is None:
            return Told("unknown")
        if asked in failed:
            return Told("failed", idp.name)
        if asked in usable:
            return None
        offer = turn.registry.offer(visitor.service, idp.code, turn.now)
        return Told("inactive", idp.name, offer.reason if offer else None)

    def _noted(self, turn: Turn, visitor: Visitor, picked: Picked) -> Picked:
        idp = turn.registry.idp_by_row(turn.federation.path, picked.chosen.idp)
        path, code, turn.source = turn.federation.path, visitor.service.code, picked.source
        self.choices.note(Choice(path, code, idp.code, picked.source, turn.now))
        return picked
