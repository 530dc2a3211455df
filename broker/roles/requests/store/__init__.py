"""Every statement on requests and their decisions, each on a given connection.

rows      a request as the columns it is kept in, and back
requests  filing, reading and saving them
lists     as lists need them: filtered, named, and with what nobody looks after
drafts    carts that are being put together
nearby    what colleagues of one's unit have, in numbers
"""

from broker.roles.requests.store.drafts import draft, keep_draft, purge_drafts
from broker.roles.requests.store.lists import (
    APPROVING,
    Filed,
    filed,
    of_practice,
    open_requests,
    requests_of,
    without_approver,
)
from broker.roles.requests.store.nearby import held_nearby
from broker.roles.requests.store.requests import add, by_number, request, same_open, save

__all__ = [
    "APPROVING",
    "Filed",
    "add",
    "by_number",
    "draft",
    "filed",
    "held_nearby",
    "keep_draft",
    "of_practice",
    "open_requests",
    "purge_drafts",
    "request",
    "requests_of",
    "same_open",
    "save",
    "without_approver",
]
