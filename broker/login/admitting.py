"""Whether an IdP may be used here and now: when it is chosen, and again when somebody comes back.

Between the two lie minutes in which it can be closed, paused or opened, and only the second
knows the person, so the gate for test users stands there. R23.
"""

from datetime import datetime
from uuid import UUID

from broker.errors import NotAllowed
from broker.login.state import Permitted
from broker.login.turn import Turn
from broker.metadata.activations import Offer


def choosable(turn: Turn, code: str) -> None:
    """That a person may be sent to the IdP of that code.

    Raises NotAllowed with the code of what it is instead: `policy.idp_planned`, `_paused`,
    `_closed`, or `_not_active` where it is not relevant to the service.
    """
    offer = _offer(turn, code)
    if not offer.choosable:
        raise offer.refusal()


def come_back(turn: Turn, permitted: Permitted, left: datetime | None) -> bool:
    """Whether whoever came back has to be a test user; `left` is when they left for the IdP.

    Raises NotAllowed as `choosable` does, but lets those finish who left before a pause.
    """
    answered = permitted.accepted.answered
    if answered is not None and answered.request_id:
        left = answered.at
    _, idp = turn.known()
    offer = _offer(turn, idp.code)
    if not offer.choosable and not offer.lets_finish(left):
        raise offer.refusal()
    return offer.activation.trial is not None and not _open(offer, turn.now)


def is_tester(turn: Turn, person: UUID, account: UUID | None) -> None:
    """That somebody is on the list. Raises NotAllowed("policy.idp_test_only"). R23."""
    turn.hop = "idp_response"
    _, idp = turn.known()
    offer = _offer(turn, idp.code)
    trial = offer.activation.trial
    if trial is None or not {str(person), str(account)} & trial.users:
        raise NotAllowed("policy.idp_test_only", f"no test user of {idp.code}")


def _offer(turn: Turn, code: str) -> Offer:
    if turn.service is None:
        raise RuntimeError("asked for an offer before the service was settled")
    turn.offer = turn.registry.offer(turn.service, code, turn.now)
    if turn.offer is None:
        raise NotAllowed("policy.idp_not_active", "an IdP that is not active for this service")
    return turn.offer


def _open(offer: Offer, now: datetime) -> bool:
    """Whether it has opened for everybody, be it paused now."""
    opens = offer.activation.opens
    return opens is not None and opens <= now
