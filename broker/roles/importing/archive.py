"""An XLSX file is a zip archive of XML: what must hold before anything of it is parsed.

The limits are checked on sizes that the archive declares; zipfile reads no more than those.
"""

import io
import re
import zipfile
import zlib

from broker.errors import Refused

MEMBERS = 200
UNPACKED = 60 * 1024 * 1024  # bytes, of all members together
RATIO = 200  # unpacked to packed; a sheet of text packs to a tenth
TAGS = 1_500_000  # in all of it; ten thousand rows of ours have half of that
TAGS_IN_ROW = 20_000
_SMALL = 1024 * 1024  # below this a high ratio does no harm

_XML = (".xml", ".rels", ".vml")
_ENCODING = re.compile(rb"""^<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']""", re.ASCII)
_PLAIN = frozenset({b"utf-8", b"us-ascii", b"ascii"})
_TYPES = "[content_types].xml"
# Part of a member's name, in lower case, and why a file with it is refused.
_PARTS = (
    ("vbaproject", "import.macros"),
    ("activex", "import.macros"),
    ("macrosheets", "import.macros"),
    ("externallinks", "import.external_links"),
    ("connections", "import.external_links"),
    ("querytables", "import.external_links"),
    ("embeddings", "import.embedded"),
)


def vet(data: bytes) -> None:
    """Refuse what is no plain workbook, or would be a burden to open.

    Raises Refused with `import.not_xlsx`, `.encrypted`, `.zip_bomb`, `.macros`,
    `.external_links`, `.embedded`, `.dtd` or `.broken`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _vet_members(archive.infolist())
            tags = 0
            for member in archive.infolist():
                if member.filename.lower().endswith(_XML):
                    tags += _vet_xml(archive.read(member))
            if tags > TAGS:
                raise Refused("import.zip_bomb", f"{tags} tags")
            if b"macroEnabled" in archive.read(_member(archive, _TYPES)):
                raise Refused("import.macros", "the workbook is of a kind that holds macros")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise Refused("import.broken", type(error).__name__) from error
    except NotImplementedError as error:
        raise Refused("import.broken", "packed in a way that is not known") from error


def _vet_members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename.lower().replace("\\", "/") for member in members]
    if len(names) > MEMBERS or len(set(names)) != len(names):
        raise Refused("import.zip_bomb", f"{len(names)} members")
    if any(member.flag_bits & 0x1 for member in members):
        raise Refused("import.encrypted", "a member is encrypted")
    if sum(member.file_size for member in members) > UNPACKED:
        raise Refused("import.zip_bomb", "too large once it is unpacked")
    for member in members:
        if member.file_size > max(_SMALL, RATIO * member.compress_size):
            raise Refused("import.zip_bomb", "packed too tightly")
    for part, code in _PARTS:
        if any(part in name for name in names):
            raise Refused(code, f"it has {part}")
    if _TYPES not in names or "xl/workbook.xml" not in names:
        raise Refused("import.not_xlsx", "no workbook in it")


def _vet_xml(raw: bytes) -> int:
    """No DTD, an encoding in which one could not hide, no row without end; how many tags.

    A parser keeps the cells of a row until it ends.
    """
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    declared = _ENCODING.match(raw)
    if b"\x00" in raw or (declared and declared[1].lower() not in _PLAIN):
        raise Refused("import.dtd", "a part is not in UTF-8")
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise Refused("import.dtd", "a part has a DTD")
    if max(row.count(b"<") for row in raw.split(b"row>")) > TAGS_IN_ROW:
        raise Refused("import.zip_bomb", "too much in one row")
    return raw.count(b"<")


def _member(archive: zipfile.ZipFile, lower: str) -> str:
    return next(name for name in archive.namelist() if name.lower() == lower)
