"""Rows of answers, and of the certificates that answers are wanted for."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from broker.db import Connection, insert_new
from broker.metadata.revocations.model import Asked
from broker.metadata.revocations.tables import REVOCATION, REVOCATION_WANTED
from broker.saml.keys import Certificate
from broker.saml.revocation import Answer

WAITED = timedelta(days=30)  # nobody waits for a document that long


def answers(connection: Connection) -> dict[str, Answer]:
    """Every answer that is kept, by the fingerprint of its certificate."""
    return {row[0]: Answer(*row[1:]) for row in connection.execute(_ANSWERS)}


def keep(connection: Connection, asked: Asked, answer: Answer, at: datetime) -> bool:
    """Keep an answer; False, and nothing is changed, where a newer one is there already.

    An old answer that says good would undo a revocation: replayed, it must not count.
    """
    values = {
        "fingerprint": asked.fingerprint,
        "issuer": asked.issuer_name,
        "serial": asked.serial,
        "status": answer.status,
        "revoked_at": answer.revoked_at,
        "reason": answer.reason,
        "this_update": answer.this_update,
        "next_update": answer.next_update,
        "source": asked.source,
        "asked_at": at,
    }
    row = REVOCATION.c.fingerprint == asked.fingerprint
    not_newer = REVOCATION.c.this_update <= answer.this_update
    if connection.execute(sa.update(REVOCATION).where(row, not_newer).values(values)).rowcount:
        return True
    return bool(insert_new(connection, REVOCATION, [values]))


def want(
    connection: Connection, federation: str, certificates: Iterable[Certificate], at: datetime
) -> None:
    """Remember certificates that have no answer yet; the next refresh asks for them, too."""
    rows = [
        {
            "fingerprint": certificate.fingerprint,
            "federation": federation,
            "der": certificate.der,
            "wanted_at": at,
        }
        for certificate in sorted(certificates, key=lambda one: one.fingerprint)
    ]
    if rows:
        insert_new(connection, REVOCATION_WANTED, rows)


def wanted(connection: Connection) -> list[tuple[str, Certificate]]:
    """The certificates that somebody waits for, each with its federation."""
    query = sa.select(REVOCATION_WANTED.c.federation, REVOCATION_WANTED.c.der)
    rows = connection.execute(query.order_by(REVOCATION_WANTED.c.wanted_at))
    return [(federation, Certificate(der)) for federation, der in rows]


def forget_wanted(connection: Connection, before: datetime) -> None:
    """Let go of what was wanted too long ago."""
    old = REVOCATION_WANTED.c.wanted_at < before - WAITED
    connection.execute(sa.delete(REVOCATION_WANTED).where(old))


_ANSWERS = sa.select(
    REVOCATION.c.fingerprint,
    REVOCATION.c.status,
    REVOCATION.c.this_update,
    REVOCATION.c.next_update,
    REVOCATION.c.revoked_at,
    REVOCATION.c.reason,
)
