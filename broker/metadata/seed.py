"""The documents an installation begins with, and how a file is told to be one.

They ship with the broker. Once loaded the database is the truth; nothing reads them again
but a person's `broker metadata load`.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from broker.errors import Refused
from broker.metadata.certificate_policy import with_issuers
from broker.metadata.documents import Document
from broker.metadata.logos import with_pictures
from broker.resources import resource

FOLDERS = {
    "federations": "federation",
    "roles": "roles",
    "idp": "idp",
    "services": "service",
    "mapping": "mapping",
    "rollovers": "rollover",
}
LAST = 10_000
# In which they are loaded: services name the national roles they take. Plans are examples, for
# nobody's keys change by being installed.
ORDER = tuple(folder for folder in FOLDERS if folder != "rollovers")


def read_toml(raw: bytes, name: str) -> Document:
    """A TOML document with its `kind`, which its folder tells where it does not say so itself.

    A federation's gets the certificates of its issuers, from `issuers/` beside its folder.
    Raises Refused("metadata.toml") that names the line, or Refused("metadata.document").
    """
    try:
        document = tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused("metadata.toml", f"{name}: {error}") from None
    document = with_pictures(document, Path(name))
    kind = FOLDERS.get(Path(name).parent.name)
    document = {"kind": kind, **document} if kind else document
    if document.get("kind") == "federation":
        return with_issuers(document, Path(name).parent.parent / "issuers")
    return document


def seeds(folder: str) -> Iterator[tuple[str, Document]]:
    """The shipped documents of one folder of `metadata/`: by their `order`, then by file name."""
    found = []
    for path in sorted(resource("metadata").joinpath(folder).glob("*.toml")):
        document = read_toml(path.read_bytes(), str(path))
        order = document.get("order")
        place = order if isinstance(order, int) else LAST
        found.append((place, f"{folder}/{path.name}", document))
    for _place, name, document in sorted(found, key=lambda one: one[:2]):
        yield name, document
