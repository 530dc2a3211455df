"""From kept rows to facts, by the same readers that read the documents they came from.

Raises Refused("metadata.document") for a row that cannot be read.
"""

from broker.errors import Refused
from broker.roles.catalogue.store import RoleRow, Row
from broker.roles.documents import read_service_version
from broker.roles.documents_roles import RoleEntry, read_role
from broker.roles.documents_rules import (
    ConflictEntry,
    RuleEntry,
    read_conflict,
    read_policy,
    read_rule,
)
from broker.roles.model import Policy, ServiceVersion


def service_version(row: Row) -> ServiceVersion:
    """What a service was in one of its periods."""
    columns = {key: row.columns[key] for key in ("state", "role_source", "owner", "sla")}
    where = f"service {row.columns['code']}"
    return read_service_version({**row.document, **columns}, where, period=row.period)


def role_entry(role: RoleRow, row: Row) -> RoleEntry:
    """What a role was in one of its versions."""
    document = {
        **row.document,
        "code": role.code,
        "urn": role.urn,
        "state": row.columns["state"],
        "sensitivity": row.columns["sensitivity"],
    }
    number = row.columns["version"]
    if not isinstance(number, int):
        raise Refused("metadata.document", f"role {role.code}: a version without its number")
    return read_role(document, "role", version=number, period=row.period)


def rule_entry(row: Row) -> RuleEntry:
    """A derive rule as it was written."""
    return read_rule(row.document, "derive", {})


def conflict_entry(row: Row) -> ConflictEntry:
    """A separation-of-duties rule as it was written."""
    return read_conflict(row.document, "sod", {})


def policy(row: Row) -> Policy:
    """An approval policy in one of its periods."""
    federation = str(row.columns["federation"])
    entry = read_policy(row.document, "policy", federation=federation, period=row.period)
    return entry.policy
