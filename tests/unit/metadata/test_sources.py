"""Sources: asked when they are due and only for what is new; what is dated counts by the clock."""

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from broker.audit.store import told_under
from broker.db import Engine, reading
from broker.errors import Refused, Unknown
from broker.metadata.defaults import LoadOptions
from broker.metadata.sources.model import Policy
from broker.metadata.sources.registering import SourceDesk
from broker.saml.assurance import Assurance
from tests.factories import NOW, key_pair
from tests.metadata_factory import Idp, Sp, acs, key
from tests.publisher import Follower, Publisher, publishing, signed, with_key

ONE = Sp()
MOVED = Sp(endpoints=acs("https://service.example.dk/saml/acs2"))
NEW_KEY = with_key(ONE, key("sp-new") + key("sp-enc", "encryption"))
CODE = "service-example-dk"


@pytest.fixture
def follower(engine: Engine) -> Follower:
    return Follower(engine)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with publishing() as made:
        yield made


@pytest.fixture
def approved(follower: Follower) -> Follower:
    """One that follows an unsigned partner whose first document a person approved."""
    follower.follow("partner")
    assert follower.refresh("partner", ONE.xml()).counts["waiting"] == 1
    assert not follower.works(ONE.entity_id)
    follower.desk.approve("sundhed", CODE, follower.occasion)
    assert follower.works(ONE.entity_id)
    return follower


def acs_of(follower: Follower) -> str:
    return follower.registry.service_by_code("sundhed", CODE).sp.acs[0].location


def test_a_source_is_asked_only_for_what_is_new(follower: Follower, publisher: Publisher) -> None:
    def conditional(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("If-None-Match") == '"one"'
        handler.send_response(304 if known else 200)
        handler.send_header("ETag", '"one"')
        handler.send_header("Last-Modified", "Mon, 02 Mar 2026 06:00:00 GMT")
        handler.end_headers()
        if not known:
            handler.wfile.write(signed(ONE))

    publisher.answer = conditional
    follower.follow("feed", publisher.url, pinned="feed", many=True)
    assert follower.refresh("feed").state == "loaded"
    assert follower.refresh("feed").state == "unchanged"
    assert "if-none-match" not in publisher.asked[0]
    assert publisher.asked[1]["if-modified-since"] == "Mon, 02 Mar 2026 06:00:00 GMT"
    assert follower.works(ONE.entity_id)


def test_an_answer_of_not_modified_that_nobody_asked_for_is_no_metadata(
    follower: Follower, publisher: Publisher
) -> None:
    publisher.status = 304
    follower.follow("feed", publisher.url, pinned="feed", many=True)
    assert follower.refresh("feed").code == "source.redirect"


def test_a_source_is_due_by_the_clock_and_sooner_after_a_failure(
    follower: Follower, publisher: Publisher
) -> None:
    follower.follow("feed", publisher.url, pinned="feed", many=True, minutes=60)
    follower.follow("by-hand", "/nowhere.xml", minutes=0)
    assert [source.code for source in follower.refresher.due(follower.now)] == ["feed"]
    publisher.status = 500
    (failed,) = follower.refresher.refresh_due(follower.now)
    assert (failed.state, failed.code) == ("failed", "source.status")
    follower.later(minutes=4)
    assert not follower.refresher.due(follower.now)
    follower.later(minutes=1)
    publisher.status, publisher.body = 200, signed(ONE)
    assert [one.state for one in follower.refresher.refresh_due(follower.now)] == ["loaded"]
    assert not follower.alarms()
    follower.later(minutes=59)
    assert not follower.refresher.due(follower.now)
    follower.later(minutes=1)
    assert follower.refresher.due(follower.now)


def test_a_source_that_is_silent_for_long_is_critical_until_it_speaks(follower: Follower) -> None:
    follower.follow("feed", "/nowhere.xml", pinned="feed", many=True)
    for _ in range(3):
        follower.later(hours=1)
        follower.refresher.refresh_due(follower.now)
    found = {record.alarm.code: record for record in follower.desk.alarms()}
    assert found["metadata.source_silent"].alarm.level == "critical"
    assert found["metadata.source_failed"].times == 3
    follower.refresh("feed", signed(ONE, published=follower.now))
    follower.refresher.refresh_due(follower.now)
    assert not follower.alarms()


def test_a_file_is_a_source_as_well(follower: Follower, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(signed(ONE, Idp()))
    follower.follow("feed", str(path), pinned="feed", many=True)
    assert follower.refresh("feed").counts["added"] == 2
    assert follower.refresh("feed").state == "unchanged"


def test_new_members_get_what_the_policy_says_and_no_more(follower: Follower) -> None:
    policy = Policy(roles=frozenset({"sp"}), minimum=Assurance.HIGH, owner="Eksempelregionen")
    follower.follow("feed", pinned="feed", many=True, policy=policy)
    follower.refresh("feed", signed(ONE, Idp()))
    service = follower.registry.service_by_code("sundhed", CODE)
    assert (service.minimum, service.owner) == (Assurance.HIGH, "Eksempelregionen")
    assert not service.activations
    assert not follower.registry.idps("sundhed")


def test_new_identity_providers_speak_for_nobody(follower: Follower) -> None:
    follower.follow("feed", pinned="feed", many=True)
    follower.refresh("feed", signed(Idp()))
    (idp,) = follower.registry.idps("sundhed")
    assert (idp.cvrs, idp.maximum) == (frozenset(), Assurance.SUBSTANTIAL)


def test_one_host_with_many_entities_gives_each_a_code(follower: Follower) -> None:
    follower.follow("feed", pinned="feed", many=True)
    follower.refresh("feed", signed(*(Sp(f"https://service.example.dk/{n}") for n in range(4))))
    codes = [service.code for service in follower.registry.services("sundhed")]
    assert codes == [CODE, f"{CODE}-2", f"{CODE}-3", f"{CODE}-4"]


def test_only_what_differs_is_written_again(follower: Follower) -> None:
    """A federation signs anew each day; its members have no new version for that."""
    follower.follow("feed", pinned="feed", many=True)
    follower.refresh("feed", signed(ONE, Idp()))
    follower.later(days=1)
    again = signed(ONE, Idp(), published=follower.now, until=follower.now + timedelta(days=14))
    found = follower.refresh("feed", again)
    assert (found.state, found.counts["unchanged"]) == ("loaded", 2)
    record = follower.service.entities("sundhed")[0]
    assert len(follower.service.versions(record.row)) == 1
    follower.later(days=13.5)
    assert follower.works(ONE.entity_id)  # the new end counts for the old version


def test_a_signed_member_changes_keys_by_itself_and_somebody_hears_of_it(
    follower: Follower,
) -> None:
    follower.follow("feed", pinned="feed", many=True)
    follower.refresh("feed", signed(ONE))
    follower.refresh("feed", signed(NEW_KEY, published=NOW + timedelta(seconds=1)))
    assert follower.alarms() == {
        "metadata.key_added": "notice",
        "metadata.key_removed": "notice",
    }
    service = follower.registry.service_by_code("sundhed", CODE)
    assert service.sp.signing == (key_pair("sp-new")[1],)


def test_what_was_approved_for_later_counts_by_the_clock_alone(approved: Follower) -> None:
    opens = NOW + timedelta(days=3)
    approved.refresh("partner", NEW_KEY.xml())
    approved.desk.approve("sundhed", CODE, approved.occasion, opens=opens)
    old, new = (key_pair("sp")[1],), (key_pair("sp-new")[1],)
    approved.now = opens - timedelta(microseconds=1)
    assert approved.registry.service_by_code("sundhed", CODE).sp.signing == old
    approved.now = opens
    assert approved.registry.service_by_code("sundhed", CODE).sp.signing == new
    approved.now = opens - timedelta(microseconds=1)  # a rehearsal goes back in time
    assert approved.registry.service_by_code("sundhed", CODE).sp.signing == old
    approved.now = opens + timedelta(days=1)
    found = approved.refresh("partner", NEW_KEY.xml() + b"\n")
    assert found.counts["waiting"] == 0
    assert approved.registry.service_by_code("sundhed", CODE).sp.signing == new


def test_a_person_loads_a_document_for_later(follower: Follower) -> None:
    def load(entity: Sp, options: LoadOptions) -> None:
        follower.service.load_xml(
            entity.xml(),
            federation="sundhed",
            source="partner.xml",
            options=options,
            occasion=follower.occasion,
        )

    load(ONE, LoadOptions())
    opens = NOW + timedelta(days=1)
    load(MOVED, LoadOptions(opens=opens))
    assert acs_of(follower) == "https://service.example.dk/saml/acs"
    follower.now = opens
    assert acs_of(follower) == "https://service.example.dk/saml/acs2"
    load(ONE, LoadOptions())  # and is replaced at once by the next that counts at once
    assert acs_of(follower) == "https://service.example.dk/saml/acs"


def test_a_removal_can_be_dated(follower: Follower) -> None:
    follower.follow("feed", pinned="feed", many=True)
    follower.refresh("feed", signed(ONE, Idp()))
    follower.refresh("feed", signed(Idp(), published=NOW + timedelta(seconds=1)))
    opens = NOW + timedelta(hours=1)
    follower.desk.approve("sundhed", CODE, follower.occasion, opens=opens)
    assert follower.works(ONE.entity_id)
    follower.now = opens
    assert not follower.works(ONE.entity_id)


def test_a_dropped_member_counts_until_its_feed_of_then_ran_out_or_for_good(
    follower: Follower,
) -> None:
    follower.follow("feed", pinned="feed", many=True)
    follower.refresh("feed", signed(ONE, Idp()))
    later = NOW + timedelta(days=30)
    follower.refresh("feed", signed(Idp(), published=NOW + timedelta(seconds=1), until=later))
    follower.now = NOW + timedelta(days=14) - timedelta(seconds=1)
    assert follower.works(ONE.entity_id)
    follower.later(seconds=1)
    assert not follower.works(ONE.entity_id)
    follower.desk.reject("sundhed", CODE, follower.occasion)  # a person says that it stays
    assert follower.works(ONE.entity_id)


def test_a_member_that_was_withdrawn_does_not_come_back_by_itself(follower: Follower) -> None:
    follower.follow("feed", pinned="feed", many=True)
    follower.refresh("feed", signed(ONE))
    follower.desk.withdraw("sundhed", CODE, follower.occasion)
    assert not follower.works(ONE.entity_id)
    follower.refresh("feed", signed(ONE, Idp(), published=NOW + timedelta(seconds=1)))
    found = follower.refresh("feed", signed(MOVED, Idp(), published=NOW + timedelta(seconds=2)))
    assert found.counts["waiting"] == 1
    assert not follower.works(ONE.entity_id)
    follower.desk.approve("sundhed", CODE, follower.occasion)
    assert follower.works(ONE.entity_id)


def test_what_would_never_work_is_refused_to_a_person_as_well(approved: Follower) -> None:
    late = NOW + timedelta(days=1)
    ends = Sp(endpoints=acs("https://new.example.dk/acs"))
    group = ends.xml().replace(
        b"<md:SPSSODescriptor",
        f'<md:SPSSODescriptor validUntil="{late:%Y-%m-%dT%H:%M:%SZ}"'.encode(),
    )
    approved.refresh("partner", group)
    approved.later(days=2)
    with pytest.raises(Refused, match=r"metadata\.expired"):
        approved.desk.approve("sundhed", CODE, approved.occasion)
    assert approved.works(ONE.entity_id)


def test_a_person_does_not_replace_what_a_source_keeps_in_passing(approved: Follower) -> None:
    report = approved.service.load_xml(
        MOVED.xml(),
        federation="sundhed",
        source="mail.xml",
        options=LoadOptions(),
        occasion=approved.occasion,
    )
    codes = {finding.code for finding in report.outcomes[0].findings if finding.level == "refused"}
    assert codes == {"metadata.other_source"}


def test_a_source_for_one_entity_stays_with_it(approved: Follower) -> None:
    other = Sp("https://other.example.dk/saml")
    assert approved.refresh("partner", other.xml()).code == "metadata.entity_id_changed"
    assert approved.refresh("partner", signed(ONE, other)).code == "metadata.many"
    assert approved.works(ONE.entity_id)


def test_an_alarm_is_raised_once_and_seen_by_a_person(approved: Follower) -> None:
    approved.refresh("partner", NEW_KEY.xml())
    approved.refresh("partner", NEW_KEY.xml() + b"\n")
    alarm = next(r for r in approved.desk.alarms() if r.alarm.code == "metadata.key_added")
    assert (alarm.times, alarm.alarm.level, alarm.alarm.subject) == (1, "warning", ONE.entity_id)
    approved.desk.acknowledge(alarm.id, approved.occasion)
    seen = next(r for r in approved.desk.alarms() if r.id == alarm.id)
    assert (seen.acknowledged_by, seen.acknowledgement) == ("operator", "a test")
    with pytest.raises(Unknown, match=r"alarm\.unknown"):
        approved.desk.acknowledge(4711, approved.occasion)
    approved.desk.reject("sundhed", CODE, approved.occasion)
    assert not approved.alarms()


def test_everything_is_told_to_the_audit_trail(approved: Follower) -> None:
    approved.refresh("partner", NEW_KEY.xml())
    approved.desk.reject("sundhed", CODE, approved.occasion)
    with reading(approved.engine) as connection:
        told = [name for name, _ in told_under(connection, "TEST-REFERENCE")]
    assert {"metadata.source", "metadata.refreshed", "metadata.decided", "metadata.alarm"} <= set(
        told
    )


def test_a_source_that_is_removed_leaves_its_members(follower: Follower) -> None:

    follower.follow("feed", pinned="feed", many=True)
    follower.refresh("feed", signed(ONE))
    desk = SourceDesk(follower.engine, "http://localhost:8700", follower.audit)
    desk.remove("feed", follower.occasion)
    follower.later(days=30)  # nobody's end counts for them any more
    assert follower.works(ONE.entity_id)
    with pytest.raises(Unknown, match=r"source\.unknown"):
        follower.refresh("feed", signed(ONE))
