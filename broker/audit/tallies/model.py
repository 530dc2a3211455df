"""What is counted, and by which labels."""

from dataclasses import dataclass
from typing import Literal

# Refused messages of a login and of a logout by their code; pages that told an address to wait;
# logins for which their service or identity provider had no place at once.
What = Literal["login.refused", "logout.refused", "wait", "crowd.waited", "crowd.refused"]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something happened; labels that a counter does not have are empty."""

    what: What
    federation: str
    side: str  # "service" or "idp"
    name: str  # a code, or the code of a peer
    times: int
