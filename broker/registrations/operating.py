"""What is in operation of a service, read back as its owner would have written it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from broker.db import Connection
from broker.metadata import store as registry
from broker.metadata.activation_document import entries_of
from broker.metadata.dated import store as dated
from broker.metadata.mappings import store as mappings
from broker.metadata.model import Federation
from broker.metadata.store import EntityRecord
from broker.registrations.model import Content
from broker.roles.catalogue import store as catalogue

FIRST = {
    "kind": "service",
    "sla": "standard",
    "minimum": "Substantial",
    "profile": "oiosaml-3",
    "require_signed_requests": True,
    "require_role": False,
    "role_source": "local_only",
    "delimitation": "none",
    "role_form": [{"kind": "oiobpp"}],
    "role": [],
    "wanted": [],
}


def record_of(connection: Connection, federation: str, code: str) -> EntityRecord | None:
    """The registered service of that code, with its document, or None."""
    return registry.entity(connection, federation, "sp", code)


def in_operation(
    connection: Connection, home: Federation, code: str, at: datetime
) -> Content | None:
    """What counts of a service in a federation now; None where its metadata never came."""
    record = record_of(connection, home.path, code)
    if record is not None and record.xml is None:
        record = _begun(connection, record, at)
    if record is None or record.xml is None:
        return None
    return content_of(connection, record, at)


def _begun(connection: Connection, record: EntityRecord, at: datetime) -> EntityRecord:
    """With the document that came into force by the clock and that nobody wrote down as such."""
    begun = [d for d in dated.scheduled(connection) if d.row == record.row and d.opens <= at]
    if not begun or begun[-1].removal:
        return record
    last = begun[-1].version
    return replace(record, xml=dated.documents(connection, [last])[last], loaded_at=begun[-1].opens)


def content_of(connection: Connection, record: EntityRecord, at: datetime) -> Content:
    """The documents of a registered service put together again."""
    path, code = record.federation, record.code
    document: dict[str, object] = {"kind": "service", **record.document}
    wanted = [
        {"code": idp, **({"opens": entry["opens"]} if entry.get("opens") else {})}
        for idp, entry in entries_of(record.document).items()
        if not _over(entry.get("closes"), at)
    ]
    document.pop("idp", None)
    period = catalogue.newest_period(connection, path, code)
    if period is not None:
        kept = ("state", "role_source")
        document |= {**period.document, **{key: period.columns[key] for key in kept}}
    roles = []
    for role in catalogue.roles(connection, path):
        version = catalogue.newest_version(connection, role.id) if role.service == code else None
        if version is not None and version.columns["state"] != "retired":
            said = {key: version.columns[key] for key in ("state", "sensitivity")}
            roles.append({"code": role.code, "urn": role.urn, **version.document, **said})
    document["role"] = roles
    document["wanted"] = wanted
    counted = mappings.counted_at(connection, path, code, at)
    document["mapping"] = dict(counted.document) if counted else {"service": code, "release": []}
    return Content(document, record.xml)


def _over(closes: object, at: datetime) -> bool:
    return isinstance(closes, str) and datetime.fromisoformat(closes) <= at


def first_content(
    code: str, name: Mapping[str, str], owner: str, contact: str | None = None
) -> Content:
    """What a service begins with: cautious, and nobody is let in yet."""
    document: dict[str, object] = {
        **FIRST,
        "code": code,
        "group": code,
        "name": dict(name),
        "owner": owner,
        "mapping": {"service": code, "release": []},
    }
    if contact:
        document["contact"] = contact
    return Content(document)
