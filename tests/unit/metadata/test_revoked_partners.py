"""What a revocation does to the keys of partners: at a load, in a snapshot, by the clock."""

import logging
from datetime import timedelta

import pytest

from broker.metadata.defaults import LoadOptions
from tests.factories import NOW
from tests.unit.metadata.certified import idp_with, sp_with
from tests.unit.metadata.installation import codes
from tests.unit.metadata.revoking import DAY, HOUR, World, cache_at, keys


def test_a_document_whose_keys_lack_an_answer_waits_for_the_next_refresh(world: World) -> None:
    certificate = world.certificate("a")
    first = world.installation.one(idp_with(certificate))
    assert first.state == "refused"
    assert codes(first) == {"certificate.none_usable", "certificate.revocation_unknown"}
    assert world.refresh().complete
    assert world.installation.one(idp_with(certificate)).state == "added"


def test_the_last_good_document_stays_where_the_new_one_has_a_revoked_key(world: World) -> None:
    good, bad = world.certificate("a"), world.certificate("b")
    world.revoke(bad, NOW)
    world.refresh(NOW, good, bad)
    assert world.installation.one(idp_with(good)).state == "added"
    assert "certificate.revoked" in codes(world.installation.one(idp_with(bad)))
    assert keys(cache_at(world.installation.engine, [NOW]).current()) == [good.fingerprint]


def test_a_key_that_is_revoked_stops_counting_everywhere_with_an_alarm(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    old, new = world.certificate("a"), world.certificate("b")
    world.refresh(NOW, old, new)
    assert world.installation.one(idp_with(old, new)).state == "added"
    clock = [NOW]
    nodes = [cache_at(world.installation.engine, clock) for _ in range(2)]
    assert all(keys(node.current()) == [old.fingerprint, new.fingerprint] for node in nodes)
    world.revoke(old, NOW + HOUR)
    world.refresh(NOW + HOUR)
    clock[0] = NOW + HOUR
    with caplog.at_level(logging.ERROR, "broker.metadata.admission"):
        assert all(keys(node.current()) == [new.fingerprint] for node in nodes)
        assert len(caplog.records) == 2
        assert "certificate.revoked" in caplog.text
        assert "sundhed/" in caplog.text
        world.policy(grace_hours=1)  # anything that makes another snapshot
        assert keys(nodes[0].current()) == [new.fingerprint]
        assert len(caplog.records) == 2  # told once


def test_an_answer_that_ran_out_stops_a_key_by_the_clock_alone(world: World) -> None:
    certificate = world.certificate("a")
    world.refresh(NOW, certificate)
    world.installation.one(idp_with(certificate))
    clock = [NOW]
    node = cache_at(world.installation.engine, clock)
    revision = world.installation.revision
    first = node.current()
    clock[0] = NOW + DAY - timedelta(seconds=1)
    assert node.current() is first
    clock[0] = NOW + DAY
    assert keys(node.current()) == []
    world.telling.lists["/issuing.crl"] = world.made.crl(NOW + DAY)
    world.refresh(NOW + DAY)
    assert world.installation.revision == revision + 1
    assert keys(node.current()) == [certificate.fingerprint]


def test_under_warn_an_answer_that_ran_out_is_an_alarm_only(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.policy(revocation="warn")
    certificate = world.certificate("a")
    world.refresh(NOW, certificate)
    world.installation.one(idp_with(certificate))
    clock = [NOW]
    node = cache_at(world.installation.engine, clock)
    assert keys(node.current()) == [certificate.fingerprint]
    clock[0] = NOW + 2 * DAY
    with caplog.at_level(logging.WARNING, "broker.metadata.admission"):
        assert keys(node.current()) == [certificate.fingerprint]
    assert "certificate.revocation_stale" in caplog.text


def test_a_service_whose_encryption_key_is_revoked_is_not_answered_in_the_open(
    world: World,
) -> None:
    signing, encryption = world.certificate("a"), world.certificate("b")
    world.refresh(NOW, signing, encryption)
    added = world.installation.one(sp_with(signing, encryption), LoadOptions(plaintext=True))
    assert added.state == "added"
    clock = [NOW]
    node = cache_at(world.installation.engine, clock)
    (service,) = node.current().services("sundhed")
    assert (len(service.sp.encryption), service.plaintext) == (1, True)
    world.revoke(encryption, NOW + HOUR)
    world.refresh(NOW + HOUR)
    clock[0] = NOW + HOUR
    (service,) = node.current().services("sundhed")
    assert (service.sp.encryption, service.plaintext) == ((), False)
