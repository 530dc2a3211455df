"""Files as a browser sends them, and the rows that the tests of imports put into them."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.request import Request

from lxml import etree
from openpyxl import Workbook

from broker.demo.visitor import Page
from tests.portals.visiting import Portal, token

BOUNDARY = "----broker-tests"
HEADINGS = ("Konto", "Navn", "E-mail", "RID", "Enhed", "Tjeneste", "Rolle", "Afgrænsning")
UNIT = "1501000016001"


def workbook(rows: Iterable[Sequence[str]], headings: Sequence[str] = HEADINGS) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(headings))
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def newcomer(
    number: int, *, rid: str | None = None, role: str = "Plejehjemsredaktoer"
) -> list[str]:
    """A person who is not there yet, with a role that takes no delimitation."""
    name = f"Ny Medarbejder {number:03}"
    mail = f"ny{number}@example.dk"
    return ["", name, mail, rid or f"7{number:07}", UNIT, "plov", role, ""]


def faulty(start: int) -> list[list[str]]:
    """Seven rows, each wrong in its own way."""
    good = newcomer(start)
    return [
        newcomer(start, role="Findesikke"),
        [*newcomer(start + 1)[:5], "ukendt", "Plejehjemsredaktoer", ""],
        ["", "", "", f"7{start + 2:07}", UNIT, "plov", "Plejehjemsredaktoer", ""],
        ["", "Uden Nummer", "uden@example.dk", "", UNIT, "plov", "Plejehjemsredaktoer", ""],
        [*newcomer(start + 4)[:2], "ikke en adresse", *newcomer(start + 4)[3:]],
        [*newcomer(start + 5)[:4], "ikke-sor", *newcomer(start + 5)[5:]],
        ["ikke-et-uuid", *good[1:3], "", *good[4:]],
    ]


def upload(
    person: Portal, data: bytes, name: str = "folk.xlsx", fields: Mapping[str, str] | None = None
) -> Page:
    """Send a file by the form of the page, as a browser does."""
    page = person.open("org/imports/new")
    said = {"csrf_token": token(page), "missing": "keep", **(fields or {})}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
        for k, v in said.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    body = b"".join(parts) + head.encode() + b"Content-Type: application/octet-stream\r\n\r\n"
    whole = body + data + f"\r\n--{BOUNDARY}--\r\n".encode()
    request = Request(  # noqa: S310 # loopback
        person.url("org/imports/new"),
        whole,
        {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    )
    return landed(person, request)


def landed(person: Portal, request: Request) -> Page:
    try:
        answer = person.visitor.opener.open(request, timeout=120)
    except OSError as error:
        answer = error
    with answer:
        data = answer.read()
        tree = etree.fromstring(data, etree.HTMLParser(encoding="utf-8"))
        return Page(answer.url, answer.status, tree)


def counts(page: Page) -> dict[str, int]:
    """How many rows of each verdict the page says there are."""
    found = {e.get("data-verdict"): e.text for e in page.tree.iter("span") if e.get("data-verdict")}
    return {str(name): int(number or 0) for name, number in found.items()}


@dataclass(frozen=True)
class Answer:
    """A file as it was sent."""

    data: bytes
    headers: Mapping[str, str]


def download(person: Portal, path: str) -> Answer:
    with person.visitor.opener.open(person.url(path), timeout=60) as answer:
        return Answer(answer.read(), dict(answer.headers))
