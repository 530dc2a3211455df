"""What differs between two documents of an entity, field by field, in words. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from broker.metadata.model import Endpoint, IdentityProvider, Localised, ServiceProvider
from broker.saml.entities import EntityFacts
from broker.saml.keys import Certificate

Role = ServiceProvider | IdentityProvider


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is not as it was; empty where it was not there, or is gone."""

    field: str  # stable: signing, encryption, acs, sso, slo, name, flag, attribute, …
    label: Localised
    before: str
    after: str

    @property
    def sign(self) -> str:
        """How a list shows it: + new, - gone, ~ changed."""
        return "~" if self.before and self.after else "+" if self.after else "-"

    @property
    def words(self) -> Localised:
        """The difference as a line for a reader."""
        if self.before and self.after:
            return Localised(
                f"{self.label.da}: {self.before} bliver til {self.after}",
                f"{self.label.en}: {self.before} becomes {self.after}",
            )
        if self.after:
            return Localised(
                f"{self.label.da}, ny: {self.after}", f"{self.label.en}, new: {self.after}"
            )
        return Localised(
            f"{self.label.da}, fjernet: {self.before}", f"{self.label.en}, gone: {self.before}"
        )


def differences(before: EntityFacts | None, after: EntityFacts | None) -> tuple[Difference, ...]:
    """Everything that changes from one document to another; None has nothing in it."""
    return tuple(_entity(before, after))


def _entity(before: EntityFacts | None, after: EntityFacts | None) -> Iterator[Difference]:
    then, now = _instant(before), _instant(after)
    yield from _value("valid_until", Localised("Gælder til", "Valid until"), then, now)
    for role_da, role_en, then_role, now_role in (
        ("Tjenesten", "Service", _sp(before), _sp(after)),
        ("Login", "Identity provider", _idp(before), _idp(after)),
    ):
        label = Localised(role_da, role_en)
        there = (_there(then_role), _there(now_role))
        if there[0] != there[1]:
            yield Difference("role", label, there[0], there[1])
        yield from _role(then_role, now_role)


def _role(before: Role | None, after: Role | None) -> Iterator[Difference]:
    for field, label, of in _LISTS:
        then, now = of(before), of(after)
        yield from (Difference(field, label, shown, "") for shown in then if shown not in now)
        yield from (Difference(field, label, "", shown) for shown in now if shown not in then)
    if before is not None and after is not None:
        yield from _value("name", Localised("Navn", "Name"), _name(before), _name(after))
        for label, was, now_is in zip(_FLAGS, _flags(before), _flags(after), strict=True):
            yield from _value("flag", label, _YES[was], _YES[now_is])


def _value(field: str, label: Localised, before: str, after: str) -> Iterator[Difference]:
    if before != after:
        yield Difference(field, label, before, after)


def _key(certificate: Certificate) -> str:
    dates = f"{certificate.not_before:%Y-%m-%d} – {certificate.not_after:%Y-%m-%d}"
    return f"“{certificate.subject}”, {dates}, SHA-256 {certificate.fingerprint}"


def _endpoint(endpoint: Endpoint) -> str:
    more = f", index {endpoint.index}" if endpoint.index is not None else ""
    more += ", default" if endpoint.is_default else ""
    more += f", answers to {endpoint.response_location}" if endpoint.response_location else ""
    return f"{endpoint.location} ({endpoint.binding.rpartition(':')[2]}{more})"


def _signing(role: Role | None) -> list[str]:
    return [_key(c) for c in role.signing] if role else []


def _encryption(role: Role | None) -> list[str]:
    return [_key(c) for c in role.encryption] if isinstance(role, ServiceProvider) else []


def _acs(role: Role | None) -> list[str]:
    return [_endpoint(e) for e in role.acs] if isinstance(role, ServiceProvider) else []


def _sso(role: Role | None) -> list[str]:
    return [_endpoint(e) for e in role.sso] if isinstance(role, IdentityProvider) else []


def _slo(role: Role | None) -> list[str]:
    return [_endpoint(e) for e in role.slo] if role else []


def _formats(role: Role | None) -> list[str]:
    return list(role.name_id_formats) if role else []


def _attributes(role: Role | None) -> list[str]:
    return list(role.attributes) if role else []


_LISTS = (
    ("signing", Localised("Nøgle til signering", "Signing key"), _signing),
    ("encryption", Localised("Nøgle til kryptering", "Encryption key"), _encryption),
    ("acs", Localised("Adresse til svar", "Address for answers"), _acs),
    ("sso", Localised("Adresse til login", "Address for sign-in"), _sso),
    ("slo", Localised("Adresse til udlogning", "Address for sign-out"), _slo),
    ("name_id", Localised("NameID-format", "NameID format"), _formats),
    ("attribute", Localised("Attribut", "Attribute"), _attributes),
)
_YES = {True: "ja / yes", False: "nej / no"}
_FLAGS = (
    Localised("Forespørgsler skal være signeret", "Requests must be signed"),
    Localised("Assertions skal være signeret", "Wants assertions signed"),
)


def _flags(role: Role) -> tuple[bool, bool]:
    if isinstance(role, ServiceProvider):
        return role.authn_requests_signed, role.want_assertions_signed
    return role.want_authn_requests_signed, False


def _sp(facts: EntityFacts | None) -> ServiceProvider | None:
    return facts.sp if facts else None


def _idp(facts: EntityFacts | None) -> IdentityProvider | None:
    return facts.idp if facts else None


def _there(role: Role | None) -> str:
    return role.entity_id if role else ""


def _name(role: Role) -> str:
    return f"{role.name.da} / {role.name.en}" if role.name else ""


def _instant(facts: EntityFacts | None) -> str:
    until: datetime | None = facts.valid_until if facts else None
    return f"{until:%Y-%m-%d %H:%M} UTC" if until else ""
