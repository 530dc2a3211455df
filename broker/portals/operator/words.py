"""What states are called on the operator's pages."""

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
