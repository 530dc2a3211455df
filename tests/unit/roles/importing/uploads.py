"""A region whose administrators upload files, for tests of what a batch does."""

import io
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from openpyxl import Workbook

from broker.audit.store import AUDIT, AuditStore
from broker.db import reading
from broker.identities.keys import professional_uuid
from broker.identities.store import PERSON_IDENTITY, IdentityStore
from broker.organisations.desk import Desk
from broker.roles.exporting import Format, export
from broker.roles.grants import store as grant_store
from broker.roles.grants.model import Grant
from broker.roles.grants.tables import GRANT, IMPORT, IMPORT_ROW
from broker.roles.importing.model import Missing, Mode, Planned, Result
from broker.roles.importing.service import ImportService
from broker.roles.importing.template import exported
from tests.factories import NOW
from tests.unit.roles.grants.rights import NIGHT, Region, deed
from tests.unit.roles.importing.books import csv_text

CVR = "99000004"
UUID_OF_NEW = "6d2f7a1e-91c4-4b6e-8c7e-1f0a2b3c4d5e"
UUID_OF_ANNA = "0b7d5a52-4f1e-4f5c-9a2b-6e8f7a6b5c4d"
HEADINGS = (
    "Konto",
    "Navn",
    "E-mail",
    "Professionelt UUID",
    "RID",
    "Enhed",
    "Tjeneste",
    "Rolle",
    "Afgrænsning",
    "Gyldig fra",
    "Gyldig til",
    "Begrundelse",
    "Sagsnummer",
)


class Uploads(Region):
    """The region; Bo and Curt administer it, Anna has signed in with a professional UUID."""

    def _build(self) -> "Uploads":
        super()._build()
        self.identities = IdentityStore(b"k" * 32)
        self.curt = self.admin(self.region, "Curt Carlsen")
        self.dorte = self.account(self.region, "Dorte Dam", unit=NIGHT)
        self.made = 100
        person = self.person()
        with self.work() as connection:
            account = self.tables["account"]
            connection.execute(
                sa.update(account).where(account.c.id == self.anna).values(person_id=person)
            )
            key = professional_uuid(CVR, UUID_OF_ANNA)
            row = {
                "hash": self.identities.hash_of("sundhed", key),
                "person_id": person,
                "federation": "sundhed",
                "kind": key.kind,
                "created_at": NOW,
            }
            connection.execute(sa.insert(PERSON_IDENTITY), [row])
        return self

    @property
    def tables(self) -> dict[str, sa.Table]:
        return dict(PERSON_IDENTITY.metadata.tables)

    @property
    def imports(self) -> ImportService:
        desk = Desk(self.engine, AuditStore())
        return ImportService(desk, self.identities, self.grants, self.cache.current_in)

    def preview(
        self, data: bytes, *, by: UUID | None = None, missing: Missing = "keep", at: datetime = NOW
    ) -> Result:
        actor = self.acting(by or self.bo, at)
        return self.imports.preview(
            actor, self.region, data, "people.csv", deed(at), missing=missing
        )

    def apply(
        self, result: Result, *, by: UUID | None = None, mode: Mode = "all", at: datetime = NOW
    ) -> Result:
        actor = self.acting(by or self.bo, at)
        return self.imports.apply(actor, result.batch.id, deed(at), mode=mode)

    def undo(self, result: Result, *, at: datetime = NOW, by: UUID | None = None) -> Result:
        return self.imports.undo(self.acting(by or self.bo, at), result.batch.id, deed(at))

    def one(self, **cells: str) -> Planned:
        """The verdict on a file of one row."""
        (row,) = self.preview(rows(cells)).rows
        return row

    def exported(self, to: Format, *, language: str = "da", at: datetime = NOW) -> bytes:
        actor = self.acting(self.bo, at)
        with self.work() as connection:
            catalogue = self.cache.current_in(connection)
            tables = exported(connection, catalogue, actor, self.region, at, language=language)
        return export(tables, to, language).data

    def held(self, account: UUID, at: datetime = NOW) -> list[Grant]:
        with self.work() as connection:
            found = grant_store.grants_of(connection, accounts=(account,))
        return [one for one in found if one.state_at(at) in ("running", "future")]

    def account_named(self, name: str) -> UUID:
        with reading(self.engine) as connection:
            period = self.tables["account_period"]
            query = sa.select(period.c.account_id).where(period.c.display_name == name).distinct()
            return UUID(str(connection.scalar(query)))

    def kept(self) -> str:
        """Everything that is kept of imports, as one text."""
        with reading(self.engine) as connection:
            found = [
                str(tuple(row))
                for table in (IMPORT, IMPORT_ROW, AUDIT, GRANT)
                for row in connection.execute(sa.select(table))
            ]
        return "\n".join(found)

    def counts(self) -> dict[str, int]:
        """How many rows each table has, but for imports and the trail."""
        besides = {IMPORT.name, IMPORT_ROW.name, AUDIT.name, "audit_tag"}
        with reading(self.engine) as connection:
            return {
                name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                for name, table in self.tables.items()
                if name not in besides
            }


KEYS = (
    "account",
    "name",
    "email",
    "professional_uuid",
    "rid",
    "home",
    "service",
    "role",
    "scopes",
    "since",
    "until",
    "reason",
    "case_no",
)


def rows(*lines: dict[str, str]) -> bytes:
    """A CSV with the template's headings and these rows."""
    return csv_text(HEADINGS, *[[line.get(key, "") for key in KEYS] for line in lines]).encode()


def workbook(*lines: Sequence[str | None]) -> bytes:
    """An XLSX with the template's headings and these rows, every cell text."""
    book = Workbook()
    sheet = book.worksheets[0]
    for line in (HEADINGS, *lines):
        sheet.append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
