"""Every statement on vendors' access. One is changed only where nobody changed it meanwhile."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from broker.cases.model import Trace
from broker.cases.tables import CASE
from broker.db import Connection
from broker.vendors.model import Access, Reached, SystemCertificate, VendorEvent
from broker.vendors.tables import ACCESS, CERTIFICATE, EVENT


def add(connection: Connection, access: Access) -> None:
    """A new one."""
    row = {"id": access.id, **_row(access), "version": access.version}
    connection.execute(sa.insert(ACCESS).values(row))


def change(connection: Connection, access: Access) -> Access | None:
    """Write what became of it; None where somebody changed it meanwhile."""
    known = sa.update(ACCESS).where(ACCESS.c.id == access.id, ACCESS.c.version == access.version)
    after = replace(access, version=access.version + 1)
    values = {**_row(after), "version": after.version}
    return after if connection.execute(known.values(values)).rowcount == 1 else None


def found(connection: Connection, access_id: UUID, *, lock: bool = False) -> Access | None:
    """One access."""
    query = sa.select(ACCESS).where(ACCESS.c.id == access_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return None if row is None else _access(row)


def of_vendor(connection: Connection, federation: str, cvr: str) -> tuple[Access, ...]:
    """All that a company has or had, the latest first."""
    which = sa.and_(ACCESS.c.federation == federation, ACCESS.c.cvr == cvr)
    return _listed(connection, which)


def of_case(connection: Connection, federation: str, case_no: str) -> UUID | None:
    """Our id of the access that a case gave or prolonged."""
    which = sa.and_(EVENT.c.case_no == case_no, ACCESS.c.federation == federation)
    query = sa.select(ACCESS.c.id).join(EVENT, EVENT.c.access_id == ACCESS.c.id).where(which)
    return connection.execute(query.limit(1)).scalar()


def of_services(
    connection: Connection, federation: str, services: tuple[str, ...] | None
) -> tuple[Access, ...]:
    """All at some services, or at every one where none are named, the latest first."""
    which = ACCESS.c.federation == federation
    if services is not None:
        which = sa.and_(which, ACCESS.c.service.in_(services))
    return _listed(connection, which)


def lasting(connection: Connection, after: datetime) -> tuple[Access, ...]:
    """Those of every federation that nobody ended and that last beyond an instant."""
    return _listed(connection, sa.and_(ACCESS.c.ended_at.is_(None), ACCESS.c.until > after))


def waiting(connection: Connection, federation: str, cvr: str) -> tuple[str, ...]:
    """The documents of a company's cases that are not decided."""
    query = sa.select(CASE.c.document).where(_asked(federation, cvr))
    lasts = CASE.c.state.in_(("open", "asked"))
    return tuple(connection.execute(query.where(lasts)).scalars())


def asked_since(connection: Connection, federation: str, cvr: str, since: datetime) -> int:
    """How often a company asked since an instant, whatever came of it."""
    query = sa.select(sa.func.count()).select_from(CASE)
    which = sa.and_(_asked(federation, cvr), CASE.c.opened_at > since)
    return connection.execute(query.where(which)).scalar() or 0


def tell(connection: Connection, access_id: UUID, event: VendorEvent) -> None:
    """Add a line to what happened."""
    last = sa.select(sa.func.max(EVENT.c.sequence)).where(EVENT.c.access_id == access_id)
    row = {
        "access_id": access_id,
        "sequence": (connection.execute(last).scalar() or 0) + 1,
        "at": event.at,
        "what": event.what,
        "words": event.words,
        "until": event.until,
        "fingerprint": event.fingerprint,
        "case_no": event.case_no,
        "of_vendor": event.of_vendor,
        **_who("by", event.by),
    }
    connection.execute(sa.insert(EVENT).values(row))


def history(connection: Connection, access_id: UUID) -> tuple[VendorEvent, ...]:
    """All that happened, the first first."""
    query = sa.select(EVENT).where(EVENT.c.access_id == access_id).order_by(EVENT.c.sequence)
    return tuple(
        VendorEvent(
            at=row["at"],
            what=row["what"],
            by=_trace(row, "by"),
            of_vendor=row["of_vendor"],
            words=row["words"],
            until=row["until"],
            fingerprint=row["fingerprint"],
            case_no=row["case_no"],
        )
        for row in connection.execute(query).mappings()
    )


def put_certificate(connection: Connection, certificate: SystemCertificate) -> None:
    """The one that counts from now on; the one before it ends."""
    before = sa.update(CERTIFICATE).where(
        CERTIFICATE.c.access_id == certificate.access, CERTIFICATE.c.until.is_(None)
    )
    connection.execute(before.values(until=certificate.since))
    row = {
        "id": certificate.id,
        "access_id": certificate.access,
        "fingerprint": certificate.fingerprint,
        "der": certificate.der,
        "since": certificate.since,
        "until": None,
        **_who("by", certificate.by),
    }
    connection.execute(sa.insert(CERTIFICATE).values(row))


def certificates(connection: Connection, access_id: UUID) -> tuple[SystemCertificate, ...]:
    """Every one that there was, the latest first."""
    which = CERTIFICATE.c.access_id == access_id
    order = (CERTIFICATE.c.since.desc(), CERTIFICATE.c.until.desc().nulls_first())
    rows = connection.execute(sa.select(CERTIFICATE).where(which).order_by(*order)).mappings()
    return tuple(
        SystemCertificate(
            id=row["id"],
            access=row["access_id"],
            fingerprint=row["fingerprint"],
            der=row["der"],
            since=row["since"],
            until=row["until"],
            by=_trace(row, "by"),
        )
        for row in rows
    )


def _asked(federation: str, cvr: str) -> sa.ColumnElement[bool]:
    return sa.and_(CASE.c.federation == federation, CASE.c.kind == "vendor", CASE.c.cvr == cvr)


def _listed(connection: Connection, which: sa.ColumnElement[bool]) -> tuple[Access, ...]:
    query = sa.select(ACCESS).where(which).order_by(ACCESS.c.since.desc(), ACCESS.c.id)
    return tuple(map(_access, connection.execute(query).mappings()))


def _row(access: Access) -> dict[str, object]:
    technical = access.technical or Reached("", "")
    return {
        "federation": access.federation,
        "service": access.service,
        "interface": access.interface,
        "cvr": access.cvr,
        "organisation": access.organisation,
        "product": access.product,
        "purpose": access.purpose,
        "contact_name": access.contact.name,
        "contact_email": access.contact.email,
        "technical_name": technical.name,
        "technical_email": technical.email,
        "language": access.language,
        "case_no": access.case_no,
        "declared_at": access.declared_at,
        **_who("keeper", access.keeper),
        "since": access.since,
        "until": access.until,
        "ended_at": access.ended_at,
        "ended_how": access.ended_how,
        "ended_why": access.ended_why,
    }


def _access(row: sa.RowMapping) -> Access:
    technical = Reached(row["technical_name"], row["technical_email"])
    return Access(
        id=row["id"],
        federation=row["federation"],
        service=row["service"],
        interface=row["interface"],
        cvr=row["cvr"],
        organisation=row["organisation"],
        product=row["product"],
        purpose=row["purpose"],
        contact=Reached(row["contact_name"], row["contact_email"]),
        technical=technical if technical.email else None,
        language=row["language"],
        case_no=row["case_no"],
        declared_at=row["declared_at"],
        keeper=_trace(row, "keeper"),
        since=row["since"],
        until=row["until"],
        ended_at=row["ended_at"],
        ended_how=row["ended_how"],
        ended_why=row["ended_why"],
        version=row["version"],
    )


def _who(prefix: str, trace: Trace) -> dict[str, object]:
    return {
        f"{prefix}_person": trace.person,
        f"{prefix}_account": trace.account,
        f"{prefix}_name": trace.name,
    }


def _trace(row: sa.RowMapping, prefix: str) -> Trace:
    return Trace(row[f"{prefix}_person"], row[f"{prefix}_account"], row[f"{prefix}_name"])
