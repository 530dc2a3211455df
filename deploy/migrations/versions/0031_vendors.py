"""Cases of vendors; what vendors may use of a test environment, with which certificate, and why."""

import sqlalchemy as sa
from alembic import op

from broker.db import Instant

revision = "0031"
down_revision = "0030"

_BEFORE = ("organisation", "access", "idp", "service")
_KINDS = (*_BEFORE, "vendor")


def upgrade() -> None:
    """Let a case be a vendor's, and make the tables of their access."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_cases()
    else:
        op.drop_constraint(op.f("ck_case_file_kind"), "case_file", type_="check")
        op.create_check_constraint(
            op.f("ck_case_file_kind"), "case_file", sa.column("kind").in_(_KINDS)
        )
    _access()
    _certificate()
    _event()


def _rebuild_cases() -> None:
    """The table anew with its rows, since SQLite changes no constraint.

    Steps and events point at its rows. While the table is away they point at nothing, which is
    counted and not refused; each row that comes back is counted off again.
    """
    connection = op.get_bind()
    catalogue = sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = 'case_file' AND type = :t")
    (made,) = connection.execute(catalogue, {"t": "table"}).scalars().all()
    indexes = [one for one in connection.execute(catalogue, {"t": "index"}).scalars() if one]
    before, after = (", ".join(f"'{one}'" for one in kinds) for kinds in (_BEFORE, _KINDS))
    if made.count(before) != 1:
        raise RuntimeError("case_file has no such constraint; it was changed by hand")
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    connection.exec_driver_sql("CREATE TABLE case_file_kept AS SELECT * FROM case_file")
    connection.exec_driver_sql("DROP TABLE case_file")
    connection.exec_driver_sql(made.replace(before, after))
    connection.exec_driver_sql("INSERT INTO case_file SELECT * FROM case_file_kept")
    connection.exec_driver_sql("DROP TABLE case_file_kept")
    for statement in indexes:
        connection.exec_driver_sql(statement)


def _who(prefix: str, *, nullable: bool = False) -> list[sa.Column[object]]:
    return [
        sa.Column(f"{prefix}_person", sa.Uuid(), nullable=True),
        sa.Column(f"{prefix}_account", sa.Uuid(), nullable=True),
        sa.Column(f"{prefix}_name", sa.String(length=200), nullable=nullable),
    ]


def _access() -> None:
    op.create_table(
        "vendor_access",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("federation", sa.String(length=64), nullable=False),
        sa.Column("service", sa.String(length=64), nullable=False),
        sa.Column("interface", sa.String(length=64), nullable=False),
        sa.Column("cvr", sa.String(length=8), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=1000), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("technical_name", sa.String(length=200), nullable=False),
        sa.Column("technical_email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("case_no", sa.String(length=16), nullable=False),
        sa.Column("declared_at", Instant(), nullable=False),
        *_who("keeper"),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_how", sa.String(length=16), nullable=True),
        sa.Column("ended_why", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ended_how IN ('revoked', 'given_back')", name=op.f("ck_vendor_access_ended_how")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_how IS NULL)", name=op.f("ck_vendor_access_ended")
        ),
        sa.CheckConstraint("since < until", name=op.f("ck_vendor_access_period")),
        sa.ForeignKeyConstraint(
            ["federation"], ["federation.path"], name=op.f("fk_vendor_access_federation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_access")),
    )
    op.create_index("ix_vendor_access_cvr", "vendor_access", ["federation", "cvr"])
    op.create_index(
        "ix_vendor_access_service", "vendor_access", ["federation", "service", "interface"]
    )


def _certificate() -> None:
    op.create_table(
        "vendor_certificate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("access_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        *_who("by"),
        sa.ForeignKeyConstraint(
            ["access_id"], ["vendor_access.id"], name=op.f("fk_vendor_certificate_access_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_certificate")),
    )
    op.create_index("ix_vendor_certificate_access", "vendor_certificate", ["access_id", "since"])


def _event() -> None:
    op.create_table(
        "vendor_event",
        sa.Column("access_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("case_no", sa.String(length=16), nullable=True),
        sa.Column("of_vendor", sa.Boolean(), nullable=False),
        *_who("by"),
        sa.CheckConstraint(
            sa.column("what").in_(("granted", "extended", "certificate", "revoked", "given_back")),
            name=op.f("ck_vendor_event_what"),
        ),
        sa.ForeignKeyConstraint(
            ["access_id"], ["vendor_access.id"], name=op.f("fk_vendor_event_access_id")
        ),
        sa.PrimaryKeyConstraint("access_id", "sequence", name=op.f("pk_vendor_event")),
    )
