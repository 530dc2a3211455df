"""Files of code lists that tests write, and how they load them."""

import io
from collections.abc import Mapping
from datetime import datetime

from broker.audit.store import AuditStore
from broker.codelists.lines import STANDARD, Limits
from broker.codelists.model import Finding, Preview, Target
from broker.codelists.numbers import make_sor
from broker.codelists.reading import Reading, read
from broker.codelists.service import CodeFile, CodeListService, silent
from broker.db import Engine
from broker.metadata.report import Occasion
from tests.factories import NOW

OCCASION = Occasion(NOW, "operator", "a test", "R1")
HEADING = "Enhedsnavn;Enhedstype;P_Region;Hovedspeciale;SOR-kode;Parent-SOR-kode;CVR"

A, B, C, D, E = (make_sor(item) for item in range(1, 6))


def reading_of(
    text: str | bytes, wanted: Target | None = None, limits: Limits = STANDARD
) -> Reading:
    """What a file says."""
    raw = text.encode() if isinstance(text, str) else text
    return read(io.BytesIO(raw), wanted, limits, silent)


def findings_of(text: str | bytes, limits: Limits = STANDARD) -> list[tuple[str, int | None]]:
    """The code and line of everything that is refused or odd in a file."""
    return [
        (finding.code, finding.line)
        for finding in reading_of(text, limits=limits).findings.all()
        if finding.level != "info"
    ]


def sor_csv(parents: Mapping[str, str | None], names: Mapping[str, str] | None = None) -> str:
    """A sor.csv in which each code hangs below another."""
    called = names or {}
    rows = [
        f"{called.get(code, 'Afsnit ' + code)};afsnit;;;{code};{parent or ''};"
        for code, parent in parents.items()
    ]
    return "\n".join([HEADING, *rows])


def fixed(kind: str, code: str, since: str, until: str, text: str) -> str:
    """A line of shakcomplete.txt or of an SKS file."""
    return f"{kind:<3}{code:<20}{since:<8}{'20240101'}{until:<8}{text:<120}XYZ"


def file_of(text: str | bytes, target: Target | None = None, *, complete: bool = True) -> CodeFile:
    """A file to give to the service."""
    raw = text.encode() if isinstance(text, str) else text
    return CodeFile(io.BytesIO(raw), "file.csv", target, complete)


def load(
    engine: Engine,
    text: str | bytes,
    at: datetime = NOW,
    *,
    complete: bool = True,
    confirmed: bool = True,
) -> Preview:
    """Load a file that counts from an instant."""
    service = CodeListService(engine, AuditStore())
    return service.apply(file_of(text, complete=complete), at, OCCASION, confirmed=confirmed)


def codes_of(findings: tuple[Finding, ...]) -> list[str]:
    """The codes of findings."""
    return [finding.code for finding in findings]
