"""Every statement on grants.

effective      which grants count at an instant: the one query of login, screens and reports
grants         rows of grants: read, added, ended
held           what everybody in an organisation holds themselves
holding        who has which role, entitled or not
entitlements   what an organisation may hand out, with its ceilings
people         the people behind a holder, and which accounts are one human being
conflicts      exceptions to separation-of-duties rules
bundles        lists of roles to grant from
"""

from broker.roles.grants.store.bundles import (
    add_bundle,
    bundle,
    bundle_named,
    bundles_of,
    put_roles,
)
from broker.roles.grants.store.conflicts import (
    ExceptionRecord,
    add_exception,
    all_exceptions,
    approve_exception,
    exception_record,
    exceptions_of,
    holders_of,
    revoke_exception,
)
from broker.roles.grants.store.entitlements import (
    add_entitlement,
    end_entitlement,
    entitlement,
    entitlements_of,
    entitlements_to,
    limited,
    revoke_entitlement,
)
from broker.roles.grants.store.grants import (
    add,
    direct_in,
    end,
    grant,
    grants,
    grants_of,
    grants_under,
    is_given,
    living_in,
    living_of,
    reviewed,
    revoke,
    scopes_of,
)
from broker.roles.grants.store.held import Held, held_in, scopes_held_in
from broker.roles.grants.store.holding import held, holders
from broker.roles.grants.store.people import Facts, kin, members_during, people

__all__ = [
    "ExceptionRecord",
    "Facts",
    "Held",
    "add",
    "add_bundle",
    "add_entitlement",
    "add_exception",
    "all_exceptions",
    "approve_exception",
    "bundle",
    "bundle_named",
    "bundles_of",
    "direct_in",
    "end",
    "end_entitlement",
    "entitlement",
    "entitlements_of",
    "entitlements_to",
    "exception_record",
    "exceptions_of",
    "grant",
    "grants",
    "grants_of",
    "grants_under",
    "held",
    "held_in",
    "holders",
    "holders_of",
    "is_given",
    "kin",
    "limited",
    "living_in",
    "living_of",
    "members_during",
    "people",
    "put_roles",
    "reviewed",
    "revoke",
    "revoke_entitlement",
    "revoke_exception",
    "scopes_held_in",
    "scopes_of",
]
