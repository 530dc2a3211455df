"""What a page needs of the person, and what is missing where it is not there.

The rules themselves stand in `broker.organisations.permissions`; here stands which of its
actions a page is for. A page that names no need cannot be mounted.
"""

from dataclasses import dataclass
from typing import Literal

from broker.organisations.model import MandateKind
from broker.organisations.permissions import PERMISSIONS, Action, level_of
from broker.portals.person import Person
from broker.saml.assurance import Assurance

Remedy = Literal["level", "fresh"]  # what logging in again would help against


@dataclass(frozen=True, slots=True)
class Need:
    """What a page needs: one of these actions, an account, a login of a moment ago."""

    actions: tuple[Action, ...] = ()
    account: bool = False
    fresh: bool = False
    by: tuple[MandateKind, ...] = ()  # only by these mandates; any that allows it where empty

    @property
    def kinds(self) -> frozenset[MandateKind]:
        """The mandates that allow one of the actions."""
        allowing = {kind for action in self.actions for kind in PERMISSIONS[action]}
        return frozenset(allowing & set(self.by) if self.by else allowing)


SIGNED_IN = Need()  # whoever is signed in
OWN = Need(account=True)  # whoever has an account that is active


# Who each portal is for, for pages whose action others may do as well.
ORGANISATION: tuple[MandateKind, ...] = ("org_chief", "org_admin", "org_approver", "org_reader")
OWNERS: tuple[MandateKind, ...] = ("service_owner", "service_tech")
OPERATORS: tuple[MandateKind, ...] = ("operator", "operator_publisher", "auditor")


def may(*actions: Action, fresh: bool = False, by: tuple[MandateKind, ...] = ()) -> Need:
    """Whoever holds a mandate for one of these actions; `fresh` for keys, mandates and trust.

    Whether it allows the action on this very thing is asked again where the thing is known.
    """
    if not actions:
        raise ValueError("a page for nobody")
    return Need(actions, account=True, fresh=fresh, by=by)


@dataclass(frozen=True, slots=True)
class Missing:
    """Why somebody may not see a page, and what logging in again can do about it."""

    code: str
    remedy: Remedy | None = None
    level: Assurance | None = None


def missing(person: Person, need: Need) -> Missing | None:
    """What keeps a person from a page, or None."""
    if (need.account or need.actions) and person.account is None:
        return Missing("portal.no_account")
    if need.actions:
        held = person.kinds & need.kinds
        if not held:
            return Missing("permission.mandate")
        level = min(level_of(kind) for kind in held)
        if person.session.level < level:
            return Missing("permission.assurance", "level", level)
    if need.fresh and not person.session.fresh(person.now):
        return Missing("portal.fresh", "fresh")
    return None


def shows(person: Person, need: Need) -> bool:
    """Whether a page stands in the navigation: it is theirs, were they to log in more surely."""
    found = missing(person, need)
    return found is None or found.remedy is not None
