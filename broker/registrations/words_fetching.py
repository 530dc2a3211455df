"""The same of what is at an address that metadata was to be fetched from."""

from broker.web.language import Text
from broker.web.language import Text as _

FETCHING: dict[str, tuple[str, Text, Text | None]] = {
    "source.address": (
        "document",
        _("We may not fetch from that address."),
        _("Use an https address on a host that everybody can reach, or upload the file."),
    ),
    "source.redirect": (
        "document",
        _("The address leads on to another one, which we do not follow."),
        _("Write the address that it ends at."),
    ),
    "source.too_large": (
        "document",
        _("What is at the address is larger than we read."),
        _("Send the metadata of your service alone."),
    ),
    "source.encoding": (
        "document",
        _("What is at the address is packed in a way that we do not read."),
        _("Upload the file instead."),
    ),
    "source.unreachable": (
        "document",
        _("Nobody answers at that address."),
        _("Check the address. If it is behind a firewall, upload the file instead."),
    ),
    "source.slow": (
        "document",
        _("The address took too long to answer."),
        _("Try again, or upload the file instead."),
    ),
    "source.status": (
        "document",
        _("The address answered that there is nothing there for us."),
        _("Open it in a browser without logging in: you should see XML."),
    ),
}
