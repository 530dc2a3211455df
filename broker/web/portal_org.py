"""Words for what the pages of an organisation say no to."""

from broker.web.families import Words
from broker.web.language import Text as _

_LIST = _("Go back to the list and choose again. If you followed a link, it may be too old.")
_HERE = _("Look at the page again: it shows how it is now.")

PORTAL_ORG: dict[str, Words] = {
    "org.date": (
        _("Write the day as 31-12-2026"),
        _("What you wrote is not a day that we understand."),
        _("Write day, month and year."),
    ),
    "org.scope": (
        _("The delimitation could not be read"),
        _("The address of the page has been changed or cut off. Nothing has been changed."),
        _("Go back and choose the delimitation again."),
    ),
    "org.unit": (
        _("There is no such unit"),
        _("No unit has that number or name."),
        _("Write the SOR number, or a part of the name."),
    ),
    "org.which": (
        _("Several units fit"),
        _("Choose one of them below."),
        _("Choose one of them."),
    ),
    "request.group": (
        _("A group cannot have this role"),
        _("The role takes the approval of several people."),
        _("Give it to each person."),
    ),
    "org.changed": (
        _("Somebody else changed this meanwhile"),
        _("It is not as it was when you opened the page, so it was left alone."),
        _HERE,
    ),
    "org.choose": (
        _("Choose something first"),
        _("A list of everything is too long for one file."),
        _("Choose a service, a role or a unit."),
    ),
    "org.nothing": (
        _("Tick something"),
        _("Nothing is ticked."),
        _("Tick at least one."),
    ),
    "account.unknown": (
        _("There is no such person here"),
        _("Nobody of that number is in the organisation that you act for."),
        _LIST,
    ),
    "group.unknown": (
        _("There is no such group here"),
        _("No group of that number is in the organisation that you act for."),
        _LIST,
    ),
    "bundle.unknown": (
        _("There is no such role package here"),
        _("No role package of that number is in the organisation that you act for."),
        _LIST,
    ),
    "grant.unknown": (
        _("There is no such role here"),
        _("Nobody in the organisation that you act for has been given that."),
        _LIST,
    ),
    "request.unknown": (
        _("There is no such request here"),
        _("It may be somebody else’s, or in another organisation than the one you act for."),
        _LIST,
    ),
    "role.unknown": (
        _("There is no such role"),
        _("Your organisation may not hand that role out."),
        _LIST,
    ),
    "organisation.unknown": (
        _("There is no such organisation"),
        _("You act for no organisation here."),
        _("Choose an organisation first."),
    ),
    "person.state": (
        _("That is not possible as the person stands now"),
        _("They may have left, be suspended or not have begun, perhaps since you opened the page."),
        _HERE,
    ),
    "person.not_leaving": (
        _("The person has not left"),
        _("There is nothing to take back."),
        _HERE,
    ),
    "person.left_long_ago": (
        _("It is too long ago"),
        _("Somebody who left can be brought back for thirty days."),
        _("Add the person anew."),
    ),
    "person.merged": (
        _("The two have been merged already"),
        _("This person has become another one on the list."),
        _("Use the other one."),
    ),
    "person.merge_itself": (
        _("Choose two different people"),
        _("A person cannot be merged with themselves."),
        _HERE,
    ),
    "person.merge_elsewhere": (
        _("They are in two organisations"),
        _("Only two entries of the same person in one organisation can be merged."),
        _("Ask the service desk."),
    ),
    "person.suspended": (
        _("One of them is suspended"),
        _("Two can be merged when both are active, or both suspended."),
        _("Let the suspended one return first."),
    ),
    "identity.two_people": (
        _("They are two people"),
        _("The two log in as two different citizens, so they cannot be one."),
        _("Look at the two once more. If you think it is wrong, ask the service desk."),
    ),
    "identity.several_organisations": (
        _("The person works in another organisation too"),
        _("Who can log in as one can act for the other, so this is for the operator to do."),
        _("Ask the service desk."),
    ),
    "claim.not_needed": (
        _("The person logs in already"),
        _("A code is only for somebody who has not logged in yet."),
        _HERE,
    ),
    "group.exists": (
        _("The name is taken"),
        _("There is a group of that name in the organisation."),
        _("Choose another name."),
    ),
    "group.already": (
        _("They are in the group already"),
        _("The person is in the group then, or is planned to be."),
        _HERE,
    ),
    "group.not_in": (
        _("They are not in the group"),
        _("Somebody may have taken them out since you opened the page."),
        _HERE,
    ),
    "group.elsewhere": (
        _("They are in another organisation"),
        _("A group takes people of its own organisation."),
        _HERE,
    ),
    "organisation.closed": (
        _("The organisation is closed"),
        _("Nothing changes in it any more."),
        _("Ask the service desk."),
    ),
    "change.past": (
        _("The past cannot be changed"),
        _("A change begins now or later."),
        _("Choose today or a later day."),
    ),
    "change.ends_before_it_begins": (
        _("It would end before it begins"),
        _("The last day lies before the first."),
        _("Choose a later last day."),
    ),
    "input.empty": (
        _("Something is missing"),
        _("A field that is needed is empty."),
        _("Fill it in."),
    ),
    "input.too_long": (
        _("Write less"),
        _("What you wrote is too long for the field."),
        _("Make it shorter."),
    ),
    "input.unreadable": (
        _("There are characters that nobody can see"),
        _("They often come along when something is pasted."),
        _("Write it by hand."),
    ),
    "input.cpr": (
        _("Do not write CPR numbers"),
        _("What you wrote looks like a CPR number, and those are not kept here."),
        _("Write it without."),
    ),
    "input.mail": (
        _("That is not a mail address"),
        _("A mail address looks like name@example.dk."),
        _("Correct it."),
    ),
}
