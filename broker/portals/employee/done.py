"""What was just done, in one sentence, as the address of the page that follows says it."""

from collections.abc import Mapping

from flask import request

from broker.web.language import Text
from broker.web.language import Text as _

DONE: Mapping[str, Text] = {
    "given_back": _("You have given the role back. It no longer counts from now on."),
    "withdrawn": _("The request is withdrawn. Nobody will decide it."),
    "answered": _("Your answer is sent. The request goes on."),
    "joined": _("You are created. Now you can ask for the roles that you need."),
    "forgotten": _("It is forgotten. Next time you choose anew."),
    "emptied": _("The cart is empty."),
}


def notice() -> Text | None:
    """What was just done, or None; an address can say nothing else."""
    return DONE.get(request.args.get("done", ""))
