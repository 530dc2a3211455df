"""What the commands of `broker roles` share: the services, and what is meant by their words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

import click

from broker.audit.store import AuditStore
from broker.cli.context import in_words, spoken
from broker.cli.office import Asked, Office
from broker.codelists import dates
from broker.db import reading
from broker.errors import BrokerError, Unknown
from broker.organisations import store
from broker.organisations.model import Actor, Organisation
from broker.periods import FOREVER
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.bundles import BundleService
from broker.roles.grants.entitlements import EntitlementService
from broker.roles.grants.exceptions import ExceptionService
from broker.roles.grants.facts import Ceiling, Scope
from broker.roles.grants.model import Objection
from broker.roles.grants.service import GrantService
from broker.roles.grants.words import WORDS, said
from broker.roles.model import Role, ScopeMode
from broker.roles.rules.service import RuleService
from broker.saml.vocabulary import OIO3_OF

P = ParamSpec("P")
R = TypeVar("R")

_MODES: dict[str, ScopeMode] = {
    "own-unit": "own_unit",
    "own-unit+": "own_unit_tree",
    "own-cvr": "own_cvr",
}


def in_role_words(command: Callable[P, R]) -> Callable[P, R]:
    """Let a command end with the reason in words, and exit status 1."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BrokerError as error:
            if error.code not in WORDS:
                raise
            words = said(Objection(error.code, error.detail)).en
            raise click.ClickException(spoken(words, error.code)) from error

    return in_words(wrapped)


@dataclass(frozen=True, slots=True)
class RolesOffice:
    """Roles of this installation, and whoever sits at its console."""

    office: Office
    cache: CatalogueCache

    @staticmethod
    def here() -> "RolesOffice":
        """The installation of this environment, now."""
        office = Office.here()
        return RolesOffice(office, CatalogueCache(office.engine))

    @property
    def now(self) -> datetime:
        """When the command began."""
        return self.office.now

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue as it is now."""
        return self.cache.current()

    @property
    def grants(self) -> GrantService:
        """What is done to grants."""
        return GrantService(self.office.audit, self.cache.current_in)

    @property
    def entitlements(self) -> EntitlementService:
        """What organisations may hand out."""
        return EntitlementService(AuditStore(), self.cache.current_in)

    @property
    def bundles(self) -> BundleService:
        """Lists of roles to grant from."""
        return BundleService(self.office.audit, self.cache.current_in, self.grants)

    @property
    def exceptions(self) -> ExceptionService:
        """Exceptions to separation of duties."""
        return ExceptionService(AuditStore(), self.cache.current_in)

    @property
    def rules(self) -> RuleService:
        """Rules that derive roles."""
        return RuleService(AuditStore(), self.cache.current_in, frozenset(OIO3_OF))

    def actor(self, asked: Asked) -> Actor:
        """Whoever sits here, with the mandates of an account where one is named."""
        return self.office.actor(asked)

    def organisation(self, name: str, federation: str | None) -> Organisation:
        """By id, by CVR number, or by CVR number and unit. Raises Unknown."""
        return self.office.organisation(name, federation, self.now)

    def role(self, name: str, federation: str) -> Role:
        """By URN, or as SERVICE/CODE; a national role is national/CODE.

        Raises Unknown("role.unknown") that lists what there is.
        """
        catalogue = self.catalogue
        service, _, code = name.partition("/")
        found = catalogue.role_by_urn(federation, name)
        if found is None and code:
            of = None if service == "national" else service
            found = catalogue.role_by_code(federation, of, code)
        if found is None:
            near = sorted(
                shown(one)
                for one in catalogue.roles
                if one.federation == federation and service in (one.service, "national", name)
            )
            listed = ", ".join(near[:12])
            hint = f"Known: {listed}" if near else "Write SERVICE/CODE; see broker services list"
            raise Unknown("role.unknown", f"there is no role {name}. {hint}")
        return found

    def account(self, text: str, organisation: Organisation) -> UUID:
        """By id, or by what only one person's name or mail holds. Raises Unknown."""
        try:
            return UUID(text)
        except ValueError:
            pass
        with reading(self.office.engine) as connection:
            found = store.accounts(connection, organisation.id, self.now, text=text, limit=6)
        if len(found) != 1:
            listed = "; ".join(f"{one.display_name} {one.id}" for one in found) or "nobody"
            words = f"{text} is not one person of {organisation.name}: {listed}"
            raise Unknown("account.unknown", words)
        return found[0].id

    def group(self, text: str, organisation: Organisation) -> UUID:
        """By id or by name. Raises Unknown("group.unknown")."""
        with reading(self.office.engine) as connection:
            known = store.groups(connection, organisation.id)
        found = [one.id for one in known if text in (one.name, str(one.id))]
        if not found:
            listed = ", ".join(one.name for one in known) or "none"
            raise Unknown("group.unknown", f"there is no group {text}. Known: {listed}")
        return found[0]


def shown(role: Role) -> str:
    """How a role is written on the command line."""
    return f"{role.service or 'national'}/{role.code}"


def scopes_of(given: Sequence[str]) -> tuple[Scope, ...]:
    """The delimitations of `--scope`: sor=CODE, sor=CODE+, sor=own-unit+, cvr=own-cvr.

    Raises click.UsageError.
    """
    found = []
    for text in given:
        type_id, value = _parts("--scope", text)
        if value in _MODES:
            tree = _MODES[value] == "own_unit_tree"
            found.append(Scope(type_id, _MODES[value], "", with_descendants=tree))
        else:
            code = value.removesuffix("+")
            found.append(Scope(type_id, "value", code, with_descendants=value != code))
    return tuple(found)


def ceiling_of(given: Sequence[str]) -> tuple[Ceiling, ...]:
    """The limits of `--ceiling`: sor=CODE, or sor=CODE+ with everything below it.

    Raises click.UsageError.
    """
    parts = [_parts("--ceiling", text) for text in given]
    return tuple(Ceiling(of, v.removesuffix("+"), v.endswith("+")) for of, v in parts)


def since_of(option: str, text: str | None, now: datetime) -> datetime | None:
    """When a day begins in Denmark, 31-12-2026 or 2026-12-31, or an instant with its offset.

    None is now, and today is too. Raises click.UsageError.
    """
    if text is None:
        return None
    if (exact := _exact(text)) is not None:
        return exact
    try:
        begins, ends = dates.since(text), dates.until(text)
    except ValueError as error:
        raise _no_date(option) from error
    if begins is None or begins <= now < ends:
        return None
    return begins


def until_of(option: str, text: str | None) -> datetime | None:
    """When a day is over in Denmark, or an instant with its offset; `never` has no end.

    Raises click.UsageError.
    """
    if text is None:
        return None
    if text == "never":
        return FOREVER
    try:
        return _exact(text) or dates.until(text)
    except ValueError as error:
        raise _no_date(option) from error


def _exact(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _no_date(option: str) -> click.UsageError:
    return click.UsageError(
        f"{option} is a date such as 31-12-2026 or 2026-12-31, or an instant with its offset."
    )


def _parts(option: str, text: str) -> tuple[str, str]:
    type_id, equals, value = text.partition("=")
    if not type_id or not equals or not value:
        raise click.UsageError(
            f"{option} is TYPE=CODE or TYPE=CODE+, such as sor=440711000016004+."
        )
    return type_id, value
