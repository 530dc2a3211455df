"""What has run out, deleted. Late is harmless: nothing counts any more that this removes."""

from datetime import datetime

from broker.audit.evidence.store import purge_evidence
from broker.audit.flights.store import purge_flights
from broker.db import Engine, writing
from broker.health.store import purge_minutes
from broker.login.store import LoginStore
from broker.logout.store import purge_logouts
from broker.mail.store import purge_mail
from broker.metadata.readiness.store import purge as purge_signs
from broker.notices.store import purge as purge_notices
from broker.portals.looking.store import purge_looks
from broker.portals.store import purge_portal_sessions
from broker.roles.grants.store.issuing import purge_issued
from broker.roles.requests.store import purge_drafts
from broker.sessions.store import purge_sessions
from broker.statistics.store import purge_choices


def purge_all(engine: Engine, now: datetime) -> int:
    """Delete replay marks, sessions and logouts that ran out, and old logins, signs and mails.

    How many rows went.
    """
    with writing(engine) as connection:
        gone = LoginStore().purge(connection, now) + purge_sessions(connection, now)
        gone += purge_logouts(connection, now) + purge_issued(connection, now)
        gone += purge_minutes(connection, now) + purge_choices(connection, now)
        gone += purge_flights(connection, now) + purge_looks(connection, now)
        gone += purge_signs(connection, now) + purge_portal_sessions(connection, now)
        gone += purge_evidence(connection, now)
        gone += purge_notices(connection, now) + purge_drafts(connection, now)
        return gone + purge_mail(connection, now)
