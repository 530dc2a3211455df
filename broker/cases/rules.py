"""Who may see a case, and who may decide a step of it.

Mandates are asked of `broker.organisations.permissions`. What no mandate tells stands here:
the applicant, the security officer that a link was sent to, and that nobody decides alone.
"""

from uuid import UUID

from broker.cases.model import Case, Party, Step
from broker.errors import NotAllowed
from broker.organisations.desk import Work
from broker.organisations.permissions import Action, Thing, allowed
from broker.saml.assurance import Assurance

_ACTIONS: dict[str, Action] = {
    "operator": "case.decide.operator",
    "service_owner": "case.decide.service_owner",
}


def is_applicant(party: Party, case: Case) -> bool:
    """Whether the case is theirs: they opened it, or it is of the organisation they look after."""
    opener = case.opened_by
    accounts = (opener.account,) if opener.account else ()
    if party.is_one_of((opener.person,), accounts):
        return True
    thing = Thing(case.federation, case.organisation)
    return case.organisation is not None and allowed_as_organisation(party, thing)


def allowed_as_organisation(party: Party, thing: Thing) -> bool:
    """Whether they may open cases for an organisation by a mandate in it."""
    own = [one for one in party.actor.mandates if one.organisation == thing.organisation]
    return bool(own) and allowed(party.actor, "case.open", thing)


def may_read(party: Party, case: Case) -> bool:
    """Whether a case may be shown to them."""
    services = {step.service for step in case.steps if step.service} | {case.service}
    things = [Thing(case.federation, service=service) for service in services]
    by_mandate = any(allowed(party.actor, "case.read", one) for one in things)
    return by_mandate or is_applicant(party, case)


def objection(party: Party, case: Case, step: Step) -> str | None:
    """Why somebody may not decide a step, as a reason code; None where they may.

    The security officer's link is checked where it is used; here only who must not be it.
    """
    opener = case.opened_by
    accounts = (opener.account,) if opener.account else ()
    if not step.own and party.is_one_of((opener.person,), accounts):
        return "case.oneself"
    for other in case.steps:
        if other.by is None or other.code == step.code:
            continue
        two = other.decider != step.decider or step.apart or other.apart
        theirs = (other.by.account,) if other.by.account else ()
        if two and not other.own and party.is_one_of((other.by.person,), theirs):
            return "case.two_people"
    if step.decider == "applicant":
        return None if is_applicant(party, case) else "case.applicant"
    if step.decider == "security_officer":
        if party.cvr != case.cvr or party.cvr is None:
            return "case.officer_cvr"
        return None if party.actor.assurance >= Assurance.SUBSTANTIAL else "permission.assurance"
    thing = _thing(case, step)
    return None if allowed(party.actor, _ACTIONS[step.decider], thing) else "permission.mandate"


def thing_of(case: Case) -> Thing:
    """A case as permissions look at it."""
    return Thing(case.federation, case.organisation, case.service)


def demand_step(work: Work, party: Party, case: Case, step: Step) -> None:
    """Pass where they may decide it now. Raises NotAllowed with the reason."""
    why = objection(party, case, step)
    if why is not None and why != "permission.mandate":
        raise NotAllowed(why, f"{case.reference}: {step.code} is not theirs to decide")
    action = _ACTIONS.get(step.decider)
    if action is not None:
        work.demand(action, _thing(case, step))


def _thing(case: Case, step: Step) -> Thing:
    others: tuple[UUID, ...] = ()
    if case.opened_by.account is not None and not step.own:
        others = (case.opened_by.account,)
    return Thing(case.federation, case.organisation, step.service, others=others)
