"""What is asked for in a case: frozen dataclasses, checked, and kept as JSON.

A document is read by the kind of its case. What cannot be read raises, and never half a
document: fields that are missing or unknown, or of another type, are a fault.
"""

import json
import types
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from typing import Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from broker.cases.model import Case, CaseKind
from broker.errors import Refused
from broker.organisations import words
from broker.organisations.model import OrganisationKind

PURPOSE, PRODUCT = 1000, 120
MOST_ROLES = 40
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody named in a case, whom mail reaches."""

    name: str = field(repr=False)
    email: str = field(repr=False)

    def checked(self, what: str) -> "Contact":
        """The same in good order. Raises Refused("input.*")."""
        mail = words.mail(self.email)
        if mail is None:
            raise Refused("input.empty", f"{what}: the mail address is missing")
        return Contact(words.line(what, self.name, words.NAME), mail)


@dataclass(frozen=True, slots=True)
class Limit:
    """How far a role may be handed out: one code of a delimitation type."""

    type: str
    value: str
    with_descendants: bool = True


@dataclass(frozen=True, slots=True)
class WantedRole:
    """A role that an organisation wants to hand out; without limits there is no ceiling."""

    role: str  # our id of it
    service: str  # code
    name: str  # as it was called when it was asked for
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Joining:
    """An organisation that wants to become a member."""

    cvr: str
    name: str
    kind: OrganisationKind
    applicant: Contact  # whoever fills it in, and hears how it goes
    officer: Contact  # the security officer, who approves for the organisation
    administrators: tuple[Contact, ...]  # the first two
    roles: tuple[WantedRole, ...]
    purpose: str
    unit_key: str = ""

    def checked(self) -> "Joining":
        """The same in good order.

        Raises Refused("input.*" | "case.administrators" | "case.officer" | "case.roles").
        """
        admins = tuple(one.checked("the administrator") for one in self.administrators)
        if len({one.email.casefold() for one in admins}) < 2:
            raise Refused("case.administrators", "two administrators, each with an address")
        if self.officer.email.strip().casefold() == self.applicant.email.strip().casefold():
            raise Refused("case.officer", "the security officer is somebody else")
        return Joining(
            cvr=words.cvr(self.cvr),
            name=words.line("the name", self.name, words.NAME),
            kind=self.kind,
            applicant=self.applicant.checked("you who apply"),
            officer=self.officer.checked("the security officer"),
            administrators=admins,
            roles=_roles(self.roles),
            purpose=words.line("the purpose", self.purpose, PURPOSE),
            unit_key=words.unit_key(self.unit_key),
        )


@dataclass(frozen=True, slots=True)
class Accessing:
    """Further roles that an organisation which is a member wants to hand out."""

    roles: tuple[WantedRole, ...]
    purpose: str

    def checked(self) -> "Accessing":
        """The same in good order. Raises Refused("input.*" | "case.roles")."""
        return Accessing(_roles(self.roles), words.line("the purpose", self.purpose, PURPOSE))


@dataclass(frozen=True, slots=True)
class Shown:
    """One attribute that a test login brought; its value is never kept."""

    name: str
    values: int
    shape: str  # "d8" is eight digits, "x24" 24 characters


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something that was noticed in metadata."""

    level: Literal["info", "odd", "refused"]
    code: str
    where: str
    words: str


@dataclass(frozen=True, slots=True)
class Connecting:
    """An identity provider that is to be connected: for whom it may speak, and how surely."""

    name: str
    entity_id: str
    cvrs: tuple[str, ...]
    level: str  # the highest that it may assert
    contact: Contact
    service: str  # the first one that it is opened for
    code: str = ""  # of the IdP in the registry, once its metadata is loaded
    evidence: str = ""  # on what the level rests
    shown: tuple[Shown, ...] = ()  # of the latest test login
    verdicts: tuple[Noticed, ...] = ()  # what was said of its metadata

    def checked(self) -> "Connecting":
        """The same in good order. Raises Refused("input.*" | "case.cvrs")."""
        cvrs = tuple(dict.fromkeys(words.cvr(one) for one in self.cvrs))
        if not cvrs:
            raise Refused("case.cvrs", "it speaks for nobody")
        return Connecting(
            name=words.line("the name", self.name, words.NAME),
            entity_id=words.line("the entityID", self.entity_id, 1024),
            cvrs=cvrs,
            level=self.level,
            contact=self.contact.checked("the contact"),
            service=self.service,
            code=self.code,
            evidence=words.optional("the evidence", self.evidence, words.REASON) or "",
            shown=self.shown,
            verdicts=self.verdicts,
        )


@dataclass(frozen=True, slots=True)
class Launching:
    """A service into production, a change of it there, or its removal: `registrations` has it."""

    change: str  # our id of it
    service: str  # code
    kind: str

    def checked(self) -> "Launching":
        """The same: whoever makes it has checked it."""
        return self


@dataclass(frozen=True, slots=True)
class Building:
    """A vendor that builds against an interface, and wants to use its test environment."""

    service: str  # code
    interface: str
    cvr: str
    organisation: str
    product: str
    purpose: str
    contact: Contact
    fictive: bool  # it was declared that no data of anybody real is sent
    language: Literal["da", "en"]  # that the vendor is written to in
    wanted_at: str = ""  # an instant; at once where empty
    technical: Contact | None = None
    certificate: str = ""  # DER in base64; empty where it comes later
    renews: str = ""  # our id of the access that it goes on with

    def checked(self) -> "Building":
        """The same in good order. Raises Refused("input.*" | "vendor.fictive")."""
        if not self.fictive:
            raise Refused("vendor.fictive", "it was not declared that all data is fictive")
        technical = self.technical.checked("the technical contact") if self.technical else None
        return replace(
            self,
            cvr=words.cvr(self.cvr),
            organisation=words.line("the company", self.organisation, words.NAME),
            product=words.line("the product", self.product, PRODUCT),
            purpose=words.line("the purpose", self.purpose, PURPOSE),
            contact=self.contact.checked("the contact"),
            technical=technical,
        )


Document = Joining | Accessing | Connecting | Launching | Building
DOCUMENTS: Mapping[
    CaseKind,
    type[Joining] | type[Accessing] | type[Connecting] | type[Launching] | type[Building],
] = {
    "organisation": Joining,
    "access": Accessing,
    "idp": Connecting,
    "service": Launching,
    "vendor": Building,
}


def written(document: Document) -> str:
    """A document as JSON, the same each time."""
    return json.dumps(asdict(document), ensure_ascii=False, sort_keys=True)


def read(case: Case, kind: type[D]) -> D:
    """What a case asks for, where it is of this kind. Raises Refused("case.kind")."""
    if DOCUMENTS[case.kind] is not kind:
        raise Refused("case.kind", f"{case.reference} asks for something else")
    return parsed(kind, json.loads(case.document))


def parsed(kind: type[D], value: object) -> D:
    """A dataclass of what JSON said. Raises ValueError where it does not fit."""
    if not isinstance(value, dict) or not is_dataclass(kind):
        raise ValueError("not an object")
    hints = get_type_hints(kind)
    unknown = set(value) - {one.name for one in fields(kind)}
    if unknown:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
    try:
        given = {name: _value(hints[name], one) for name, one in value.items()}
        return cast(D, kind(**given))
    except TypeError as error:
        raise ValueError(str(error)) from error


def _value(hint: object, value: object) -> object:
    origin = get_origin(hint)
    if origin is tuple:
        if not isinstance(value, list):
            raise ValueError("not a list")
        return tuple(_value(get_args(hint)[0], one) for one in value)
    if origin in (Union, types.UnionType):
        rest = [one for one in get_args(hint) if one is not type(None)]
        return None if value is None else _value(rest[0], value)
    if is_dataclass(hint) and isinstance(hint, type):
        return parsed(hint, value)
    if isinstance(hint, type):
        if type(value) is not hint:
            raise ValueError(f"not a {hint.__name__}")
        return value
    if value not in get_args(hint):  # a Literal
        raise ValueError(f"not one of {get_args(hint)}")
    return value


def _roles(roles: tuple[WantedRole, ...]) -> tuple[WantedRole, ...]:
    """Each role once, and some. Raises Refused("case.roles")."""
    if not roles:
        raise Refused("case.roles", "no role is asked for")
    if len(roles) > MOST_ROLES or len({one.role for one in roles}) != len(roles):
        raise Refused("case.roles", "each role once, and not that many")
    return roles
