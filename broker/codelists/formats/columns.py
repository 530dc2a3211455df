"""Which heading means what, in each of the files with columns.

Headings are compared without case, spaces, hyphens and the like: `SOR-kode` is `sorkode`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from broker.codelists.model import Target
from broker.errors import Refused

_SINCE = ("fromdate", "fradato", "gyldigfra", "validfrom", "from", "fra")
_UNTIL = ("todate", "tildato", "gyldigtil", "validto", "lukkedato", "to", "til")
_SHAK = ("shakid", "shakkode", "shakcode", "shakidentifier", "shak", "sygehusafdelingsnummer")
_CVR = ("cvr", "cvrnummer", "cvrnumber", "cvrnumberidentifier")
_SUCCESSOR = ("replacedbysorid", "erstattetafsorkode", "replacedby", "erstattetaf")


@dataclass(frozen=True, slots=True)
class Format:
    """A file with columns: what it is about, and the headings of each field it may hold."""

    words: str
    target: Target
    required: frozenset[str]
    fields: Mapping[str, tuple[str, ...]]


SOR_DAILY = Format(
    "SorEntity_daily.csv",
    "sor",
    frozenset({"code", "kind", "name", "institution"}),
    {
        "code": ("sorid",),
        "kind": ("sortype",),
        "type": ("entitytypename",),
        "name": ("entityname",),
        "parent": ("parentsorid", "parentsoridentifier", "parententitysorid"),
        "institution": ("healthinstitutionsorid",),
        "owner": ("institutionownersorid",),
        "cvr": _CVR,
        "shak": _SHAK,
        "region": ("regionname", "eanlocationcoderegionname"),
        "specialty": ("prioritizedentityspeciality1name",),
        "since": ("fromdate",),
        "first": ("firstfromdate",),
        "until": ("todate",),
        "replaced_by": _SUCCESSOR,
    },
)
SOR_CSV = Format(
    "sor.csv",
    "sor",
    frozenset({"code", "name", "parent"}),
    {
        "code": ("sorkode",),
        "name": ("enhedsnavn",),
        "kind": ("enhedstype",),
        "parent": ("parentsorkode",),
        "cvr": _CVR,
        "shak": _SHAK,
        "region": ("pregion",),
        "specialty": ("hovedspeciale",),
        "since": _SINCE,
        "until": _UNTIL,
        "replaced_by": _SUCCESSOR,
    },
)
PNUMBERS = Format(
    "P-numbers as CSV",
    "pnumber",
    frozenset({"code", "name", "cvr"}),
    {
        "code": ("pnumber", "pnummer"),
        "name": ("name", "navn"),
        "cvr": _CVR,
        "kind": ("kind", "type"),
        "since": _SINCE,
        "until": _UNTIL,
        "replaced_by": _SUCCESSOR,
    },
)
CVRS = Format(
    "CVR numbers as CSV",
    "cvr",
    frozenset({"code", "name"}),
    {
        "code": _CVR,
        "name": ("name", "navn"),
        "kind": ("kind", "type"),
        "since": _SINCE,
        "until": _UNTIL,
        "replaced_by": _SUCCESSOR,
    },
)
SHAK_SOR = Format(
    "SHAKSORMap.csv",
    "shak-sor",
    frozenset({"shak", "sor"}),
    {
        "shak": _SHAK,
        "sor": ("sorid", "sorkode", "sorcode", "soridentifier", "sor"),
        "since": _SINCE,
        "until": _UNTIL,
    },
)

FORMATS = (SOR_DAILY, SOR_CSV, PNUMBERS, CVRS, SHAK_SOR)


@dataclass(frozen=True, slots=True)
class Heading:
    """The first line of a file with columns: where each field that is read stands."""

    format: Format
    width: int
    places: Mapping[str, int]

    def value(self, cells: Sequence[str], field: str) -> str:
        """A field of a row; empty where the file has no such column."""
        place = self.places.get(field)
        return "" if place is None else cells[place]


def heading(names: Sequence[str], wanted: Target | None) -> Heading | None:
    """The heading that a line is, of the first format that it fits; None where it fits none.

    Raises Refused("codelist.heading") where a column that would be read is there twice.
    """
    plain = ["".join(filter(str.isalnum, name.casefold())) for name in names]
    for known in FORMATS:
        if wanted not in (None, known.target):
            continue
        places = {}
        for field, spellings in known.fields.items():
            spelling = next((each for each in spellings if each in plain), None)
            if spelling is None:
                continue
            if plain.count(spelling) > 1:
                raise Refused("codelist.heading", f"there are two columns called {spelling}")
            places[field] = plain.index(spelling)
        if known.required <= places.keys():
            return Heading(known, len(names), places)
    return None
