"""A file as a sheet, by what its bytes are and not by what it is called."""

from broker.errors import Refused
from broker.roles.importing.csv_reading import read_csv
from broker.roles.importing.spreadsheet import BYTES, Sheet
from broker.roles.importing.xlsx_reading import read_xlsx

_ZIP = b"PK"
_OLD = b"\xd0\xcf\x11\xe0"  # both the .xls of before 2007 and every workbook with a password


def read_file(data: bytes) -> Sheet:
    """The first sheet of an XLSX, or the rows of a CSV.

    Raises Refused with `import.size`, `import.empty`, `import.old_excel`, and what the two
    readers raise.
    """
    if len(data) > BYTES:
        raise Refused("import.size", f"{len(data)} bytes")
    if not data.strip():
        raise Refused("import.empty", "no bytes")
    if data.startswith(_OLD):
        raise Refused("import.old_excel", "an OLE file")
    return read_xlsx(data) if data.startswith(_ZIP) else read_csv(data)
