"""Files that are not what they say, each refused with its own code."""

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from broker.errors import Refused
from broker.roles.importing.files import read_file
from tests.unit.roles.importing.books import SHEET, csv_text, repacked, sheet_xml, with_sheet, xlsx

DTD = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
ROOT = b"<worksheet"


def bomb() -> bytes:
    return repacked(xlsx(), add={"xl/media/image1.bin": b"\x00" * (30 * 1024 * 1024)})


def many_members() -> bytes:
    return repacked(xlsx(), add={f"xl/media/{n}.bin": b"x" for n in range(300)})


def large() -> bytes:
    # Each of them packs to a third only; together they are too much.
    noise = bytes(range(256)) * 8192
    return repacked(xlsx(), add={f"xl/media/{n}.bin": noise[n:] + noise for n in range(20)})


def twins() -> bytes:
    out = io.BytesIO(xlsx())
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<worksheet/>")
    return out.getvalue()


def encrypted_member() -> bytes:
    data = bytearray(xlsx())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        (flags,) = struct.unpack_from("<H", data, at + offset)
        struct.pack_into("<H", data, at + offset, flags | 1)
    return bytes(data)


def lying_size() -> bytes:
    """A member that unpacks to more than the directory says."""
    data = bytearray(repacked(xlsx(), add={"xl/media/a.xml": b"<a>" + b"x" * 5000 + b"</a>"}))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 100)
    return bytes(data)


def utf_16() -> bytes:
    xml = sheet_xml(xlsx()).decode().removeprefix("<?xml version='1.0' encoding='utf-8'?>")
    return repacked(xlsx(), replace={SHEET: (DTD.decode() + xml).encode("utf-16")})


def truncated() -> bytes:
    return xlsx()[:-200]


HOSTILE: list[tuple[str, Callable[[], bytes], str]] = [
    ("nothing", lambda: b"", "import.empty"),
    ("blanks", lambda: b" \r\n ", "import.empty"),
    ("delimiters only", lambda: b";;;\r\n;;;", "import.empty"),
    ("too many bytes", lambda: b"x" * (5 * 1024 * 1024 + 1), "import.size"),
    ("old excel or a password", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "import.old_excel"),
    ("utf-16 csv", lambda: csv_text().encode("utf-16"), "import.encoding"),
    ("nul in csv", lambda: csv_text().encode() + b"\x00", "import.encoding"),
    ("neither encoding", lambda: csv_text().encode() + b"\x81\xe6", "import.encoding"),
    ("broken quotes", lambda: b'Konto;Navn\r\n"a"b;c', "import.csv"),
    ("open quotes", lambda: b'Konto;Navn\r\n"a;c', "import.csv"),
    ("a field without end", lambda: b'Konto\r\n"' + b"a" * 200_000 + b'"', "import.csv"),
    ("columns of csv", lambda: b";".join([b"x"] * 65), "import.columns"),
    ("columns of xlsx", lambda: xlsx(["x"] * 65), "import.columns"),
    ("a zip of something", lambda: repacked(xlsx(), drop=["xl/workbook.xml"]), "import.not_xlsx"),
    ("no content types", lambda: repacked(xlsx(), drop=["[Content_Types].xml"]), "import.not_xlsx"),
    ("no sheet", lambda: repacked(xlsx(), drop=[SHEET]), "import.empty"),
    ("cut off", truncated, "import.broken"),
    ("not a zip", lambda: b"PK\x03\x04 and no more", "import.broken"),
    ("a bomb", bomb, "import.zip_bomb"),
    ("members without end", many_members, "import.zip_bomb"),
    ("one member twice", twins, "import.zip_bomb"),
    ("sizes that lie", lying_size, "import.broken"),
    ("an encrypted member", encrypted_member, "import.encrypted"),
    ("macros", lambda: repacked(xlsx(), add={"xl/vbaProject.bin": b"x"}), "import.macros"),
    (
        "macros by their type",
        lambda: repacked(xlsx(), add={"[content_types].XML": b"macroEnabled"}),
        "import.zip_bomb",
    ),
    (
        "external links",
        lambda: repacked(xlsx(), add={"xl/externalLinks/externalLink1.xml": b"<x/>"}),
        "import.external_links",
    ),
    (
        "a connection",
        lambda: repacked(xlsx(), add={"xl/connections.xml": b"<x/>"}),
        "import.external_links",
    ),
    (
        "an embedded file",
        lambda: repacked(xlsx(), add={"xl/embeddings/a.bin": b"x"}),
        "import.embedded",
    ),
    ("an external entity", lambda: with_sheet(ROOT, DTD + ROOT), "import.dtd"),
    ("entities that grow", lambda: with_sheet(ROOT, LAUGHS + ROOT), "import.dtd"),
    ("a DTD in UTF-16", utf_16, "import.dtd"),
    (
        "another encoding",
        lambda: with_sheet(ROOT, b'<?xml version="1.0" encoding="UTF-7"?>' + ROOT),
        "import.dtd",
    ),
    (
        "a DTD elsewhere",
        lambda: repacked(xlsx(), add={"docProps/x.xml": DTD + b"<x/>"}),
        "import.dtd",
    ),
    ("no XML", lambda: with_sheet(b"</worksheet>", b""), "import.broken"),
    ("sheets without end", lambda: xlsx(sheets=11), "import.sheets"),
    ("a row far away", lambda: with_sheet(b'r="2"', b'r="99999999"'), "import.rows"),
    ("a cell far away", lambda: with_sheet(b'r="B2"', b'r="ZZZZZZZZ2"'), "import.broken"),
    (
        "a number that is none",
        lambda: with_sheet(b't="inlineStr"><is><t>dpsd</t></is>', b"><v>x</v>"),
        "import.broken",
    ),
    (
        "a string that is not there",
        lambda: with_sheet(b't="inlineStr"><is><t>dpsd</t></is>', b't="s"><v>99</v>'),
        "import.broken",
    ),
    (
        "cells without end",
        lambda: with_sheet(b"</row></sheetData>", b"<c/>" * 30_000 + b"</row></sheetData>"),
        "import.zip_bomb",
    ),
    (
        "rows without end",
        lambda: with_sheet(b"</sheetData>", b"<row></row>" * 30_000 + b"</sheetData>"),
        "import.rows",
    ),
]


@pytest.mark.parametrize(
    ("make", "code"),
    [(make, code) for _, make, code in HOSTILE],
    ids=[name for name, _, _ in HOSTILE],
)
def test_a_hostile_file_is_refused_with_its_code(make: Callable[[], bytes], code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_file(make())
    assert refused.value.code == code
