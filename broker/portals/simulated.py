"""What somebody would get at a service now, worked out as at a login and told to nobody.

For the desk, and for whoever administers the person. Nothing is issued and nothing is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from broker.attributes.model import Claims
from broker.attributes.steps import normalise
from broker.codelists import store as codes
from broker.codelists.model import is_list
from broker.db import Connection
from broker.errors import Refused
from broker.login.acting import read_said
from broker.metadata.activations import Offer
from broker.metadata.model import ConnectedIdp, Service
from broker.metadata.registry import Registry
from broker.organisations.model import Account
from broker.portals.office import Office
from broker.portals.person import Person
from broker.roles.answer import Said
from broker.roles.asking import Resolver
from broker.roles.explain_text import Telling
from broker.roles.explaining import Explanation, explain
from broker.saml import names
from broker.saml.assurance import Assurance
from broker.saml.messages import Attribute
from broker.saml.vocabulary import OIO3_OF, SHORT_OF

MOST = 40  # lines of claims


@dataclass(frozen=True, slots=True)
class Simulated:
    """The answer: whether they come in at all, with which roles, and why not with others."""

    service: Service
    idp: ConnectedIdp
    offer: Offer | None
    explained: Explanation
    units: Mapping[tuple[str, str], str]

    @property
    def refusal(self) -> str | None:
        """The code that the login would end with, as far as it shows before the login."""
        if self.offer is None:
            return "policy.idp_not_active"
        if not self.offer.choosable:
            return self.offer.refusal().code
        missing = self.service.require_role and not self.explained.answer.issued
        return "policy.no_role" if missing else None

    def telling(self, language: str) -> Telling:
        """What tells its roles and sources in words."""
        return Telling(
            language, lambda type_id, code: self.units.get((type_id, code)), self.explained.people
        )


def simulate(
    office: Office,
    connection: Connection,
    person: Person,
    account: Account,
    service: str,
    idp: str,
    level: str,
    said: str,
) -> Simulated:
    """Work it out. Raises Unknown, and Refused("claims.form") for lines that say nothing."""
    registry, path = office.registry.current(), person.federation.path
    found, through = registry.service_by_code(path, service), registry.idp_by_code(path, idp)
    stated = _said(account, through, level, said)
    explained = explain(
        connection,
        Resolver(office.catalogue),
        path,
        service,
        account,
        stated,
        found.speech.profile,
        person.now,
    )
    offer = registry.offer(found, idp, person.now)
    return Simulated(found, through, offer, explained, _units(connection, explained))


def reachable(registry: Registry, federation: str, service: str | None) -> list[ConnectedIdp]:
    """Every login of the federation, those of the service first."""
    every = registry.idps(federation)
    known = next((s for s in registry.services(federation) if s.code == service), None)
    of = {activation.idp for activation in known.activations} if known else set()
    return sorted(every, key=lambda idp: (idp.code not in of, idp.name.da))


def _said(account: Account, idp: ConnectedIdp, level: str, lines: str) -> Said:
    strong = Assurance.from_word(level) or idp.maximum
    if not lines.strip():
        return Said(idp.code, idp.cvrs, account.cvr, strong, {})
    attributes = [*_claims(lines)]
    if not {names.LOA, names.OIO2_ASSURANCE} & {one.name for one in attributes}:
        attributes.append(Attribute(names.LOA, (strong.word,)))
    claims: Claims = normalise(attributes, None, [])
    stated = read_said(replace(claims, assurance=claims.assurance or strong), idp)
    return replace(stated, cvr=stated.cvr or account.cvr)


def _claims(lines: str) -> list[Attribute]:
    found: dict[str, list[str]] = {}
    for line in lines.splitlines()[:MOST]:
        if not line.strip():
            continue
        name, equals, value = line.partition("=")
        wire = OIO3_OF.get(name.strip(), name.strip())
        if not equals or wire not in SHORT_OF:
            raise Refused("claims.form", "a line that is no attribute that we know")
        found.setdefault(wire, []).append(value.strip())
    return [Attribute(name, tuple(values)) for name, values in found.items()]


def _units(connection: Connection, explained: Explanation) -> dict[tuple[str, str], str]:
    units = {
        (d.type, d.value)
        for issued in (*explained.answer.issued, *explained.answer.shadow)
        for held in issued.held
        for d in held.delimitations
    }
    units |= {
        (scope.type, scope.value)
        for silent in explained.not_counting
        for scope in silent.scopes
        if scope.value
    }
    called = {}
    for type_id, code in units:
        known = codes.history(connection, type_id, code) if is_list(type_id) else None
        if known:
            called[type_id, code] = known[-1].name
    return called
