"""The trail of one organisation: searched by whom and what it is about, and nobody else's."""

from datetime import timedelta

import sqlalchemy as sa

from broker.audit.events import EXAMPLES, ClaimChanged, GrantGiven, fields_of
from broker.audit.store import AUDIT_TAG, AuditStore, Search, count_entries, entries
from broker.audit.tracing import account_tag, kind_tag, role_tag, tags_of
from broker.db import Engine, reading, writing
from tests.factories import NOW

HOME = "0f8b6c52-6f0e-4f0a-9a53-2d7c3b1e7a10"
ANNA = "ae31c7b4-90cf-4f4e-b6f4-0d8d5a2c6e19"
DAY = timedelta(days=1)
ALWAYS = (NOW - 9 * DAY, NOW + 9 * DAY)


def keep(engine: Engine) -> None:
    with writing(engine) as connection:
        for number, event in enumerate(EXAMPLES):
            at = NOW + timedelta(seconds=number)
            AuditStore().append(connection, event, at=at, reference=f"R{number}")


def test_a_search_finds_what_meets_every_criterion(engine: Engine) -> None:
    keep(engine)
    given = next(one for one in EXAMPLES if isinstance(one, GrantGiven))
    assert given.account is not None
    home = given.organisation
    with reading(engine) as connection:
        everything = entries(connection, Search(home, *ALWAYS), limit=500)
        expected = [e for e in EXAMPLES if fields_of(e).get("organisation") == home]
        assert len(everything) == len(expected) > 1
        assert [one.at for one in everything] == sorted(
            (one.at for one in everything), reverse=True
        )
        who, what = [account_tag(given.account)], [kind_tag("grant.given")]
        both = entries(connection, Search(home, *ALWAYS, (who, what)))
        assert {one.event for one in both} <= {"grant.given", "grant.changed", "grant.ended"}
        assert "grant.given" in {one.event for one in both}
        role = entries(connection, Search(home, *ALWAYS, ([role_tag(given.role)],)))
        assert {one.fields["role"] for one in role} == {given.role}
        assert entries(connection, Search(ANNA, *ALWAYS)) == ()
        assert entries(connection, Search(home, NOW - 9 * DAY, NOW - DAY)) == ()


def test_pages_follow_one_another_and_the_count_ends_somewhere(engine: Engine) -> None:
    keep(engine)
    with reading(engine) as connection:
        asked = Search(HOME, *ALWAYS)
        total = count_entries(connection, asked, 5000)
        assert total > 3
        assert count_entries(connection, asked, 2) == 2
        pages = [entries(connection, asked, offset=at, limit=1)[0] for at in range(total)]
        assert pages == list(entries(connection, asked, limit=total))


def test_whoever_hears_an_event_shares_its_transaction(engine: Engine) -> None:
    heard: list[str] = []

    def hear(_connection: object, event: object, _at: object) -> None:
        heard.append(type(event).__name__)
        raise ValueError("not to be")

    store = AuditStore(hear)
    try:
        with writing(engine) as connection:
            store.append(connection, EXAMPLES[-1], at=NOW, reference="R")
    except ValueError:
        pass
    assert heard == [type(EXAMPLES[-1]).__name__]
    with reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(AUDIT_TAG)) == 0


def test_tags_hold_ids_and_roles_and_nothing_that_somebody_wrote() -> None:
    for event in EXAMPLES:
        found = tags_of(event.NAME, fields_of(event))
        for tag in found.tags if found else ():
            assert tag == "" or tag.partition(":")[0] in ("k", "a", "r")
            assert "reason" not in tag
    claim = next(one for one in EXAMPLES if isinstance(one, ClaimChanged))
    assert tags_of(claim.NAME, {**fields_of(claim), "by": "login"}) is not None
    assert tags_of("x.y", {"organisation": "not an id"}) is None
    assert tags_of("x.y", {}) is None
