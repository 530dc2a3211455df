"""The roles that were chosen, in place of those that the person would have. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from broker.periods import Period
from broker.roles.answer import Answer, Issued, Source
from broker.roles.forms import write
from broker.roles.model import Delimitation, DelimitationType, HeldRole, Role, RoleVersion
from broker.saml.profiles import Profile
from broker.trials.model import Trial


def chosen_roles(
    trial: Trial,
    answer: Answer,
    roles: Sequence[Role],
    types: Mapping[str, DelimitationType],
    profile: Profile,
    now: datetime,
) -> Answer:
    """The answer with exactly the roles that were chosen, told in the service's own forms."""
    if answer.service is None:
        return answer
    chosen = () if trial.choices.fault == "no_role" else trial.choices.roles
    issued = []
    for role in roles:
        version = role.at(now)
        if version is None or role.code not in chosen:
            continue
        source = Source("rule", trial.id, "test login", "test login", "", Period(now))
        held = (_held(trial, role, version),)
        issued.append(Issued(role, version, source, held))
    told = write(
        [one for each in issued for one in each.held],
        answer.service.forms,
        types,
        profile,
        trial.choices.cvr,
    )
    return replace(
        answer,
        issued=tuple(issued),
        left_out=(),
        shadow=(),
        shadow_denied=(),
        warnings=(),
        attributes=told.attributes,
    )


def _held(trial: Trial, role: Role, version: RoleVersion) -> HeldRole:
    within = tuple(
        Delimitation(one.type, trial.choices.units[one.type])
        for one in sorted(version.delimitations, key=lambda d: d.type)
        if trial.choices.units.get(one.type)
    )
    national = role.service is None
    return HeldRole(role.urn, role.code, trial.choices.cvr, within, version.aliases, national)
