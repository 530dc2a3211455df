"""Whom to ring or write to at a partner, as its metadata says. SAML Metadata 2.3.2.2."""

from dataclasses import dataclass

from broker.saml import names
from broker.saml.metadata_xml import parse_metadata
from broker.saml.xml import children

_ORDER = ("technical", "support", "administrative")
MOST = 20  # contacts that are read of one entity


@dataclass(frozen=True, slots=True)
class ListedContact:
    """One ContactPerson: claims of a document, for people to use with their own eyes."""

    kind: str
    name: str
    mails: tuple[str, ...]
    phones: tuple[str, ...]


def read_phone_list(xml: bytes) -> tuple[ListedContact, ...]:
    """The contacts of an entity that was accepted, technical ones first. Raises Refused."""
    found = []
    for person in children(parse_metadata(xml), names.MD, "ContactPerson")[:MOST]:
        texts = {
            name: tuple(
                text
                for element in children(person, names.MD, name)
                if (text := " ".join((element.text or "").split()))
            )
            for name in ("GivenName", "SurName", "EmailAddress", "TelephoneNumber")
        }
        contact = ListedContact(
            kind=person.get("contactType", "other"),
            name=" ".join((*texts["GivenName"], *texts["SurName"])),
            mails=tuple(mail.removeprefix("mailto:") for mail in texts["EmailAddress"]),
            phones=texts["TelephoneNumber"],
        )
        if contact.mails or contact.phones:
            found.append(contact)
    return tuple(sorted(found, key=lambda one: _place(one.kind)))


def _place(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
