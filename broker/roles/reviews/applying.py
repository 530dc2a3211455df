"""What an answer does to the grant that it is about."""

from dataclasses import replace

from broker.db import Connection
from broker.errors import NotAllowed, Unknown
from broker.organisations.model import Actor, Deed
from broker.roles.grants.service import GrantService
from broker.roles.reviews.model import Answer, Item, Review

_UNANSWERED = "nobody answered in the review"


def carry_out(
    connection: Connection,
    grants: GrantService,
    actor: Actor,
    review: Review,
    item: Item,
    deed: Deed,
    *,
    late: bool,
) -> str | None:
    """What became of an item; None where it waits for an answer, or for somebody's hand."""
    answer = item.answer if item.answered else None
    if answer is None and late:
        answer = "revoke" if review.plan.unanswered == "revoke" else None
        if answer is None:
            return "flagged" if review.plan.unanswered == "flag" else "unanswered"
    if answer is None:
        return None
    if answer == "keep":
        grants.keep(connection, (item.grant,), deed.at)
        return "kept"
    if answer == "change":
        return "to_change"
    why = item.comment or (review.plan.name if item.answered else _UNANSWERED)
    own = replace(deed, reason=why)
    try:
        with connection.begin_nested():
            return _ended(connection, grants, actor, item, answer, own)
    except (NotAllowed, Unknown) as error:
        # Somebody ended it meanwhile, or it has run out: it is as decided, and here is why.
        return error.code


def _ended(
    connection: Connection,
    grants: GrantService,
    actor: Actor,
    item: Item,
    answer: Answer,
    deed: Deed,
) -> str:
    if answer == "shorten" and item.until is not None and item.until > deed.at:
        # Whoever may end a grant at once may let it end a little later.
        grants.shorten(connection, actor, item.grant, item.until, deed, by="grant.revoke")
        return "shortened"
    grants.revoke(connection, actor, item.grant, deed)
    return "revoked"
