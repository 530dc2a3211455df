"""The synthetic lists that travel with the broker: fictive units, under real regions' names.

They are for the demo and for tests. An installation loads the published files instead.
"""

from contextlib import ExitStack
from datetime import UTC, datetime

from broker.audit.store import AuditStore
from broker.codelists.lines import STANDARD, open_file
from broker.codelists.model import Preview, Target
from broker.codelists.reading import read
from broker.codelists.service import CodeFile, CodeListService, silent
from broker.db import Engine, writing
from broker.metadata.report import Occasion
from broker.resources import resource

# Long before anything that the demo does, so that its history has a past to look at.
COUNTS_FROM = datetime(2020, 1, 1, tzinfo=UTC)

FILES: tuple[tuple[Target, str], ...] = (
    ("cvr", "cvr.csv"),
    ("pnumber", "pnumbers.csv"),
    ("sor", "sor.csv"),
    ("shak", "shak.txt"),
    ("sks", "sks.txt"),
    ("shak-sor", "shak-sor-map.csv"),
)


def seed(engine: Engine, audit: AuditStore, occasion: Occasion) -> tuple[Preview, ...]:
    """Load the synthetic lists in one transaction; a list that was ever loaded stays as it is."""
    service = CodeListService(engine, audit)
    with ExitStack() as files, writing(engine) as connection:
        done = []
        for target, name in FILES:
            stream = files.enter_context(open_file(resource("metadata") / "codelists" / name))
            if service.is_loaded(connection, target):
                continue
            told = read(stream, target, STANDARD, silent)
            file = CodeFile(stream, name, target)
            done.append(service.write(connection, file, told, COUNTS_FROM, occasion))
    return tuple(done)
