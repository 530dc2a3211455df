"""Hostile metadata, G01 to G07: refused for its reason, and nobody who works stops working.

What decides is the registry of a node that runs all the time, as a login would ask it.
"""

from datetime import timedelta

import pytest

from broker.db import Engine
from broker.errors import Refused, Unknown
from broker.metadata.defaults import LoadOptions
from tests.factories import NOW, key_pair
from tests.hostile.feeds import refused
from tests.metadata_factory import Idp, Sp, acs, cert, key
from tests.publisher import Follower, signed, with_key

GOOD = Sp()
OTHER = Sp("https://other.example.dk/saml", endpoints=acs("https://other.example.dk/acs"))
EVIL = key("evil") + key("evil-enc", "encryption")


def test_g01_a_feed_that_ran_out_before_it_came_is_refused(follower: Follower) -> None:
    refused(follower, signed(GOOD, published=NOW, until=NOW), "metadata.expired")


def test_g01_a_feed_that_runs_out_is_told_beforehand_and_then_stops_counting(
    follower: Follower,
) -> None:
    follower.later(days=12)
    follower.refresher.refresh_due(follower.now)
    assert follower.alarms()["metadata.runs_out"] == "warning"
    assert follower.works(GOOD.entity_id)
    follower.later(days=2)  # the very instant, no job ran
    assert not follower.works(GOOD.entity_id)
    with pytest.raises(Unknown, match="unknown_issuer"):
        follower.registry.service_by_entity("sundhed", GOOD.entity_id)
    follower.refresher.refresh_due(follower.now)
    assert follower.alarms()["metadata.ran_out"] == "critical"
    again = signed(GOOD, published=follower.now, until=follower.now + timedelta(days=14))
    assert follower.refresh("feed", again).state == "loaded"
    assert follower.works(GOOD.entity_id)
    follower.refresher.refresh_due(follower.now)
    assert "metadata.ran_out" not in follower.alarms()


def test_g01_a_document_that_a_person_approved_only_alarms(engine: Engine) -> None:
    follower = Follower(engine)
    follower.follow("partner")
    until = NOW + timedelta(days=1)
    lasting = Sp(attributes=f'validUntil="{until:%Y-%m-%dT%H:%M:%SZ}"')
    follower.refresh("partner", lasting.xml())
    follower.desk.approve("sundhed", "service-example-dk", follower.occasion)
    follower.later(days=2)
    follower.refresher.refresh_due(follower.now)
    assert follower.alarms()["metadata.ran_out"] == "critical"
    assert follower.works(GOOD.entity_id)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (GOOD.xml(), "signature.missing"),
        (signed(GOOD, by="evil"), "signature.invalid"),
        (
            signed(GOOD).replace(b"service.example.dk/saml/acs", b"evil.example.dk/acs"),
            "signature.invalid",
        ),
        (
            signed(GOOD).replace(b"/2001/04/xmldsig-more#rsa-sha256", b"/2000/09/xmldsig#rsa-sha1"),
            "signature.algorithm",
        ),
    ],
    ids=["unsigned", "by the key in its own KeyInfo", "changed afterwards", "SHA-1"],
)
def test_g02_a_feed_that_the_pinned_key_did_not_sign_is_refused(
    follower: Follower, content: bytes, code: str
) -> None:
    refused(follower, content, code)
    assert follower.alarms()["metadata.source_failed"] == "critical"


def test_g02_an_aggregate_without_a_pinned_key_is_not_registered(follower: Follower) -> None:
    with pytest.raises(Refused, match=r"source\.unsigned"):
        follower.follow("careless", many=True)


def test_g03_a_second_source_for_the_same_entity_is_a_conflict_for_a_person(
    follower: Follower,
) -> None:
    follower.follow("second", pinned="second", many=True)
    poison = signed(with_key(GOOD, EVIL), by="second")
    found = follower.refresh("second", poison)
    assert [
        (e.state, {code for code, _ in e.words} >= {"metadata.other_source"})
        for e in found.entities
    ] == [("waiting", True)]
    assert follower.alarms()["metadata.other_source"] == "critical"
    known = follower.registry.service_by_entity("sundhed", GOOD.entity_id)
    assert key_pair("evil")[1] not in known.sp.signing
    assert follower.refresh("second", poison + b"\n").counts["waiting"] == 0  # it waits already


def test_g03_the_same_for_one_that_a_person_loaded(follower: Follower) -> None:
    follower.service.load_xml(
        OTHER.xml(),
        federation="sundhed",
        source="f",
        options=LoadOptions(),
        occasion=follower.occasion,
    )
    found = follower.refresh(
        "feed", signed(GOOD, with_key(OTHER, EVIL), published=NOW + timedelta(seconds=1))
    )
    assert found.counts["waiting"] == 1
    assert follower.works(OTHER.entity_id)
    known = follower.registry.service_by_entity("sundhed", OTHER.entity_id)
    assert key_pair("evil")[1] not in known.sp.signing


def test_g03_a_person_may_let_the_second_source_take_over(follower: Follower) -> None:
    follower.follow("second", pinned="second", many=True)
    follower.refresh("second", signed(with_key(GOOD, EVIL), by="second"))
    follower.desk.approve("sundhed", "service-example-dk", follower.occasion)
    known = follower.registry.service_by_entity("sundhed", GOOD.entity_id)
    assert known.sp.signing == (key_pair("evil")[1],)
    assert "metadata.other_source" not in follower.alarms()
    back = follower.refresh("feed", signed(GOOD, published=NOW + timedelta(seconds=1)))
    assert back.counts["waiting"] == 1  # now the first is the one in conflict


BAD_FIELDS = {
    "no key": (with_key(GOOD, ""), "metadata.no_encryption_key"),
    "RSA-1024": (with_key(GOOD, key("weak", text=cert("weak", 1024)) + key("weak-enc", "encryption", text=cert("weak-enc", 1024))), "metadata.no_encryption_key"),
    "javascript: Location": (Sp(endpoints=acs("javascript:alert(1)")), "metadata.no_acs"),
    "http: Location": (Sp(endpoints=acs("http://service.example.dk/acs")), "metadata.no_acs"),
    "two roles, one of them broken": (Sp(tail="<md:IDPSSODescriptor protocolSupportEnumeration='urn:oasis:names:tc:SAML:2.0:protocol'/>"), "metadata.no_signing_key"),
}  # fmt: skip


@pytest.mark.parametrize("row", list(BAD_FIELDS))
def test_g05_a_member_that_becomes_unusable_keeps_its_last_good_document(
    follower: Follower, row: str
) -> None:
    entity, code = BAD_FIELDS[row]
    before = follower.registry.service_by_entity("sundhed", GOOD.entity_id).sp
    found = follower.refresh("feed", signed(entity, published=NOW + timedelta(seconds=1)))
    said = {reason for one in found.entities for reason, _ in one.words if one.state == "refused"}
    assert code in said
    now = follower.registry.service_by_entity("sundhed", GOOD.entity_id).sp
    assert (now.acs, now.signing, now.encryption) == (before.acs, before.signing, before.encryption)


def test_g05_an_entity_id_that_is_a_pattern_is_left_out_alone(follower: Follower) -> None:
    for wrong in ("https://*.example.dk/saml", "https://a.example.dk/../b", "javascript:alert(1)"):
        follower.later(seconds=1)
        feed = signed(GOOD, Sp(wrong), published=follower.now)
        found = follower.refresh("feed", feed)
        assert "metadata.entity_id" in {finding.code for finding in found.findings}
        assert follower.works(GOOD.entity_id)
        assert not follower.works(wrong)


def test_g06_an_older_feed_that_was_once_signed_does_not_come_back(follower: Follower) -> None:
    first = signed(GOOD)
    follower.later(days=1)
    new_key = with_key(GOOD, key("sp-new") + key("sp-enc", "encryption"))
    assert follower.refresh("feed", signed(new_key, published=follower.now)).state == "loaded"
    refused(follower, first, "metadata.rollback")
    known = follower.registry.service_by_entity("sundhed", GOOD.entity_id)
    assert known.sp.signing == (key_pair("sp-new")[1],)


@pytest.mark.parametrize("published", [None, NOW + timedelta(days=2)])
def test_g06_the_order_cannot_be_talked_away(follower: Follower, published: object) -> None:
    """Neither without an instant nor with one to come, which would lock out all that follow."""
    at = NOW + timedelta(days=2) if published else None
    code = "metadata.published_later" if published else "metadata.rollback"
    refused(follower, signed(GOOD, published=at, until=NOW + timedelta(days=30)), code)


def test_g06_without_instants_the_end_of_validity_tells_the_order(engine: Engine) -> None:
    follower = Follower(engine)
    follower.follow("feed", pinned="feed", many=True)
    old = signed(GOOD, published=None, until=NOW + timedelta(days=3))
    new = signed(GOOD, published=None, until=NOW + timedelta(days=4))
    assert follower.refresh("feed", old).state == "loaded"
    assert follower.refresh("feed", new).state == "loaded"
    refused(follower, old, "metadata.rollback")


def test_g06_an_unsigned_document_that_was_replaced_waits_when_it_comes_back(
    engine: Engine,
) -> None:
    follower = Follower(engine)
    follower.follow("partner")
    follower.refresh("partner", GOOD.xml())
    follower.desk.approve("sundhed", "service-example-dk", follower.occasion)
    second = Sp(endpoints=acs("https://service.example.dk/saml/acs2"))
    assert follower.refresh("partner", second.xml()).counts["changed"] == 1
    assert follower.refresh("partner", GOOD.xml()).counts["waiting"] == 1
    assert "metadata.earlier_document" in follower.alarms()


def test_g07_a_new_key_counts_on_every_node_right_after_the_refresh(follower: Follower) -> None:
    new_key = with_key(GOOD, key("sp-new") + key("sp-enc", "encryption"))
    before = follower.registry.service_by_entity("sundhed", GOOD.entity_id)
    assert key_pair("sp-new")[1] not in before.sp.signing
    follower.refresh("feed", signed(new_key, published=NOW + timedelta(seconds=1)))
    after = follower.registry.service_by_entity("sundhed", GOOD.entity_id)
    assert after.sp.signing == (key_pair("sp-new")[1],)
    assert follower.alarms()["metadata.key_added"] == "notice"


def test_a_feed_that_drops_a_member_takes_nobody_away(follower: Follower) -> None:
    follower.refresh("feed", signed(GOOD, OTHER, published=NOW + timedelta(seconds=1)))
    found = follower.refresh("feed", signed(OTHER, published=NOW + timedelta(seconds=2)))
    assert found.counts["dropped"] == 1
    assert "metadata.entity_dropped" in follower.alarms()
    assert follower.works(GOOD.entity_id)
    follower.refresh("feed", signed(OTHER, GOOD, published=NOW + timedelta(seconds=3)))
    with pytest.raises(Unknown, match="nothing_waits"):
        follower.desk.chosen("sundhed", "service-example-dk")


def test_a_dropped_member_is_removed_by_a_person_alone(follower: Follower) -> None:
    follower.refresh("feed", signed(GOOD, OTHER, published=NOW + timedelta(seconds=1)))
    follower.refresh("feed", signed(OTHER, published=NOW + timedelta(seconds=2)))
    follower.desk.approve("sundhed", "service-example-dk", follower.occasion)
    assert not follower.works(GOOD.entity_id)
    assert follower.works(OTHER.entity_id)


@pytest.mark.parametrize("left", [0, 1])
def test_a_feed_that_lost_its_members_is_refused_as_a_whole(follower: Follower, left: int) -> None:
    many = [Sp(f"https://s{n}.example.dk/saml") for n in range(19)]
    follower.refresh("feed", signed(GOOD, *many, published=NOW + timedelta(seconds=1)))
    code = "metadata.feed_shrunk" if left else "metadata.empty"
    refused(follower, signed(*many[:left], published=NOW + timedelta(seconds=2)), code)


def test_an_unsigned_source_cannot_change_keys_or_hosts_by_itself(engine: Engine) -> None:
    follower = Follower(engine)
    follower.follow("partner")
    follower.refresh("partner", Idp().xml())
    follower.desk.approve("sundhed", "idp-example-dk", follower.occasion)
    evil = Idp(keys=key("idp") + key("evil"))
    found = follower.refresh("partner", evil.xml())
    assert [{code for code, _ in one.words} for one in found.entities] == [{"metadata.key_added"}]
    assert follower.registry.idp_by_code("sundhed", "idp-example-dk").idp.signing == (
        key_pair("idp")[1],
    )
    follower.desk.reject("sundhed", "idp-example-dk", follower.occasion)
    assert follower.refresh("partner", evil.xml() + b"\n").counts["waiting"] == 0
    assert "metadata.key_added" not in follower.alarms()
