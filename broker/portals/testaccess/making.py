"""The services of vendors, made of the office."""

from broker.portals.office import Office
from broker.vendors.letters import VendorLetters
from broker.vendors.service import VendorService


def vendors(office: Office) -> VendorService:
    """What is done to accesses."""
    letters = VendorLetters(office.letters, office.registry.current().federation)
    return VendorService(office.desk, office.catalogue.current_in, letters)
