"""Words for what an invitation into the team of a service is refused for."""

from broker.web.families import Words
from broker.web.language import Text as _

_NEW = _("Ask whoever invited you for a new invitation.")

TEAM: dict[str, Words] = {
    "invitation.unknown": (
        _("There is no such invitation"),
        _("The link is wrong, was used or withdrawn, or is older than seven days."),
        _NEW,
    ),
    "invitation.organisation": (
        _("The invitation is for another organisation"),
        _("You are logged in for another organisation than the one that was invited."),
        _("Log out, and log in with your identity at that organisation."),
    ),
    "invitation.giver": (
        _("The invitation does not count any more"),
        _("Whoever invited you does not decide about the team any more."),
        _("Ask an owner of the service for a new invitation."),
    ),
    "invitation.over": (
        _("The invitation does not wait any more"),
        _("It was accepted or withdrawn meanwhile, or it ran out."),
        _("Look at the page of the team."),
    ),
    "invitation.already": (
        _("An invitation waits for them already"),
        _("Somebody with that mail address has been invited to do the same."),
        _("Withdraw that invitation first if it is to be another."),
    ),
    "invitation.many": (
        _("Enough have been invited today"),
        _("A service sends ten invitations within 24 hours, and no more."),
        _("Try again tomorrow."),
    ),
}
