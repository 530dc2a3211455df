"""Words for what administrators of an organisation are refused: imports, mandates, codes, mail."""

from broker.web.families import Words
from broker.web.language import Text as _

_CORRECT = _("Correct it, and send the form again. What you typed has been kept.")
_LIST = _("Go back to the list: somebody may have changed it meanwhile.")

PORTAL_ORGANISATION: dict[str, Words] = {
    "import.no_file": (
        _("Choose a file"),
        _("The form was sent without one."),
        _CORRECT,
    ),
    "import.unknown": (
        _("There is no such file"),
        _("The file that you asked for is not there, or belongs to another organisation."),
        _LIST,
    ),
    "import.state": (
        _("The file has been dealt with"),
        _("It has been applied, taken back or thrown away since you opened the page."),
        _LIST,
    ),
    "claim.wrong": (
        _("The code cannot be used"),
        _(
            "It is wrong, used, too old, or for another organisation than the one that your login "
            "speaks for."
        ),
        _("Check what you typed. After five attempts the code is dead: then ask for a new one."),
    ),
    "identity.has_account": (
        _("You have an access here already"),
        _("Your login belongs to somebody in the same organisation."),
        _("Ask an administrator there to merge the two."),
    ),
    "mandate.already": (
        _("They have that mandate already"),
        _("The person has it now, or will have it from a day ahead."),
        _LIST,
    ),
    "mandate.unknown": (
        _("There is no such mandate"),
        _("It has ended, or it is in another organisation."),
        _LIST,
    ),
    "person.state": (
        _("The person is not active"),
        _("Somebody who is suspended, has left or has not begun cannot be given this."),
        _LIST,
    ),
    "substitute.itself": (
        _("Nobody stands in for himself"),
        _("The substitute is the same person as the holder."),
        _("Choose somebody else."),
    ),
    "substitute.already": (
        _("They stand in already"),
        _("The person stands in for it during some of those days."),
        _LIST,
    ),
    "substitute.too_long": (
        _("That is too long"),
        _("A substitute is named for a year at most."),
        _CORRECT,
    ),
    "substitute.holder": (
        _("Only the holder or a chief names a substitute"),
        _("The mandate is somebody else's."),
        _("Ask them, or the chief administrator."),
    ),
    "substitute.unknown": (
        _("Nobody stands in there any more"),
        _("It has ended, or it was recalled."),
        _LIST,
    ),
    "change.past": (
        _("That day has passed"),
        _("A change begins today or later; what was stays as it was."),
        _CORRECT,
    ),
    "change.ends_before_it_begins": (
        _("It would end before it begins"),
        _("The last day lies before the first, or before today."),
        _CORRECT,
    ),
    "change.reason": (
        _("Write why"),
        _("Every change is kept with its reason."),
        _CORRECT,
    ),
    "input.cpr": (
        _("That looks like a CPR number"),
        _("CPR numbers must stand nowhere here."),
        _("Write it without the number."),
    ),
    "input.mail": (
        _("That is no mail address"),
        _("A mail address has a name, an @ and a domain."),
        _CORRECT,
    ),
    "notice.choice": (
        _("There is no such choice"),
        _("What was chosen is not on the list."),
        _("Open the page again, and send the form from there."),
    ),
}
