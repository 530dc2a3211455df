"""Words for what the pages of services and test logins say no to."""

from broker.web.families import DESK, Words
from broker.web.language import Text as _

_LIST = _("Open the list of your services, and choose it there.")
_LOOK = _("Open the page again and see what it says now.")

PORTAL_SERVICE: dict[str, Words] = {
    "registration.unknown": (
        _("There is no such service here"),
        _("You look after no service of that name in this federation."),
        _LIST,
    ),
    "registration.no_change": (
        _("There is no such request here"),
        _("It is not there, or it belongs to a service that you do not look after."),
        _LIST,
    ),
    "registration.no_role": (
        _("There is no such role"),
        _("The service has no role of that code."),
        _LIST,
    ),
    "registration.code": (
        _("The short name cannot be used"),
        _("Use small letters a–z, digits and hyphens, begin with a letter, at most 40."),
        _("Choose another short name."),
    ),
    "registration.taken": (
        _("The short name is taken"),
        _("Another service here has it. Choose another."),
        _("If it is your own service, ask one of its owners to let you in."),
    ),
    "registration.nobody": (
        _("Somebody has to look after the service"),
        _("Log in as the person who is to look after it."),
        DESK,
    ),
    "registration.changed": (
        _("Somebody else saved it meanwhile"),
        _("Nothing of yours is saved, and nothing of theirs is overwritten."),
        _LOOK,
    ),
    "registration.no_test": (
        _("There is no test environment"),
        _("This federation has none to try services in."),
        DESK,
    ),
    "registration.no_metadata": (
        _("There is no metadata yet"),
        _("Give us the metadata of your service first."),
        _("Go to the page Metadata of the service."),
    ),
    "registration.not_fit": (
        _("It cannot come into operation like this"),
        _("Nothing has been changed."),
        _("Go to the page Metadata of the service, and correct what is marked there."),
    ),
    "registration.incomplete": (
        _("Something is missing still"),
        _("Everything on the list must be in order before production can be asked for."),
        _("Go through the list on the page Production of the service."),
    ),
    "registration.kind": (
        _("The service is not where you thought"),
        _("It has come into production meanwhile, or left it."),
        _LOOK,
    ),
    "registration.operator": (
        _("The operator has to decide this"),
        _("It would let in more people, or tell more of them, than production does now."),
        _("Take the change back and ask for it again: then it goes to the operator."),
    ),
    "registration.asked": (
        _("Something is asked for already"),
        _("One thing is decided at a time for each service."),
        _("Wait for the decision, or take back what was asked for."),
    ),
    "registration.past": (
        _("That time cannot be chosen"),
        _("Choose a time that is to come, and within a year."),
        _("Correct the day, or leave it empty."),
    ),
    "registration.decided": (
        _("It is decided already"),
        _("Somebody else was faster."),
        _LOOK,
    ),
    "metadata.no_role": (
        _("There is no service in the document"),
        _("There is no service provider (SPSSODescriptor) for SAML 2.0 in it."),
        _("Check that you fetched metadata of your service, and not of an identity provider."),
    ),
    "metadata.too_large": (
        _("The document is too large"),
        _("The document is larger than we read."),
        _("Send the metadata of your service alone, not of a whole federation."),
    ),
    "trial.not_here": (
        _("Test logins are for test alone"),
        _("There is nobody made up in production."),
        _("Make your test login in the test environment."),
    ),
    "trial.not_in_test": (
        _("The service is not in operation in test"),
        _("Put it into operation in test first."),
        _("The button for it is on the first page of the service."),
    ),
    "trial.fault": (
        _("There is no such fault"),
        _("Choose what shall be wrong from the list."),
        _("Open the page again, and send the form from there."),
    ),
    "trial.not_chosen": (
        _("Choose in the portal first who logs in"),
        _(
            "The test login knows nobody by itself. An owner of the service chooses who comes, and "
            "with what, on the page Test login of the service, in this browser."
        ),
        _("Open the portal, choose your service and then Test login. Then log in here again."),
    ),
    "trial.over": (
        _("The test login is over"),
        _("What was chosen counts for half an hour, at one service."),
        _("Choose again on the page Test login of the service."),
    ),
    "trial.unknown": (
        _("There is no such test login of yours"),
        _("Each person sees their own test logins alone."),
        _("Make one yourself on the page Test login of the service."),
    ),
}
