"""Hop 5. Attributes and roles in the service's own terms."""

from datetime import datetime

from broker.attributes import pipeline
from broker.attributes.model import Mapping
from broker.attributes.written import Told
from broker.errors import NotAllowed
from broker.login.state import Outgoing, Permitted
from broker.metadata.model import Service
from broker.roles.answer import Answer


def told_of(service: Service, *, staff: bool, now: datetime) -> Told:
    """In what words this service is told of this kind of people."""
    return Told(service.speech, staff=staff, without_cpr=service.plaintext, now=now)


def map_attributes(
    permitted: Permitted, service: Service, mapping: Mapping, told: Told, answer: Answer
) -> Outgoing:
    """Run the pipeline. Raises NotAllowed("policy.no_role") where the service demands a role,
    and NotAllowed("policy.required_attribute") where it lacks what it cannot do without.
    """
    if service.require_role and not answer.issued:
        raise NotAllowed("policy.no_role", f"no role at {service.code}")
    released = pipeline.run(permitted.claims, mapping, told, answer.attributes)
    return Outgoing(permitted, released, answer)
