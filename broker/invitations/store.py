"""Every statement on invitations, each on a given connection."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection
from broker.invitations.model import Invitation
from broker.invitations.tables import TEAM_INVITATION as _T
from broker.periods import Period


def add(connection: Connection, invitation: Invitation, selector: str) -> None:
    """Keep a new one."""
    row = {
        "id": invitation.id,
        "federation": invitation.federation,
        "service": invitation.service,
        "mandate": invitation.kind,
        "name": invitation.name,
        "email": invitation.email,
        "cvr": invitation.cvr,
        "ends": invitation.ends,
        "reason": invitation.reason,
        "since": invitation.period.since,
        "until": invitation.period.until,
        "selector": selector,
        "code_hash": invitation.code_hash,
        "guesses": 0,
        "by_account": invitation.by_account,
    }
    connection.execute(sa.insert(_T), [row])


def of_code(connection: Connection, federation: str, selector: str) -> Invitation | None:
    """The one that a code begins with, locked until the transaction ends."""
    query = sa.select(_T).where(_T.c.federation == federation, _T.c.selector == selector)
    row = connection.execute(query.with_for_update()).mappings().first()
    return None if row is None else _read(row)


def of_service(
    connection: Connection, federation: str, service: str, after: datetime
) -> tuple[Invitation, ...]:
    """Those of a service that were sent after an instant, the latest first."""
    query = (
        sa.select(_T)
        .where(_T.c.federation == federation, _T.c.service == service, _T.c.since > after)
        .order_by(_T.c.since.desc(), _T.c.id)
    )
    return tuple(_read(row) for row in connection.execute(query).mappings())


def missed(connection: Connection, invitation: UUID) -> None:
    """Count one guess."""
    query = sa.update(_T).where(_T.c.id == invitation).values(guesses=_T.c.guesses + 1)
    connection.execute(query)


def accepted(connection: Connection, invitation: UUID, account: UUID, at: datetime) -> bool:
    """Spend it; False where it was spent or withdrawn meanwhile."""
    values = {"accepted_at": at, "accepted_by": account}
    return bool(connection.execute(_open(invitation).values(**values)).rowcount)


def withdrawn(connection: Connection, invitation: UUID, at: datetime) -> bool:
    """End it; False where it was spent or withdrawn meanwhile."""
    return bool(connection.execute(_open(invitation).values(withdrawn_at=at)).rowcount)


def forget(connection: Connection, before: datetime) -> None:
    """Delete those that were sent before an instant, with the names and addresses in them."""
    connection.execute(sa.delete(_T).where(_T.c.since < before))


def _open(invitation: UUID) -> sa.Update:
    alive = (_T.c.accepted_at.is_(None), _T.c.withdrawn_at.is_(None))
    return sa.update(_T).where(_T.c.id == invitation, *alive)


def _read(row: sa.RowMapping) -> Invitation:
    return Invitation(
        id=row["id"],
        federation=row["federation"],
        service=row["service"],
        kind=row["mandate"],
        name=row["name"],
        email=row["email"],
        cvr=row["cvr"],
        ends=row["ends"],
        reason=row["reason"],
        period=Period(row["since"], row["until"]),
        code_hash=row["code_hash"],
        guesses=row["guesses"],
        accepted_at=row["accepted_at"],
        withdrawn_at=row["withdrawn_at"],
        by_account=row["by_account"],
    )
