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
        _("Write them, such as 01-12-2026 06.00."),
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
    "mapping.no_service": (
        _("The service has no mapping"),
        _("What it is told is the plain default, and nothing else was ever loaded for it."),
        _("Choose another service."),
    ),
    "mapping.no_version": (
        _("There is no such version"),
        _("It never was, or it belongs to another service."),
        _("See which there are, and choose one."),
    ),
    "mapping.step": (
        _("There is no such step"),
        _("A version can be tried, put in force or given up, and this is none of them."),
        _("Open the page again, and press one of its buttons."),
    ),
    "mapping.oneself": (
        _("Somebody else must let it count"),
        _("You loaded this version yourself, and what services are told takes two people."),
        _("Ask another operator to look at it and put it in force."),
    ),
    "mapping.untested": (
        _("No login has tried it yet"),
        _("A version is tried at real logins against what counts now, before it counts itself."),
        _("Let it be tried, and come back when people have logged in."),
    ),
    "mapping.state": (
        _("The version does not stand like that any more"),
        _(
            "Somebody has tried it, put it in force or given it up meanwhile. "
            "Nothing has been changed."
        ),
        _("See how it stands now, and decide again."),
    ),
    "mapping.needed": (
        _("The version counts now"),
        _("What counts cannot be given up; the service would be told something else at once."),
        _("Put another version in force instead."),
    ),
    "mapping.past": (
        _("The past stays as it was"),
        _("What counted for logins that have been cannot be changed."),
        _("Choose now or later."),
    ),
    "mapping.no_reason": (
        _("Write why"),
        _("What is put in force untried takes a reason."),
        _("Write it in a few words."),
    ),
    "rule.unknown": (
        _("There is no such rule"),
        _("No rule of that name is or was in this federation."),
        _("Choose one on the list."),
    ),
    "rule.state": (
        _("The rule does not stand like that any more"),
        _(
            "Somebody has watched it, put it in force or ended it meanwhile. "
            "Nothing has been changed."
        ),
        _("See how it stands now, and decide again."),
    ),
    "rule.version": (
        _("There is a newer version"),
        _(
            "Somebody has proposed another version since you read this one. "
            "Nothing has been changed."
        ),
        _("Read the newer one, and decide about that."),
    ),
    "rule.oneself": (
        _("Somebody else must put it in force"),
        _("You proposed the rule yourself, and what gives people roles takes two people."),
        _("Ask another operator to look at it and put it in force."),
    ),
    "rule.home": (
        _("The rule comes with a document"),
        _("It is changed where its document is kept, and loaded from there."),
        _("Change the document, and load it."),
    ),
    "rule.role": (
        _("The rule is about a role that is not there"),
        _("The role was retired, or it never was in this federation."),
        _("Propose the rule again for a role that is there."),
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
