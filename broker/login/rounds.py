"""What a browser's own flows tell: where somebody did not get in, and who goes round in circles."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from broker.errors import Refused
from broker.login.state import AwaitingChoice, AwaitingResponse, Finished, Sealed
from broker.login.turn import Turn
from broker.metadata.model import Service

UNLUCKY = timedelta(minutes=10)  # how long a choice that led nowhere is not made again
ROUND = timedelta(seconds=60)
MAX_ROUNDS = 3  # refused logins at one service within that time; more are a loop


def ended(turn: Turn, waiting: AwaitingChoice | AwaitingResponse) -> Finished:
    """The tombstone of a flow whose answer was used up, should it end in a refusal."""
    _, idp = turn.known()
    return Finished(waiting.flow, waiting.asked, (idp.row, turn.now))


def unlucky(flows: Sequence[Sealed], service: Service, now: datetime) -> frozenset[int]:
    """Rows of identity providers where somebody went a moment ago and did not get in."""
    mine = [state for state in flows if state.asked.service == service.row]
    return frozenset(row for s in mine for row, at in _attempts(s) if now - at < UNLUCKY)


def refused_at(flows: Sequence[Sealed], service: Service) -> dict[int, datetime]:
    """When somebody was last refused by way of an identity provider, by its row."""
    found: dict[int, datetime] = {}
    for state in flows:
        for row, at in _refusals(state) if state.asked.service == service.row else ():
            found[row] = max(at, found.get(row, at))
    return found


def check_rounds(flows: Sequence[Sealed], service: Service, now: datetime) -> None:
    """Stop a browser that a service sends back at once each time that it is refused.

    Raises Refused("flow.loop").
    """
    ended = [s.failed for s in flows if isinstance(s, Finished) and s.asked.service == service.row]
    rounds = sum(1 for failed in ended if failed and now - failed[1] < ROUND)
    if rounds > MAX_ROUNDS:
        raise Refused("flow.loop", f"{rounds} refusals at {service.code} within a minute")


def _attempts(state: Sealed) -> list[tuple[int, datetime]]:
    """Where a flow has been without getting in, and when that was known last."""
    match state:
        case Finished(failed=failed):
            return [failed] if failed else []
        case AwaitingResponse(tries=tries, failed=at):
            return [(made.idp, max(made.at, at) if at else made.at) for made in tries]
        case _:
            return []


def _refusals(state: Sealed) -> list[tuple[int, datetime]]:
    """Where a flow was refused, as far as it knows."""
    match state:
        case Finished(failed=failed):
            return [failed] if failed else []
        case AwaitingResponse(tries=tries, failed=at):
            return [(tries[-1].idp, at)] if at else []
        case _:
            return []
