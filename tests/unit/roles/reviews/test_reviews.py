"""Campaigns: what is frozen, who may say what, what is taken back, and what applying does."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from broker.errors import BrokerError
from broker.organisations.model import Actor
from broker.organisations.tables import ACCOUNT
from broker.roles.reviews.candidates import candidates
from broker.roles.reviews.evidence import evidence
from tests.factories import NOW
from tests.unit.roles.grants.rights import CLOSED, DAY, NIGHT, OWN, WARD, below, deed
from tests.unit.roles.requests.test_deciding import refusal
from tests.unit.roles.reviews.reviewing import AFTER, DUE, DURING, OPENS, Reviewing


def test_the_population_is_what_was_there_when_it_opened(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    assert refusal(lambda: reviewing.items(reviewing.eva, review, NOW)) == "review.planned"
    gone = reviewing.account(reviewing.region, "Erik Ek", unit=WARD)
    orphan = reviewing.give(reviewing.bo, reviewing.region, "reader", account=gone).grant
    group = reviewing.group(reviewing.region, "Nat", reviewing.anna)
    by_group = reviewing.give(reviewing.bo, reviewing.region, "secret", group=group).grant
    reviewing.become(gone, "left")
    later = reviewing.account(reviewing.region, "Tove Toft", unit=WARD)
    fresh = reviewing.give(
        reviewing.bo, reviewing.region, "reader", account=later, at=OPENS + DAY / 2
    ).grant
    found = {item.grant: item for item in reviewing.items(reviewing.eva, review)}
    expected = {reviewing.reader.id, reviewing.secret.id, reviewing.bos.id, orphan.id, by_group.id}
    assert found.keys() == expected
    assert fresh.id not in found
    assert found[orphan.id].snapshot.orphaned
    shot = found[by_group.id].snapshot
    assert (shot.origin, shot.holders, shot.orphaned) == ("group", (reviewing.anna,), False)
    assert found[reviewing.reader.id].snapshot.by == reviewing.reader.by_label


def test_what_is_frozen_stays_as_it_was(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    reviewing.items(reviewing.eva, review)
    with reviewing.work() as connection:
        bo = reviewing.acting(reviewing.bo, DURING)
        reviewing.grants.shorten(connection, bo, reviewing.reader.id, DURING + DAY, deed(DURING))
    found = {item.grant: item for item in reviewing.items(reviewing.eva, review, DURING + DAY / 4)}
    assert found[reviewing.reader.id].snapshot.until == reviewing.reader.period.until


def test_a_campaign_of_sensitive_roles_or_of_a_service_holds_those(reviewing: Reviewing) -> None:
    sensitive = reviewing.begin(only_sensitive=True)
    assert [i.grant for i in reviewing.items(reviewing.eva, sensitive)] == [reviewing.secret.id]
    owners = reviewing.begin(by=reviewing.frida, organisation=None, service="dpsd")
    assert len(reviewing.items(reviewing.frida, owners)) == 3


def test_nobody_reviews_what_is_theirs_also_not_by_a_group(reviewing: Reviewing) -> None:
    group = reviewing.group(reviewing.region, "Nat", reviewing.bo, reviewing.anna)
    by_group = reviewing.give(reviewing.carl_admin(), reviewing.region, "secret", group=group).grant
    review = reviewing.begin()
    mine = {item.grant for item in reviewing.items(reviewing.bo, review)}
    assert mine == {reviewing.reader.id, reviewing.secret.id}
    for grant in (reviewing.bos, by_group):
        assert (
            refusal(partial(reviewing.decide, reviewing.bo, review, grant, "keep"))
            == "permission.oneself"
        )
    human = uuid4()
    with reviewing.work() as connection:
        here = ACCOUNT.c.id == reviewing.bo
        connection.execute(sa.update(ACCOUNT).where(here).values(human_id=human))
    other_card = reviewing.account(reviewing.region, "Bo Admin", human=human)
    reviewing.mandate(other_card, "org_admin", organisation=reviewing.region)
    assert (
        refusal(lambda: reviewing.decide(other_card, review, reviewing.bos, "keep"))
        == "permission.oneself"
    )


def test_answers_can_be_changed_and_taken_back_until_they_are_applied(
    reviewing: Reviewing,
) -> None:
    review = reviewing.begin()
    reviewing.decide(reviewing.bo, review, reviewing.reader, "revoke")
    changed = reviewing.decide(reviewing.bo, review, reviewing.reader, "keep")
    assert (changed.answer, changed.decided_by) == ("keep", reviewing.bo)
    with reviewing.work() as connection:
        actor = reviewing.acting(reviewing.bo, DURING)
        back = reviewing.reviews.take_back(
            connection, actor, review.id, reviewing.reader.id, deed(DURING)
        )
    assert (back.answer, back.decided_at) == (None, None)
    reviewing.decide(reviewing.bo, review, reviewing.reader, "revoke")
    reviewing.finish(review, DURING)
    assert (
        refusal(lambda: reviewing.decide(reviewing.bo, review, reviewing.reader, "keep"))
        == "review.applied"
    )
    assert reviewing.grant(reviewing.reader).revoked_at == DURING


def test_each_answer_does_what_it_says(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    until = NOW + 30 * DAY
    reviewing.decide(reviewing.bo, review, reviewing.reader, "keep")
    reviewing.decide(reviewing.bo, review, reviewing.secret, "shorten", until=until)
    reviewing.decide(reviewing.carl_admin(), review, reviewing.bos, "unknown")
    items = reviewing.finish(review, DURING)
    assert {key: one.outcome for key, one in items.items()} == {
        reviewing.reader.id: "kept",
        reviewing.secret.id: "shortened",
        reviewing.bos.id: None,
    }
    assert reviewing.grant(reviewing.reader).reviewed_at == DURING
    assert reviewing.grant(reviewing.secret).period.until == until
    assert reviewing.grant(reviewing.bos).revoked_at is None


@pytest.mark.parametrize(
    ("unanswered", "outcome", "revoked"),
    [("keep", "unanswered", False), ("flag", "flagged", False), ("revoke", "revoked", True)],
)
def test_what_nobody_answered_means_what_was_said_and_only_once_it_is_due(
    reviewing: Reviewing, *, unanswered: str, outcome: str, revoked: bool
) -> None:
    review = reviewing.begin(unanswered=unanswered)
    reviewing.decide(reviewing.bo, review, reviewing.secret, "change", why="another ward")
    early = reviewing.finish(review, DURING)
    assert early[reviewing.reader.id].outcome is None
    late = reviewing.finish(review, AFTER)
    assert late[reviewing.reader.id].outcome == outcome
    assert late[reviewing.secret.id].outcome == "to_change"
    assert (reviewing.grant(reviewing.reader).revoked_at is not None) == revoked
    assert refusal(lambda: reviewing.finish(review, AFTER)) == "review.closed"


def test_what_ended_meanwhile_is_told_and_stops_nothing(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    reviewing.decide(reviewing.bo, review, reviewing.reader, "revoke")
    with reviewing.work() as connection:
        bo = reviewing.acting(reviewing.bo, DURING)
        reviewing.grants.revoke(connection, bo, reviewing.reader.id, deed(DURING))
    items = reviewing.finish(review, DURING + DAY)
    assert items[reviewing.reader.id].outcome == "grant.revoked"


REFUSED: list[tuple[str, Callable[[Reviewing], object]]] = [
    ("review.scope", lambda r: r.begin(organisation=None)),
    ("review.dates", lambda r: r.begin(due_at=OPENS)),
    ("review.dates", lambda r: r.begin(opens_at=NOW - DAY)),
    ("permission.mandate", lambda r: r.begin(by=r.anna)),
    ("permission.mandate", lambda r: r.begin(by=r.bo)),
    ("permission.service", lambda r: r.begin(by=r.frida, organisation=None, service="other")),
    ("permission.organisation", lambda r: r.begin(organisation=r.owner_home)),
    ("review.comment", lambda r: r.decide(r.bo, r.begin(), r.reader, "change", why=" ")),
    ("review.until", lambda r: r.decide(r.bo, r.begin(), r.reader, "shorten")),
    ("review.until", lambda r: r.decide(r.bo, r.begin(), r.reader, "shorten", until=NOW)),
    ("review.until", lambda r: r.decide(r.bo, r.begin(), r.reader, "keep", until=DUE)),
    ("permission.mandate", lambda r: r.decide(r.carl, r.begin(), r.secret, "keep")),
    ("permission.mandate", lambda r: r.finish(r.begin(), DURING, by=r.anna)),
]


@pytest.mark.parametrize(("code", "attempt"), REFUSED)
def test_what_does_not_go_is_refused_with_its_code(
    reviewing: Reviewing, code: str, attempt: Callable[[Reviewing], object]
) -> None:
    if code == "permission.mandate":
        reviewing.carl = reviewing.approver("Another Approver")
    with pytest.raises(BrokerError) as refused:
        attempt(reviewing)
    assert refused.value.code == code


def test_progress_and_what_is_late_are_told(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    reviewing.decide(reviewing.bo, review, reviewing.reader, "keep")
    eva = reviewing.acting(reviewing.eva, AFTER)
    with reviewing.work() as connection:
        done = reviewing.reviews.progress(connection, eva, review.id, deed(DURING))
        assert (done.items, done.answered, done.open, done.applied) == (3, 1, 2, 0)
        assert reviewing.reviews.late(connection, eva, "sundhed", deed(DURING)) == ()
        (late,) = reviewing.reviews.late(connection, eva, "sundhed", deed(AFTER))
        assert late.review.id == review.id
        frida = reviewing.acting(reviewing.frida, AFTER)
        assert reviewing.reviews.late(connection, frida, "sundhed", deed(AFTER)) == ()


def test_evidence_has_a_hash_that_changes_with_what_was_decided(reviewing: Reviewing) -> None:
    review = reviewing.begin()
    reviewing.items(reviewing.eva, review)
    eva = reviewing.acting(reviewing.eva, DURING)
    with reviewing.work() as connection:
        first = evidence(connection, eva, review.id)
        assert evidence(connection, eva, review.id).sha256 == first.sha256
        stranger = Actor("nobody", "sundhed", uuid4())
        with pytest.raises(BrokerError, match=r"permission\."):
            evidence(connection, stranger, review.id)
    reviewing.decide(reviewing.bo, review, reviewing.reader, "keep")
    with reviewing.work() as connection:
        second = evidence(connection, eva, review.id)
    assert second.sha256 != first.sha256
    assert len(second.table.rows) == 3
    assert b"Anna" not in second.document


def test_what_changed_around_a_grant_is_a_reason_to_look_at_it(reviewing: Reviewing) -> None:
    scoped = reviewing.give(
        reviewing.bo, reviewing.region, "caseworker", account=reviewing.anna, scopes=[below(NIGHT)]
    ).grant
    follows = reviewing.give(
        reviewing.bo, reviewing.region, "caseworker", account=reviewing.anna, scopes=[OWN]
    ).grant
    eva = reviewing.acting(reviewing.eva)

    def found(at: datetime) -> set[tuple[UUID, str]]:
        with reviewing.work() as connection:
            catalogue = reviewing.cache.current_in(connection)
            looked = candidates(connection, catalogue, eva, reviewing.region, at)
        return {(one.grant, one.why) for one in looked}

    assert found(NOW + DAY) == set()
    reviewing.move(reviewing.anna, NIGHT, NOW + DAY)
    assert found(NOW + DAY) == {(scoped.id, "moved")}
    unused = {grant for grant, why in found(NOW + 90 * DAY) if why == "unused"}
    assert unused == {
        scoped.id,
        follows.id,
        reviewing.reader.id,
        reviewing.secret.id,
        reviewing.bos.id,
    }
    reviewing.narrow_to(scoped, CLOSED)
    reviewing.retire("secret")
    now = found(NOW + 3 * DAY)
    assert (scoped.id, "code_closed") in now
    assert (reviewing.secret.id, "role_deprecated") in now
