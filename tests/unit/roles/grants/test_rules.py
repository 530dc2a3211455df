"""A derive rule's life: proposed, watched, put in force by somebody else, retired."""

import threading
from collections.abc import Callable, Mapping
from functools import partial

import pytest

from broker.audit.store import told_under
from broker.db import writing
from broker.errors import NotAllowed, Refused, Unknown
from broker.organisations.model import Actor
from broker.roles.rules import store
from tests.factories import NOW
from tests.unit.roles.grants.rights import CONSOLE, DAY, Region, deed

OTHER = Actor.at_console("another operator")
RULE: Mapping[str, object] = {
    "code": "nurses-read",
    "role": "reader",
    "when": [[{"attribute": "title", "op": "prefix", "value": "syge"}]],
}


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises((NotAllowed, Unknown, Refused)) as caught:
        attempt()
    code: str = caught.value.code
    return code


class Life:
    """The steps of one rule, each an hour after the one before."""

    def __init__(self, region: Region) -> None:
        self.region, self.hours = region, 0
        self.version = 1  # the one that whoever puts it in force has read

    def step(self, name: str, actor: Actor = CONSOLE, **document: object) -> None:
        self.hours += 1
        act = deed(NOW + self.hours * DAY / 24)
        rules = self.region.rules
        with writing(self.region.engine) as connection:
            if name == "propose":
                rules.propose(connection, actor, "sundhed", {**RULE, **document}, act)
            else:
                steps: dict[str, Callable[..., None]] = {
                    "shadow": rules.shadow,
                    "activate": partial(rules.activate, version=self.version),
                    "retire": rules.retire,
                }
                steps[name](connection, actor, "sundhed", "nurses-read", act)

    def now(self) -> list[tuple[int, str]]:
        at = NOW + self.hours * DAY / 24
        with writing(self.region.engine) as connection:
            rows = store.history(connection, "sundhed", "nurses-read")
        return [(row.version, row.state) for row in rows if row.period.covers(at)]


def test_a_rule_counts_only_once_another_person_put_it_in_force(region: Region) -> None:
    life = Life(region)
    life.step("propose")
    assert refusal(lambda: life.step("activate", OTHER)) == "rule.state"
    life.step("shadow")
    assert refusal(lambda: life.step("activate")) == "rule.oneself"
    life.step("activate", OTHER)
    assert life.now() == [(1, "active")]
    with writing(region.engine) as connection:
        (known,) = region.cache.current_in(connection).rules_of(region.roles["reader"])[-1:]
        told = [said["state"] for name, said in told_under(connection, "R") if "rule" in said]
    assert (known.state, known.by, known.approved_by) == (
        "active",
        "operator",
        "another operator",
    )
    assert told == ["draft", "shadow", "active"]


def test_a_new_version_takes_the_place_of_the_old_one_only_in_force(region: Region) -> None:
    life = Life(region)
    for name, actor in (("propose", CONSOLE), ("shadow", CONSOLE), ("activate", OTHER)):
        life.step(name, actor)
    life.step("propose", idps=["region-nord"])
    assert life.now() == [(1, "active"), (2, "draft")]
    life.step("propose", idps=["region-syd"])
    assert life.now() == [(1, "active"), (3, "draft")]
    life.step("shadow")
    assert life.now() == [(1, "active"), (3, "shadow")]
    life.version = 3
    life.step("activate", OTHER)
    assert life.now() == [(3, "active")]
    life.step("retire")
    assert life.now() == [(3, "retired")]
    assert refusal(lambda: life.step("retire")) == "rule.state"


def test_a_denial_in_force_takes_two_to_end(region: Region) -> None:
    life = Life(region)
    life.step("propose", effect="deny")
    life.step("shadow")
    life.step("activate", OTHER)
    assert refusal(lambda: life.step("retire")) == "rule.oneself"
    life.step("retire", OTHER)
    assert life.now() == [(1, "retired")]


def test_owners_propose_for_their_own_service_and_never_put_in_force(region: Region) -> None:
    owners = region.organisation()
    own, other = region.account(owners, "Rie"), region.account(owners, "Sif")
    region.mandate(own, "service_owner", service="dpsd")
    region.mandate(other, "service_owner", service="esundhed")
    life = Life(region)
    rie, sif = region.acting(own), region.acting(other)
    assert refusal(lambda: life.step("propose", sif)) == "permission.service"
    life.step("propose", rie)
    life.step("shadow", rie)
    assert refusal(lambda: life.step("activate", rie)) == "rule.oneself"
    assert refusal(lambda: life.step("activate", sif)) == "permission.mandate"
    region.mandate(own, "operator")
    assert refusal(lambda: life.step("activate", region.acting(own))) == "rule.oneself"
    life.step("activate")


def test_what_can_be_no_rule_is_refused(region: Region) -> None:
    life = Life(region)
    assert refusal(lambda: life.step("shadow")) == "rule.unknown"
    assert refusal(lambda: life.step("propose", when=[])) == "metadata.document"
    assert refusal(lambda: life.step("propose", role="urn:dk:no:such")) == "rule.role"
    scope = [{"type": "sor", "source": "literal", "value": "1"}]
    assert refusal(lambda: life.step("propose", scope=scope)) == "metadata.document"
    region.role("gone", state="retired")
    assert refusal(lambda: life.step("propose", role="gone")) == "rule.role"


def test_a_version_that_nobody_read_is_not_put_in_force(region: Region) -> None:
    life = Life(region)
    life.step("propose")
    life.step("shadow")
    life.step("propose")
    life.step("shadow")
    assert refusal(lambda: life.step("activate", OTHER)) == "rule.version"
    life.version = 2
    life.step("activate", OTHER)
    assert life.now() == [(2, "active")]


def test_a_rule_that_is_retired_meanwhile_is_not_put_in_force(region: Region) -> None:
    if region.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time")
    life = Life(region)
    life.step("propose")
    life.step("shadow")
    codes: list[str] = []
    later = Life(region)
    later.hours = life.hours + 1
    second = threading.Thread(
        target=lambda: codes.append(refusal(lambda: later.step("activate", OTHER)))
    )
    with writing(region.engine) as connection:
        act = deed(NOW + 3 * DAY / 24)
        region.rules.retire(connection, CONSOLE, "sundhed", "nurses-read", act)
        second.start()
        second.join(timeout=1)
    second.join(timeout=20)
    assert codes == ["rule.state"]
    assert [state for _, state in later.now()] == ["retired"]
