"""No order of calls lets anybody approve for themselves, or get what its policy did not let by."""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from broker.audit.store import AuditStore
from broker.db import make_engine, migrate, writing
from broker.errors import BrokerError
from broker.organisations.model import MandateKind
from broker.organisations.tables import ACCOUNT
from broker.roles.grants.tables import DECISION, GRANT, REQUEST
from broker.roles.model import Stage
from broker.roles.requests.model import Asked, Request
from broker.roles.reviews.model import Answer, NewReview
from broker.roles.reviews.service import ReviewService
from tests.drawn import examples
from tests.factories import NOW
from tests.unit.roles.grants.rights import DAY, WARD, deed
from tests.unit.roles.requests.asking import Asking

PEOPLE = st.integers(0, 8)
ROLES = st.sampled_from(["reader", "secret", "double"])
REQUESTS = st.integers(0, 5)
OTHER_VERBS = st.sampled_from(["reject", "ask", "answer", "claim", "withdraw"])


class Ways(RuleBasedStateMachine):
    """People of one organisation who try everything; each run has an organisation of its own."""

    world: Asking

    def __init__(self) -> None:
        super().__init__()
        world, self.at = self.world, NOW
        self.sent: list[Request] = []
        self.humans: dict[UUID, UUID] = {}
        self.home = world.organisation()
        with world.work():
            for role in ("reader", "secret", "double"):
                world.entitle(self.home, role)
            for number in range(7):
                self.humans[world.account(self.home, f"Nr {number}", unit=WARD)] = uuid4()
            outside = world.organisation()
            for number in (7, 8):
                self.humans[world.account(outside, f"Nr {number}")] = uuid4()
            self.people = list(self.humans)
            for approver in self.people[1:5]:
                world.mandate(approver, "org_approver", organisation=self.home)
            world.mandate(self.people[5], "org_chief", organisation=self.home)
            self.owners = [
                world.mandate(one, "service_owner", service="dpsd") for one in self.people[7:]
            ]
            # The last of the approvers owns the service too.
            world.mandate(self.people[4], "service_owner", service="dpsd")
        self.reviews = ReviewService(AuditStore(), world.grants, world.cache.current_in)

    def tried(self, attempt: Callable[[], object]) -> None:
        with contextlib.suppress(BrokerError):
            attempt()

    @rule(by=PEOPLE, subject=st.none() | PEOPLE, role=ROLES)
    def ask(self, by: int, subject: int | None, role: str) -> None:
        """For oneself, or for somebody else."""
        whom = self.people[by if subject is None else subject]
        asked = Asked("add", whom, self.world.roles[role])

        def attempt() -> None:
            self.sent += self.world.send(self.people[by], [asked], at=self.at)

        self.tried(attempt)

    @rule(by=PEOPLE, which=REQUESTS)
    def approve(self, by: int, which: int) -> None:
        if not self.sent:
            return
        request, who = self.sent[-1 - which % len(self.sent)], self.people[by]
        try:
            after = self.world.approve(who, request, at=self.at)
        except BrokerError:
            return
        human = self.humans[who]
        involved = {self.humans[request.requester], self.humans[request.subject]}
        behalf = after.decisions[-1].on_behalf_of
        assert human not in involved
        assert behalf is None or self.humans[behalf] not in involved
        if after.state != "done":
            return
        clean = [
            one
            for one in after.decisions
            if one.verb == "approve" and one.by and self.humans[one.by] not in involved
        ]
        for number, stage in enumerate(after.stages):
            heard = {self.humans[one.by] for one in clean if one.stage == number and one.by}
            assert len(heard) >= stage.approvals
        everybody = [self.humans[one.by] for one in clean if one.by]
        assert len(set(everybody)) >= sum(stage.approvals for stage in after.stages)

    @rule(by=st.integers(1, 5), which=st.integers(0, 1))
    def click_twice(self, by: int, which: int) -> None:
        self.approve(by, which)
        self.approve(by, which)

    @rule(by=PEOPLE, which=REQUESTS, verb=OTHER_VERBS)
    def act(self, by: int, which: int, verb: str) -> None:
        if which < len(self.sent):
            request = self.sent[which]
            self.tried(lambda: self.world.act(verb, self.people[by], request, at=self.at))

    @rule(by=PEOPLE, which=REQUESTS, to=PEOPLE)
    def forward(self, by: int, which: int, to: int) -> None:
        if which < len(self.sent):
            request, target = self.sent[which], self.people[to]
            self.tried(
                lambda: self.world.act("forward", self.people[by], request, at=self.at, to=target)
            )

    @rule(principal=st.integers(1, 5), helper=PEOPLE)
    def stand_in(self, principal: int, helper: int) -> None:
        if principal != helper:
            account = self.people[principal]
            kind: MandateKind = "org_chief" if principal == 5 else "org_approver"
            with self.world.work():
                mandate = self.world.mandate(account, kind, organisation=self.home)
                self.world.substitute(mandate, account, self.people[helper], NOW + 90 * DAY)

    @rule(one=PEOPLE, other=PEOPLE)
    def prove_to_be_one(self, one: int, other: int) -> None:
        """Two accounts turn out to be one human being's."""
        kept, gone = self.humans[self.people[one]], self.humans[self.people[other]]
        self.humans = {a: kept if h == gone else h for a, h in self.humans.items()}
        with writing(self.world.engine) as connection:
            for account, human in self.humans.items():
                here = ACCOUNT.c.id == account
                connection.execute(sa.update(ACCOUNT).where(here).values(human_id=human))

    @rule(days=st.integers(1, 9))
    def wait(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule(by=PEOPLE, answer=st.sampled_from(["keep", "revoke"]))
    def review(self, by: int, answer: Answer) -> None:
        plan = NewReview("all", "sundhed", self.at, self.at + DAY, organisation=self.home)
        own = self.world.acting(self.people[by], self.at)

        def attempt() -> None:
            with self.world.work() as connection:
                chief = self.world.acting(self.people[5], self.at)
                made = self.reviews.open(connection, chief, plan, deed(self.at))
                for item in self.reviews.items(connection, own, made.id, deed(self.at)):
                    assert item.snapshot.account is not None
                    holder = self.humans[item.snapshot.account]
                    assert holder != self.humans[self.people[by]]
                    self.reviews.decide(
                        connection,
                        own,
                        made.id,
                        item.grant,
                        answer,
                        deed(self.at),
                    )
                self.reviews.apply(connection, chief, made.id, deed(self.at))

        self.tried(attempt)

    @invariant()
    def every_grant_was_approved_by_as_many_others_as_its_policy_wants(self) -> None:
        with writing(self.world.engine) as connection:
            grants = connection.execute(
                sa.select(GRANT).where(GRANT.c.organisation_id == self.home)
            ).all()
            for grant in grants:
                assert grant.request_id is not None
                self.look_at(connection, grant.request_id)

    def look_at(self, connection: sa.Connection, request_id: UUID) -> None:
        request = connection.execute(sa.select(REQUEST).where(REQUEST.c.id == request_id)).one()
        rows = connection.execute(
            sa.select(DECISION).where(
                DECISION.c.request_id == request_id, DECISION.c.decision == "approve"
            )
        ).all()
        wanted = sum(stage["approvals"] for stage in request.stages)
        assert (
            len(rows) >= wanted == {1: 1, 2: 2}[len(request.stages)] + self.more_than_one(request)
        )
        assert request.state == "done"

    def more_than_one(self, request: sa.Row[tuple[object, ...]]) -> int:
        return 1 if request.role_id == self.world.roles["double"] else 0


def test_nobody_gets_round_four_eyes(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'broker.sqlite3'}")
    migrate(engine)
    Ways.world = Asking(engine)
    Ways.world.build()
    Ways.world.policy("two", Stage("org_approver", approvals=2))
    Ways.world.role("double", policy="two")
    run_state_machine_as_test(
        Ways,
        settings=settings(
            max_examples=examples(50),
            stateful_step_count=30,
            deadline=None,
            # Without shrinking, which would take minutes: the steps themselves tell enough.
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
    engine.dispose()


def test_the_machine_reaches_grants(tmp_path: Path) -> None:
    """The rules above can lead to a grant; else they would hold of nothing."""
    engine = make_engine(f"sqlite:///{tmp_path / 'broker.sqlite3'}")
    migrate(engine)
    Ways.world = Asking(engine)
    Ways.world.build()
    Ways.world.policy("two", Stage("org_approver", approvals=2))
    Ways.world.role("double", policy="two")
    run = Ways()
    run.ask(0, None, "double")
    run.approve(1, 0)
    run.prove_to_be_one(1, 2)
    run.approve(2, 0)
    run.every_grant_was_approved_by_as_many_others_as_its_policy_wants()
    assert run.world.grants_of(run.people[0]) == ()
    run.approve(3, 0)
    run.every_grant_was_approved_by_as_many_others_as_its_policy_wants()
    assert len(run.world.grants_of(run.people[0])) == 1
    engine.dispose()
