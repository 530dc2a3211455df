"""Whether a ceiling can be one: of types that the role takes, and codes that there are."""

import re
from collections.abc import Sequence
from datetime import datetime

from broker.db import Connection
from broker.errors import NotAllowed
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.codebook import CodeBook
from broker.roles.grants.facts import Ceiling
from broker.roles.model import DelimitationType, Role


def check_ceiling(
    connection: Connection,
    catalogue: Catalogue,
    role: Role,
    ceiling: Sequence[Ceiling],
    at: datetime,
) -> None:
    """Pass where every limit can be kept. Raises NotAllowed with

    `entitlement.ceiling_type` where the role is not delimited by it, so that no grant could
    lie within it, and `entitlement.ceiling_value` where there is no such code.
    """
    version, codes = role.at(at), CodeBook(connection, at)
    for limit in ceiling:
        kind = catalogue.types.get(limit.type)
        if kind is None or version is None or version.takes(limit.type) is None:
            raise NotAllowed("entitlement.ceiling_type", limit.type)
        if not _is_code(limit, kind, codes):
            raise NotAllowed("entitlement.ceiling_value", limit.value)


def _is_code(limit: Ceiling, kind: DelimitationType, codes: CodeBook) -> bool:
    if not limit.value or (limit.with_descendants and not kind.hierarchical):
        return False
    listed = kind.list_id is None or codes.is_open(kind.list_id, limit.value)
    return listed and (kind.pattern is None or bool(re.fullmatch(kind.pattern, limit.value)))
