"""What the pages of administrators share: the organisation, names of people, and dates."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from flask import Response

from broker.db import Connection
from broker.errors import BrokerError, Unknown
from broker.organisations.model import Deed, Organisation
from broker.portals.forms import Form
from broker.portals.person import Person
from broker.roles.exporting import Format, Table, export
from broker.roles.grants.store.reports import persons
from broker.roles.importing.cells import read_since, read_until
from broker.roles.importing.words import WORDS
from broker.web.language import Text, language, said
from broker.web.language import Text as _
from broker.web.reference import new_reference

FORMATS: tuple[Format, ...] = ("xlsx", "csv")


def home_of(person: Person) -> Organisation:
    """The organisation that somebody acts for. Raises Unknown("organisation.unknown")."""
    if person.organisation is None:
        raise Unknown("organisation.unknown", "acts for no organisation")
    return person.organisation


def deed_of(person: Person, reason: str, case_no: str | None = None) -> Deed:
    """What somebody does now, and why."""
    return Deed(person.now, reason, new_reference(), case_no or None)


def names_of(
    connection: Connection, accounts: Collection[UUID | None], at: datetime
) -> dict[UUID, str]:
    """What people are called, by their account; those that are not there any more are left out."""
    known = {account for account in accounts if account is not None}
    return {one: found.name for one, found in persons(connection, known, at).items()}


def refuse(form: Form, error: BrokerError, *, field: str | None = None) -> None:
    """Say in a form what a service said no to; what is wrong with a file has words of its own."""
    words = WORDS.get(error.code)
    if words is None:
        form.refuse(error, field=field)
        return
    detail = f" ({error.detail})" if error.code.startswith("import.heading_") else ""
    told = f"{said(words)}{detail}"
    if field is None:
        form.form_errors.append(told)
    else:
        form[field].errors = [*form[field].errors, told]


def last_day(form: Form, field: str) -> datetime | None:
    """The moment after the day that was typed; None where nothing was, or where it is no date."""
    return _read(form, field, until=True)


def first_day(form: Form, field: str) -> datetime | None:
    """The first moment of the day that was typed."""
    return _read(form, field, until=False)


def _read(form: Form, field: str, *, until: bool) -> datetime | None:
    typed = str(form[field].data or "").strip()
    try:
        return read_until(typed) if until else read_since(typed)
    except ValueError:
        words = _("Write the date as day, month and year, such as 31-12-2026")
        form[field].errors = [*form[field].errors, words]
        return None


def format_of(kind: str) -> Format:
    """Which kind of file an address names. Raises Unknown("portal.choice") for none of ours."""
    found = next((one for one in FORMATS if one == kind), None)
    if found is None:
        raise Unknown("portal.choice", "no such file")
    return found


def download(tables: tuple[Table, ...], name: Text | str, to: Format) -> Response:
    """The tables as a file that the browser keeps."""
    made = export(tables, to, language())
    response = Response(made.data, content_type=made.media_type)
    plain = "".join(c for c in str(name) if c.isascii() and (c.isalnum() or c in "-_ ")) or "list"
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}.{made.ending}"'
    response.headers["Cache-Control"] = "no-store"
    return response
