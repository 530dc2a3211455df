"""The federations of this installation, read inside somebody's transaction."""

from broker.db import Connection
from broker.errors import Unknown
from broker.metadata import store
from broker.metadata.decisions import read_federation
from broker.metadata.model import Federation


def federations_in(connection: Connection, origin: str) -> tuple[Federation, ...]:
    """Every federation, in order."""
    found = store.federation_documents(connection)
    return tuple(read_federation(document, origin) for _path, document in found)


def federation_of(connection: Connection, path: str, origin: str) -> Federation:
    """The federation of that path. Raises Unknown that lists those there are."""
    known = {federation.path: federation for federation in federations_in(connection, origin)}
    if path not in known:
        raise unknown("federation", path, list(known))
    return known[path]


def unknown(what: str, name: str, known: list[str]) -> Unknown:
    """The error for a name that is not registered; it lists those that are."""
    code = f"metadata.no_{what.rpartition(' ')[2]}"
    return Unknown(code, f"no {what} {name!r}; known: {', '.join(known) or 'none yet'}")
