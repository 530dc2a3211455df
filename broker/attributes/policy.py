"""What an IdP may say, of whom, and how strongly; checked before anything is mapped.

Each check raises NotAllowed or says nothing, as the checks on messages do.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from broker.attributes.model import Claims
from broker.errors import NotAllowed
from broker.metadata.model import ConnectedIdp
from broker.saml import names
from broker.saml.assurance import Assurance, Demand
from broker.saml.messages import NameID

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z", re.ASCII)
_CVR = re.compile(r"\d{8}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the IdP is registered for, and what the service and its request demand."""

    idp: ConnectedIdp
    minimum: Assurance
    demand: Demand | None
    identity_type: str | None
    nist_minimum: int | None  # from which NIST level on the service takes one without NSIS
    name_id: NameID | None


def level_known(claims: Claims, bounds: Bounds) -> None:
    """An NSIS level is stated. OIOSAML 3, attribute loa."""
    if claims.assurance is not None:
        return
    if bounds.nist_minimum is None or claims.nist is None:
        raise NotAllowed("policy.assurance_missing", "no level of assurance that counts here")


def level_registered(claims: Claims, bounds: Bounds) -> None:
    """Not above the level that the IdP is registered for. NSIS."""
    if claims.assurance is not None and claims.assurance > bounds.idp.maximum:
        raise NotAllowed("policy.assurance_registered", "above what this IdP is registered for")


def level_enough(claims: Claims, bounds: Bounds) -> None:
    """At least what the service demands, whatever was requested upstream. OIO-SP-06."""
    level, demand = claims.assurance, bounds.demand
    if level is None:
        if claims.nist is None or claims.nist < (bounds.nist_minimum or 5):
            raise NotAllowed("policy.assurance", f"below AssuranceLevel {bounds.nist_minimum}")
        if demand is not None and not demand.met_by_nist(claims.nist):
            raise NotAllowed("policy.assurance", "a level by NIST where another was requested")
        return
    if level < bounds.minimum:
        raise NotAllowed("policy.assurance", f"below {bounds.minimum.word}")
    if demand is not None and not demand.met_by(level):
        raise NotAllowed("policy.assurance", f"not {demand.comparison} as requested")


def organisation(claims: Claims, bounds: Bounds) -> None:
    """A professional belongs to one organisation, for which this IdP may speak. R22.

    An IdP with no organisation registered may speak for none.
    """
    cvr = claims.one("cvr")
    if cvr is None:
        if bounds.identity_type == names.PROFESSIONAL:
            raise NotAllowed("policy.no_organisation", "a professional without an organisation")
        return
    if not _CVR.match(cvr):
        raise NotAllowed("policy.no_organisation", "a CVR number of another form")
    if bounds.idp.cvrs is not None and cvr not in bounds.idp.cvrs:
        raise NotAllowed("policy.scope", "an organisation this IdP does not speak for")


def version(claims: Claims, bounds: Bounds) -> None:
    """It says which profile it is written by, and that is the IdP's. OIOSAML 3, specVersion.

    The spelling of the healthcare variant is not settled; every one seen is taken.
    """
    profile = bounds.idp.speech.profile
    if not profile.speaks_of_versions:
        return
    said = {*claims.values.get("spec_version", ()), *claims.values.get("health_spec_version", ())}
    if not said or not said <= {*profile.spec_versions, *profile.health_versions}:
        raise NotAllowed("policy.profile_version", f"not the specVersion of {profile.code}")


def complete(claims: Claims, bounds: Bounds) -> None:
    """Everything is there that the profile wants of a professional. OIOSAML 3, chapter 6."""
    if bounds.identity_type != names.PROFESSIONAL:
        return
    for short in bounds.idp.speech.profile.required_of_staff:
        if not claims.values.get(short):
            raise NotAllowed("policy.profile_attributes", f"{short} is missing")


def name(claims: Claims, bounds: Bounds) -> None:
    """The NameID has the form of the profile, and of the right kind of person. OIOSAML 3."""
    if not bounds.idp.speech.profile.uri_names:
        return
    found, kind = bounds.name_id, bounds.identity_type
    prefixes = {names.PERSON: names.NAMEID_PERSON, names.PROFESSIONAL: names.NAMEID_PROFESSIONAL}
    allowed = [prefixes[kind]] if kind in prefixes else list(prefixes.values())
    if found is None or found.format not in (names.PERSISTENT, names.TRANSIENT):
        raise NotAllowed("policy.name_id", "a NameID that is neither persistent nor transient")
    if not any(found.value.startswith(p) and _UUID.match(found.value, len(p)) for p in allowed):
        raise NotAllowed("policy.name_id", "a NameID that is no name of such a person")


POLICY: tuple[Callable[[Claims, Bounds], None], ...] = (
    level_known,
    level_registered,
    level_enough,
    organisation,
    version,
    complete,
    name,
)
