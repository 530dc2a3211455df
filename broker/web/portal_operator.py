"""Words for what the operator's own pages say no to."""

from broker.web.families import Words
from broker.web.language import Text as _

PORTAL_OPERATOR: dict[str, Words] = {
    "desk.cpr": (
        _("Do not write CPR numbers here"),
        _("What is written here is kept, and a CPR number must not be."),
        _("Search by name, mail or the reference on the user's error page."),
    ),
    "desk.short": (
        _("Write more of it"),
        _("So little would find nearly everybody."),
        _("Write at least three letters of a name or mail, or the whole reference."),
    ),
    "desk.reason": (
        _("Write why you look"),
        _("People can ask who looked at them and why, so a reason is needed."),
        _("Write it in a few words, such as who called and about what."),
    ),
    "desk.look": (
        _("This search is not yours"),
        _("Each search belongs to whoever made it, with the reason that they gave."),
        _("Search again, and write why."),
    ),
    "desk.over": (
        _("The search is over"),
        _("A reason for looking counts for one hour."),
        _("Search again, and write why you look now."),
    ),
    "activation.nothing": (
        _("Choose at least one service"),
        _("Nothing was chosen, so nothing has been changed."),
        _("Tick the services that are meant."),
    ),
    "activation.none": (
        _("The login is not in use there"),
        _("What is not in use at a service cannot be paused, approved or closed there."),
        _("Plan an opening or open it first."),
    ),
    "activation.changed": (
        _("Somebody else has decided meanwhile"),
        _("It does not stand any more as it did when the page was made. Nothing has been changed."),
        _("See how it stands now, and decide again."),
    ),
    "activation.texts": (
        _("Say it in both languages"),
        _("People read why in Danish or in English, so both texts are needed, or neither."),
        _("Write both. A pause always needs them."),
    ),
    "activation.from": (
        _("Say from when"),
        _("An opening that is planned has a day and a time."),
        _("Write them, such as 01-12-2026 06:00."),
    ),
    "activation.past": (
        _("That time is over"),
        _("What is planned begins now or later; the past stays as it was."),
        _("Choose a later time, or open it now."),
    ),
    "mail.unknown": (
        _("There is no such mail"),
        _("It was never written, or it is so long ago that nothing of it is kept."),
        _("Look in the log of mail."),
    ),
    "mail.gone": (
        _("It cannot be sent again"),
        _("It arrived after all, or what it said is not kept any more."),
        _("Clear the address instead. What it told of still holds."),
    ),
    "mail.kind": (
        _("There is no such kind of mail"),
        _("Each kind of mail has its own words, and this is none of them."),
        _("Choose one on the list."),
    ),
    "mail.template": (
        _("The words cannot be written"),
        _("Something in them is wrong. Nothing has been changed."),
        _("See below in which part, correct it, and look at it again."),
    ),
    "mail.links": (
        _("Mail links to our own address alone"),
        _("People must be able to trust every link in it, so no other may stand there."),
        _("Take the address out, or name the page in words."),
    ),
    "mail.cpr": (
        _("No CPR numbers in mail"),
        _("Mail is not secret, and a number was written into its words."),
        _("Take the number out."),
    ),
    "mail.changed": (
        _("Somebody else changed it meanwhile"),
        _("There is a newer version than the one that you began with. Nothing has been changed."),
        _("Open the page again in another window, compare, and carry your changes over."),
    ),
    "mail.no_address": (
        _("You have no mail address here"),
        _("A test is sent to your own address and to no other, and none is known."),
        _("Ask an administrator where you work to add it."),
    ),
    "claims.form": (
        _("A line could not be read"),
        _("Each line is the name of an attribute that we know, an equals sign, and its value."),
        _("Correct the lines, or leave them out."),
    ),
    "desk.login": (
        _("There is no such login"),
        _("This person has no login with that reference, or it is more than 180 days old."),
        _("Ask the user to read the reference once more, and search for it."),
    ),
}
