"""What is decided about a partner when its metadata arrives alone, without a TOML document.

Cautious: a service gets no IdP and an IdP speaks for no organisation until somebody says so.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from broker.metadata.trust import default_acs
from broker.saml.assurance import Assurance
from broker.saml.entities import EntityFacts, Finding, Localised
from broker.saml.keys import Certificate

Kind = Literal["sp", "idp"]


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What the person who loads metadata decides at once; None leaves it as it is."""

    code: str | None = None
    idps: tuple[str, ...] = ()  # codes, or "all" for those registered now
    cvrs: tuple[str, ...] | Literal["any"] | None = None
    maximum: Assurance | None = None
    start_url: str | None = None
    plaintext: bool | None = None
    encrypted: bool | None = None
    signed_by: tuple[Certificate, ...] = ()
    accept_key_change: bool = False
    opens: datetime | None = None  # from when the document counts; None is at once


def first_document(facts: EntityFacts, kind: Kind, taken: Sequence[str]) -> dict[str, object]:
    """The document of an entity nobody described; `taken` are the codes in use."""
    host = _host(facts, kind)
    role = facts.sp if kind == "sp" else facts.idp
    name = (role.name if role else None) or Localised(host, host)
    document: dict[str, object] = {
        "kind": "service" if kind == "sp" else "idp",
        "code": _free_code(host, taken),
        "name": {"da": name.da, "en": name.en},
    }
    if kind == "sp":
        document |= {"owner": name.da, "minimum": "Substantial", "idp": []}
    else:
        document |= {"maximum": "Substantial", "cvrs": []}
    return document


def revise(
    document: dict[str, object], kind: Kind, options: LoadOptions, idps: Sequence[str]
) -> dict[str, object]:
    """The document with what the person who loads it decided; `idps` are the registered codes."""
    revised = dict(document)
    if options.code:
        revised["code"] = options.code
    if kind == "idp":
        if options.cvrs is not None:
            revised["cvrs"] = "any" if options.cvrs == "any" else list(options.cvrs)
        if options.maximum is not None:
            revised["maximum"] = options.maximum.word
        if options.encrypted is not None:
            revised["encrypted"] = options.encrypted
        return revised
    if options.start_url is not None:
        revised["start_url"] = options.start_url
    if options.plaintext is not None:
        revised["plaintext"] = options.plaintext
    if options.idps:
        listed = revised.get("idp")
        kept = list(listed) if isinstance(listed, list) else []
        known = [entry.get("code") for entry in kept if isinstance(entry, dict)]
        wanted = idps if "all" in options.idps else options.idps
        revised["idp"] = [*kept, *({"code": code} for code in wanted if code not in known)]
    return revised


def remarks(document: dict[str, object], kind: Kind, code: str) -> tuple[Finding, ...]:
    """What the document still needs before anybody can sign in."""
    citizens = document.get("identity_types") == ["Person"]
    if kind == "idp" and not document.get("cvrs") and not citizens:
        words = "It speaks for no organisation yet, so nobody gets through. Add --cvr."
        return (Finding("odd", "metadata.no_organisations", "cvrs", words),)
    if kind == "sp" and not document.get("idp"):
        words = f"No IdP is active for it yet: broker metadata activate {code} IDP"
        return (Finding("odd", "metadata.no_activation", "idp", words),)
    return ()


def _host(facts: EntityFacts, kind: Kind) -> str:
    """A host to name the entity by: of its identifier, else of its first address."""
    host = urlsplit(facts.entity_id).hostname
    if not host and kind == "sp" and facts.sp is not None:
        endpoint = default_acs(facts.sp)
        host = urlsplit(endpoint.location).hostname if endpoint else None
    if not host and facts.idp is not None and facts.idp.sso:
        host = urlsplit(facts.idp.sso[0].location).hostname
    return host or facts.entity_id


def _free_code(host: str, taken: Sequence[str]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-")[:40].strip("-") or "partner"
    if slug not in taken:
        return slug
    return next(f"{slug}-{n}" for n in range(2, len(taken) + 3) if f"{slug}-{n}" not in taken)
