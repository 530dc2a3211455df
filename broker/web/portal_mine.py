"""Words for what the employee's pages say no to."""

from broker.web.families import Words
from broker.web.language import Text as _

_LIST = _("Go to My access, and open it from the list there.")
_AGAIN = _("Change it, and send it again.")

MINE: dict[str, Words] = {
    "request.unknown": (
        _("There is no such request of yours"),
        _("The request does not exist, or it belongs to somebody else."),
        _LIST,
    ),
    "grant.unknown": (
        _("You have no such role"),
        _("The role has ended, has been taken back, or belongs to somebody else."),
        _LIST,
    ),
    "request.role": (
        _("The role is not in your cart"),
        _("It has been removed on another page, or it no longer exists."),
        _("Start again with Ask for access."),
    ),
    "request.not_extendable": (
        _("The role cannot be extended"),
        _("It has no end date of its own, or you have it through a group."),
        _("Ask whoever gives roles where you work."),
    ),
    "grant.not_yours": (
        _("You cannot give this role back"),
        _("You have it through a group, and only an administrator can take you out of it."),
        _("Ask whoever gives roles where you work."),
    ),
    "request.closed": (
        _("The request is closed"),
        _("Somebody has decided it, or you have withdrawn it. It cannot be changed."),
        _("Send a new request if you still need the role."),
    ),
    "request.expired": (
        _("The time has run out"),
        _("Nobody answered in time, so the request has ended."),
        _("Send a new request if you still need the role."),
    ),
    "request.state": (
        _("That is not possible just now"),
        _("The request does not wait for that."),
        _LIST,
    ),
    "request.account": (
        _("Your account may not ask"),
        _("It is not active, or your organisation is not."),
        _("Ask your manager, or the service desk."),
    ),
    "join.not_here": (
        _("You cannot be created there"),
        _("The organisation is not the one of your login, or it is not open."),
        _("Log in again with the login of that organisation, or ask the service desk."),
    ),
    "join.known": (
        _("You have an account already"),
        _("It has ended or is closed for a time, and is not opened by creating a new one."),
        _("Ask your manager, or whoever gives access where you work, to open it again."),
    ),
    "input.date": (
        _("That is not a date"),
        _("Write day, month and year, such as 31-12-2027 or 31.12.2027."),
        _AGAIN,
    ),
    "input.ends_before": (
        _("It ends before it begins"),
        _("The last day has to be after the first one, and not in the past."),
        _AGAIN,
    ),
    "input.cpr": (
        _("That looks like a CPR number"),
        _("CPR numbers are kept nowhere here. Write it without."),
        _AGAIN,
    ),
    "input.too_long": (_("It is too long"), _("Write at most 500 characters."), _AGAIN),
    "input.empty": (_("Something is missing"), _("The field is empty."), _AGAIN),
    "input.unreadable": (
        _("It holds characters that nobody can see"),
        _("Write it anew instead of copying it."),
        _AGAIN,
    ),
    "input.mail": (
        _("That is not a mail address"),
        _("Write it as name@example.dk."),
        _AGAIN,
    ),
}
