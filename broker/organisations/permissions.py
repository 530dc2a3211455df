"""Who may do what: one table, of which every service asks `demand` before it changes anything.

An action lists the mandates that allow it, each with the predicates that must hold for the
thing it is done to. One mandate that fits is enough; where none fits, the refusal tells of
the one that came nearest. Nothing that is not listed is allowed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from broker.errors import NotAllowed
from broker.organisations.model import Actor, Mandate, MandateKind
from broker.saml.assurance import Assurance


@dataclass(frozen=True, slots=True)
class Thing:
    """What is done something to, as far as permissions look at it."""

    federation: str
    organisation: UUID | None = None
    service: str | None = None
    subject: UUID | None = None  # the account it is about
    others: tuple[UUID, ...] = ()  # further accounts that must not be the actor's: members, askers
    units: frozenset[str] = frozenset()  # the unit it is about and everything above it
    mandate: MandateKind | None = None  # the mandate that is given or taken


Predicate = Callable[[Actor, Mandate, Thing], str | None]  # the reason code, or None


def own_organisation(_actor: Actor, mandate: Mandate, thing: Thing) -> str | None:
    """It belongs to the organisation of the mandate."""
    return None if mandate.organisation == thing.organisation else "permission.organisation"


def own_service(_actor: Actor, mandate: Mandate, thing: Thing) -> str | None:
    """It belongs to the service of the mandate."""
    return None if mandate.service == thing.service else "permission.service"


def own_unit(_actor: Actor, mandate: Mandate, thing: Thing) -> str | None:
    """It lies at or below the unit of the mandate, where the mandate names one."""
    within = mandate.unit_code is None or mandate.unit_code in thing.units
    return None if within else "permission.unit"


def somebody_else(actor: Actor, mandate: Mandate, thing: Thing) -> str | None:
    """It is about nobody that the actor is, nor about whom the mandate is held for."""
    about = (thing.subject, *thing.others)
    oneself = actor.is_any_of(*about) or (
        mandate.on_behalf_of is not None and mandate.on_behalf_of in about
    )
    return "permission.oneself" if oneself else None


def no_wider(_actor: Actor, mandate: Mandate, thing: Thing) -> str | None:
    """The mandate given is below the giver's own."""
    below = _BELOW.get(mandate.kind, frozenset())
    return None if thing.mandate in below else "permission.wider"


# Which mandates each may hand out; an organisation's administrators may name colleagues.
_BELOW: dict[MandateKind, frozenset[MandateKind | None]] = {
    "operator": frozenset(
        {
            "operator",
            "operator_publisher",
            "auditor",
            "service_owner",
            "service_tech",
            "org_chief",
            "org_admin",
            "org_approver",
            "org_reader",
        }
    ),
    "service_owner": frozenset({"service_owner", "service_tech"}),
    "org_chief": frozenset({"org_admin", "org_approver", "org_reader"}),
    "org_admin": frozenset({"org_admin", "org_approver", "org_reader"}),
}

Action = Literal[
    "organisation.register",
    "organisation.change",
    "organisation.merge",
    "organisation.read",
    "person.add",
    "person.change",
    "person.leave",
    "person.merge",
    "identity.link",
    "group.change",
    "group.member",
    "bundle.change",
    "mandate.give",
    "mandate.take",
    "substitute.name",
    "entitlement.change",
    "catalogue.change",
    "rule.propose",
    "rule.activate",
    "conflict.except",
    "grant.give",
    "grant.change",
    "grant.revoke",
    "request.send",
    "request.decide.org_approver",
    "request.decide.org_chief",
    "request.decide.service_owner",
    "request.decide.operator",
    "review.open",
    "review.decide",
    "import.upload",
    "report.read",
    "service.read",
    "service.change",
    "service.register",
    "service.ask",
    "federation.read",
    "activation.pause",
    "rollover.take_back",
    "case.read",
    "case.open",
    "case.work",
    "case.decide.operator",
    "case.decide.service_owner",
    "vendor.extend",
    "vendor.end",
    "rollover.change",
    "metadata.decide",
    "desk.look",
    "activation.change",
    "mail.change",
]

_ORG = (own_organisation,)
_ORG_OTHER = (own_organisation, own_unit, somebody_else)
_SERVICE_OTHER = (own_service, somebody_else)

PERMISSIONS: dict[Action, dict[MandateKind, tuple[Predicate, ...]]] = {
    "organisation.register": {"operator": ()},
    "organisation.change": {"operator": ()},
    "organisation.merge": {"operator": ()},
    "organisation.read": {
        "operator": (),
        "auditor": (),
        "org_chief": _ORG,
        "org_admin": _ORG,
        "org_approver": _ORG,
        "org_reader": _ORG,
    },
    "person.add": {"operator": (), "org_chief": _ORG, "org_admin": (own_organisation, own_unit)},
    "person.change": {"org_chief": _ORG_OTHER, "org_admin": _ORG_OTHER},
    "person.leave": {"operator": (), "org_chief": _ORG_OTHER, "org_admin": _ORG_OTHER},
    "person.merge": {"operator": (somebody_else,), "org_admin": _ORG_OTHER},
    "identity.link": {"operator": (somebody_else,), "org_admin": _ORG_OTHER},
    "group.change": {"org_chief": _ORG, "org_admin": _ORG},
    "group.member": {"org_chief": _ORG_OTHER, "org_admin": _ORG_OTHER},
    "bundle.change": {"org_chief": _ORG, "org_admin": _ORG},
    "mandate.give": {
        "operator": (no_wider, somebody_else),
        "service_owner": (own_service, no_wider, somebody_else),
        "org_chief": (own_organisation, no_wider, somebody_else),
        "org_admin": (own_organisation, own_unit, no_wider, somebody_else),
    },
    "mandate.take": {
        "operator": (no_wider,),
        "service_owner": (own_service, no_wider),
        "org_chief": (own_organisation, no_wider),
        "org_admin": (own_organisation, own_unit, no_wider),
    },
    "substitute.name": {"operator": (), "org_chief": _ORG, "org_admin": _ORG, "org_approver": _ORG},
    "entitlement.change": {"operator": ()},
    "catalogue.change": {"operator": (), "service_owner": (own_service,)},
    "rule.propose": {"operator": (), "service_owner": (own_service,)},
    "rule.activate": {"operator": (somebody_else,)},
    "conflict.except": {"operator": (somebody_else,), "service_owner": _SERVICE_OTHER},
    "grant.give": {"org_chief": _ORG_OTHER, "org_admin": _ORG_OTHER},
    "grant.change": {"org_chief": _ORG_OTHER, "org_admin": _ORG_OTHER},
    "grant.revoke": {
        "operator": (),
        "service_owner": (own_service,),
        "org_chief": (own_organisation, own_unit),
        "org_admin": (own_organisation, own_unit),
    },
    "request.send": {"org_chief": _ORG, "org_admin": _ORG, "org_approver": _ORG},
    "request.decide.org_approver": {
        "org_approver": _ORG_OTHER,
        "org_admin": _ORG_OTHER,
        "org_chief": _ORG_OTHER,
    },
    "request.decide.org_chief": {"org_chief": _ORG_OTHER},
    "request.decide.service_owner": {"service_owner": (own_service, somebody_else)},
    "request.decide.operator": {"operator": (somebody_else,)},
    "review.open": {"operator": (), "org_chief": _ORG, "service_owner": (own_service,)},
    "review.decide": {
        "org_chief": _ORG_OTHER,
        "org_admin": _ORG_OTHER,
        "service_owner": (own_service, somebody_else),
    },
    "import.upload": {"org_chief": _ORG, "org_admin": (own_organisation,)},
    "report.read": {
        "operator": (),
        "auditor": (),
        "service_owner": (own_service,),
        "org_chief": _ORG,
        "org_admin": _ORG,
        "org_approver": _ORG,
        "org_reader": _ORG,
    },
    "service.read": {
        "operator": (),
        "auditor": (),
        "service_owner": (own_service,),
        "service_tech": (own_service,),
    },
    "service.change": {
        "operator": (),
        "service_owner": (own_service,),
        "service_tech": (own_service,),
    },
    # Whoever has people to look after may begin a service for them; it can do nothing yet.
    "service.register": {"service_owner": (), "org_chief": _ORG, "org_admin": _ORG},
    "service.ask": {"service_owner": (own_service,)},
    "federation.read": {"operator": (), "operator_publisher": (), "auditor": ()},
    # Whom something happened to, and why: who looks is kept.
    "desk.look": {"operator": ()},
    "activation.change": {"operator": ()},
    "mail.change": {"operator": ()},
    # What stops harm: all that an operator may do who came in past the login.
    "activation.pause": {"operator": (), "operator_publisher": ()},
    "rollover.take_back": {"operator": (), "operator_publisher": ()},
    # Applicants and security officers hold no mandate: `broker.cases.rules` knows them.
    "case.read": {"operator": (), "auditor": (), "service_owner": (own_service,)},
    "case.open": {"operator": (), "org_chief": _ORG, "org_admin": _ORG},
    "case.work": {"operator": ()},
    "case.decide.operator": {"operator": (somebody_else,)},
    "case.decide.service_owner": {"service_owner": (own_service, somebody_else)},
    "vendor.extend": {"operator": (somebody_else,), "service_owner": _SERVICE_OTHER},
    "vendor.end": {"operator": (), "service_owner": (own_service,)},
    "rollover.change": {"operator": ()},
    "metadata.decide": {"operator": ()},
}

# An operator's deeds touch everybody; they take the strongest login there is.
_LEVELS: dict[MandateKind, Assurance] = {"operator": Assurance.HIGH}

# Reasons that say less than any other does.
_ORDER = ("permission.mandate", "permission.federation", "permission.assurance")


def level_of(kind: MandateKind) -> Assurance:
    """The level of assurance that a mandate takes to be used."""
    return _LEVELS.get(kind, Assurance.SUBSTANTIAL)


def demand(actor: Actor, action: Action, thing: Thing) -> Mandate | None:
    """Pass where the actor may do it, and say by which mandate; None is the console.

    Raises NotAllowed with the reason of the mandate that came nearest: `permission.mandate`,
    `.federation`, `.assurance`, `.organisation`, `.service`, `.unit`, `.wider`, `.oneself`.
    """
    rules = PERMISSIONS[action]
    if actor.console and "operator" in rules:
        return None
    nearest = "permission.mandate"
    for mandate in actor.mandates:
        if mandate.kind not in rules:
            continue
        reason = _objection(actor, mandate, thing, rules[mandate.kind])
        if reason is None:
            return mandate
        if nearest in _ORDER or reason not in _ORDER:
            nearest = reason
    raise NotAllowed(nearest, f"{actor.label} may not do {action}")


def allowed(actor: Actor, action: Action, thing: Thing) -> bool:
    """Whether `demand` would pass: for lists that filter instead of failing."""
    try:
        demand(actor, action, thing)
    except NotAllowed:
        return False
    return True


def _objection(
    actor: Actor, mandate: Mandate, thing: Thing, predicates: tuple[Predicate, ...]
) -> str | None:
    if mandate.federation != thing.federation:
        return "permission.federation"
    if actor.assurance < level_of(mandate.kind):
        return "permission.assurance"
    for predicate in predicates:
        if reason := predicate(actor, mandate, thing):
            return reason
    return None
