"""Words for refusals around the choice of a login."""

from broker.web.families import SUPPLIER, Words
from broker.web.language import Text as _

CHOICES: dict[str, Words] = {
    "request.start_link": (
        _("The service takes no such links"),
        _("You followed a link that begins a login, and the service has not agreed to that."),
        _("Open the service itself and log in from there."),
    ),
    "request.discovery_return": (
        _("The service asked in a way that we do not answer"),
        _(
            "The service asked where you log in, and wants the answer at an address that is not "
            "registered for it. To protect you, we do not send you there."
        ),
        SUPPLIER,
    ),
}
