"""Writes workbooks (XLSX) of texts: every cell an inline string, so that nothing is a formula.

A library makes an object of each cell, and two million of them took two minutes. Here a row is
one piece of text that goes straight into the archive; texts that come again are escaped once.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence

_LONGEST_CELL = 32_767  # characters that a spreadsheet takes in one cell
_LONGEST_NAME = 31
_REMEMBERED = 50_000  # texts
_ROWS = 1000  # at a time
# Also a carriage return: a parser would make a line feed of it, had it no name.
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SPECIAL = re.compile(r"[&<>\r]")
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_NO_NAME = re.compile(r"[\[\]:*?/\\'\"]")

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/>'
    '</font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>'
    '<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf fontId="1" applyFont="1" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
_STYLED = ("styles", "styles.xml")
_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType='
    f'"{_SHEET}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType='
    f'"{_SHEET}.styles+xml"/>{{sheets}}</Types>'
)
_OPEN = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1"'
    ' topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
_CLOSE = "</sheetData></worksheet>"

Texts = Sequence[str]
Sheet = tuple[str, Texts, Iterable[Texts]]
"""A name, the headings, and the rows, which are asked for once."""


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of these sheets, the headings bold and frozen."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for path, content in _parts([name for name, _, _ in sheets]):
            archive.writestr(path, content)
        for number, (_, headings, rows) in enumerate(sheets, 1):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as part:
                for piece in _sheet(headings, rows):
                    part.write(piece.encode())
    return out.getvalue()


def _sheet(headings: Texts, rows: Iterable[Texts]) -> Iterator[str]:
    """The text of a sheet, some rows at a time."""
    columns = [_letters(number) for number in range(len(headings))]
    bold = "".join(
        f'<c r="{column}1" s="1"{_cell(heading)}'
        for column, heading in zip(columns, headings, strict=True)
    )
    yield f'{_OPEN}<row r="1">{bold}</row>'
    known, written = dict[str, str](), list[str]()
    for number, row in enumerate(rows, 2):
        written.append(f'<row r="{number}">')
        for column, text in zip(columns, row, strict=True):
            if not text:
                continue
            cell = known.get(text)
            if cell is None:
                if len(known) >= _REMEMBERED:
                    known.clear()
                cell = known[text] = _cell(text)
            written.append(f'<c r="{column}{number}"{cell}')
        written.append("</row>")
        if number % _ROWS == 0:
            yield "".join(written)
            written.clear()
    yield "".join(written) + _CLOSE


def _cell(text: str) -> str:
    """A cell from behind its place on: a string whatever it begins with."""
    safe = _NO_XML.sub("\ufffd", text)[:_LONGEST_CELL]
    safe = _SPECIAL.sub(lambda found: _NAMED[found[0]], safe)
    return f' t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'


def _letters(number: int) -> str:
    """What a spreadsheet calls a column: A to Z, then AA."""
    above, last = divmod(number, 26)
    return (_letters(above - 1) if above else "") + chr(ord("A") + last)


def _parts(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Everything in the archive but the sheets themselves."""
    numbers = range(1, len(names) + 1)
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_SHEET}.worksheet+xml"/>'
        for n in numbers
    )
    yield "[Content_Types].xml", _TYPES.format(sheets=kinds)
    yield "_rels/.rels", _related([("officeDocument", "xl/workbook.xml")])
    yield (
        "xl/_rels/workbook.xml.rels",
        _related([*(("worksheet", f"worksheets/sheet{n}.xml") for n in numbers), _STYLED]),
    )
    listed = "".join(
        f'<sheet name="{_name(name)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    book = f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets>'
    yield "xl/workbook.xml", f"{book}</workbook>"
    yield "xl/styles.xml", _STYLES


def _related(parts: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(parts, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _name(text: str) -> str:
    """What a sheet may be called."""
    safe = _NO_XML.sub("", _NO_NAME.sub(" ", text))[:_LONGEST_NAME]
    return _SPECIAL.sub(lambda found: _NAMED[found[0]], safe)
