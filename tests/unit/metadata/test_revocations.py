"""Revocation over real HTTP: who is asked, what counts, what is kept in the database."""

from collections.abc import Callable

import pytest

from broker.audit.events import RevocationChanged
from broker.db import reading
from broker.demo.authority import Authority
from broker.errors import Refused, Unavailable
from broker.metadata.revocations import store
from broker.metadata.source import fetch_listed
from tests.factories import NOW
from tests.unit.metadata.revoking import DAY, FETCH, HOUR, World
from tests.unit.metadata.telling import Telling


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
