"""Where somebody who lacks a role can ask for one: the portals of the federation, if it has any."""

from urllib.parse import urlencode

from broker.errors import Unknown
from broker.login.turn import Turn

PORTAL = "portal"  # the code under which the portals are registered as a service
CODES = ("policy.no_role", "policy.account_not_active")


def asking(turn: Turn, code: str) -> str | None:
    """The page to ask on, with the service and the login that came in vain; else None.

    It carries codes of the registry and nothing of the person, who logs in there anew.
    """
    service = turn.service
    if code not in CODES or service is None or service.code == PORTAL:
        return None
    path = turn.federation.path
    try:
        turn.registry.service_by_code(path, PORTAL)
    except Unknown:
        return None
    query = {"service": service.code, **({"idp": turn.idp.code} if turn.idp else {})}
    return f"{turn.federation.base}/portal/mine/ask?{urlencode(query)}"
