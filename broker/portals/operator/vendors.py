"""Vendors with access to test environments, at every service."""

from broker.portals.office import Office
from broker.portals.permissions import OPERATORS, may
from broker.portals.routes import Route
from broker.portals.testaccess.pages import VendorPages


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    look = may("federation.read", by=OPERATORS)
    change = may("vendor.end", "vendor.extend", by=("operator",))
    return VendorPages(office, "operator", look, change, everywhere=True).routes()
