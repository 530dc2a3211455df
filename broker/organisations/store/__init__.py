"""Every statement on organisations, people, mandates and groups, each on a given connection.

periods              close the period that holds and open the next
read_organisations   which organisations there are, and what they were at an instant
read_accounts        people in organisations, and which accounts are one human being
read_acting          the way of a login: which accounts a person may act for
choices              which of them somebody chose at a service
read_mandates        who may administer what at an instant, and the actor that services ask for
read_deciders        who in an organisation can answer requests, by name
holders              who holds a mandate, to list and to write to them
read_groups          groups and who is in them at an instant
write_…              the same, made and changed; services alone call these
linked               which keys are linked, and the codes that take an account over
moving               mandates and memberships, from one account to another
alarms               organisations with one administrator, or none
"""

from broker.organisations.store.alarms import (
    Unadministered,
    administrators,
    number_without_administrator,
    one_administrator,
    operators,
    understaffed,
    without_administrator,
)
from broker.organisations.store.choices import (
    choose_account,
    chosen_account,
    chosen_at_services,
    forget_account,
)
from broker.organisations.store.holders import Holder, holders
from broker.organisations.store.linked import identities
from broker.organisations.store.periods import Succession, amend, succeed
from broker.organisations.store.read_accounts import (
    account,
    account_history,
    accounts,
    lock_account,
    same_human,
)
from broker.organisations.store.read_acting import acting_for, standing
from broker.organisations.store.read_deciders import Decider, deciders
from broker.organisations.store.read_groups import (
    group,
    groups,
    groups_of,
    how_many_in,
    members,
    memberships,
    number_of_groups,
    some_groups,
    these_groups,
)
from broker.organisations.store.read_mandates import actor, mandates
from broker.organisations.store.read_organisations import (
    federation_known,
    lock_organisation,
    organisation,
    organisation_by_cvr,
    organisation_history,
    organisations,
    organisations_of_cvr,
    reason_of_state,
)

__all__ = [
    "Decider",
    "Holder",
    "Succession",
    "Unadministered",
    "account",
    "account_history",
    "accounts",
    "acting_for",
    "actor",
    "administrators",
    "amend",
    "choose_account",
    "chosen_account",
    "chosen_at_services",
    "deciders",
    "federation_known",
    "forget_account",
    "group",
    "groups",
    "groups_of",
    "holders",
    "how_many_in",
    "identities",
    "lock_account",
    "lock_organisation",
    "mandates",
    "members",
    "memberships",
    "number_of_groups",
    "number_without_administrator",
    "one_administrator",
    "operators",
    "organisation",
    "organisation_by_cvr",
    "organisation_history",
    "organisations",
    "organisations_of_cvr",
    "reason_of_state",
    "same_human",
    "some_groups",
    "standing",
    "succeed",
    "these_groups",
    "understaffed",
    "without_administrator",
]
