"""The tables of vendors' access; `store` runs every statement on them."""

import sqlalchemy as sa

from broker.db import METADATA, Instant
from broker.metadata.tables import FEDERATION
from broker.organisations.tables import one_of
from broker.vendors.model import ENDED_HOW, HAPPENED


def _who(prefix: str) -> tuple[sa.Column[object], ...]:
    """Who it was. No foreign keys: evidence stays readable when the account is gone."""
    return (
        sa.Column(f"{prefix}_person", sa.Uuid),
        sa.Column(f"{prefix}_account", sa.Uuid),
        sa.Column(f"{prefix}_name", sa.String(200), nullable=False),
    )


ACCESS = sa.Table(
    "vendor_access",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("federation", sa.ForeignKey(FEDERATION.c.path), nullable=False),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("interface", sa.String(64), nullable=False),
    sa.Column("cvr", sa.String(8), nullable=False),
    sa.Column("organisation", sa.String(200), nullable=False),
    sa.Column("product", sa.String(200), nullable=False),
    sa.Column("purpose", sa.String(1000), nullable=False),
    sa.Column("contact_name", sa.String(200), nullable=False),
    sa.Column("contact_email", sa.String(254), nullable=False),
    sa.Column("technical_name", sa.String(200), nullable=False),  # empty: the contact alone
    sa.Column("technical_email", sa.String(254), nullable=False),
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("case_no", sa.String(16), nullable=False),
    sa.Column("declared_at", Instant, nullable=False),
    *_who("keeper"),
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("ended_how", sa.String(16)),
    sa.Column("ended_why", sa.String(500), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    one_of("ended_how", ENDED_HOW),
    sa.CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", name="ended"),
    sa.CheckConstraint("since < until", name="period"),
    sa.Index("ix_vendor_access_cvr", "federation", "cvr"),
    sa.Index("ix_vendor_access_service", "federation", "service", "interface"),
)

CERTIFICATE = sa.Table(
    "vendor_certificate",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("access_id", sa.ForeignKey(ACCESS.c.id), nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("der", sa.LargeBinary, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", Instant),
    *_who("by"),
    sa.Index("ix_vendor_certificate_access", "access_id", "since"),
)

EVENT = sa.Table(
    "vendor_event",
    METADATA,
    sa.Column("access_id", sa.ForeignKey(ACCESS.c.id), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("what", sa.String(16), nullable=False),
    sa.Column("words", sa.String(500), nullable=False),
    sa.Column("until", Instant),
    sa.Column("fingerprint", sa.String(64)),
    sa.Column("case_no", sa.String(16)),
    sa.Column("of_vendor", sa.Boolean, nullable=False),
    *_who("by"),
    one_of("what", HAPPENED),
)
