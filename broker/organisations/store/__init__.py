"""Every statement on organisations, people, mandates and groups, each on a given connection.

periods             close the period that holds and open the next
read_organisations  which organisations there are, and what they were at an instant
read_accounts       people in organisations, and which accounts are one human being
read_acting         the way of a login: which accounts a person may act for
read_mandates       who may administer what at an instant, and the actor that services ask for
read_groups         groups and who is in them at an instant
"""

from broker.organisations.store.periods import Succession, amend, succeed
from broker.organisations.store.read_accounts import account, accounts, lock_account, same_human
from broker.organisations.store.read_acting import acting_for
from broker.organisations.store.read_groups import group, groups, groups_of, members, memberships
from broker.organisations.store.read_mandates import actor, mandates
from broker.organisations.store.read_organisations import (
    lock_organisation,
    organisation,
    organisation_by_cvr,
    organisations,
)

__all__ = [
    "Succession",
    "account",
    "accounts",
    "acting_for",
    "actor",
    "amend",
    "group",
    "groups",
    "groups_of",
    "lock_account",
    "lock_organisation",
    "mandates",
    "members",
    "memberships",
    "organisation",
    "organisation_by_cvr",
    "organisations",
    "same_human",
    "succeed",
]
