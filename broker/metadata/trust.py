"""What may be registered, and what may replace what. Pure: facts in, objections out.

`about_*` say what speaks against a document by itself and, where a person loads it, against
what it replaces: findings of level `refused`, and with one of them the load changes nothing.
`judge` and `judge_feed` decide over what a source brings without a person, by the rules of
`trust_rules` and `trust_feeds`: it counts, it waits for somebody, or it never counts. In all
of it the last good document stays in force.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from broker.metadata import trust_feeds, trust_rules
from broker.metadata.decisions import IdpSettings, ServiceSettings
from broker.metadata.model import Endpoint, Federation, IdentityProvider, Localised, ServiceProvider
from broker.metadata.trust_feeds import ComingFeed
from broker.metadata.trust_rules import Coming, Objection
from broker.saml import names
from broker.saml.entities import EntityFacts, Finding
from broker.saml.entity_parts import bad_location

_ENTITY = "EntityDescriptor"


@dataclass(frozen=True, slots=True)
class Change:
    """A document about to come into force: what it says, and what it would replace."""

    facts: EntityFacts
    before: EntityFacts | None
    key_change_accepted: bool


def about_entity(change: Change, federation: Federation) -> Iterator[Finding]:
    """What speaks against the document whatever its role."""
    facts = change.facts
    yield from (finding for finding in facts.findings if finding.code == "metadata.expired")
    if facts.entity_id in (federation.idp_entity_id, federation.sp_entity_id):
        words = "The entityID is our own."
        yield _against("metadata.our_entity_id", "entityID", words)


def about_service(change: Change, settings: ServiceSettings) -> Iterator[Finding]:
    """What speaks against a service provider. R20; R3 for its start address."""
    sp = change.facts.sp
    if sp is None:
        yield _against("metadata.no_role", _ENTITY, "There is no usable SPSSODescriptor.")
        return
    if default_acs(sp) is None:
        words = "There is no usable AssertionConsumerService with the HTTP-POST binding."
        yield _against("metadata.no_acs", "SPSSODescriptor", words)
    if not sp.encryption and not settings.plaintext:
        words = (
            "There is no encryption key. Ask for one, or register the service as plaintext "
            "(--plaintext): then it never gets a CPR number."
        )
        yield _against("metadata.no_encryption_key", "SPSSODescriptor", words)
    if not sp.signing and (sp.authn_requests_signed or settings.require_signed_requests):
        words = "Its requests are to be signed, and there is no usable signing key."
        yield _against("metadata.no_signing_key", "SPSSODescriptor", words)
    if settings.start_url is not None:
        yield from _start_url(sp, settings.start_url)
    before = change.before.sp if change.before else None
    if before is not None:
        yield from _replacement(change, _service_pins(before), _service_pins(sp))
        if before.encryption and not sp.encryption and not change.key_change_accepted:
            words = "It drops the encryption key; accept that with --accept-key-change."
            yield _against("metadata.key_change", "SPSSODescriptor", words)


def about_idp(change: Change) -> Iterator[Finding]:
    """What speaks against an identity provider."""
    idp = change.facts.idp
    if idp is None:
        yield _against("metadata.no_role", _ENTITY, "There is no usable IDPSSODescriptor.")
        return
    if not idp.signing:
        words = "There is no usable signing key, so no answer could be verified."
        yield _against("metadata.no_signing_key", "IDPSSODescriptor", words)
    if not any(endpoint.binding in (names.REDIRECT, names.POST) for endpoint in idp.sso):
        words = "There is no usable SingleSignOnService by HTTP-Redirect or HTTP-POST."
        yield _against("metadata.no_sso", "IDPSSODescriptor", words)
    before = change.before.idp if change.before else None
    if before is not None:
        yield from _replacement(change, _idp_pins(before), _idp_pins(idp))


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a document that a source brings, and everything that was said about it."""

    objections: tuple[Objection, ...]

    @property
    def verdict(self) -> Literal["accept", "wait", "refuse"]:
        """The gravest of the objections."""
        said = {objection.verdict for objection in self.objections}
        return "refuse" if "refuse" in said else "wait" if "wait" in said else "accept"


def judge(
    coming: Coming, federation: Federation, settings: ServiceSettings | IdpSettings
) -> Decision:
    """Whether what a source brings for an entity may count."""
    change = Change(coming.facts, None, key_change_accepted=True)
    found = [*about_entity(change, federation)]
    if isinstance(settings, ServiceSettings):
        found += about_service(change, settings)
    else:
        found += about_idp(change)
    never = [
        Objection("refuse", f.code, f.where, Localised(_DANISH.get(f.code, f.words), f.words))
        for f in found
    ]
    return Decision((*never, *(said for rule in trust_rules.RULES for said in rule(coming))))


def judge_feed(coming: ComingFeed) -> Decision:
    """Whether a whole document of a source may be looked into at all."""
    return Decision(tuple(said for rule in trust_feeds.RULES for said in rule(coming)))


_DANISH = {
    "metadata.expired": "Dokumentet er udløbet.",
    "metadata.our_entity_id": "EntityID er vores eget.",
    "metadata.no_role": "Der er ingen rolle, som vi kan bruge.",
    "metadata.no_acs": "Der er ingen brugbar AssertionConsumerService med HTTP-POST.",
    "metadata.no_encryption_key": "Der er ingen nøgle at kryptere til.",
    "metadata.no_signing_key": "Der er ingen brugbar nøgle til signering.",
    "metadata.no_sso": "Der er ingen brugbar SingleSignOnService.",
    "metadata.start_url": "Startadressen passer ikke til værterne i metadata.",
}


def default_acs(sp: ServiceProvider) -> Endpoint | None:
    """The endpoint that is used when a request names none. SAML Metadata 2.4.4.1."""
    usable = [endpoint for endpoint in sp.acs if endpoint.binding == names.POST]
    return next((e for e in usable if e.is_default), usable[0] if usable else None)


def default_start_url(sp: ServiceProvider) -> str:
    """Where a person begins again when nobody said: the front of the default ACS's host."""
    endpoint = default_acs(sp)
    if endpoint is None:
        return ""
    parts = urlsplit(endpoint.location)
    return f"{parts.scheme}://{parts.netloc}/"


def begins_at(sp: ServiceProvider, start_url: str) -> bool:
    """Whether people may begin there: at a host that the metadata names, or nobody said where."""
    return not start_url or urlsplit(start_url).hostname in _hosts((*sp.acs, *sp.slo))


def _start_url(sp: ServiceProvider, start_url: str) -> Iterator[Finding]:
    wrong = bad_location(start_url)
    hosts = _hosts((*sp.acs, *sp.slo))
    if wrong:
        yield _against("metadata.start_url", "start_url", wrong)
    elif urlsplit(start_url).hostname not in hosts:
        words = f"It is on none of the hosts in the metadata: {', '.join(sorted(hosts))}."
        yield _against("metadata.start_url", "start_url", words)


def _hosts(endpoints: tuple[Endpoint, ...]) -> set[str]:
    found = set()
    for endpoint in endpoints:
        found |= {urlsplit(endpoint.location).hostname or ""}
        if endpoint.response_location:
            found.add(urlsplit(endpoint.response_location).hostname or "")
    return found


@dataclass(frozen=True, slots=True)
class _Pins:
    """What may not be added to without somebody looking: keys by fingerprint, hosts."""

    keys: frozenset[tuple[str, str]]
    hosts: frozenset[str]


def _service_pins(sp: ServiceProvider) -> _Pins:
    keys = {("signing", c.fingerprint) for c in sp.signing}
    keys |= {("encryption", c.fingerprint) for c in sp.encryption}
    return _Pins(frozenset(keys), frozenset(_hosts((*sp.acs, *sp.slo))))


def _idp_pins(idp: IdentityProvider) -> _Pins:
    keys = frozenset(("signing", c.fingerprint) for c in idp.signing)
    return _Pins(keys, frozenset(_hosts((*idp.sso, *idp.slo))))


def _replacement(change: Change, before: _Pins, after: _Pins) -> Iterator[Finding]:
    """A new key or a new host from an unsigned document is what an attacker would send. G03.

    Dropping a key or a host needs nobody's consent: a partner must be able to do it at once.
    """
    if change.facts.verified or change.key_change_accepted:
        return
    for use, fingerprint in sorted(after.keys - before.keys):
        words = (
            f"A new {use} key, SHA-256 {fingerprint[:16]}…, in an unsigned document. Compare the "
            "fingerprint with the partner on another channel, then add --accept-key-change."
        )
        yield _against("metadata.key_change", "KeyDescriptor", words)
    for host in sorted(after.hosts - before.hosts):
        words = (
            f"A new host, {host}, in an unsigned document. Ask the partner on another channel, "
            "then add --accept-key-change."
        )
        yield _against("metadata.key_change", "endpoints", words)


def _against(code: str, where: str, words: str) -> Finding:
    return Finding("refused", code, where, words)
