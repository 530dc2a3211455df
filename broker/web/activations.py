"""Words for a login that was chosen and is not open for the service, by why it is not."""

from broker.web.families import Words
from broker.web.language import Text as _

ACTIVATIONS: dict[str, Words] = {
    "policy.idp_planned": (
        _("This login is not open for the service yet"),
        _("The login that you chose will be opened for this service later."),
        _("Choose another login until then."),
    ),
    "policy.idp_paused": (
        _("This login is paused for the service"),
        _("The login that you chose cannot be used for this service for the time being."),
        _("Choose another login if you have one, or try again later."),
    ),
    "policy.idp_closed": (
        _("This login is closed for the service"),
        _("The login that you chose can no longer be used for this service."),
        _("Choose another login. If you have no other, ask your IT department."),
    ),
    "policy.idp_test_only": (
        _("This login is only open for test users so far"),
        _(
            "You are logged in, but this login is being tried at the service, and you are not "
            "one of those who try it."
        ),
        _(
            "Choose another login. If you are to try this one, ask those who support the service "
            "to put you on the list."
        ),
    ),
}
