"""Roles at a login, worked out from facts alone: what is issued, what is left out, and why.

    1  effective grants of the account, where the service takes what was granted
    2  roles that rules derive of what the IdP said, where the service takes those
    3  roles that rules deny
    4  the level of assurance that a role demands
    5  units found, checked against role, ceiling and code list
    6  roles that must not meet in one person
    7  the forms that the service reads

No step adds to what one before it left out. Nothing here asks a database or a clock: code
lists are asked in between, by `opening`, `prepare` and `resolve` in this order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from broker.roles import scoping
from broker.roles.answer import Answer, Candidate, Issued, LeftOut
from broker.roles.conflicts import Conflict, conflicts
from broker.roles.forms import write
from broker.roles.model import HeldRole
from broker.roles.preparing import Prepared, Situation
from broker.roles.scoping import Withheld
from broker.roles.units import Units
from broker.saml.profiles import Profile

NOBODY = UUID(int=0)  # stands for a person without an account among the holders of roles


def resolve(prepared: Prepared, units: Units, profile: Profile) -> Answer:
    """Steps 4 to 7, now that the code lists have answered."""
    situation, left_out = prepared.situation, [*prepared.left_out]
    issued = _checked(prepared, prepared.candidates, units, left_out)
    met = _met(situation, issued)
    issued = _unblocked(issued, met, left_out)
    unseen: list[LeftOut] = []
    shadow = _checked(prepared, prepared.shadow, units, unseen)
    answer = Answer(
        at=situation.at,
        account=situation.account,
        organisation=situation.organisation,
        service=situation.service,
        issued=tuple(issued),
        left_out=tuple(left_out),
        shadow=tuple(shadow),
        shadow_denied=prepared.shadow_denied,
        warnings=tuple(
            LeftOut("conflict.warned", detail=one.rule.code) for one in met if not one.blocks
        ),
    )
    return _written(answer, situation, profile)


# --- steps 4 to 6 -----------------------------------------------------------------------------


def _checked(
    prepared: Prepared, candidates: Iterable[Candidate], units: Units, left_out: list[LeftOut]
) -> list[Issued]:
    """Denials, level and units of each candidate by itself."""
    situation = prepared.situation
    issued = []
    for one in candidates:
        try:
            issued.append(_issue(one, situation, prepared.denied, units))
        except Withheld as withheld:
            left_out.append(LeftOut(withheld.code, one.role, one.source, withheld.detail))
    return issued


def _issue(
    one: Candidate, situation: Situation, denied: Mapping[UUID, LeftOut], units: Units
) -> Issued:
    version = one.role.at(situation.at)
    if version is None or situation.organisation is None:
        raise Withheld("role.no_organisation")
    if one.role.id in denied:
        raise Withheld("rule.denied", denied[one.role.id].detail)
    said = situation.said
    least = version.minimum
    if least is not None and said is not None and (said.assurance or 0) < least:
        raise Withheld("role.assurance", least.word)
    entitled = situation.entitlements.get(one.role.id)
    cvr = situation.organisation.cvr
    return Issued(
        one.role,
        version,
        one.source,
        scoping.held(one, version, entitled, situation.service, units, cvr),
    )


def _met(situation: Situation, issued: Sequence[Issued]) -> tuple[Conflict, ...]:
    """The conflicts of this person: all that is granted anywhere, and what is derived here."""
    own = NOBODY if situation.account is None else situation.account.id
    here = frozenset(one.role.id for one in issued)
    granted = frozenset(grant.role for grant in situation.grants)
    held = {**situation.elsewhere, own: here | granted}
    return conflicts(situation.conflict_rules, held, situation.exceptions, situation.at)


def _unblocked(
    issued: Sequence[Issued], met: Sequence[Conflict], left_out: list[LeftOut]
) -> list[Issued]:
    """Without both sides of every conflict that blocks: nobody may pick the side to keep."""
    blocked = {role: one.rule.code for one in met if one.blocks for role in one.roles}
    kept = []
    for one in issued:
        if one.role.id in blocked:
            rule = blocked[one.role.id]
            left_out.append(LeftOut("conflict.blocked", one.role, one.source, rule))
        else:
            kept.append(one)
    return kept


# --- step 7 -----------------------------------------------------------------------------------


def _written(answer: Answer, situation: Situation, profile: Profile) -> Answer:
    """The roles in the service's forms; one that no form can tell is not issued."""
    cvr = situation.organisation.cvr if situation.organisation else ""
    written = write(answer.held, situation.service.forms, situation.types, profile, cvr)
    told_by = len(situation.service.forms)
    silent: dict[HeldRole, str] = {}
    for held in answer.held:
        codes = [left.code for left in written.left_out if left.role == held]
        if len(codes) == told_by:
            silent[held] = codes[0] if codes else "form.none"
    kept = [
        replace(one, held=tuple(held for held in one.held if held not in silent))
        for one in answer.issued
    ]
    untold = (
        LeftOut(silent[held], one.role, one.source)
        for one in answer.issued
        for held in one.held
        if held in silent
    )
    return replace(
        answer,
        issued=tuple(one for one in kept if one.held),
        left_out=(*answer.left_out, *untold),
        attributes=written.attributes,
    )
