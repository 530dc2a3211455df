"""Words for what is too much: too large, too long, too often, more than we can take just now."""

from broker.web.families import AGAIN, AGAIN_THEN_SUPPLIER, SUPPLIER, Words
from broker.web.language import Text as _

LIMITS: dict[str, Words] = {
    "limit.cookies": (
        _("Your browser carries too much"),
        _("There were too many unfinished logins in your browser. We have now cleared them."),
        AGAIN,
    ),
    "limit.flow_state": (
        _("The service sent too much"),
        _("The service’s request holds more than we can keep track of during the login."),
        SUPPLIER,
    ),
    "limit.body": (
        _("The message was too large"),
        _("Your browser sent us more than we accept in one message."),
        AGAIN_THEN_SUPPLIER,
    ),
    "limit.address": (
        _("The address is too long"),
        _("The service sent you here with an address that is longer than we accept."),
        SUPPLIER,
    ),
    "limit.rate": (
        _("Too many attempts went wrong"),
        _(
            "Many logins from your network have failed within a short time, so we let it wait a "
            "little. Nobody has been locked out, and your login has not been passed on."
        ),
        _(
            "Wait a minute, go back to the service and log in again. If many of you share the "
            "network and it happens again, your IT department can have it registered with us; "
            "give them the reference below."
        ),
    ),
    "limit.crowded": (
        _("More are logging in than we can take at once"),
        _("Very many people are on their way to or from the same service or login as you."),
        _(
            "Wait a minute, go back to the service and log in again. If it goes on, tell the "
            "service desk."
        ),
    ),
    "limit.slow": (
        _("We waited too long for your browser"),
        _("What your browser was sending did not arrive in time. The connection may be poor."),
        AGAIN,
    ),
    "limit.unavailable": (
        _("We cannot answer just now"),
        _("The login is being started again, or has more to do than it can. It is not you."),
        _(
            "Wait a minute, go back to the service and log in again. If it goes on, tell the "
            "service desk."
        ),
    ),
}
