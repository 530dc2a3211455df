"""Whom to ring before a switch, as a file that a spreadsheet opens."""

import csv
import sys
from pathlib import Path

import click

from broker.cli.printing import safe
from broker.db import Engine, reading
from broker.metadata import store
from broker.metadata.readiness.model import Level, Line
from broker.metadata.rollover.model import Plan
from broker.roles.exporting import guarded
from broker.saml.entity_phone_list import read_phone_list

HEAD = (
    *("federation", "partner", "name", "owner", "critical", "level"),
    *("kind", "contact", "phones", "mails"),
)
_NOBODY = ("", "", "", "")


def write_phone_list(
    engine: Engine, boards: list[tuple[Plan, tuple[Line, ...]]], target: Path
) -> None:
    """Every partner without proof, whom to ring first at the top; `-` is standard output."""
    rows: list[tuple[str, ...]] = [HEAD]
    for plan, lines in boards:
        with reading(engine) as connection:
            known = store.entities(connection, plan.slot.federation)
        documents = {record.row: record.xml for record in known}
        for line in lines:
            if line.reached.level < Level.USED:
                rows += _rows(plan, line, documents.get(line.partner.row))
    if str(target) == "-":
        csv.writer(sys.stdout, delimiter=";").writerows(map(_cells, rows))
        return
    # With a mark in front, without which a spreadsheet takes UTF-8 for something else.
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(map(_cells, rows))
    click.echo(f"{target}: {len(rows) - 1} to ring or write to")


def _rows(plan: Plan, line: Line, xml: bytes | None) -> list[tuple[str, ...]]:
    partner = line.partner
    begin = (
        *(plan.slot.federation, partner.code, partner.name, partner.owner),
        *("yes" if partner.critical else "", str(int(line.reached.level))),
    )
    contacts = read_phone_list(xml) if xml else ()
    ends = [(c.kind, c.name, ", ".join(c.phones), ", ".join(c.mails)) for c in contacts]
    return [(*begin, *end) for end in ends or [_NOBODY]]


def _cells(row: tuple[str, ...]) -> list[str]:
    """Cells that a spreadsheet shows and does not compute: metadata is what a partner wrote."""
    return [guarded(safe(cell)) for cell in row]
