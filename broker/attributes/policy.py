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

_CVR = re.compile(r"\d{8}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the IdP is registered for, and what the service and its request demand."""

    idp: ConnectedIdp
    minimum: Assurance
    demand: Demand | None
    identity_type: str | None


def level_known(claims: Claims, bounds: Bounds) -> None:
    """An NSIS level is stated. OIOSAML 3, attribute loa."""
    if claims.assurance is None:
        raise NotAllowed("policy.assurance_missing", "no level of assurance that counts here")


def level_registered(claims: Claims, bounds: Bounds) -> None:
    """Not above the level that the IdP is registered for. NSIS."""
    if claims.assurance is not None and claims.assurance > bounds.idp.maximum:
        raise NotAllowed("policy.assurance_registered", "above what this IdP is registered for")


def level_enough(claims: Claims, bounds: Bounds) -> None:
    """At least what the service demands, whatever was requested upstream. OIO-SP-06."""
    level = claims.assurance
    if level is None or level < bounds.minimum:
        raise NotAllowed("policy.assurance", f"below {bounds.minimum.word}")
    if bounds.demand is not None and not bounds.demand.met_by(level):
        raise NotAllowed("policy.assurance", f"not {bounds.demand.comparison} as requested")


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


POLICY: tuple[Callable[[Claims, Bounds], None], ...] = (
    level_known,
    level_registered,
    level_enough,
    organisation,
)
