"""The tables of organisations, accounts, groups and mandates; stores run every statement on them.

What may change over time stands in a row of its own with the period it held: a change
closes one row and opens the next, so the past can be asked and is never rewritten.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.engine.default import DefaultExecutionContext

from broker.db import METADATA, Instant
from broker.identities.store import PERSON, PERSON_IDENTITY
from broker.metadata.tables import FEDERATION

STATES = ("pending", "active", "suspended", "closed")
ACCOUNT_STATES = ("pending", "active", "suspended", "left")
ORGANISATION_KINDS = ("region", "municipality", "state", "private", "practice", "pharmacy", "other")
MANDATES = (
    "operator",
    "operator_publisher",
    "auditor",
    "service_owner",
    "service_tech",
    "org_chief",
    "org_admin",
    "org_approver",
    "org_reader",
)


def one_of(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    """A column that holds one of the words, and nothing else."""
    return sa.CheckConstraint(sa.column(column).in_(values), name=column)


def period(name: str = "period") -> tuple[sa.Column[object], sa.Column[object], sa.CheckConstraint]:
    """Since inclusive and until exclusive; see `broker.periods`."""
    return (
        sa.Column("since", Instant, nullable=False),
        sa.Column("until", Instant, nullable=False),
        sa.CheckConstraint("until > since", name=name),
    )


def never_twice(name: str, *columns: str, where: str | None = None) -> ExcludeConstraint:
    """Rows of equal columns never hold at the same instant. PostgreSQL refuses it by itself."""
    made = ExcludeConstraint(
        *((sa.column(column), "=") for column in columns),
        (sa.text("tstzrange(since, until)"), "&&"),
        name=name,
        using="gist",
        where=None if where is None else sa.text(where),
    )
    made.ddl_if(dialect="postgresql")
    return made


def folded(display_name: str, email: str | None) -> str:
    """What a person is searched by."""
    return f"{display_name}\n{email or ''}".casefold()


def _folded(context: DefaultExecutionContext) -> str:
    """The same for rows that are inserted without saying it."""
    said = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
    return folded(str(said["display_name"]), said.get("email"))


def said_by() -> tuple[sa.Column[object], sa.Column[object]]:
    """Who did it: an account where it was one, and words that stay readable without it."""
    return (
        sa.Column("by_account", sa.Uuid),
        sa.Column("by_label", sa.String(128), nullable=False),
    )


ORGANISATION = sa.Table(
    "organisation",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), nullable=False),
    sa.Column("cvr", sa.String(8), nullable=False),
    sa.Column("unit_key", sa.String(64), nullable=False),  # where one CVR holds several
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("federation", "cvr", "unit_key"),
    sa.CheckConstraint("length(cvr) = 8", name="cvr"),
)

ORGANISATION_PERIOD = sa.Table(
    "organisation_period",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("organisation_id", sa.ForeignKey(ORGANISATION.c.id), nullable=False),
    *period(),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    *said_by(),
    one_of("kind", ORGANISATION_KINDS),
    one_of("state", STATES),
    never_twice("ex_organisation_period", "organisation_id"),
    # Whether it is active is told by the index alone: every login asks.
    sa.Index("ix_organisation_period_holds", "organisation_id", "since", "until", "state"),
)

ORGANISATION_MERGE = sa.Table(
    "organisation_merge",
    METADATA,
    sa.Column("old_id", sa.ForeignKey(ORGANISATION.c.id), primary_key=True),
    sa.Column("new_id", sa.ForeignKey(ORGANISATION.c.id), nullable=False),
    sa.Column("at", Instant, nullable=False),
    *said_by(),
    sa.CheckConstraint("old_id <> new_id", name="two"),
)

ACCOUNT = sa.Table(
    "account",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("organisation_id", sa.ForeignKey(ORGANISATION.c.id), nullable=False, index=True),
    # Nobody until the first login or a linked identity says who; then one person, one account.
    sa.Column("person_id", sa.ForeignKey(PERSON.c.id)),
    # The same for every account of one human being, where somebody confirmed that.
    sa.Column("human_id", sa.Uuid, index=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("person_id", "organisation_id"),
    sa.UniqueConstraint("id", "organisation_id"),
)

ACCOUNT_PERIOD = sa.Table(
    "account_period",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("account_id", sa.ForeignKey(ACCOUNT.c.id), nullable=False),
    sa.Column("organisation_id", sa.Uuid),  # copied from the account, which never moves
    *period(),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("display_name", sa.String(200), nullable=False),
    sa.Column("email", sa.String(254)),
    # Name and mail in folded case, so that Ærø is found as ærø on either engine.
    sa.Column("search", sa.String(500), nullable=False, default=_folded, server_default=""),
    sa.Column(
        "home_code", sa.String(18), index=True
    ),  # SOR id of the employing unit, for "own unit"
    sa.Column("reason", sa.String(500), nullable=False),
    *said_by(),
    one_of("state", ACCOUNT_STATES),
    never_twice("ex_account_period", "account_id"),
    sa.Index(
        "ix_account_period_holds",
        *("account_id", "since", "until", "state", "home_code", "display_name"),
        "organisation_id",
    ),
    # The people of an organisation by name, counted and cut into pages without the rows.
    sa.Index(
        "ix_account_period_named",
        *("organisation_id", "display_name", "account_id", "since", "until", "state", "home_code"),
    ),
    # Of a whole federation: the first by name among many that are searched for, and any few.
    sa.Index("ix_account_period_display_name", "display_name", "account_id"),
    sa.Index(
        "ix_account_period_search",
        "search",
        postgresql_using="gin",
        postgresql_ops={"search": "gin_trgm_ops"},
    ).ddl_if(dialect="postgresql"),
)

# That one account became another: two of one person, or those of an organisation that merged.
ACCOUNT_MERGE = sa.Table(
    "account_merge",
    METADATA,
    sa.Column("old_id", sa.ForeignKey(ACCOUNT.c.id), primary_key=True),
    sa.Column("new_id", sa.ForeignKey(ACCOUNT.c.id), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    *said_by(),
    sa.CheckConstraint("old_id <> new_id", name="two"),
)

# Which key was linked to which account, and through which IdP; the key itself is only a hash.
ACCOUNT_IDENTITY = sa.Table(
    "account_identity",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("hash", sa.ForeignKey(PERSON_IDENTITY.c.hash), nullable=False),
    sa.Column("account_id", sa.ForeignKey(ACCOUNT.c.id), nullable=False, index=True),
    sa.Column("idp", sa.String(64)),  # code, where it is a key of one IdP or came through one
    sa.Column("linked_at", Instant, nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    *said_by(),
    sa.UniqueConstraint("hash", "account_id"),
)

# A code that lets whoever signs in with it take an account over, once. Only its hash is kept.
ACCOUNT_CLAIM = sa.Table(
    "account_claim",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("account_id", sa.ForeignKey(ACCOUNT.c.id), nullable=False, index=True),
    sa.Column("selector", sa.String(8), nullable=False, unique=True),  # the part that finds it
    sa.Column("code_hash", sa.String(64), nullable=False),
    *period(),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("used_at", Instant),
    sa.Column("revoked_at", Instant),
    *said_by(),
)

ACCOUNT_ACTIVITY = sa.Table(
    "account_activity",
    METADATA,
    sa.Column("account_id", sa.ForeignKey(ACCOUNT.c.id), primary_key=True),
    sa.Column("last_login_at", Instant, nullable=False),
)

# Which of several accounts somebody acts for at a service; chosen once, and changed at will. R22.
ACCOUNT_CHOICE = sa.Table(
    "account_choice",
    METADATA,
    sa.Column("person_id", sa.ForeignKey(PERSON.c.id), primary_key=True),
    sa.Column("service", sa.String(64), primary_key=True),
    sa.Column("account_id", sa.ForeignKey(ACCOUNT.c.id), nullable=False),
    sa.Column("chosen_at", Instant, nullable=False),
)

MANDATE = sa.Table(
    "mandate",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("account_id", sa.ForeignKey(ACCOUNT.c.id), nullable=False, index=True),
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), nullable=False),
    sa.Column("mandate", sa.String(24), nullable=False),
    sa.Column("organisation_id", sa.ForeignKey(ORGANISATION.c.id), index=True),
    sa.Column("service", sa.String(64)),  # code, within the federation
    sa.Column("unit_code", sa.String(18)),  # only for people and scopes at or below this unit
    *period(),
    sa.Column("revoked_at", Instant),
    sa.Column("revoked_by", sa.String(128)),
    sa.Column("reason", sa.String(500), nullable=False),
    *said_by(),
    one_of("mandate", MANDATES),
    sa.CheckConstraint(
        "(mandate LIKE 'org!_%' ESCAPE '!') = (organisation_id IS NOT NULL)", name="organisation"
    ),
    sa.CheckConstraint(
        "(mandate LIKE 'service!_%' ESCAPE '!') = (service IS NOT NULL)", name="service"
    ),
    sa.CheckConstraint("by_account IS NULL OR by_account <> account_id", name="not_oneself"),
)

SUBSTITUTE = sa.Table(
    "substitute",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("mandate_id", sa.ForeignKey(MANDATE.c.id), nullable=False, index=True),
    sa.Column("principal_id", sa.ForeignKey(ACCOUNT.c.id), nullable=False),
    sa.Column("substitute_id", sa.ForeignKey(ACCOUNT.c.id), nullable=False, index=True),
    *period(),
    sa.Column("revoked_at", Instant),
    sa.Column("reason", sa.String(500), nullable=False),
    *said_by(),
    sa.CheckConstraint("principal_id <> substitute_id", name="two"),
    sa.CheckConstraint("until < '9999-01-01'", name="ends"),
)

USER_GROUP = sa.Table(
    "user_group",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("organisation_id", sa.ForeignKey(ORGANISATION.c.id), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    *said_by(),
    sa.UniqueConstraint("organisation_id", "name"),
    sa.UniqueConstraint("id", "organisation_id"),
)

GROUP_MEMBER = sa.Table(
    "group_member",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("group_id", sa.Uuid, nullable=False, index=True),
    sa.Column("account_id", sa.Uuid, nullable=False, index=True),
    sa.Column("organisation_id", sa.Uuid, nullable=False),
    *period(),
    sa.Column("revoked_at", Instant),
    *said_by(),
    sa.ForeignKeyConstraint(
        ["group_id", "organisation_id"], [USER_GROUP.c.id, USER_GROUP.c.organisation_id]
    ),
    sa.ForeignKeyConstraint(
        ["account_id", "organisation_id"], [ACCOUNT.c.id, ACCOUNT.c.organisation_id]
    ),
    sa.CheckConstraint("by_account IS NULL OR by_account <> account_id", name="not_oneself"),
    never_twice("ex_group_member", "group_id", "account_id", where="revoked_at IS NULL"),
)
