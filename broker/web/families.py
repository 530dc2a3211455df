"""Words for whole families of codes, and the sentences on who must act that return everywhere."""

from broker.web.language import Text
from broker.web.language import Text as _

Words = tuple[Text, Text, Text]

# Who acts, in the sentences that return.
AGAIN_THEN_DESK = _(
    "Go back to the service and log in again. If it happens again, contact the service desk and "
    "give them the reference below."
)
AGAIN_THEN_SUPPLIER = _(
    "Go back to the service and log in again. If it happens again, the service’s supplier must "
    "put it right. Give them the reference below."
)
SUPPLIER = _(
    "There is nothing you can do yourself. The service’s supplier must put it right. "
    "Give them the reference below."
)
DESK = _(
    "There is nothing you can do yourself. Contact the service desk and give them the reference "
    "below."
)
OWN_IT = _(
    "Contact the IT department where you work and give them the reference below. They look after "
    "your login."
)
AGAIN = _("Go back to the service and log in again.")

UNREADY = (
    _("Logging in does not work right now"),
    _("Something of ours is not set up right. Your login has not been passed on."),
    DESK,
)

OURS: Words = (
    _("Something went wrong here"),
    _("The fault is ours. Your login has not been passed on."),
    _(
        "Wait a few minutes and try again. If it still does not work, contact the service desk "
        "and give them the reference below."
    ),
)

NOT_DONE: Words = (
    _("That did not work"),
    _("The portal could not do what you asked for. Nothing has been changed."),
    _("Open the page again and try once more. If it happens again, ask the service desk."),
)

NOT_LOGGED_OUT: Words = (
    _("The logout did not happen"),
    _(
        "We received a message about logging out that we could not trust, or that was too old. "
        "Nothing has been ended by it: you may still be logged in."
    ),
    _(
        "Log out in the service you are using. To be certain, close all windows of the browser. "
        "If it happens again, contact the service desk."
    ),
)

ASKED_BY_PORTALS = """
    account activation alarm bundle change claim claims desk grant group identity import input
    invitation join mail mandate metadata notice org organisation person portal registration
    role rollover rule substitute trial
"""

FAMILIES: dict[str, Words] = {
    # What services say no to, where a portal asked them.
    **dict.fromkeys(ASKED_BY_PORTALS.split(), NOT_DONE),
    "malformed": (
        _("The message could not be read"),
        _(
            "The service or your login sent us something that is damaged or not in the form "
            "agreed. You have done nothing wrong."
        ),
        AGAIN_THEN_DESK,
    ),
    "limit": (
        _("The message was too large"),
        _("The service or your login sent us more than we accept in one message."),
        SUPPLIER,
    ),
    "signature": (
        _("We could not be sure who sent the message"),
        _(
            "A message about your login was not signed or encrypted in the way agreed. To protect "
            "you, we stopped here. Nothing has been passed on."
        ),
        DESK,
    ),
    "context": (
        _("The answer did not fit your login"),
        _(
            "The answer we received was too old, meant for somewhere else, or belonged to another "
            "login. To protect you, we stopped here."
        ),
        AGAIN_THEN_DESK,
    ),
    "policy": (
        _("You could not be let in"),
        _("Your login worked, but the rules for this service do not allow it."),
        OWN_IT,
    ),
    "request": (
        _("The service asked for something we cannot do"),
        _("The service sent you here with a request that we cannot answer."),
        AGAIN_THEN_SUPPLIER,
    ),
    "flow": (
        _("This login cannot go on"),
        _("We have lost track of the login that you started."),
        AGAIN,
    ),
    "idp": (
        _("You were not logged in"),
        _("The login that you chose reported that it did not succeed."),
        _("Try again. If it still does not work, contact those who run that login."),
    ),
    "logout": NOT_LOGGED_OUT,
    "key": UNREADY,
    "mapping": UNREADY,
    "web": (
        _("We could not show the page"),
        _("Your browser asked for something that we do not understand."),
        _("Go back to the service that you want to use and start from there."),
    ),
    "internal": OURS,
    "audit": OURS,
    "permission": (
        _("You may not do this"),
        _("Your mandate does not reach as far as what you tried. Nothing has been changed."),
        _("If you should be able to, ask an administrator where you work, or the service desk."),
    ),
    "case": (
        _("The case cannot go on like this"),
        _("What you tried does not fit the case as it stands. Nothing has been changed."),
        _("Open the case again and see how it stands now."),
    ),
    "vendor": (
        _("This cannot be done with the access"),
        _("What you tried does not fit the access as it stands. Nothing has been changed."),
        _("Open the page again and see how it stands now."),
    ),
}
