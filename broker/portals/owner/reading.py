"""What was sent in a test login, read again and said in words."""

from dataclasses import dataclass

from broker.portals.owner.attributes import OFFERED
from broker.registrations.preview import indented, readable
from broker.saml.messages import Assertion
from broker.saml.own_words import unverified_assertion
from broker.saml.vocabulary import SHORT_OF
from broker.web.language import Text
from broker.web.language import Text as _

_WORDS: dict[str, Text] = {
    **dict(OFFERED),
    "loa": _("Level of assurance"),
    "spec_version": _("Version of the profile"),
    "privileges": _("Roles"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One attribute: what it is, its name on the wire, its values, and XML that is in them."""

    words: Text | str
    name: str
    values: tuple[str, ...]
    xml: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A Response for a reader: its assertion, its attributes, and all of it as XML."""

    assertion: Assertion
    assertion_signed: bool
    response_signed: bool
    told: tuple[Told, ...]
    xml: str

    @property
    def audience(self) -> str:
        """For whom it is."""
        conditions = self.assertion.conditions
        return ", ".join(one for few in conditions.audiences for one in few) if conditions else ""


def explained(xml: bytes) -> Read:
    """The Response as it was sent. Raises Refused."""
    assertion, signed, around = unverified_assertion(xml)
    told = []
    for one in assertion.attributes:
        short = SHORT_OF.get(one.name, "")
        words = _WORDS.get(short) or one.friendly_name or ""
        told.append(Told(words, one.name, one.values, readable(one)))
    return Read(assertion, signed, around, tuple(told), indented(xml.decode("utf-8", "replace")))
