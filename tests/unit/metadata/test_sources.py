"""Sources: asked when they are due and only for what is new, and give new members little."""

from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from broker.metadata.sources.model import Policy
from broker.saml.assurance import Assurance
from tests.factories import NOW, key_pair
from tests.metadata_factory import Idp, Sp, acs, key
from tests.publisher import Follower, Publisher, signed, with_key

ONE = Sp()
MOVED = Sp(endpoints=acs("https://service.example.dk/saml/acs2"))
NEW_KEY = with_key(ONE, key("sp-new") + key("sp-enc", "encryption"))
CODE = "service-example-dk"


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
