"""The tables of the catalogue: services, roles, delimitation types, rules, and who is entitled."""

import sqlalchemy as sa

from broker.db import METADATA, Instant
from broker.metadata.tables import FEDERATION
from broker.organisations.tables import (
    ACCOUNT,
    ORGANISATION,
    never_twice,
    one_of,
    period,
    said_by,
)

SERVICE_STATES = ("draft", "test", "production", "closing", "closed")
ROLE_STATES = ("draft", "active", "deprecated", "retired")
ROLE_SOURCES = ("local_only", "idp_only", "union")
SENSITIVITIES = ("normal", "sensitive", "extra_sensitive")
SLA_CLASSES = ("standard", "society-critical")
RULE_STATES = ("draft", "shadow", "active", "retired")

CATALOGUE_REVISION = sa.Table(
    "catalogue_revision",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # always 1
    sa.Column("revision", sa.Integer, nullable=False),
    # Another at each change, so that a number which was rolled back and comes again is noticed.
    sa.Column("stamp", sa.Uuid, nullable=False),
)


def home() -> sa.Column[object]:
    """The document that a row comes from and leaves with; none where people made it."""
    return sa.Column("home", sa.String(80))


SERVICE = sa.Table(
    "service",
    METADATA,
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), primary_key=True),
    sa.Column("code", sa.String(64), primary_key=True),
    sa.Column("created_at", Instant, nullable=False),
)

SERVICE_PERIOD = sa.Table(
    "service_period",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    *period(),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("role_source", sa.String(16), nullable=False),
    sa.Column("owner", sa.String(200), nullable=False),
    sa.Column("sla", sa.String(24), nullable=False),
    sa.Column("document", sa.JSON, nullable=False),  # names, forms, interfaces, national roles
    *said_by(),
    sa.ForeignKeyConstraint(["federation", "code"], [SERVICE.c.federation, SERVICE.c.code]),
    sa.Index("ix_service_period_holds", "federation", "code", "since", "until", "state"),
    one_of("state", SERVICE_STATES),
    one_of("role_source", ROLE_SOURCES),
    one_of("sla", SLA_CLASSES),
    never_twice("ex_service_period", "federation", "code"),
)

DELIMITATION_TYPE = sa.Table(
    "delimitation_type",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("urn", sa.String(200), nullable=False, unique=True),
    sa.Column("document", sa.JSON, nullable=False),
)

ROLE = sa.Table(
    "role",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), nullable=False),
    sa.Column("service", sa.String(64)),  # none is a national role
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("urn", sa.String(200), nullable=False),
    home(),
    sa.Column("created_at", Instant, nullable=False),
    sa.ForeignKeyConstraint(["federation", "service"], [SERVICE.c.federation, SERVICE.c.code]),
    sa.UniqueConstraint("federation", "urn"),
    sa.UniqueConstraint("federation", "service", "code"),
)

ROLE_VERSION = sa.Table(
    "role_version",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("role_id", sa.ForeignKey(ROLE.c.id), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    *period(),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("sensitivity", sa.String(16), nullable=False),
    sa.Column("document", sa.JSON, nullable=False),
    *said_by(),
    sa.UniqueConstraint("role_id", "version"),
    one_of("state", ROLE_STATES),
    one_of("sensitivity", SENSITIVITIES),
    never_twice("ex_role_version", "role_id"),
    sa.Index("ix_role_version_holds", "role_id", "since", "until", "state"),
)

ENTITLEMENT = sa.Table(
    "entitlement",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("organisation_id", sa.ForeignKey(ORGANISATION.c.id), nullable=False),
    sa.Column("role_id", sa.ForeignKey(ROLE.c.id), nullable=False, index=True),
    *period(),
    sa.Column("revoked_at", Instant),
    sa.Column("revoked_by", sa.String(128)),
    sa.Column("revoke_reason", sa.String(500)),
    sa.Column("case_no", sa.String(64)),
    *said_by(),
    sa.Index("ix_entitlement_holds", "organisation_id", "role_id", "since", "until", "revoked_at"),
    never_twice("ex_entitlement", "organisation_id", "role_id", where="revoked_at IS NULL"),
)

CEILING = sa.Table(
    "ceiling",
    METADATA,
    sa.Column("entitlement_id", sa.ForeignKey(ENTITLEMENT.c.id), primary_key=True),
    sa.Column("type_id", sa.ForeignKey(DELIMITATION_TYPE.c.id), primary_key=True),
    sa.Column("value", sa.String(64), primary_key=True),
    sa.Column("with_descendants", sa.Boolean, nullable=False),
)

DERIVE_RULE = sa.Table(
    "derive_rule",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("role_id", sa.ForeignKey(ROLE.c.id), nullable=False, index=True),
    home(),
    sa.Column("effect", sa.String(8), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    *period(),
    sa.Column("document", sa.JSON, nullable=False),  # IdPs, organisations, conditions, scopes
    sa.Column("approved_by_account", sa.Uuid),
    sa.Column("approved_by_label", sa.String(128)),
    *said_by(),
    sa.UniqueConstraint("federation", "code", "version", "since"),
    one_of("effect", ("grant", "deny")),
    one_of("state", RULE_STATES),
    sa.CheckConstraint(
        "approved_by_account IS NULL OR by_account IS NULL OR approved_by_account <> by_account",
        name="four_eyes",
    ),
    sa.CheckConstraint("state <> 'active' OR approved_by_label IS NOT NULL", name="approved"),
    never_twice("ex_derive_rule", "federation", "code", where="state = 'active'"),
)

SOD_RULE = sa.Table(
    "sod_rule",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    home(),
    *period(),
    sa.Column("revoked_at", Instant),
    sa.Column("reach", sa.String(8), nullable=False),
    sa.Column("action", sa.String(12), nullable=False),
    sa.Column("document", sa.JSON, nullable=False),  # name and explanation in both languages
    *said_by(),
    one_of("reach", ("identity", "person")),
    one_of("action", ("block", "exception", "warn")),
    never_twice("ex_sod_rule", "federation", "code", where="revoked_at IS NULL"),
)

SOD_SIDE = sa.Table(
    "sod_side",
    METADATA,
    sa.Column("rule_id", sa.ForeignKey(SOD_RULE.c.id), primary_key=True),
    sa.Column("side", sa.String(1), primary_key=True),
    sa.Column("role_id", sa.ForeignKey(ROLE.c.id), primary_key=True),
    one_of("side", ("A", "B")),
)

SOD_EXCEPTION = sa.Table(
    "sod_exception",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("rule_id", sa.ForeignKey(SOD_RULE.c.id), nullable=False, index=True),
    sa.Column("account_id", sa.ForeignKey(ACCOUNT.c.id), nullable=False, index=True),
    *period(),
    sa.Column("revoked_at", Instant),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("asked_by", sa.Uuid, nullable=False),
    sa.Column("approved_by_account", sa.Uuid),
    sa.Column("approved_by_label", sa.String(128), nullable=False),
    sa.CheckConstraint(
        "approved_by_account IS NULL OR "
        "(approved_by_account <> asked_by AND approved_by_account <> account_id)",
        name="four_eyes",
    ),
    sa.CheckConstraint("until < '9999-01-01'", name="ends"),
)

APPROVAL_POLICY = sa.Table(
    "approval_policy",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), nullable=False),
    sa.Column("code", sa.String(64), nullable=False),
    home(),
    *period(),
    sa.Column("document", sa.JSON, nullable=False),  # name, and the stages in order
    *said_by(),
    never_twice("ex_approval_policy", "federation", "code"),
)

# What IdPs said that gave nothing, and what rules in shadow would have given: counted per
# day, without a person, for the operator to look at before something is put in force.
ROLE_OBSERVATION = sa.Table(
    "role_observation",
    METADATA,
    sa.Column("federation", sa.String(64), primary_key=True),
    sa.Column("idp", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(40), primary_key=True),  # a reason code, or "shadow"
    sa.Column("what", sa.String(256), primary_key=True),  # a URN or an attribute, or a rule
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)
