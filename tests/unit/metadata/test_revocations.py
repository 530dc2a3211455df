"""Revocation over real HTTP, kept in the database, and what it does to partners' keys."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from broker.audit.events import Event, RevocationChanged
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, reading
from broker.demo.authority import Authority
from broker.errors import Refused, Unavailable
from broker.metadata import seed
from broker.metadata.decisions import federation_documents
from broker.metadata.defaults import LoadOptions
from broker.metadata.registry import Registry, RegistryCache
from broker.metadata.revocations import store
from broker.metadata.revocations.model import RefreshReport
from broker.metadata.revocations.service import RevocationService
from broker.metadata.source import fetch_listed
from broker.saml.keys import Certificate
from tests.authorities import private
from tests.factories import NOW
from tests.unit.metadata.certified import idp_with, sp_with
from tests.unit.metadata.installation import OCCASION, ORIGIN, Installation, codes
from tests.unit.metadata.telling import Telling, serving

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FETCH = partial(fetch_listed, loopback=True)


@pytest.fixture(scope="module")
def server() -> Iterator[Telling]:
    with serving(Telling()) as telling:
        yield telling


@pytest.fixture(scope="module")
def made(server: Telling) -> Authority:
    return Authority.new(address=server.address)


@pytest.fixture
def telling(server: Telling, made: Authority) -> Telling:
    """The server in its honest state: nothing is revoked."""
    server.status = 200
    server.lists = {
        "/issuing.crl": made.crl(NOW),
        "/root.crl": made.crl(NOW, root=True, life=30 * DAY),
    }
    server.answers = {}
    server.asked.clear()
    return server


@dataclass(frozen=True)
class World:
    installation: Installation
    telling: Telling
    made: Authority
    trail: "Trail"

    def policy(self, **more: object) -> None:
        """Let the federation demand this of certificates."""
        written = {
            "chain": "require",
            "revocation": "require",
            "issuers": [self.made.chain.decode()],
            "hosts": [f"127.0.0.1:{self.telling.port}"],
            **more,
        }
        for name, document in seed.seeds("federations"):
            if "sundhed" in name:
                for one in federation_documents(document, name):
                    if one["path"] == "sundhed":
                        self.installation.document({**one, "certificates": written})

    def certificate(self, name: str) -> Certificate:
        issued = self.made.issue(
            private(name), name=name, organisation="Eksempel", cvr="90000012", now=NOW
        )
        return Certificate(issued.public_bytes(Encoding.DER))

    def refresh(self, at: datetime = NOW, *extra: Certificate) -> RefreshReport:
        desk = RevocationService(self.installation.engine, ORIGIN, self.trail, FETCH)
        return desk.refresh(replace(OCCASION, at=at), extra)

    def revoke(self, certificate: Certificate, at: datetime) -> None:
        serial = certificate.parsed.serial_number
        self.telling.lists["/issuing.crl"] = self.made.crl(at, {serial: at})


class Trail(AuditStore):
    """An audit trail that only remembers, at any instant."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def append(self, connection: Connection, event: Event, *, at: datetime, reference: str) -> None:
        """Keep the event."""
        self.events.append(event)


@pytest.fixture
def world(installation: Installation, telling: Telling, made: Authority) -> World:
    found = World(installation, telling, made, Trail())
    found.policy()
    return found


def test_a_certificate_is_asked_for_with_the_authority_above_it(world: World) -> None:
    certificate = world.certificate("a")
    report = world.refresh(NOW, certificate)
    assert report.complete
    assert [line.answer.status for line in report.lines if line.answer] == ["good", "good"]
    assert sorted(world.telling.asked) == ["GET /issuing.crl", "GET /root.crl"]
    with reading(world.installation.engine) as connection:
        known = store.answers(connection)
    assert known[certificate.fingerprint].next_update == NOW + DAY
    assert len(known) == 2


def test_ocsp_answers_where_the_list_is_gone(world: World) -> None:
    certificate = world.certificate("a")
    del world.telling.lists["/issuing.crl"]
    told = world.made.ocsp(certificate.parsed, NOW, responder=world.made.responder(NOW))
    world.telling.answers[certificate.parsed.serial_number] = told
    line = world.refresh(NOW, certificate).lines[0]
    assert line.answer is not None
    assert line.asked.source.endswith("/ocsp")
    assert "POST /ocsp" in world.telling.asked


def test_the_policy_says_whom_to_ask_first(world: World) -> None:
    world.policy(ask=["ocsp"])
    certificate = world.certificate("a")
    line = world.refresh(NOW, certificate).lines[0]
    assert line.answer is None
    assert "(source.status)" in line.failures[0]
    assert world.telling.asked[0] == "POST /ocsp"
    assert "GET /issuing.crl" not in world.telling.asked


def test_an_address_in_a_certificate_counts_only_where_the_policy_names_its_host(
    world: World,
) -> None:
    """A partner's certificate must not make us call whom it likes. SSRF."""
    world.policy(hosts=["ca1.gov.dk"])
    report = world.refresh(NOW, world.certificate("a"))
    assert not report.complete
    assert world.telling.asked == []
    assert all("revocation.no_address" in line.failures[0] for line in report.lines)


def test_a_list_that_the_policy_names_is_fetched_whatever_certificates_say(world: World) -> None:
    address = world.telling.address
    world.policy(hosts=[], crls=[f"{address}/elsewhere.crl", f"{address}/root.crl"])
    world.telling.lists["/elsewhere.crl"] = world.made.crl(NOW)
    assert world.refresh(NOW, world.certificate("a")).complete


def test_a_host_that_is_down_is_tried_once(world: World) -> None:
    world.policy(hosts=["127.0.0.1:9"], crls=["http://127.0.0.1:9/a.crl", "http://127.0.0.1:9/b"])
    report = world.refresh(NOW, world.certificate("a"), world.certificate("b"))
    assert not report.complete
    assert all("(source.unreachable)" in words for line in report.lines for words in line.failures)


BROKEN: dict[str, Callable[[Authority], bytes]] = {
    "revocation.malformed": lambda _: b"<html>maintenance</html>",
    "revocation.signature": lambda _: Authority.new().crl(NOW),
    "revocation.stale": lambda made: made.crl(NOW - 2 * DAY),
    "revocation.time": lambda made: made.crl(NOW + DAY),
}


@pytest.mark.parametrize("code", BROKEN)
def test_what_does_not_count_changes_nothing(world: World, code: str) -> None:
    certificate = world.certificate("a")
    world.telling.lists["/issuing.crl"] = BROKEN[code](world.made)
    line = world.refresh(NOW, certificate).lines[0]
    assert line.answer is None
    assert any(f"({code})" in words for words in line.failures)
    with reading(world.installation.engine) as connection:
        assert certificate.fingerprint not in store.answers(connection)


def test_an_old_good_answer_never_undoes_a_revocation(world: World) -> None:
    certificate = world.certificate("a")
    world.revoke(certificate, NOW)
    world.refresh(NOW, certificate)
    world.telling.lists["/issuing.crl"] = world.made.crl(NOW - HOUR)  # replayed, still unexpired
    line = world.refresh(NOW + HOUR, certificate).lines[0]
    assert line.answer is None
    assert "(revocation.older)" in line.failures[0]
    with reading(world.installation.engine) as connection:
        assert store.answers(connection)[certificate.fingerprint].status == "revoked"


def test_a_revocation_stands_in_the_audit_trail_and_every_node_learns_of_it(world: World) -> None:
    certificate = world.certificate("a")
    world.refresh(NOW, certificate)
    before = world.installation.revision
    world.refresh(NOW + HOUR, certificate)
    assert (world.trail.events, world.installation.revision) == ([], before)
    world.revoke(certificate, NOW + 2 * HOUR)
    world.refresh(NOW + 2 * HOUR, certificate)
    assert world.installation.revision == before + 1
    (event,) = world.trail.events
    assert isinstance(event, RevocationChanged)
    assert (event.before, event.after, event.reason) == ("good", "revoked", "keyCompromise")
    assert event.fingerprint == certificate.fingerprint


# --- What it does to partners.


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


def cache_at(engine: Engine, clock: list[datetime]) -> RegistryCache:
    return RegistryCache(engine, ORIGIN, lambda: clock[0])


def keys(registry: Registry) -> list[str]:
    (idp,) = registry.idps("sundhed")
    return [certificate.fingerprint for certificate in idp.idp.signing]


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


# --- The limits of fetching.


def test_lists_come_over_http_from_public_networks_only() -> None:
    def inside(_host: str) -> list[str]:
        return ["10.0.0.5"]

    for url, code in (
        ("http://ca.example.dk/x.crl", "source.address"),
        ("ftp://ca.example.dk/x.crl", "source.address"),
        ("http://user@ca.example.dk/x.crl", "source.address"),
    ):
        with pytest.raises(Refused) as refusal:
            fetch_listed(url, None, loopback=False, resolve=inside)
        assert refusal.value.code == code


def test_a_redirect_of_an_authority_is_not_followed(telling: Telling) -> None:
    telling.status = 302
    with pytest.raises(Unavailable) as error:
        FETCH(f"{telling.address}/issuing.crl", None)
    assert error.value.code == "source.status"
