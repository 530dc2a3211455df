"""Every statement on versions of words, each on a given connection."""

from collections.abc import Collection

import sqlalchemy as sa

from broker.db import Connection, several
from broker.mail.wording.model import PARTS, Texts, Version
from broker.mail.wording.tables import MAIL_WORDING

_W = MAIL_WORDING


def add(connection: Connection, version: Version) -> None:
    """Keep a version. A number that is taken already is the database's to refuse."""
    texts = version.texts
    row = {
        "kind": version.kind,
        "version": version.version,
        "at": version.at,
        "by_label": version.by[:128],
        "reason": version.reason[:500],
        "texts": None if texts is None else {name: getattr(texts, name) for name in PARTS},
    }
    connection.execute(sa.insert(_W), row)


def versions(connection: Connection, kind: str) -> tuple[Version, ...]:
    """Every version of a kind, the newest first."""
    return tuple(map(_version, connection.execute(_VERSIONS, {"kind": kind}).mappings()))


def newest(connection: Connection) -> dict[str, Version]:
    """The version that counts of each kind that was ever changed."""
    return {row["kind"]: _version(row) for row in connection.execute(_NEWEST).mappings()}


def sources(connection: Connection, kinds: Collection[str]) -> dict[str, str]:
    """The templates of those of these kinds that an operator's words count for."""
    rows = connection.execute(_OF, {"kinds": several(sorted(kinds))}).mappings()
    found = map(_version, rows)
    return {one.kind: one.texts.source for one in found if one.texts is not None}


def _version(row: sa.RowMapping) -> Version:
    texts = row["texts"]
    return Version(
        kind=row["kind"],
        version=row["version"],
        at=row["at"],
        by=row["by_label"],
        reason=row["reason"],
        texts=Texts(**texts) if texts else None,
    )


_LATER = _W.alias("later")
_VERSIONS = sa.select(_W).where(_W.c.kind == sa.bindparam("kind")).order_by(_W.c.version.desc())
_NEWEST = (
    sa.select(_W)
    .where(
        ~sa.exists().where(_LATER.c.kind == _W.c.kind, _LATER.c.version > _W.c.version),
    )
    .order_by(_W.c.kind)
)
_OF = _NEWEST.where(_W.c.kind.in_(sa.bindparam("kinds", expanding=True)))
