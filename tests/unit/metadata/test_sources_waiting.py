"""What waits for a person, what they say to it, and from when it counts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.audit.store import told_under
from broker.db import reading
from broker.errors import Refused, Unknown
from broker.metadata.defaults import LoadOptions
from broker.metadata.sources.registering import SourceDesk
from broker.metadata.store import VersionRecord
from tests.factories import NOW, key_pair
from tests.metadata_factory import Idp, Sp, acs, key
from tests.publisher import Follower, signed, with_key

ONE = Sp()
MOVED = Sp(endpoints=acs("https://service.example.dk/saml/acs2"))
NEW_KEY = with_key(ONE, key("sp-new") + key("sp-enc", "encryption"))
CODE = "service-example-dk"


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


def versions(follower: Follower) -> list[VersionRecord]:
    (row,) = (r.row for r in follower.service.entities() if r.code == CODE)
    return follower.service.versions(row)


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


def test_what_was_to_count_later_does_not_overtake_what_its_source_said_after_it(
    approved: Follower,
) -> None:
    opens = NOW + timedelta(days=3)
    approved.refresh("partner", NEW_KEY.xml())
    approved.desk.approve("sundhed", CODE, approved.occasion, opens=opens)
    newest = replace(NEW_KEY, endpoints=MOVED.endpoints)
    assert approved.refresh("partner", newest.xml()).counts["waiting"] == 1
    pending = next(v for v in versions(approved) if v.state == "pending")
    approved.desk.approve("sundhed", CODE, approved.occasion, sha256=pending.sha256)
    assert acs_of(approved) == "https://service.example.dk/saml/acs2"
    approved.now = opens
    assert acs_of(approved) == "https://service.example.dk/saml/acs2"


def test_nor_what_its_source_brought_in_by_itself(approved: Follower) -> None:
    opens = NOW + timedelta(days=3)
    approved.refresh("partner", NEW_KEY.xml())
    approved.desk.approve("sundhed", CODE, approved.occasion, opens=opens)
    assert approved.refresh("partner", MOVED.xml()).counts["changed"] == 1
    approved.now = opens
    assert acs_of(approved) == "https://service.example.dk/saml/acs2"


def test_what_several_versions_begin_with_names_none_of_them(approved: Follower) -> None:
    """Somebody could otherwise make a document that begins like the one that was compared."""
    for number in range(17):
        path = f"https://service.example.dk/saml/acs{number}"
        approved.refresh("partner", replace(NEW_KEY, endpoints=acs(path)).xml())
    begun = [version.sha256[0] for version in versions(approved)]
    twice = next(digit for digit in begun if begun.count(digit) > 1)
    with pytest.raises(Unknown) as refused:
        approved.desk.approve("sundhed", CODE, approved.occasion, sha256=twice)
    assert refused.value.code == "metadata.several_versions"


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


def test_nobody_approves_what_they_brought_themselves(approved: Follower) -> None:
    approved.refresh("partner", NEW_KEY.xml())
    by = versions(approved)[0].loaded_by
    with pytest.raises(Refused) as refused:
        approved.desk.approve("sundhed", CODE, approved.occasion, not_by={by, "another"})
    assert refused.value.code == "metadata.same_person"
    assert approved.desk.waiting("sundhed")
    approved.desk.approve("sundhed", CODE, approved.occasion, not_by={"another"})
    assert not approved.desk.waiting("sundhed")
