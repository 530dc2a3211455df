"""An identity provider's own address, asked from outside any login, by a job and never in one.

It shows that something answers there, and no more: whether people get in, only they show.
"""

from collections.abc import Callable
from datetime import datetime

import requests

from broker.health.store import Probe
from broker.metadata.model import ConnectedIdp

TIMEOUT = 5.0  # seconds, to connect and for each answer of the other side
_FAILED = 500  # what we asked without a request may well be refused; that is an answer


def probe(
    idp: ConnectedIdp, before: Probe | None, now: datetime, timer: Callable[[], float]
) -> Probe:
    """Ask where its people sign in, without a request and without following it anywhere."""
    began = timer()
    outcome = _outcome(idp.idp.sso[0].location) if idp.idp.sso else "no_address"
    took = round((timer() - began) * 1000)
    since = None
    if outcome != "ok":
        since = (before.failing_since if before else None) or now
    return Probe(idp.federation, idp.code, now, outcome, took, since)


def _outcome(address: str) -> str:
    """One word for what became of it; the body is not read."""
    try:
        with requests.get(address, timeout=TIMEOUT, allow_redirects=False, stream=True) as response:
            return "ok" if response.status_code < _FAILED else f"status_{response.status_code}"
    except requests.exceptions.SSLError:
        return "tls"
    except requests.Timeout:
        return "timeout"
    except requests.RequestException:
        return "unreachable"
