"""Whether a role's own policy wants the word of more than one approver in the organisation."""

from datetime import datetime

from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.model import Role


def takes_others(catalogue: Catalogue, role: Role | None, at: datetime) -> bool:
    """Whether the role's own policy wants more than the word of one approver."""
    version = role.at(at) if role else None
    if role is None or version is None or version.policy is None:
        return False
    policy = catalogue.policy(role.federation, version.policy, at)
    stages = policy.stages if policy else ()
    return sum(stage.approvals for stage in stages) > 1 or any(
        stage.approver != "org_approver" for stage in stages
    )
