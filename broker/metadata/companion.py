"""What the registry does not keep itself and is yet said in the same documents.

A service's document says how SAML is spoken with it, which is read here, and which roles it
has, which is not. Whoever keeps the rest is handed the document inside the same transaction,
so that both halves come into force together or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from broker.db import Connection
from broker.metadata.documents import Document
from broker.metadata.report import Occasion, Outcome


@dataclass(frozen=True, slots=True)
class Part:
    """A document on its way into one federation, inside the transaction of the load."""

    connection: Connection
    federation: str  # its path; empty for a document that is for the whole installation
    document: Document
    source: str
    occasion: Occasion


class Companion(Protocol):
    """Keeps the parts of documents that are not about SAML."""

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """By kind of document, the keys that are its own; the registry does not keep those."""

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of document that are its own, loaded once for each federation they name."""

    @property
    def common(self) -> frozenset[str]:
        """Kinds of document that are its own and for the whole installation."""

    def load(self, part: Part) -> list[Outcome]:
        """Keep its part of a document. Raises Refused that names the mistake."""
