"""A service and an identity provider, the same for every hub, and the messages that they send."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from broker.saml import bindings
from broker.saml.authn_request import open_redirect, write_authn_request
from broker.saml.ids import new_id
from broker.saml.keys import Certificate
from broker.saml.messages import AuthnRequestDraft
from tests.box import Trip
from tests.factories import signing_key
from tests.hostile.forge import Forge


@dataclass(frozen=True, slots=True)
class Peers:
    """What the service and the identity provider are called; their keys are called the same."""

    service: str = "one"
    idp: str = "alpha"

    @property
    def service_entity(self) -> str:
        """The service's entityID."""
        return f"https://{self.service}.example.dk"

    @property
    def idp_entity(self) -> str:
        """The identity provider's entityID."""
        return f"https://{self.idp}.example.dk"


SMALL, LARGE = Peers(), Peers("one-3072", "alpha-3072")  # by the bits of their keys


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub as its peers know it."""

    name: str
    sso: str  # where requests go: its path
    acs: str  # its assertion consumer service
    acs_path: str
    entity: str  # what it is called as a service
    destination: str  # of requests to it
    encryption: Certificate  # what an identity provider encrypts to
    request_key: Certificate  # what it signs its own requests with
    host: str  # the name that browsers know it by
    choice: str = ""  # the page that asks where to log in, where it does


def request_url(hub: Hub, peers: Peers) -> str:
    """A signed AuthnRequest, by HTTP-Redirect: the path and query that the browser asks for."""
    draft = AuthnRequestDraft(
        id=new_id(),
        issuer=peers.service_entity,
        destination=hub.destination,
        issued_at=datetime.now(UTC),
        acs_url=f"{peers.service_entity}/acs",
    )
    return bindings.encode_redirect(
        hub.sso,
        write_authn_request(draft, sign_with=None).xml,
        parameter="SAMLRequest",
        relay_state="back-to-page-7",
        key=signing_key(peers.service),
    )


def response_to(hub: Hub, peers: Peers, location: str) -> dict[str, str]:
    """The identity provider's answer to a hub's request: the form that the browser posts."""
    opened = open_redirect(urlsplit(location).query.encode())
    request = opened.verify([hub.request_key], required=True)
    trip = Trip(request, opened.relay_state, peers.service, peers.idp, "", hub.encryption)
    audience = (
        f"<a:AudienceRestriction><a:Audience>{hub.entity}</a:Audience></a:AudienceRestriction>"
    )
    forge = Forge(trip, datetime.now(UTC)).but(
        destination=hub.acs, recipient=hub.acs, audience=audience
    )
    return {
        "SAMLResponse": bindings.encode_post(forge.xml()),
        "RelayState": opened.relay_state or "",
    }
