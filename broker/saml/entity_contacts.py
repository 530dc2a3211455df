"""Whom to write to, as an entity's metadata says it. Metadata 2.3.2.2.

An address of a partner ends up in the headers of a mail, so it is read strictly or not at all.
"""

import re

from broker.saml import names
from broker.saml.entities import EntityContact
from broker.saml.xml import Element, children

MAX_CONTACTS = 16
MAIL = re.compile(
    r"(?=.{3,254}\Z)[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\Z"
)


def read_contacts(element: Element) -> tuple[EntityContact, ...]:
    """The contacts that have a mail address, in the order of the document."""
    found: list[EntityContact] = []
    for contact in children(element, names.MD, "ContactPerson")[:MAX_CONTACTS]:
        given = [_text(one) for n in ("GivenName", "SurName") for one in _parts(contact, n)]
        name = " ".join(part for part in given if part)
        for address in _parts(contact, "EmailAddress")[:2]:
            mail = _text(address).removeprefix("mailto:")
            if MAIL.match(mail):
                kind = contact.get("contactType", "other")
                found.append(EntityContact(kind if kind in _KINDS else "other", name, mail))
    return tuple(found)


_KINDS = ("technical", "support", "administrative", "billing", "other")


def _parts(contact: Element, name: str) -> list[Element]:
    return list(children(contact, names.MD, name))


def _text(element: Element) -> str:
    text = " ".join((element.text or "").split())[:254]
    return "".join(letter for letter in text if letter.isprintable())
