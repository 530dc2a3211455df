"""The way of a login: which accounts the person who arrived may act for."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.db import Connection, several
from broker.db.prepared import Prepared
from broker.organisations.model import Account
from broker.organisations.store.read_accounts import FACTS, account_of
from broker.organisations.tables import ACCOUNT, ACCOUNT_PERIOD, ORGANISATION, ORGANISATION_PERIOD


def acting_for(
    connection: Connection,
    person_id: UUID,
    federation: str,
    cvrs: Collection[str] | None,
    at: datetime,
) -> tuple[Account, ...]:
    """The accounts that this person may act for at an instant, by CVR number. R22.

    Their own, and those confirmed to be of the same human being; active, in an active
    organisation, and among the CVR numbers that whoever vouches for them may speak for
    (None is any). One statement.
    """
    said: dict[str, object] = {"person": person_id, "federation": federation, "at": at}
    statement = _ANY
    if cvrs is not None:
        statement, said["cvrs"] = _AMONG, several(cvrs)
    return tuple(account_of(row._asdict()) for row in statement.all(connection, said))


def standing(
    connection: Connection,
    person_id: UUID,
    federation: str,
    cvrs: Collection[str],
    at: datetime,
) -> Account | None:
    """An account of the person that is known and may not act: suspended, left, not begun.

    Or of the same human being, as in `acting_for`.
    """
    asked = {"person": person_id, "federation": federation, "cvrs": several(cvrs), "at": at}
    row = _STANDING.first(connection, asked)
    return None if row is None else account_of(row._asdict())


_A, _P, _O, _Q = ACCOUNT, ACCOUNT_PERIOD, ORGANISATION, ORGANISATION_PERIOD
_OWN, _OTHER = _A.alias("own"), _A.alias("other")
_OF_PERSON = _OWN.c.person_id == sa.bindparam("person")
# Two look-ups put together: with OR, everybody in the organisation would be looked at.
_OF_HUMAN = sa.union(
    sa.select(_OWN.c.id).where(_OF_PERSON),
    sa.select(_OTHER.c.id).join(_OWN, _OWN.c.human_id == _OTHER.c.human_id).where(_OF_PERSON),
).subquery("of_human")
_ACTING = (
    FACTS.join(
        _Q,
        sa.and_(
            _Q.c.organisation_id == _O.c.id,
            _Q.c.since <= sa.bindparam("at"),
            _Q.c.until > sa.bindparam("at"),
        ),
    )
    .join(_OF_HUMAN, _OF_HUMAN.c.id == _A.c.id)
    .where(
        _O.c.federation == sa.bindparam("federation"),
        _P.c.state == "active",
        _Q.c.state == "active",
    )
    .order_by(_O.c.cvr, _O.c.unit_key, _A.c.id)
)
_ANY = Prepared(_ACTING)
_AMONG = Prepared(_ACTING.where(_O.c.cvr.in_(sa.bindparam("cvrs", expanding=True))))
_STANDING = Prepared(
    FACTS.join(_OF_HUMAN, _OF_HUMAN.c.id == _A.c.id)
    .where(
        _O.c.federation == sa.bindparam("federation"),
        _O.c.cvr.in_(sa.bindparam("cvrs", expanding=True)),
    )
    .order_by(_O.c.cvr, _O.c.unit_key, _A.c.id)
    .limit(1)
)
