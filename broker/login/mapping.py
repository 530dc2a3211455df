"""Hop 5. Attributes and roles in the service's own terms."""

from datetime import datetime

from broker.attributes import pipeline
from broker.attributes.model import Mapping
from broker.attributes.written import Told
from broker.errors import NotAllowed
from broker.login.state import Outgoing, Permitted
from broker.metadata.model import Service


def map_attributes(
    permitted: Permitted, service: Service, mapping: Mapping, *, staff: bool, now: datetime
) -> Outgoing:
    """Run the pipeline. Raises NotAllowed("policy.no_role") where the service demands a role."""
    told = Told(service.speech, staff=staff, without_cpr=service.plaintext, now=now)
    released = pipeline.run(permitted.claims, mapping, told)
    if service.require_role and not released.roles:
        raise NotAllowed("policy.no_role", f"no role at {service.code}")
    return Outgoing(permitted, released)
