"""From a refusal to what the browser sees of it, and room made for new flows."""

from collections.abc import Mapping
from dataclasses import replace

from broker.errors import NotAllowed, Refused, Unavailable
from broker.login import hint
from broker.login.discovery import open_idps
from broker.login.failure import Hears, verdict
from broker.login.lacking import asking
from broker.login.ours import OurKeys
from broker.login.outcome import Cookies, PostOn, Refusal
from broker.login.seal import PREFIX, Sealer, new_flow, open_any
from broker.login.sp_response import Answer, refuse
from broker.login.state import MAX_TRIES, AwaitingChoice, AwaitingResponse, Finished
from broker.login.turn import Turn
from broker.metadata.activations import Offer

MAX_FLOWS = 6


def refused(turn: Turn, code: str, keys: OurKeys, sealer: Sealer) -> Refusal | PostOn:
    """The page, the page with a button, or the SAML status at once, by the one table (R13)."""
    asked, service = turn.asked, turn.service
    ruling = verdict(code, passive=asked is not None and asked.is_passive)
    answer: Answer | None = None
    told = asked is not None and asked.solicited and ruling.hears is not Hears.PAGE
    if told and asked is not None and service is not None:
        try:
            answer = refuse(asked, service, turn.federation, keys.of(turn), ruling.status, turn.now)
        except (Refused, Unavailable):
            answer = None  # its address or our key is gone; the page stands alone
    if answer is not None and service is not None and ruling.hears is Hears.AT_ONCE:
        return PostOn(turn.federation, service, answer, _spent(turn, sealer, answered=True))
    alive = None if code in ("context.replay", "flow.loop") else _choosable(turn)
    where = None if alive is None else hint.write(alive.flow, alive.asked.service)
    another = alive is not None and alive.asked.solicited  # else no IdP was chosen here
    anew = _anew(turn) if alive is None and ruling.hears is Hears.BACK else None
    retry = where if another else None
    cookies = _spent(turn, sealer, answered=False) if alive is None else (sealer.seal(alive),)
    if anew is not None:
        retry = hint.write(anew.flow, anew.asked.service)
        cookies = (*cookies, sealer.seal(anew))
    in_session = turn.several and isinstance(alive, AwaitingChoice)
    return Refusal(
        code=code,
        http=ruling.http if ruling.hears is not Hears.AT_ONCE else 400,
        reference=turn.reference,
        federation=turn.federation,
        service=service,
        answer=answer,
        retry=retry,
        anew=anew is not None,
        came_by=turn.idp.name if turn.idp else None,
        elsewhere=turn.better if retry is not None else None,
        ask=asking(turn, code),
        organisation=where if in_session else None,
        several=turn.several and ruling.hears is Hears.BACK,
        offer=_not_open(turn, code),
        cookies=cookies,
    )


def _not_open(turn: Turn, code: str) -> Offer | None:
    """The offer that is planned or paused, where that is why; its words stand on the page."""
    state = {"policy.idp_planned": "planned", "policy.idp_paused": "paused"}.get(code)
    if state is None or turn.service is None:
        return None
    offers = turn.registry.offers(turn.service, turn.now)
    known = [turn.offer] if turn.offer is not None else []
    return next((offer for offer in (*known, *offers) if offer.state == state), None)


def _spent(turn: Turn, sealer: Sealer, *, answered: bool) -> Cookies:
    """The tombstone of a flow that is over: used up, or answered with a status already."""
    state = turn.state
    if isinstance(state, Finished) and state.asked.solicited:
        return (sealer.seal(state),)
    if answered and state is not None and turn.hop != "sp_request":
        return (sealer.seal(Finished(state.flow, state.asked)),)
    return ()


def _choosable(turn: Turn) -> AwaitingChoice | AwaitingResponse | None:
    """The flow in which another choice can still be made, or None where it would fail again."""
    state, service = turn.state, turn.service
    if service is None or state is None or isinstance(state, Finished) or turn.hop == "sp_request":
        return None
    if turn.now >= state.valid_until:
        return None
    if isinstance(state, AwaitingResponse) and len(state.tries) >= MAX_TRIES:
        return None
    try:
        open_idps(turn.registry, service, state.asked.idps, turn.now)
    except NotAllowed:
        return None
    if isinstance(state, AwaitingResponse) and turn.idp is not None and turn.hop == "idp_response":
        return replace(state, failed=turn.now)
    return state


def _anew(turn: Turn) -> AwaitingChoice | None:
    """A new flow for the same request, in which another login can be chosen, or None.

    The login that was refused has spent its flow, yet the service waits for an answer still.
    """
    state, service, idp = turn.state, turn.service, turn.idp
    if not isinstance(state, Finished) or not turn.verified or service is None or idp is None:
        return None
    if not state.asked.solicited:
        return None
    try:
        found = open_idps(turn.registry, service, state.asked.idps, turn.now)
    except NotAllowed:
        return None
    if all(other.row == idp.row for other in found):
        return None
    return AwaitingChoice(new_flow(), replace(state.asked, at=turn.now, begun=None))


def make_room(sealer: Sealer, federation: str, cookies: Mapping[str, str]) -> Cookies:
    """Deletions that leave room for one more flow. R2.

    First tombstones, then the oldest in which nothing is chosen, then what we cannot open;
    a flow whose person is at an IdP goes last.
    """
    surplus = len(cookies) - MAX_FLOWS + 1
    if surplus <= 0:
        return ()
    order = {Finished: 0, AwaitingChoice: 1, AwaitingResponse: 3}
    ranks = dict.fromkeys(cookies, (2, 0.0))
    for state in open_any(sealer, list(cookies.items()), federation):
        ranks[PREFIX + state.flow] = (order[type(state)], state.asked.at.timestamp())
    return tuple((name, None) for name in sorted(ranks, key=lambda n: ranks[n])[:surplus])
