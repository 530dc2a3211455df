"""The tables of grants: who got what, by whom, when and why; requests, reviews and imports."""

import sqlalchemy as sa

from broker.db import METADATA, Instant
from broker.identities.store import PERSON
from broker.organisations.tables import (
    ACCOUNT,
    ORGANISATION,
    USER_GROUP,
    never_twice,
    one_of,
    period,
    said_by,
)
from broker.roles.tables import DELIMITATION_TYPE, ROLE

SCOPE_MODES = ("value", "own_unit", "own_unit_tree", "own_cvr")
REQUEST_STATES = (
    "submitted",
    "info_needed",
    "approved",
    "rejected",
    "cancelled",
    "expired",
    "done",
    "failed",
)

BUNDLE = sa.Table(
    "role_bundle",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("organisation_id", sa.ForeignKey(ORGANISATION.c.id), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    *said_by(),
    sa.UniqueConstraint("organisation_id", "name"),
)

BUNDLE_ITEM = sa.Table(
    "role_bundle_item",
    METADATA,
    sa.Column("bundle_id", sa.ForeignKey(BUNDLE.c.id), primary_key=True),
    sa.Column("role_id", sa.ForeignKey(ROLE.c.id), primary_key=True),
)

# A bundle is a list to grant from: each role of it becomes a grant that remembers the bundle.
GRANT = sa.Table(
    "role_grant",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("account_id", sa.Uuid),
    sa.Column("group_id", sa.Uuid, index=True),
    sa.Column("organisation_id", sa.Uuid, nullable=False),
    sa.Column("role_id", sa.ForeignKey(ROLE.c.id), nullable=False),
    sa.Column("bundle_id", sa.ForeignKey(BUNDLE.c.id)),
    sa.Column("request_id", sa.Uuid),
    sa.Column("import_id", sa.Uuid, index=True),
    # Canonical text of the scopes, so that the same grant twice can be refused.
    sa.Column("scope_key", sa.String(64), nullable=False),
    *period(),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("case_no", sa.String(64)),
    *said_by(),
    sa.Column("granted_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
    sa.Column("revoked_by", sa.String(128)),
    sa.Column("revoke_reason", sa.String(500)),
    sa.Column("reviewed_at", Instant),
    sa.Column("used_at", Instant),
    sa.ForeignKeyConstraint(
        ["account_id", "organisation_id"], [ACCOUNT.c.id, ACCOUNT.c.organisation_id]
    ),
    sa.ForeignKeyConstraint(
        ["group_id", "organisation_id"], [USER_GROUP.c.id, USER_GROUP.c.organisation_id]
    ),
    sa.Index("ix_role_grant_account_id_role_id", "account_id", "role_id"),
    sa.Index("ix_role_grant_role_id_organisation_id", "role_id", "organisation_id"),
    sa.Index("ix_role_grant_organisation_id_until", "organisation_id", "until"),
    sa.Index("ix_role_grant_until", "until"),  # who is reminded that a role ends
    sa.CheckConstraint("(account_id IS NULL) <> (group_id IS NULL)", name="one_holder"),
    sa.CheckConstraint(
        "account_id IS NULL OR by_account IS NULL OR account_id <> by_account", name="not_oneself"
    ),
    never_twice(
        "ex_role_grant_account",
        "account_id",
        "role_id",
        "scope_key",
        where="revoked_at IS NULL AND account_id IS NOT NULL",
    ),
    never_twice(
        "ex_role_grant_group",
        "group_id",
        "role_id",
        "scope_key",
        where="revoked_at IS NULL AND group_id IS NOT NULL",
    ),
)

GRANT_SCOPE = sa.Table(
    "role_grant_scope",
    METADATA,
    sa.Column("grant_id", sa.ForeignKey(GRANT.c.id), primary_key=True),
    sa.Column("type_id", sa.ForeignKey(DELIMITATION_TYPE.c.id), primary_key=True),
    sa.Column("mode", sa.String(16), primary_key=True),
    sa.Column("value", sa.String(64), primary_key=True),  # empty unless the mode is "value"
    sa.Column("with_descendants", sa.Boolean, nullable=False),
    one_of("mode", SCOPE_MODES),
    sa.CheckConstraint("(mode = 'value') = (value <> '')", name="value"),
)

# What was issued at a login and why: what "why" and "last used" read.
ROLE_ISSUE = sa.Table(
    "role_issue",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("person_id", sa.ForeignKey(PERSON.c.id), nullable=False, index=True),
    sa.Column("account_id", sa.ForeignKey(ACCOUNT.c.id), index=True),  # none: rules alone gave it
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("idp", sa.String(64), nullable=False),
    sa.Column("reference", sa.String(32), nullable=False),
    sa.Column("items", sa.JSON, nullable=False),
)

REQUEST = sa.Table(
    "access_request",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.String(16), nullable=False, unique=True),  # for people to quote
    sa.Column("cart_id", sa.Uuid, nullable=False, index=True),
    sa.Column("action", sa.String(8), nullable=False),
    sa.Column("requester_id", sa.ForeignKey(ACCOUNT.c.id), nullable=False, index=True),
    sa.Column("subject_id", sa.ForeignKey(ACCOUNT.c.id), nullable=False, index=True),
    sa.Column("organisation_id", sa.ForeignKey(ORGANISATION.c.id), nullable=False, index=True),
    sa.Column("role_id", sa.ForeignKey(ROLE.c.id), nullable=False, index=True),
    sa.Column("grant_id", sa.ForeignKey(GRANT.c.id)),
    sa.Column("scopes", sa.JSON, nullable=False),
    *period(),
    sa.Column("reason", sa.String(1000), nullable=False),
    sa.Column("stages", sa.JSON, nullable=False),  # as the policy was when it was sent
    sa.Column("stage", sa.Integer, nullable=False),
    sa.Column("stage_since", Instant, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("assigned_to", sa.Uuid),
    sa.Column("claimed_by", sa.Uuid),  # who is looking at it; keeps nobody else from deciding
    sa.Column("claimed_at", Instant),
    sa.Column("outcome", sa.String(64)),  # the code of why it failed
    sa.Column("outcome_what", sa.String(200)),
    sa.Column("given_id", sa.ForeignKey(GRANT.c.id)),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_access_request_state_organisation_id", "state", "organisation_id"),
    one_of("action", ("add", "remove", "change", "extend")),
    one_of("state", REQUEST_STATES),
)

DECISION = sa.Table(
    "request_decision",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("request_id", sa.ForeignKey(REQUEST.c.id), nullable=False),
    sa.Column("n", sa.Integer, nullable=False),  # their order
    sa.Column("stage", sa.Integer, nullable=False),
    sa.Column("decision", sa.String(16), nullable=False),
    sa.Column("decided_by", sa.Uuid),
    sa.Column("decided_label", sa.String(128), nullable=False),
    sa.Column("on_behalf_of", sa.Uuid),
    # Copied from the request, so that the database itself can refuse deciding one's own.
    sa.Column("requester_id", sa.Uuid, nullable=False),
    sa.Column("subject_id", sa.Uuid, nullable=False),
    sa.Column("comment", sa.String(1000), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("until", Instant),  # the earlier end that was approved
    sa.Column("scopes", sa.JSON),  # the narrower scopes that were approved
    sa.Column("forwarded_to", sa.Uuid),
    sa.UniqueConstraint("request_id", "n"),
    one_of("decision", ("approve", "reject", "ask", "answer", "forward", "withdraw")),
    sa.CheckConstraint(
        "decision <> 'approve' OR decided_by IS NULL OR "
        "(decided_by <> requester_id AND decided_by <> subject_id)",
        name="four_eyes",
    ),
    sa.CheckConstraint(
        "decision <> 'approve' OR on_behalf_of IS NULL OR "
        "(on_behalf_of <> requester_id AND on_behalf_of <> subject_id)",
        name="four_eyes_behalf",
    ),
)

# What somebody is putting together to ask for; nothing of it is asked for yet.
REQUEST_DRAFT = sa.Table(
    "request_draft",
    METADATA,
    sa.Column("account_id", sa.ForeignKey(ACCOUNT.c.id), primary_key=True),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("changed_at", Instant, nullable=False, index=True),
)

REVIEW = sa.Table(
    "review_campaign",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.ForeignKey("federation.path"), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("organisation_id", sa.ForeignKey(ORGANISATION.c.id)),
    sa.Column("service", sa.String(64)),
    sa.Column("only_sensitive", sa.Boolean, nullable=False),
    sa.Column("opens_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("unanswered", sa.String(8), nullable=False),
    sa.Column("frozen_at", Instant),
    sa.Column("closed_at", Instant),
    *said_by(),
    one_of("unanswered", ("keep", "flag", "revoke")),
    sa.CheckConstraint("due_at > opens_at", name="due"),
)

REVIEW_ITEM = sa.Table(
    "review_item",
    METADATA,
    sa.Column("review_id", sa.ForeignKey(REVIEW.c.id), primary_key=True),
    sa.Column("grant_id", sa.ForeignKey(GRANT.c.id), primary_key=True),
    sa.Column("snapshot", sa.JSON, nullable=False),
    sa.Column("decision", sa.String(8)),
    sa.Column("until", Instant),  # for "shorten"
    sa.Column("comment", sa.String(1000)),
    sa.Column("decided_by", sa.Uuid),
    sa.Column("decided_label", sa.String(128)),
    sa.Column("decided_at", Instant),
    sa.Column("applied_at", Instant),
    sa.Column("outcome", sa.String(64)),  # what applying it did, or the code of why not
    one_of("decision", ("keep", "revoke", "shorten", "change", "unknown")),
)

IMPORT = sa.Table(
    "import_batch",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("organisation_id", sa.ForeignKey(ORGANISATION.c.id), nullable=False, index=True),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("missing", sa.String(8), nullable=False),  # what a missing row means
    sa.Column("uploaded_at", Instant, nullable=False),
    sa.Column("losing", sa.Integer, nullable=False),  # people who lose something
    sa.Column("people", sa.Integer, nullable=False),  # people who have something
    sa.Column("confirmed_account", sa.Uuid),
    sa.Column("confirmed_by", sa.String(128)),
    sa.Column("applied_at", Instant),
    sa.Column("undone_at", Instant),
    *said_by(),
    one_of("state", ("preview", "applied", "undone", "discarded")),
    one_of("missing", ("keep", "end")),
    sa.CheckConstraint(
        "confirmed_account IS NULL OR by_account IS NULL OR confirmed_account <> by_account",
        name="four_eyes",
    ),
)

IMPORT_ROW = sa.Table(
    "import_row",
    METADATA,
    sa.Column("import_id", sa.ForeignKey(IMPORT.c.id), primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("raw", sa.JSON, nullable=False),  # what a preview shows; identifiers masked
    sa.Column("verdict", sa.String(12), nullable=False),
    sa.Column("messages", sa.JSON, nullable=False),
    sa.Column("grant_id", sa.Uuid),
    sa.Column("account_id", sa.Uuid),
    sa.Column("steps", sa.JSON, nullable=False),  # what carries it out; persons as keyed hashes
    sa.Column("before", sa.JSON, nullable=False),  # what to restore on undo
    sa.Column("applied", sa.Boolean, nullable=False),
    sa.Column("created_account_id", sa.Uuid),
    one_of("verdict", ("new", "change", "end", "unchanged", "error")),
)
