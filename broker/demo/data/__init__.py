"""The tables of the demo: who there is, what they are granted, and what each login comes to.

people    organisations and people, everybody fictive
rights    groups, bundles and grants, as operators and administrators gave them
planned   for each service and identity provider: who logs in there, and the roles they get
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from broker.metadata.documents import Document, Table


def document_of(name: str) -> Document:
    """A whole file of this folder."""
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


def told_in(name: str, key: str) -> Iterator[Table]:
    """The tables of one list in a file of this folder."""
    return Table(name, document_of(name)).tables(key)
