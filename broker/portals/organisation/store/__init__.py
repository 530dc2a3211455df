"""What the lists of an organisation read.

lists    people, and what they have
ending   grants that end soon
"""

from broker.portals.organisation.store.ending import ending, ending_page
from broker.portals.organisation.store.lists import (
    MOST,
    Access,
    Found,
    Search,
    access,
    last_login,
    number,
    people,
)

__all__ = [
    "MOST",
    "Access",
    "Found",
    "Search",
    "access",
    "ending",
    "ending_page",
    "last_login",
    "number",
    "people",
]
