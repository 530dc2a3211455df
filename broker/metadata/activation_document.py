"""One `[[idp]]` table of a service's document to an activation, and who decided it."""

from uuid import UUID

from broker.metadata.activation import Activation, Pause, Trial
from broker.metadata.documents import Table


def read_activation(table: Table) -> Activation:
    """What the table says. Raises Refused("metadata.document") that names the mistake."""
    activation = Activation(
        idp=table.slug("code"),
        opens=table.instant("opens"),
        closes=table.instant("closes"),
        visible_from=table.instant("visible_from"),
        reason=table.localised("reason") if table.has("reason") else None,
        trial=_trial(table.table("test")) if table.has("test") else None,
        pause=_pause(table.table("pause")) if table.has("pause") else None,
        requested_by=table.optional("requested_by"),
        approved_by_owner=table.optional("approved_by_owner"),
        approved_by_operator=table.optional("approved_by_operator"),
        case_no=table.optional("case_no"),
    )
    opens, closes, visible = activation.opens, activation.closes, activation.visible_from
    if opens and closes and closes <= opens:
        raise table.wrong("closes", "is not after opens")
    if visible and (opens is None or visible > opens):
        raise table.wrong("visible_from", "is not before opens")
    approved = {activation.approved_by_owner, activation.approved_by_operator} - {None}
    asked = (activation.requested_by or "").casefold()
    if asked and asked in {str(name).casefold() for name in approved}:
        raise table.wrong("requested_by", "has approved it as well; that takes a second person")
    table.done()
    return activation


def _trial(table: Table) -> Trial:
    since, users = table.instant("from"), table.texts("users")
    for user in users:
        try:
            UUID(user)
        except ValueError:
            raise table.wrong(
                "users", "holds something else than ids of persons and accounts"
            ) from None
    table.done()
    return Trial(since, frozenset(str(UUID(user)) for user in users))


def _pause(table: Table) -> Pause:
    since, until = table.instant("since"), table.instant("until")
    if since is None:
        raise table.wrong("since", "is missing")
    if until is not None and until <= since:
        raise table.wrong("until", "is not after since")
    pause = Pause(since, until, table.localised("reason"))
    table.done()
    return pause
