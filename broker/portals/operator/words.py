"""What states are called on the operator's pages."""

from broker.mail.model import State as MailState
from broker.metadata.activation import State
from broker.metadata.announcing import Audience
from broker.organisations.model import AccountState
from broker.web.language import Text
from broker.web.language import Text as _

_ACCOUNTS: dict[AccountState, Text] = {
    "pending": _("waits"),
    "active": _("active"),
    "suspended": _("suspended"),
    "left": _("has left"),
}


def account_state(state: AccountState) -> Text:
    """The state of an account."""
    return _ACCOUNTS[state]


STATE: dict[State, Text] = {
    "none": _("not in use"),
    "planned": _("opens later"),
    "trial": _("being tried"),
    "active": _("open"),
    "paused": _("paused"),
    "closed": _("closed"),
}
STATE_CLASS: dict[State, str] = {
    "none": "off",
    "planned": "soon",
    "trial": "soon",
    "active": "good",
    "paused": "bad",
    "closed": "off",
}
AUDIENCE: dict[Audience, Text] = {
    "owners": _("To those who own the services"),
    "discovery": _("On the page where people choose"),
    "status": _("On the status page"),
}
MAIL_STATE: dict[MailState, Text] = {
    "waiting": _("waits to be sent"),
    "sent": _("sent"),
    "failed": _("was never taken"),
    "bounced": _("came back"),
}
MAIL_STATE_CLASS: dict[MailState, str] = {
    "waiting": "soon",
    "sent": "good",
    "failed": "bad",
    "bounced": "bad",
}
STANDING: dict[str, Text] = {
    "draft": _("a draft"),
    "shadow": _("tried in shadow"),
    "planned": _("planned"),
    "in force": _("in force"),
    "was in force": _("was in force"),
    "retired": _("given up"),
}
RULE_STATE: dict[str, Text] = {
    "draft": _("a draft"),
    "shadow": _("tried in shadow"),
    "active": _("in force"),
    "retired": _("ended"),
}
