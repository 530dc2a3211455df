"""Carries out what an organisation asked for: its membership, its administrators, its roles."""

from dataclasses import dataclass, replace
from uuid import UUID

from broker.cases.documents import Accessing, Joining, WantedRole, read
from broker.cases.letters import CaseLetters
from broker.cases.model import Case, Party
from broker.cases.wanting import ceiling, granted, role_id
from broker.errors import Refused
from broker.identities.store import IdentityStore
from broker.organisations.desk import Work
from broker.organisations.hooks import ServiceNames
from broker.organisations.mandating import Wanted, give
from broker.organisations.people import NewPerson, add
from broker.organisations.service import become, register
from broker.periods import FOREVER
from broker.roles.grants import store as grants
from broker.roles.grants.entitlements import EntitlementService


@dataclass(frozen=True, slots=True)
class JoinMember:
    """A new member: the organisation, its two administrators with their links, what it hands out.

    All or nothing, in the transaction of the operator's approval and by the operator's mandate.
    """

    identities: IdentityStore
    services: ServiceNames
    entitlements: EntitlementService
    letters: CaseLetters

    def carry_out(self, work: Work, case: Case, party: Party) -> Case:
        """The case, about the organisation from now on. Raises what each service does."""
        asked = read(case, Joining)
        made = register(work, case.federation, asked.cvr, asked.name, asked.kind, asked.unit_key).id
        become(work, made, "active")
        for contact in asked.administrators:
            person = NewPerson(contact.name, contact.email)
            added = add(work, self.identities, made, person)
            give(work, self.services, added.account, Wanted("org_admin"))
            self.letters.claim(work, case, added, contact, asked.name)
        entitle(work, self.entitlements, party, case, made, asked.roles)
        return replace(case, organisation=made)


@dataclass(frozen=True, slots=True)
class AddAccess:
    """More that a member may hand out."""

    entitlements: EntitlementService

    def carry_out(self, work: Work, case: Case, party: Party) -> Case:
        """The case as it is. Raises what entitling does."""
        if case.organisation is None:
            raise Refused("case.kind", "a case of no organisation")
        asked = read(case, Accessing)
        entitle(work, self.entitlements, party, case, case.organisation, asked.roles)
        return case


def entitle(
    work: Work,
    entitlements: EntitlementService,
    party: Party,
    case: Case,
    organisation: UUID,
    roles: tuple[WantedRole, ...],
) -> None:
    """Let the organisation hand out what no owner refused; a ceiling that there is gives way."""
    states = {step.code: step.state for step in case.steps}
    deed = replace(work.deed, case_no=case.reference)
    for one in roles:
        if not granted(states, one):
            continue
        role, limits = role_id(one), ceiling(one)
        known = [
            each
            for each in grants.entitlements_of(work.connection, organisation, role)
            if each.holds_at(work.deed.at) and each.until > work.deed.at
        ]
        if known:
            entitlements.limit(work.connection, party.actor, known[0].id, limits, deed)
        else:
            entitlements.entitle(
                work.connection, party.actor, organisation, role, limits, deed, until=FOREVER
            )
