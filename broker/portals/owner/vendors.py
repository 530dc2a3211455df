"""Vendors with access to the test environments of the services that somebody looks after."""

from broker.portals.office import Office
from broker.portals.permissions import OWNERS, may
from broker.portals.routes import Route
from broker.portals.testaccess.pages import VendorPages


def routes(office: Office) -> tuple[Route, ...]:
    """The pages."""
    look = may("service.read", by=OWNERS)
    change = may("vendor.end", "vendor.extend", by=("service_owner",))
    return VendorPages(office, "service", look, change).routes()
