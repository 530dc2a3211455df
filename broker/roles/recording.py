"""What is kept of roles that were issued: enough to say why, and when a grant was last used."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from broker.db import Connection
from broker.roles.answer import Answer, Issued, LeftOut
from broker.roles.grants.store import issuing
from broker.roles.grants.store.issuing import Observation

USED_EVERY = timedelta(hours=12)  # how exactly "last used" is kept
IN_VAIN = ("privilege.", "source.", "rule.")  # what an operator wants to hear of


@dataclass(frozen=True, slots=True)
class Recording:
    """Writes what a login issued, in the transaction it is given."""

    def issued(
        self,
        connection: Connection,
        answer: Answer,
        person: uuid.UUID,
        *,
        federation: str,
        service: str,
        idp: str,
        reference: str,
    ) -> None:
        """One row of what was issued and by what, "last used" of the grants, and the counts."""
        if answer.account is not None or answer.issued:
            issuing.keep(
                connection,
                {
                    "id": uuid.uuid4(),
                    "at": answer.at,
                    "person_id": person,
                    "account_id": answer.account.id if answer.account else None,
                    "federation": federation,
                    "service": service,
                    "idp": idp,
                    "reference": reference,
                    "items": [_item(one) for one in answer.issued],
                },
            )
            used = [one.source.id for one in answer.issued if one.source.kind == "grant"]
            issuing.used(connection, used, answer.at, USED_EVERY)
        issuing.observe(connection, list(_observed(answer, federation, idp)))


def _item(one: Issued) -> dict[str, object]:
    """A role as it was issued: what, how delimited, and by which grant or version of a rule."""
    return {
        "role": one.role.urn,
        "role_version": one.version.version,
        "source": one.source.kind,
        "id": str(one.source.id),
        "version": one.source.version,
        "units": sorted({f"{d.type}:{d.value}" for held in one.held for d in held.delimitations}),
    }


def _observed(answer: Answer, federation: str, idp: str) -> Iterable[Observation]:
    day = answer.at.date()
    for one in answer.shadow:
        yield Observation(federation, idp, "shadow.grant", one.source.name, day)
    for left in answer.shadow_denied:
        yield Observation(federation, idp, "shadow.deny", left.detail, day)
    for left in answer.left_out:
        if left.code.startswith(IN_VAIN):
            yield Observation(federation, idp, left.code, _what(left), day)


def _what(left: LeftOut) -> str:
    return left.detail or (left.role.urn if left.role else "")
