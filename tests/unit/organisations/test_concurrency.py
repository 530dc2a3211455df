"""Changes that meet: one of them waits, and sees what the other did."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import pairwise
from uuid import UUID

from broker.db import reading
from broker.errors import BrokerError
from broker.identities.keys import professional_uuid
from broker.organisations import store
from broker.organisations.mandating import Wanted
from broker.organisations.merging import MergePlan
from broker.organisations.people import NewPerson
from tests.factories import NOW
from tests.unit.organisations.office import CONSOLE, Office, deed, uuid_said

DAY = timedelta(days=1)
CVR = "90000004"
ANNA = "9f3b2d1c-0000-4000-8000-00000000000a"


def at_once(*changes: Callable[[], object]) -> list[str]:
    """Run them together; `ok` or the code of each refusal, in alphabetical order."""
    barrier, results = threading.Barrier(len(changes)), []

    def run(change: Callable[[], object]) -> None:
        barrier.wait()
        try:
            change()
            results.append("ok")
        except BrokerError as error:
            results.append(error.code)

    threads = [threading.Thread(target=run, args=(change,)) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == len(changes), "something other than a refusal was raised"
    return sorted(results)


def test_one_of_two_who_suspend_at_once_is_told_that_it_is_done(office: Office) -> None:
    home = office.world.organisation(CVR)
    change = partial(office.organisations.suspend, CONSOLE, home, deed())
    assert at_once(change, change, change) == ["ok", "organisation.state", "organisation.state"]


def test_changes_of_one_person_at_once_leave_periods_that_meet(office: Office) -> None:
    home = office.world.organisation(CVR)
    one, boss = office.world.account(home), office.world.account(home)
    office.world.mandate(boss, "org_admin", organisation=home)
    who = office.as_(boss)
    changes = [
        lambda day=day: office.people.change(
            who, one, deed(), display_name=f"A{day}", since=NOW + day * DAY
        )
        for day in range(4)
    ]
    assert at_once(*changes) == ["ok"] * 4
    with reading(office.engine) as connection:
        rows = store.account_history(connection, one)
    assert all(before["until"] == after["since"] for before, after in pairwise(rows))


def test_one_mandate_given_twice_at_once_is_given_once(office: Office) -> None:
    home = office.world.organisation(CVR)
    one = office.world.account(home)
    change = partial(office.mandates.give, CONSOLE, one, Wanted("org_admin"), deed())
    assert at_once(change, change) == ["mandate.already", "ok"]


def test_a_person_is_in_a_group_once_whoever_adds_them(office: Office) -> None:
    home = office.world.organisation(CVR)
    one, boss = office.world.account(home), office.world.account(home)
    office.world.mandate(boss, "org_admin", organisation=home)
    group, who = office.world.group(home, "Vagt"), office.as_(boss)
    change = partial(office.groups.join, who, group, one, deed())
    assert at_once(change, change) == ["group.already", "ok"]


def test_a_key_linked_twice_at_once_finds_one_account(office: Office) -> None:
    home = office.world.organisation(CVR)
    one, two = office.world.account(home), office.world.account(home)

    def link(account: UUID) -> Callable[[], object]:
        return partial(office.links.link, CONSOLE, account, uuid_said(ANNA, CVR), deed())

    assert at_once(link(one), link(two)) == ["identity.has_account", "ok"]
    assert len(office.login(professional_uuid(CVR, ANNA), cvr=CVR)[1]) == 1


def test_a_first_login_that_meets_the_link_finds_the_account_afterwards(office: Office) -> None:
    home = office.world.organisation(CVR)
    key = professional_uuid(CVR, ANNA)
    one = office.world.account(home)
    done = at_once(
        lambda: office.login(key, cvr=CVR),
        lambda: office.links.link(CONSOLE, one, uuid_said(ANNA, CVR), deed()),
    )
    assert done == ["ok", "ok"]
    assert office.login(key, cvr=CVR)[1] == [one]


def test_a_code_given_twice_at_once_is_used_once(office: Office) -> None:
    home = office.world.organisation(CVR)
    made = office.people.add(CONSOLE, home, NewPerson("Anna"), deed())
    code = made.code or ""
    keys = [professional_uuid(CVR, f"{ANNA[:-1]}{last}") for last in "bcd"]
    changes = [partial(office.claim, code, key, cvr=CVR) for key in keys]
    assert at_once(*changes) == ["claim.wrong", "claim.wrong", "ok"]
    assert sum(len(office.login(key, cvr=CVR)[1]) for key in keys) == 1


def test_nobody_is_added_to_an_organisation_while_it_merges(office: Office) -> None:
    old, new = office.world.organisation(CVR), office.world.organisation("90000012")
    done = at_once(
        lambda: office.organisations.merge(CONSOLE, MergePlan(old, new), deed()),
        lambda: office.people.add(CONSOLE, old, NewPerson("Bo"), deed()),
    )
    assert done in (["ok", "ok"], ["ok", "organisation.closed"])
    with reading(office.engine) as connection:
        left = store.accounts(connection, old, NOW, states=["pending", "active"])
    assert left == ()


def test_two_merges_across_each_other_do_not_wait_for_ever(office: Office) -> None:
    one, two = office.world.organisation(CVR), office.world.organisation("90000012")
    done = at_once(
        lambda: office.organisations.merge(CONSOLE, MergePlan(one, two), deed()),
        lambda: office.organisations.merge(CONSOLE, MergePlan(two, one), deed()),
    )
    assert done == ["ok", "organisation.closed"]
