"""Which stages a request goes through: the role's policy, or what holds where there is none."""

from datetime import timedelta

from broker.roles.model import Role, RoleVersion, Stage
from broker.roles.requests.model import RequestAction

ORGANISATION = Stage("org_approver", within=timedelta(days=5))
OWNER = Stage("service_owner", within=timedelta(days=5))
OPERATOR = Stage("operator", within=timedelta(days=5))

NORMAL = (ORGANISATION,)
SENSITIVE = (ORGANISATION, OWNER)

_IN_ORGANISATION = frozenset({"org_approver", "org_chief"})


def stages_for(
    role: Role,
    version: RoleVersion,
    policy: tuple[Stage, ...] | None,
    action: RequestAction,
    *,
    alone: bool,
    own: bool,
) -> tuple[Stage, ...]:
    """The stages of one request; none where it takes effect at once.

    `policy` is what the role's own policy says, None where it names none or one that is not
    there. `own` is that whoever asks asks for themselves. `alone` is a practice of one person,
    in which no colleague can approve: a normal role is then given with notice, and a sensitive
    one waits for the service owner.
    """
    sensitive = version.sensitivity != "normal"
    if action == "remove":
        return () if own else NORMAL
    stages = policy
    # No policy lets a sensitive role through unseen, nor one that others ask to have changed.
    if stages is None or (not stages and (sensitive or (action == "change" and not own))):
        stages = SENSITIVE if sensitive else NORMAL
    if alone and own:
        stages = tuple(stage for stage in stages if stage.approver not in _IN_ORGANISATION)
        if sensitive and not stages:
            stages = (OWNER,)
    return tuple(_reachable(stage, role) for stage in stages)


def _reachable(stage: Stage, role: Role) -> Stage:
    """The stage, or the operator's in its place: a national role has no service to own it."""
    if stage.approver != "service_owner" or role.service is not None:
        return stage
    return Stage("operator", stage.approvals, stage.within, stage.on_timeout)
