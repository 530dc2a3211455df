"""Somebody fictive who logs in, and what their identity provider says of their rights."""

import base64
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from broker.demo.homes import Home
from broker.organisations.model import MandateKind
from broker.saml.assurance import Assurance
from broker.saml.privileges import CVR_SCOPE, NAMESPACES, SOR_CONSTRAINT

Rights = tuple[tuple[str, str | None], ...]  # privilege, and the unit it is narrowed to


@dataclass(frozen=True, slots=True)
class Person:
    """Where somebody logs in, for which organisation, how surely, with what rights."""

    key: str
    uuid: str
    name: str
    title: str
    idp: str
    home: Home | None  # a citizen acts for no organisation
    unit: str | None  # SOR id of the unit that they work in
    assurance: Assurance
    rights: Rights
    rights_at: str | None  # the organisation they count in, where it is another
    oces2: str | None  # the RID of an OCES2 certificate, told beside the UUID
    account: bool  # whether an administrator has added them
    also_at: Home | None  # another organisation that they work for
    administers: bool
    mandates: tuple[tuple[MandateKind, str | None], ...] = ()  # with the service, where for one

    @property
    def organisation(self) -> str:
        """The name of the organisation, or nothing."""
        return self.home.name if self.home else ""

    @property
    def cvr(self) -> str:
        """The number of the organisation, or nothing."""
        return self.home.cvr if self.home else ""

    @property
    def rid(self) -> str:
        """The employee's number in an OCES2 certificate, as made up as everything here."""
        return self.oces2 or f"{int(self.uuid[-6:], 16):08d}"

    @property
    def level(self) -> str:
        """The level of assurance as pages show it."""
        return self.assurance.word

    def privileges(self) -> str | None:
        """The rights as an OIO basic privilege list in base64, or None where there are none."""
        if not self.rights:
            return None
        groups = "".join(
            f"<PrivilegeGroup Scope={quoteattr(CVR_SCOPE + (self.rights_at or self.cvr))}>"
            f"<Privilege>{escape(privilege)}</Privilege>{_constraint(unit)}</PrivilegeGroup>"
            for privilege, unit in self.rights
        )
        xml = f'<bpp:PrivilegeList xmlns:bpp="{NAMESPACES[0]}">{groups}</bpp:PrivilegeList>'
        return base64.b64encode(xml.encode()).decode()


def _constraint(unit: str | None) -> str:
    return f'<Constraint Name="{SOR_CONSTRAINT}">{escape(unit)}</Constraint>' if unit else ""
