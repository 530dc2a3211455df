"""What may replace what: one rule each, pure, with its reason and its words in both languages.

A rule says one of three things. `refuse`: it never counts. `wait`: it counts once a person
has approved it. `note`: it counts, and somebody should know. What an attacker would send in
a document that nobody signed waits; what a pinned key vouched for is noted. G03, G06.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa

from broker.metadata.model import Endpoint, IdentityProvider, Localised, ServiceProvider
from broker.saml.entities import EntityFacts
from broker.saml.keys import Certificate

Verdict = Literal["refuse", "wait", "note"]
Kind = Literal["sp", "idp"]


@dataclass(frozen=True, slots=True)
class Objection:
    """What speaks against a document: how strongly, a stable code, about what, and in words."""

    verdict: Verdict
    code: str
    where: str
    words: Localised
    fingerprint: str = ""  # of the new key that it is about


@dataclass(frozen=True, slots=True)
class Coming:
    """A document that a source brings for an entity, beside what is in force."""

    kind: Kind
    facts: EntityFacts
    before: EntityFacts | None  # in force now
    source: str
    governed_by: str | None  # the source that keeps the entity up to date
    earlier: bool  # it counted once and was replaced since
    withdrawn: bool  # a person took the entity out of force

    @property
    def unproved(self) -> Verdict:
        """What to do with something that only a signature would vouch for."""
        return "note" if self.facts.verified else "wait"


def other_source(coming: Coming) -> Iterator[Objection]:
    """Two sources that speak for one entity are a conflict; the first is not simply right. G03."""
    if coming.before is not None and coming.governed_by != coming.source:
        now = coming.governed_by
        da = f"kilden {now}" if now else "en fil, som en administrator indlæste"
        en = f"the source {now}" if now else "a file that an administrator loaded"
        yield Objection(
            "wait",
            "metadata.other_source",
            "entityID",
            Localised(
                f"Partneren er kendt fra {da}. Kilden {coming.source} siger nu noget andet om den.",
                f"The entity is known from {en}. The source {coming.source} speaks for it too.",
            ),
        )


def first_document(coming: Coming) -> Iterator[Objection]:
    """Nobody vouched for the first document: its fingerprints must be compared."""
    if coming.before is None and not coming.facts.verified:
        words = Localised(
            "Det første dokument fra en kilde uden signatur. Sammenlign fingeraftrykkene.",
            "The first document of a source without a signature. Compare the fingerprints.",
        )
        yield Objection("wait", "metadata.first_document", "EntityDescriptor", words)


def withdrawn(coming: Coming) -> Iterator[Objection]:
    """What a person took away does not come back by itself, whoever vouches for it."""
    if coming.withdrawn:
        words = Localised(
            "En administrator har taget partneren ud af brug.",
            "An administrator took the entity out of force.",
        )
        yield Objection("wait", "metadata.withdrawn", "EntityDescriptor", words)


def keys(coming: Coming) -> Iterator[Objection]:
    """A new key can sign in as anybody; a removed one may lock everybody out."""
    before, after = _keys(coming.before, coming.kind), _keys(coming.facts, coming.kind)
    if not before:
        return
    for use, key in sorted(after.keys() - before.keys()):
        words = Localised(
            f"Ny nøgle til {_USE_DA[use]}: »{after[use, key].subject}«, SHA-256 {key[:16]}…",
            f"A new {use} key: “{after[use, key].subject}”, SHA-256 {key[:16]}…",
        )
        yield Objection(coming.unproved, "metadata.key_added", "KeyDescriptor", words, key)
    for use, key in sorted(before.keys() - after.keys()):
        words = Localised(
            f"Nøgle til {_USE_DA[use]} fjernet: »{before[use, key].subject}«, {key[:16]}…",
            f"A {use} key is gone: “{before[use, key].subject}”, SHA-256 {key[:16]}…",
        )
        last = not any(known == use for known, _ in after)
        verdict = coming.unproved if last else "note"
        yield Objection(verdict, "metadata.key_removed", "KeyDescriptor", words)


def hosts(coming: Coming) -> Iterator[Objection]:
    """An address on a new host is where an attacker would have people sent."""
    before, after = _hosts(coming.before, coming.kind), _hosts(coming.facts, coming.kind)
    if not before:
        return
    for host in sorted(after - before):
        words = Localised(f"Adresser på en ny vært: {host}.", f"Addresses on a new host: {host}.")
        yield Objection(coming.unproved, "metadata.host_added", "endpoints", words)
    for host in sorted(before - after):
        words = Localised(f"Ikke længere adresser på {host}.", f"No addresses on {host} any more.")
        yield Objection("note", "metadata.host_removed", "endpoints", words)


def earlier_document(coming: Coming) -> Iterator[Objection]:
    """A document that was replaced comes back: by mistake, or somebody replays it. G06."""
    if coming.earlier:
        words = Localised(
            "Dokumentet har været i kraft før og blev afløst.",
            "The document was in force before and has been replaced since.",
        )
        yield Objection(coming.unproved, "metadata.earlier_document", "EntityDescriptor", words)


def weaker(coming: Coming) -> Iterator[Objection]:
    """What protects the partner becomes less: shorter keys, or requests that need no signature."""
    if coming.before is None:
        return
    now, then = _bits(coming.facts, coming.kind), _bits(coming.before, coming.kind)
    if now and then and now < then:
        words = Localised(
            f"Den korteste RSA-nøgle går fra {then} til {now} bit.",
            f"The shortest RSA key goes from {then} to {now} bits.",
        )
        yield Objection(coming.unproved, "metadata.weaker", "KeyDescriptor", words)
    if _signs(coming.before, coming.kind) and not _signs(coming.facts, coming.kind):
        words = Localised(
            "Forespørgsler skal ikke længere være signeret.",
            "Requests need not be signed any more.",
        )
        yield Objection(coming.unproved, "metadata.weaker", "role", words)


Rule = Callable[[Coming], Iterator[Objection]]
RULES: tuple[Rule, ...] = (
    other_source,
    first_document,
    withdrawn,
    keys,
    hosts,
    earlier_document,
    weaker,
)

_USE_DA = {"signing": "signering", "encryption": "kryptering"}


def _role(facts: EntityFacts | None, kind: Kind) -> ServiceProvider | IdentityProvider | None:
    if facts is None:
        return None
    return facts.sp if kind == "sp" else facts.idp


def _keys(facts: EntityFacts | None, kind: Kind) -> dict[tuple[str, str], Certificate]:
    role = _role(facts, kind)
    if role is None:
        return {}
    found = {("signing", c.fingerprint): c for c in role.signing}
    if isinstance(role, ServiceProvider):
        found |= {("encryption", c.fingerprint): c for c in role.encryption}
    return found


def _hosts(facts: EntityFacts | None, kind: Kind) -> set[str]:
    role = _role(facts, kind)
    if role is None:
        return set()
    endpoints = (*(role.acs if isinstance(role, ServiceProvider) else role.sso), *role.slo)
    return {host for endpoint in endpoints for host in hosts_of(endpoint)}


def hosts_of(endpoint: Endpoint) -> set[str]:
    """The hosts of an endpoint: where it is, and where it takes answers."""
    locations = (endpoint.location, endpoint.response_location)
    return {urlsplit(location).hostname or "" for location in locations if location}


def _bits(facts: EntityFacts, kind: Kind) -> int:
    found = [c.public_key for c in _keys(facts, kind).values()]
    return min((key.key_size for key in found if isinstance(key, rsa.RSAPublicKey)), default=0)


def _signs(facts: EntityFacts, kind: Kind) -> bool:
    role = _role(facts, kind)
    if isinstance(role, ServiceProvider):
        return role.authn_requests_signed
    return role is not None and role.want_authn_requests_signed
