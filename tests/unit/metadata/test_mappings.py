"""Versions of a mapping: loaded, tried, put in force for a time, kept; the same on both engines."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from broker.attributes.pipeline import check_mapping
from broker.audit.events import MappingInForce, MappingLoaded, MappingRetired, MappingShadowed
from broker.audit.store import AuditStore
from broker.db import writing
from broker.errors import BrokerError, Unavailable, Unknown
from broker.metadata.mappings import store
from broker.metadata.mappings.model import PLAIN, DifferenceCount, MappingVersion, Placing
from broker.metadata.mappings.service import MappingService
from broker.metadata.mappings.tables import MAPPING_VERSION
from broker.metadata.service import MetadataService
from broker.periods import FOREVER
from tests.factories import NOW
from tests.metadata_factory import Sp
from tests.unit.metadata.installation import OCCASION, ORIGIN, Installation

HOME, CODE = "sundhed", "dpsd"
HOUR = timedelta(hours=1)


def document(*sources: str) -> dict[str, object]:
    motive = {"da": "Til prøve", "en": "For a test"}
    listed = [{"source": source, "motive": motive} for source in sources]
    return {"kind": "mapping", "service": CODE, "federations": [HOME], "release": listed}


def load(
    installation: Installation, *sources: str, placing: Placing = "shadow", reason: str = "a test"
) -> tuple[str, int | None]:
    report = installation.service.load_document(
        document(*sources),
        source="dpsd.toml",
        occasion=replace(OCCASION, reason=reason),
        placing=placing,
    )
    (outcome,) = report.outcomes
    return outcome.state, outcome.version


def service(installation: Installation) -> MappingService:
    return MappingService(installation.engine, installation.audit)


def standings(installation: Installation, at: datetime = NOW) -> dict[int, str]:
    known = service(installation).versions(HOME, CODE)
    return {version.version: version.standing(at) for version in known}


def seen(installation: Installation, version: int, against: int, logins: int = 1) -> None:
    row = DifferenceCount(HOME, CODE, version, against, "", "seen", NOW.date(), logins)
    with writing(installation.engine) as connection:
        assert store.count(connection, [row])


def put(
    installation: Installation,
    version: int,
    *,
    since: datetime | None = None,
    untested: bool = False,
    reason: str = "a test",
) -> MappingVersion:
    occasion = replace(OCCASION, reason=reason)
    return service(installation).put_in_force(
        HOME, CODE, version, occasion, since=since, untested=untested
    )


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(BrokerError) as refused:
        work()
    return refused.value.code


def test_the_first_version_counts_at_once_and_another_is_tried_first(
    installation: Installation,
) -> None:
    assert load(installation, "cvr") == ("added", 1)
    assert standings(installation) == {1: "in force"}
    revision = installation.revision
    assert load(installation, "cvr") == ("unchanged", 1)
    assert installation.revision == revision
    assert load(installation, "cvr", "email") == ("shadow", 2)
    assert installation.revision > revision
    assert load(installation, "cvr", "email") == ("unchanged", 2)
    assert standings(installation) == {1: "in force", 2: "shadow"}
    kinds = [type(event) for event in installation.audit.events if "apping" in str(type(event))]
    assert kinds == [MappingLoaded, MappingInForce, MappingLoaded, MappingShadowed]


def test_one_version_is_tried_at_a_time(installation: Installation) -> None:
    load(installation, "cvr")
    load(installation, "email")
    assert load(installation, "alias") == ("shadow", 3)
    assert standings(installation) == {1: "in force", 2: "draft", 3: "shadow"}
    service(installation).shadow(HOME, CODE, 2, OCCASION)
    assert standings(installation) == {1: "in force", 2: "shadow", 3: "draft"}
    assert refusal(lambda: service(installation).shadow(HOME, CODE, 1, OCCASION)) == "mapping.state"
    values = {"state": "shadow"}
    with pytest.raises(sa.exc.IntegrityError), writing(installation.engine) as connection:
        connection.execute(sa.update(MAPPING_VERSION).values(values))


def test_a_draft_waits(installation: Installation) -> None:
    assert load(installation, "cvr", placing="draft") == ("added", 1)
    assert load(installation, "email", placing="draft") == ("draft", 2)
    assert standings(installation) == {1: "in force", 2: "draft"}


def test_at_once_and_untried_needs_a_reason(installation: Installation) -> None:
    load(installation, "cvr", placing="in_force", reason="")
    again = lambda: load(installation, "email", placing="in_force", reason=" ")  # noqa: E731 # one line
    assert refusal(again) == "mapping.no_reason"
    assert standings(installation) == {1: "in force"}
    assert load(installation, "email", placing="in_force") == ("changed", 2)
    assert load(installation, "alias") == ("shadow", 3)
    assert load(installation, "alias", placing="in_force") == ("changed", 3)
    assert standings(installation)[3] == "in force"


def test_what_no_login_tried_is_not_put_in_force(installation: Installation) -> None:
    load(installation, "cvr")
    load(installation, "email")
    assert refusal(lambda: put(installation, 2)) == "mapping.untested"
    assert refusal(lambda: put(installation, 2, untested=True, reason="")) == "mapping.no_reason"
    seen(installation, 2, against=PLAIN)
    assert refusal(lambda: put(installation, 2)) == "mapping.untested"
    seen(installation, 2, against=1, logins=7)
    made = put(installation, 2)
    assert (made.state, made.since, made.until, made.approved_by) == (
        "in_force",
        NOW,
        FOREVER,
        "operator",
    )
    event = installation.audit.events[-1]
    assert isinstance(event, MappingInForce)
    assert (event.version, event.replaces, event.seen) == (2, 1, 7)


def test_a_reason_puts_in_force_what_nobody_tried(installation: Installation) -> None:
    load(installation, "cvr")
    load(installation, "email")
    assert put(installation, 2, untested=True).version == 2


def test_a_version_counts_from_its_instant_and_not_before(installation: Installation) -> None:
    load(installation, "cvr")
    load(installation, "email")
    load(installation, "alias", placing="draft")
    put(installation, 2, since=NOW + HOUR, untested=True)
    assert standings(installation) == {1: "in force", 2: "planned", 3: "draft"}
    assert standings(installation, NOW + HOUR)[2] == "in force"
    installation.one(Sp().xml())
    registry = installation.registry
    found = replace(registry.services(HOME)[0], code=CODE)
    for at, version in ((NOW, 1), (NOW + HOUR - timedelta(microseconds=1), 1), (NOW + HOUR, 2)):
        counting = registry.mapping(found, at)
        assert counting is not None
        assert counting.version == version
        kept = service(installation).counted_at(HOME, CODE, at)
        assert kept == counting
    assert registry.mapping(found, NOW - HOUR) is None
    assert registry.shadow_mapping(found) is None
    # One that comes in between counts until the one that is planned already.
    made = put(installation, 3, since=NOW + HOUR / 2, untested=True)
    assert made.until == NOW + HOUR
    asked = [NOW, NOW + HOUR / 2, NOW + HOUR]
    found_at = [service(installation).counted_at(HOME, CODE, at) for at in asked]
    assert [v.version for v in found_at if v] == [1, 3, 2]


def test_the_past_stays_as_it_was(installation: Installation) -> None:
    load(installation, "cvr")
    load(installation, "email")
    before = lambda: put(installation, 2, since=NOW - HOUR, untested=True)  # noqa: E731 # one line
    assert refusal(before) == "mapping.past"
    put(installation, 2, since=NOW + HOUR, untested=True)
    later = replace(OCCASION, at=NOW + 2 * HOUR)
    desk = MappingService(installation.engine, AuditStore())
    assert refusal(lambda: desk.retire(HOME, CODE, 1, later)) == "mapping.state"
    back = desk.put_in_force(HOME, CODE, 1, later)
    assert (back.version, back.document) == (3, desk.versions(HOME, CODE)[0].document)
    asked = [NOW, NOW + HOUR, NOW + 2 * HOUR]
    found = [desk.counted_at(HOME, CODE, at) for at in asked]
    assert [v.version for v in found if v] == [1, 2, 3]


def test_what_waits_can_be_given_up_and_what_counts_cannot(installation: Installation) -> None:
    load(installation, "cvr")
    load(installation, "email")
    load(installation, "alias")
    desk = service(installation)
    assert refusal(lambda: desk.retire(HOME, CODE, 1, OCCASION)) == "mapping.needed"
    desk.retire(HOME, CODE, 3, OCCASION)
    put(installation, 2, since=NOW + HOUR, untested=True)
    desk.retire(HOME, CODE, 2, OCCASION)
    assert isinstance(installation.audit.events[-1], MappingRetired)
    assert standings(installation, NOW + 2 * HOUR) == {1: "in force", 2: "retired", 3: "retired"}
    assert refusal(lambda: desk.retire(HOME, CODE, 2, OCCASION)) == "mapping.state"
    assert refusal(lambda: put(installation, 3, untested=True)) == "mapping.state"
    assert load(installation, "email") == ("shadow", 4)


def test_what_is_not_there_is_unknown(installation: Installation) -> None:
    load(installation, "cvr")
    assert refusal(lambda: put(installation, 9)) == "mapping.no_version"
    desk = service(installation)
    assert refusal(lambda: desk.versions(HOME, "other")) == "mapping.no_service"
    assert refusal(lambda: desk.report(HOME, CODE, 9, NOW)) == "mapping.no_version"
    assert desk.report(HOME, CODE, None, NOW) is None
    with pytest.raises(Unknown, match=r"metadata\.no_federation"):
        installation.document(document("cvr") | {"federations": ["borger"]})


def test_a_report_adds_the_days_up(installation: Installation) -> None:
    load(installation, "cvr")
    load(installation, "email")
    tomorrow = NOW.date() + timedelta(days=1)
    row = DifferenceCount(HOME, CODE, 2, 1, "", "seen", NOW.date(), 3)
    rows = [
        row,
        replace(row, attribute="urn:a", kind="added", logins=2),
        replace(row, attribute="policy.x", kind="failed", logins=1),
    ]
    for _ in range(2):
        with writing(installation.engine) as connection:
            store.count(connection, rows)
            store.count(connection, [replace(rows[1], day=tomorrow)])
    report = service(installation).report(HOME, CODE, None, NOW)
    assert report is not None
    assert (report.version.version, report.against, report.seen) == (2, 1, 6)
    assert (report.first, report.last) == (NOW.date(), tomorrow)
    assert report.differences == (("urn:a", "added", 8),)
    assert report.failures == (("policy.x", 2),)


def test_counting_that_fails_leaves_the_transaction_as_it_was(installation: Installation) -> None:
    load(installation, "cvr")
    row = DifferenceCount(HOME, CODE, 99, 1, "", "seen", NOW.date())
    with writing(installation.engine) as connection:
        assert not store.count(connection, [row])
        assert store.count(connection, [replace(row, version=1)])


def test_a_mistake_is_refused_before_anything_is_kept(installation: Installation) -> None:
    checked = MetadataService(installation.engine, ORIGIN, installation.audit, check_mapping)
    wrong = document("cvr") | {"step": [{"name": "renam"}]}
    with pytest.raises(Unavailable, match=r"step 1: name 'renam' is no step"):
        checked.load_document(wrong, source="dpsd.toml", occasion=OCCASION)
    assert refusal(lambda: service(installation).versions(HOME, CODE)) == "mapping.no_service"


def test_postgresql_lets_one_version_count_at_a_time(installation: Installation) -> None:
    if installation.engine.dialect.name != "postgresql":
        return
    load(installation, "cvr")
    load(installation, "email")
    values = {"state": "in_force", "approved_by": "nobody"}
    with pytest.raises(sa.exc.IntegrityError), writing(installation.engine) as connection:
        connection.execute(sa.update(MAPPING_VERSION).values(values))
