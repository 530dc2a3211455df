"""Facts about code lists. Frozen; nothing here reads a file, a clock or a database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeGuard, get_args

from broker.periods import Period
from broker.saml.entities import Localised

ListId = Literal["sor", "shak", "sks", "cvr", "pnumber"]
Target = Literal["sor", "shak", "sks", "cvr", "pnumber", "shak-sor"]  # what a file can be about
Level = Literal["info", "odd", "refused"]
What = Literal["new", "changed", "closed"]

# Called with what is being done now, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]

LIST_IDS: tuple[ListId, ...] = get_args(ListId)
TARGETS: tuple[Target, ...] = get_args(Target)
MAP: Target = "shak-sor"

LIST_NAMES: Mapping[ListId, Localised] = {
    "sor": Localised(
        "Sundhedsvæsenets Organisationsregister", "The Danish register of health organisations"
    ),
    "shak": Localised("Sygehusafdelingsklassifikationen", "Hospitals, departments and sections"),
    "sks": Localised("Sundhedsvæsenets Klassifikationssystem", "The health classification system"),
    "cvr": Localised("Virksomheder (CVR-numre)", "Organisations (CVR numbers)"),
    "pnumber": Localised("Produktionsenheder (P-numre)", "Production units (P-numbers)"),
}


def is_list(text: str) -> TypeGuard[ListId]:
    """Whether it is the id of a code list."""
    return text in LIST_IDS


def pair(shak: str, sor: str) -> str:
    """What a row of the map from SHAK to SOR goes by while a load is planned."""
    return f"{shak}>{sor}"


def parted(key: str) -> tuple[str, str]:
    """The SHAK code and the SOR id of a `pair`."""
    shak, _, sor = key.partition(">")
    return shak, sor


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What a list says of a code for some time; empty texts are unknown."""

    name: str
    parent: str | None = None
    kind: str = ""  # the list's own word: Enhedstype, SorType, record type
    cvr: str | None = None
    shak: str | None = None
    region: str = ""
    specialty: str = ""


@dataclass(frozen=True, slots=True)
class CodeValue:
    """A code of a list, and what it was called and hung below during one period."""

    list_id: ListId
    code: str
    facts: CodeFacts
    period: Period
    replaced_by: str | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.facts.name

    @property
    def parent(self) -> str | None:
        """The code that it hangs directly below; None at the top."""
        return self.facts.parent

    @property
    def kind(self) -> str:
        """What kind of code it is, in the list's own word."""
        return self.facts.kind

    @property
    def cvr(self) -> str | None:
        """The organisation that it belongs to, where the list says so."""
        return self.facts.cvr

    @property
    def shak(self) -> str | None:
        """Its SHAK code, where the list says so."""
        return self.facts.shak


@dataclass(frozen=True, slots=True)
class About:
    """Everything that is known of a code, as seen at an instant."""

    value: CodeValue | None  # None where it does not count then
    history: tuple[CodeValue, ...]
    path: tuple[CodeValue, ...]  # from the top down to itself
    below: int  # how many codes are below it
    mapped: tuple[str, ...]  # SOR ids of a SHAK code
    successor: str | None


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list as it is loaded: how many codes count now, and when it was last loaded."""

    list_id: ListId
    loaded_at: datetime | None
    source: str
    open: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth knowing about a file, in words. A `refused` row is left out."""

    level: Level
    code: str
    words: str
    line: int | None = None  # counted from 1; None where it is about the file as a whole


@dataclass(frozen=True, slots=True)
class Change:
    """What a load does to one code, for a person to look at."""

    what: What
    code: str
    before: CodeFacts | None
    after: CodeFacts | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do to a list, or did: counts, some of the changes, and all findings.

    `findings` holds the gravest; `more_findings` says how many others there were.
    """

    target: Target
    source: str
    at: datetime
    rows: int
    new: int
    changed: int
    closed: int
    unchanged: int
    open_before: int
    samples: tuple[Change, ...]
    findings: tuple[Finding, ...]
    more_findings: int
    refused: int  # rows that were left out
    confirm: str | None  # why it takes a confirmation, in words; None where it takes none
