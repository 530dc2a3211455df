"""The documents an installation begins with, and how a file is told to be one.

They ship with the broker. Once loaded the database is the truth; nothing reads them again
but a person's `broker metadata load`.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from broker.errors import Refused
from broker.metadata.documents import Document
from broker.resources import resource

FOLDERS = {
    "federations": "federation",
    "idp": "idp",
    "services": "service",
    "mapping": "mapping",
}


def read_toml(raw: bytes, name: str) -> Document:
    """A TOML document with its `kind`, which its folder tells where it does not say so itself.

    Raises Refused("metadata.toml") that names the line.
    """
    try:
        document = tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused("metadata.toml", f"{name}: {error}") from None
    kind = FOLDERS.get(Path(name).parent.name)
    return {"kind": kind, **document} if kind else document


def seeds(folder: str) -> Iterator[tuple[str, Document]]:
    """The shipped documents of one folder of `metadata/`, by file name."""
    for path in sorted(resource("metadata").joinpath(folder).glob("*.toml")):
        yield f"{folder}/{path.name}", read_toml(path.read_bytes(), str(path))
