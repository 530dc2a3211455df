"""Hop 2, where it can be: the browser's session used again, without asking anybody. R19.

Only where everything that a fresh login would have to fit still fits: level, freshness,
activation and organisation. Whatever does not leads on to the discovery page, not to a refusal.
"""

from datetime import datetime

from broker.login.state import Accepted, Asked, AwaitingChoice
from broker.metadata.model import ConnectedIdp, Federation, Service
from broker.sessions.model import Session
from broker.trials.model import CODE


def reuse(
    state: AwaitingChoice,
    session: Session,
    service: Service,
    idps: tuple[ConnectedIdp, ...],
    federation: Federation,
    now: datetime,
) -> Accepted | None:
    """What the identity provider said when the session began, as far as it may be said again.

    In the flow whose own login began the session it is said for the first time.
    """
    own = begun_by(state.asked, session)
    fits = (
        (own or not _test_login(session, idps))
        and (own or (not state.asked.force_authn and _may_be_said_again(session, service)))
        and session.idp in {idp.row for idp in idps}
        and now < session.ends_at
        and now - session.seen_at < federation.session.idle
        and (service.session_max is None or now - session.started_at < service.session_max)
    )
    if not fits:
        return None
    return Accepted(state, None, session.assertion, ("session", "session_fits"))


def begun_by(asked: Asked, session: Session) -> bool:
    """Whether this very flow's login began the session, and no login of another tab renewed it.

    That is as fresh as ForceAuthn demands. A session that goes on keeps its id; the reference
    is that of the login that it remembers.
    """
    return asked.begun == session.id and asked.reference == session.reference


def ends(
    started_at: datetime,
    upstream: datetime | None,
    federation: Federation,
    service: Service | None = None,
    roles: datetime | None = None,
) -> datetime:
    """The earliest of all ends: ours, the IdP's, and for a service its own and its roles'."""
    found = [started_at + federation.session.absolute]
    if service is not None and service.session_max is not None:
        found.append(started_at + service.session_max)
    return min(found + [end for end in (upstream, roles) if end is not None])


def _test_login(session: Session, idps: tuple[ConnectedIdp, ...]) -> bool:
    """Whether it began with a test login: each of those is chosen anew."""
    return any(idp.row == session.idp and idp.code == CODE for idp in idps)


def _may_be_said_again(session: Session, service: Service) -> bool:
    """OneTimeUse and ProxyRestriction. SAML Core 2.5.1.5 and 2.5.1.6."""
    conditions = session.assertion.conditions
    if conditions is None:
        return True
    if conditions.one_time_use or conditions.proxy_count == 0:
        return False
    return not conditions.proxy_audiences or service.sp.entity_id in conditions.proxy_audiences
