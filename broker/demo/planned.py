"""What each login of the demo should come to, and whether it did.

A missing role is as much a failure as one too many, or a unit that is not the one granted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from broker.demo.data import document_of
from broker.demo.told import Role
from broker.metadata.documents import Table
from broker.roles.catalogue.snapshot import Catalogue

NOT_ACTIVE = "policy.idp_not_active"


@dataclass(frozen=True, slots=True)
class Planned:
    """Who logs in to a service through an identity provider, and the roles that they get."""

    person: str
    roles: tuple[tuple[str, tuple[str, ...]], ...]  # code, and the codes of its units

    def facts(self) -> dict[str, object]:
        """The plan as plain data."""
        return {"person": self.person, "roles": [" ".join((r, *units)) for r, units in self.roles]}


def _read() -> dict[tuple[str, str], Planned]:
    found = {}
    for service, rows in document_of("planned.toml").items():
        if not isinstance(rows, Mapping):
            raise TypeError(f"{service} is no table")
        for idp in rows:
            person, *roles = Table(service, rows).texts(idp)
            split = (text.split() for text in roles)
            held = tuple((code, tuple(units)) for code, *units in split)
            found[service, str(idp)] = Planned(person, held)
    return found


PLANNED: Mapping[tuple[str, str], Planned] = _read()


def differences(
    planned: Planned, told: Sequence[Role], catalogue: Catalogue, federation: str, service: str
) -> tuple[str, ...]:
    """What is not as planned, in words; nothing where everything is.

    Each form that the service was told roles in must tell all of them, and by every name
    that they have; and there is one at least.
    """
    found: list[str] = []
    if planned.roles and not told:
        found.append("no role at all")
    for form in sorted({role.form for role in told}):
        got = {(role.name, role.codes) for role in told if role.form == form}
        wanted = set()
        for code, units in planned.roles:
            for name in _names(form, code, catalogue, federation, service):
                wanted.add((name, units))
        found += [f"{form}: {_spelled(one)} is missing" for one in sorted(wanted - got)]
        found += [f"{form}: {_spelled(one)} is too much" for one in sorted(got - wanted)]
    return tuple(found)


def _names(
    form: str, code: str, catalogue: Catalogue, federation: str, service: str
) -> Collection[str]:
    """The names by which a form tells a role: its code, or its URN and what else it goes by."""
    if form in ("classic", "plain"):
        return (code,)
    role = catalogue.role_by_code(federation, service, code) or catalogue.role_by_code(
        federation, None, code
    )
    if role is None:
        return (code,)
    return (role.urn, *(alias for version in role.versions[-1:] for alias in version.aliases))


def _spelled(one: tuple[str, tuple[str, ...]]) -> str:
    name, units = one
    return " ".join((name, *units))
