"""Words for what cases say no to."""

from broker.web.families import Words
from broker.web.language import Text as _

_AGAIN = _("Open the case again and see how it stands now.")
_COLLEAGUE = _("Ask a colleague who has not decided anything in the case.")
_FORM = _("Correct the form and send it again. What you wrote is still there.")

CASES: dict[str, Words] = {
    "case.unknown": (
        _("There is no such case here"),
        _("It is spelled differently, or it is a case that you have no part in."),
        _("Check the reference. It begins with an S and the year."),
    ),
    "case.link": (
        _("The link cannot be used"),
        _("It is misspelled, it has been used, or a newer one has been sent."),
        _("Use the link of the latest mail, or ask whoever applied to send a new one."),
    ),
    "case.many": (
        _("Your organisation has applied several times today"),
        _("Three applications within a day are the most, and each has been received."),
        _("Follow those that you have sent, or apply again tomorrow."),
    ),
    "case.invited": (
        _("The link has been sent several times today"),
        _("Five times within a day is the most."),
        _("Ask the security officer to look for the latest mail, or try again tomorrow."),
    ),
    "case.changed": (
        _("Somebody else has changed the case"),
        _("It has been changed since you opened the page. Nothing of yours has been saved."),
        _AGAIN,
    ),
    "case.step": (
        _("There is nothing to decide here now"),
        _("The step has been decided, or it is not its turn yet."),
        _AGAIN,
    ),
    "case.over": (
        _("The case is over"),
        _("It has been decided or taken back, and cannot be changed any more."),
        _("If something is missing, open a new case."),
    ),
    "case.not_asked": (
        _("Nobody is waiting for an answer"),
        _("The question has been answered already."),
        _AGAIN,
    ),
    "case.oneself": (
        _("You cannot decide your own case"),
        _("You opened the case yourself, and somebody else must decide it."),
        _COLLEAGUE,
    ),
    "case.two_people": (
        _("This takes somebody else"),
        _("You have decided another step of the case. The two must be decided by two people."),
        _COLLEAGUE,
    ),
    "case.applicant": (
        _("Only whoever applied can do this"),
        _("The case belongs to somebody else."),
        _("Ask whoever opened the case."),
    ),
    "case.officer_cvr": (
        _("You are logged in for another organisation"),
        _("The security officer must log in with the CVR number that the case is about."),
        _("Log out, and log in with your login at that organisation. Then open the link again."),
    ),
    "case.cvr": (
        _("You are logged in for another organisation"),
        _("One applies for the organisation that one is logged in for."),
        _("Log in with your login at the organisation that is to be a member."),
    ),
    "case.kind": (
        _("The case is about something else"),
        _("This page does not fit what the case asks for."),
        _AGAIN,
    ),
    "case.administrators": (
        _("Two administrators are needed"),
        _("Name two people with an address each. They must not be the same."),
        _FORM,
    ),
    "case.officer": (
        _("The security officer must be somebody else than you"),
        _("Whoever applies cannot approve for the organisation as well."),
        _FORM,
    ),
    "case.roles": (
        _("Choose at least one role"),
        _("Nothing has been chosen, or the same role was chosen twice."),
        _FORM,
    ),
    "case.idp_one": (
        _("There must be exactly one identity provider in it"),
        _("Nothing was sent, it holds several entities, or none of them is an identity provider."),
        _FORM,
    ),
    "case.idp_known": (
        _("The identity provider is connected already"),
        _("Its entityID is known here. What it may say is changed where it is, not in a new case."),
        _("Look it up among those that are connected."),
    ),
    "case.idp_refused": (
        _("The metadata cannot be used"),
        _("The identity provider was not loaded."),
        _("Correct the metadata, and send it again."),
    ),
    "case.cvrs": (
        _("Write at least one CVR number"),
        _("An identity provider speaks for organisations that are named by their CVR number."),
        _FORM,
    ),
}
