"""Words for what the portals say no to: who may do what, and how surely one must be logged in."""

from broker.web.families import DESK, Words
from broker.web.language import Text as _

_ASK = _("If you should be able to, ask an administrator where you work, or the service desk.")
_TRY = _("Open the page again, and send the form from there.")

PORTALS: dict[str, Words] = {
    "portal.no_account": (
        _("No organisation here knows you"),
        _("You are logged in, but you have no active access here with that login."),
        _(
            "Ask your manager, or whoever gives access where you work, to add you. If you work in "
            "several places, you may have logged in for another one."
        ),
    ),
    "portal.fresh": (
        _("Log in once more to go on"),
        _(
            "This page changes keys, mandates or trust. We must know that it is you who sits here "
            "right now, so you have to log in again even though you are logged in."
        ),
        _("You come back to the page when you have logged in. It counts for five minutes."),
    ),
    "portal.form": (
        _("The form was not accepted"),
        _(
            "It was not sent from a page of ours, or you have logged in again since you opened "
            "the page. Nothing has been changed."
        ),
        _TRY,
    ),
    "portal.over": (
        _("You are not logged in any more"),
        _(
            "You have been logged out, here or in another window, or nobody has used the page for "
            "half an hour. What you sent has not been saved."
        ),
        _("Log in again. You come back to the page that you were on."),
    ),
    "portal.not_signed_in": (
        _("You were not logged in"),
        _("The login was interrupted, or it was not strong enough for the page you wanted."),
        _("Try again. If you have several logins, choose the one that you use with MitID."),
    ),
    "portal.choice": (
        _("There is no such choice"),
        _("What was chosen is not on the list."),
        _TRY,
    ),
    "portal.pass": (
        _("The link is not valid"),
        _("It has been used, it is too old, or it was made for another address than yours."),
        _("Ask for a new one on the host. Two people make it together."),
    ),
    "permission.mandate": (
        _("This page is not for you"),
        _("You have no mandate for what it does, in the organisation that you act for now."),
        _ASK,
    ),
    "permission.federation": (
        _("This belongs to another federation"),
        _("Your mandate counts in one federation, and this is in another."),
        _ASK,
    ),
    "permission.assurance": (
        _("Your login is not strong enough"),
        _(
            "What this page does takes a stronger login than the one that you came with: "
            "Substantial for administrators, and High for those who run the federation."
        ),
        _("Log in again with a stronger one. You come back to the page."),
    ),
    "permission.organisation": (
        _("This belongs to another organisation"),
        _("You administer your own organisation, and this is in another."),
        _("If you administer both, change organisation and try again."),
    ),
    "permission.service": (
        _("This belongs to another service"),
        _("You look after other services than this one."),
        _ASK,
    ),
    "permission.unit": (
        _("This lies outside your unit"),
        _("Your mandate is for one unit and all below it, and this is elsewhere."),
        _("Ask an administrator of the whole organisation."),
    ),
    "permission.wider": (
        _("You cannot give that much"),
        _("Nobody may give a mandate that is wider than their own."),
        _ASK,
    ),
    "permission.oneself": (
        _("Somebody else must do this"),
        _("It is about yourself, or about somebody whose place you take."),
        _("Ask another administrator. If there is none, ask the service desk."),
    ),
    "permission.substitute": (
        _("A substitute cannot do this"),
        _("You stand in for somebody, and what you want to do is for them alone."),
        DESK,
    ),
}
