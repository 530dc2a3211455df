"""The tables of the registry; `store` runs every statement on them."""

import sqlalchemy as sa

from broker.db import METADATA, Instant

REGISTRY_REVISION = sa.Table(
    "registry_revision",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),  # always 1
    sa.Column("revision", sa.Integer, nullable=False),
)

FEDERATION = sa.Table(
    "federation",
    METADATA,
    sa.Column("path", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("document", sa.JSON, nullable=False),
)

ENTITY = sa.Table(
    "entity",
    METADATA,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), nullable=False),
    sa.Column("kind", sa.String(3), nullable=False),
    sa.Column("entity_id", sa.String(256)),  # unknown until its metadata is loaded
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("source_code", sa.String(64)),  # the source that keeps it up to date, if one does
    sa.Column("dropped_at", Instant),  # when that source ceased to list it
    sa.UniqueConstraint("federation", "kind", "entity_id"),
    sa.UniqueConstraint("federation", "kind", "code"),
    sqlite_autoincrement=True,  # flow cookies carry rows: a number must never come again
)

ENTITY_VERSION = sa.Table(
    "entity_version",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("entity_row", sa.ForeignKey(ENTITY.c.row), nullable=False, index=True),
    sa.Column("xml", sa.LargeBinary, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("loaded_at", Instant, nullable=False),
    sa.Column("loaded_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("in_force", sa.Boolean, nullable=False),
    # accepted: counts or counted; scheduled: counts from `opens`; pending: waits for a person
    sa.Column("state", sa.String(9), nullable=False, server_default="accepted"),
    sa.Column("opens", Instant),
    sa.Column("expires", Instant),  # only what a pinned key vouched for stops counting by itself
    sa.Column("source_code", sa.String(64)),  # no foreign key: versions outlive their source
    sa.Column("removal", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("objections", sa.Text),  # why it waits, as JSON
    sa.Column("decided_at", Instant),
    sa.Column("decided_by", sa.Text),
    sa.Column("decision", sa.Text),
)

# One document of an entity counts at a time, whatever two loads at once may try.
sa.Index(
    "uq_entity_version_in_force",
    ENTITY_VERSION.c.entity_row,
    unique=True,
    sqlite_where=ENTITY_VERSION.c.in_force,
    postgresql_where=ENTITY_VERSION.c.in_force,
)

sa.Index("ix_entity_version_state", ENTITY_VERSION.c.state, ENTITY_VERSION.c.opens)

METADATA_SOURCE = sa.Table(
    "metadata_source",
    METADATA,
    sa.Column("code", sa.String(64), primary_key=True),
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), nullable=False),
    sa.Column("kind", sa.String(6), nullable=False),  # file, upload or url
    sa.Column("location", sa.Text, nullable=False),  # a path or an address; empty for uploads
    sa.Column("many", sa.Boolean, nullable=False),  # an aggregate
    sa.Column("policy", sa.Text, nullable=False),  # what its new entities get, as JSON
    sa.Column("certificates", sa.Text, nullable=False),  # PEM of the keys that sign it, or empty
    sa.Column("minutes", sa.Integer, nullable=False),  # between refreshes; 0 is by hand only
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("checked_at", Instant),  # last tried
    sa.Column("loaded_at", Instant),  # last heard from, changed or not
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),  # one after another
    sa.Column("failure", sa.String(64)),  # the reason code of the last
    sa.Column("sha256", sa.String(64)),  # of the document that counts
    sa.Column("published_at", Instant),
    sa.Column("valid_until", Instant),
    sa.Column("entities", sa.Integer, nullable=False, server_default="0"),
)

# Every document that a source ever gave us and that counted, so that none of them comes back.
METADATA_DOCUMENT = sa.Table(
    "metadata_document",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("source_code", sa.String(64), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("published_at", Instant),
    sa.Column("valid_until", Instant),
    sa.Column("entities", sa.Integer, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),  # of the list of its entities
    sa.UniqueConstraint("source_code", "sha256"),
)

METADATA_ALARM = sa.Table(
    "metadata_alarm",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("federation", sa.String(64), nullable=False),
    sa.Column("source_code", sa.String(64), nullable=False),  # empty where no source is meant
    sa.Column("subject", sa.String(300), nullable=False),  # an entityID, or the source's code
    sa.Column("code", sa.String(64), nullable=False),
    sa.Column("level", sa.String(8), nullable=False),  # notice, warning or critical
    sa.Column("words_da", sa.Text, nullable=False),
    sa.Column("words_en", sa.Text, nullable=False),
    sa.Column("first_seen", Instant, nullable=False),
    sa.Column("last_seen", Instant, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("acknowledged_at", Instant),
    sa.Column("acknowledged_by", sa.Text),
    sa.Column("acknowledgement", sa.Text),
    sa.Column("cleared_at", Instant),
)

# One open alarm for the same thing, however often it is seen and by however many nodes.
sa.Index(
    "uq_metadata_alarm_open",
    METADATA_ALARM.c.federation,
    METADATA_ALARM.c.source_code,
    METADATA_ALARM.c.subject,
    METADATA_ALARM.c.code,
    unique=True,
    sqlite_where=METADATA_ALARM.c.cleared_at.is_(None),
    postgresql_where=METADATA_ALARM.c.cleared_at.is_(None),
)
