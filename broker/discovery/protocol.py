"""The SAML discovery protocol: a service asks where somebody logs in, and is told its name.

What we answer with is the entityID of an identity provider behind us, which the service then
writes into the IDPList of its request. The browser goes back to an address of the service's own
metadata and to no other. Identity Provider Discovery Service Protocol and Profile, 2.4 and 2.5.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from broker.errors import Refused
from broker.metadata.model import Federation, Service
from broker.metadata.registry import Registry

SINGLE = "urn:oasis:names:tc:SAML:profiles:SSO:idp-discovery-protocol:single"
MAX_ADDRESS = 2048
_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Asking:
    """A verified question: which service, where the answer goes, and under which name."""

    service: Service
    target: str
    name: str
    passive: bool

    def answer(self, entity_id: str | None) -> str:
        """The address to go to: with the identity provider, or without where there is none."""
        parts = urlsplit(self.target)
        query = parse_qsl(parts.query, keep_blank_values=True)
        if entity_id is not None:
            query.append((self.name, entity_id))
        return urlunsplit(parts._replace(query=urlencode(query)))

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """The question again, for a form of ours or a link to the same page."""
        return (
            ("entityID", self.service.sp.entity_id),
            ("return", self.target),
            ("returnIDParam", self.name),
        )


def read_asking(registry: Registry, federation: Federation, given: Mapping[str, str]) -> Asking:
    """The question in the query or in our own form.

    Raises Unknown("request.unknown_issuer") for a service that is not registered,
    Refused("request.discovery_return") for an address that its metadata does not hold, and
    Refused("request.discovery") for anything else that the protocol does not know.
    """
    service = registry.service_by_entity(federation.path, given.get("entityID", ""))
    if given.get("policy", SINGLE) != SINGLE:
        raise Refused("request.discovery", "a policy other than one identity provider")
    name = given.get("returnIDParam", "entityID")
    if not _NAME.match(name):
        raise Refused("request.discovery", "a returnIDParam that is no name")
    passive = given.get("isPassive", "false")
    if passive not in ("true", "false", "1", "0"):
        raise Refused("request.discovery", "isPassive is neither true nor false")
    target = _target(service, given.get("return"))
    if name in dict(parse_qsl(urlsplit(target).query, keep_blank_values=True)):
        # A service that reads the first of two would be told what the link says, not what we say.
        raise Refused("request.discovery_return", "an address that answers the question itself")
    return Asking(service, target, name, passive in ("true", "1"))


def _target(service: Service, asked: str | None) -> str:
    """The address to answer at; what is asked for may add to the query of one in the metadata."""
    known = service.sp.discovery
    if not known:
        raise Refused("request.discovery_return", "no DiscoveryResponse in the metadata")
    if asked is None:
        return next((one for one in known if one.is_default), known[0]).location
    if len(asked) > MAX_ADDRESS or not asked.isprintable() or "#" in asked or "\\" in asked:
        raise Refused("request.discovery_return", "an address that no browser should be sent to")
    for endpoint in known:
        location = endpoint.location
        joint = "&" if "?" in location else "?"
        if asked == location or asked.startswith(location + joint):
            return asked
    raise Refused("request.discovery_return", "an address that the metadata does not hold")
