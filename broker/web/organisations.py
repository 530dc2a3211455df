"""Words for the page that asks for which organisation somebody is here, where it goes wrong."""

from broker.web.families import Words
from broker.web.language import Text as _

ORGANISATIONS: dict[str, Words] = {
    "flow.no_login": (
        _("You are not logged in any more"),
        _(
            "You can only choose organisation while you are logged in. You may have logged out in "
            "another window, your login may have run out, or your browser does not keep our "
            "cookies."
        ),
        _(
            "Log in again. If you come back to this page, allow cookies for this address, or ask "
            "your IT department to."
        ),
    ),
    "policy.account_not_active": (
        _("You cannot act for that organisation now"),
        _(
            "The organisation that you chose is not open to you at the moment. Your access may "
            "have ended while the page was open."
        ),
        _(
            "Choose another organisation. If you should have access, ask your manager, or whoever "
            "gives access where you work."
        ),
    ),
}
