"""Fictive people with their privileges. No CPR number, and no name of anybody real.

A person is who has the identifier, here as in the broker: the same UUID twice is somebody
with two ways to log in, and the same name twice is two people.
"""

from typing import get_args

from broker.demo.data import told_in
from broker.demo.homes import BY_KEY, Home
from broker.demo.person import Person, Rights
from broker.metadata.documents import Table
from broker.organisations.model import MandateKind
from broker.saml.assurance import Assurance


def _read(table: Table) -> Person:
    home, also = table.optional("home"), table.optional("also_at")
    found: Home | None = BY_KEY[home] if home else None
    person = Person(
        key=table.slug("key"),
        uuid=_uuid(table.number("number", 0, 1, 0xFFFF)),
        name=table.text("name"),
        title=table.text("title", "Brugeradministrator"),
        idp=table.slug("idp", found.idp if found else "nemlogin-borger"),
        home=found,
        unit=table.optional("unit"),
        assurance=table.level("level", "Substantial") or Assurance.SUBSTANTIAL,
        rights=_rights(table.texts("rights")),
        rights_at=table.optional("rights_at"),
        oces2=table.optional("rid"),
        account=table.flag("account", default=found is not None),
        also_at=BY_KEY[also] if also else None,
        administers=table.flag("administers", default=False),
        mandates=_mandates(table.texts("mandates")),
    )
    table.done()
    return person


def _uuid(number: int) -> str:
    """A professional UUID, or a cprUuid, that nobody has."""
    return f"5b1f0f5e-{number:04x}-4000-8000-{number:012x}"


def _rights(spelled: tuple[str, ...]) -> Rights:
    found = (text.partition(" ") for text in spelled)
    return tuple((privilege, unit or None) for privilege, _, unit in found)


def _mandates(spelled: tuple[str, ...]) -> tuple[tuple[MandateKind, str | None], ...]:
    found = (text.partition(" ") for text in spelled)
    return tuple((_KINDS[kind], service or None) for kind, _, service in found)


_KINDS: dict[str, MandateKind] = {kind: kind for kind in get_args(MandateKind)}
PEOPLE: tuple[Person, ...] = tuple(map(_read, told_in("people.toml", "person")))


def people_of(idp: str) -> tuple[Person, ...]:
    """Everybody that one identity provider knows."""
    return tuple(person for person in PEOPLE if person.idp == idp)


def person_of(key: str) -> Person | None:
    """The person of that key, or None."""
    return next((person for person in PEOPLE if person.key == key), None)
