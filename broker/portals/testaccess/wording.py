"""Accesses of vendors in words: how they stand, and what happened."""

from broker.vendors.model import AccessState, Happened
from broker.web.language import Text
from broker.web.language import Text as _

STATE: dict[AccessState, Text] = {
    "later": _("Begins later"),
    "open": _("In use"),
    "closed": _("Ended with the interface"),
    "ended": _("Ran out"),
    "revoked": _("Taken back by the owner"),
    "given_back": _("Given back"),
}
HAPPENED: dict[Happened, Text] = {
    "granted": _("Access was given"),
    "extended": _("Access was prolonged"),
    "certificate": _("The system’s certificate was replaced"),
    "revoked": _("Access was taken back"),
    "given_back": _("Access was given back"),
}
DONE: dict[str, Text] = {
    "certified": _("The new certificate counts from now on."),
    "given_back": _("The access has been given back."),
    "extended": _("The access has been prolonged. The vendor gets a mail."),
    "revoked": _("The access has been taken back. The vendor gets a mail with your reason."),
}
