"""A login of people whose identity provider's key is revoked at an instant, on a node that runs."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from broker.bootstrap import metadata_service
from broker.db import writing
from broker.errors import Refused, Unavailable
from broker.metadata import store as registry_store
from broker.metadata.defaults import LoadOptions
from broker.metadata.partner_keys import PartnerKeys
from broker.metadata.report import Occasion
from broker.metadata.revocations import store
from broker.metadata.revocations.model import Asked, Question
from broker.metadata.revocations.service import RevocationService
from broker.metadata.sources.approving import ApprovalDesk
from broker.metadata.sources.store.versions import NewVersion, add_versions
from broker.metadata.tables import ENTITY
from broker.saml.assurance import Assurance
from broker.saml.revocation import Answer
from tests.authorities import authority, leaf
from tests.box import FEDERATION, ORIGIN, Box, code_of, make_box, posted
from tests.factories import NOW
from tests.hostile.forge import Forge
from tests.peers import idp_metadata
from tests.unit.metadata.certified import policy

OCCASION = Occasion(NOW, "test", "a revocation", "REVOKED")
DAY = timedelta(days=1)


def answered(box: Box, answer: Answer) -> None:
    """Keep an answer about alpha's certificate, and a good one about its authority."""
    made, alpha = authority(), leaf("alpha").parsed
    with writing(box.services.engine) as connection:
        for certificate, issuer, told in (
            (alpha, made.certificate, answer),
            (made.certificate, made.root, Answer("good", NOW, NOW + 30 * DAY)),
        ):
            question = Question("sundhed", certificate, issuer, policy())
            assert store.keep(connection, Asked.of(question, "test"), told, NOW)
        registry_store.bump(connection)


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """A box whose alpha has a certificate of the tests' authority, for the key it always had."""
    made = make_box(tmp_path)
    service = metadata_service(made.services.engine, ORIGIN)
    certificates = {
        "revocation": "warn",
        "issuers": [authority().chain.decode()],
        "hosts": ["ca.demo.example.dk"],
    }
    document = {**FEDERATION, "certificates": certificates}
    service.load_document(document, source="box", occasion=OCCASION)
    report = service.load_xml(
        idp_metadata("https://alpha.example.dk", leaf("alpha")),
        federation="sundhed",
        source="box",
        options=LoadOptions(
            code="alpha", cvrs="any", maximum=Assurance.HIGH, accept_key_change=True
        ),
        occasion=OCCASION,
    )
    assert not report.refused
    return made


def test_a_key_counts_until_the_instant_of_its_revocation_and_not_after(
    box: Box, caplog: pytest.LogCaptureFixture
) -> None:
    answered(box, Answer("revoked", NOW, NOW + 30 * DAY, NOW + timedelta(seconds=60), "superseded"))
    browser = box.browser()
    trip = box.at_idp(browser, "alpha")
    page = box.deliver(browser, Forge(trip, box.clock()).xml())
    assert posted(page)[0] == "https://one.example.dk/acs"

    trip = box.at_idp(browser, "alpha")
    box.clock.move(60)
    with caplog.at_level(logging.ERROR, "broker.metadata.admission"):
        page = box.deliver(browser, Forge(trip, box.clock()).xml())
    assert (page.status_code, code_of(page)) == (403, "signature.no_key")
    assert "sundhed/alpha is not used" in caplog.text
    assert "(certificate.revoked)" in caplog.text


def test_others_are_not_touched(box: Box) -> None:
    answered(box, Answer("revoked", NOW, NOW + 30 * DAY, NOW, "keyCompromise"))
    box.clock.move(60)
    browser = box.browser()
    trip = box.at_idp(browser, "legacy")
    assert trip.idp == "legacy"


def test_a_key_that_is_kept_for_a_while_passes_the_same_door(box: Box) -> None:
    """Its metadata dropped it, so that nobody else looks at it any more."""
    service = metadata_service(box.services.engine, ORIGIN)
    service.load_xml(
        idp_metadata("https://alpha.example.dk", leaf("alpha-later")),
        federation="sundhed",
        source="box",
        options=LoadOptions(accept_key_change=True),
        occasion=OCCASION,
    )
    desk = PartnerKeys(box.services.engine, service.audit)
    (record,) = desk.find("alpha")
    desk.keep(record, leaf("alpha").fingerprint, NOW + 10 * DAY, OCCASION)
    browser = box.browser()
    page = box.deliver(browser, Forge(box.at_idp(browser, "alpha"), box.clock()).xml())
    assert posted(page)[0] == "https://one.example.dk/acs"

    asked = RevocationService(box.services.engine, ORIGIN, service.audit, fetch=_nobody)
    lines = asked.refresh(OCCASION).lines
    assert leaf("alpha").fingerprint in {line.asked.fingerprint for line in lines}
    answered(box, Answer("revoked", NOW, NOW + 30 * DAY, NOW + timedelta(seconds=60), "superseded"))
    browser = box.browser()
    trip = box.at_idp(browser, "alpha")
    box.clock.move(60)
    page = box.deliver(browser, Forge(trip, box.clock()).xml())
    assert (page.status_code, code_of(page)) == (403, "signature.invalid")


def test_a_key_that_was_never_in_force_cannot_be_kept(box: Box) -> None:
    """What waited for a person, or was refused, is no key that the partner once had."""
    with writing(box.services.engine) as connection:
        (row,) = connection.execute(
            sa.select(ENTITY.c.row).where(ENTITY.c.code == "alpha")
        ).scalars()
        version = NewVersion(
            row=row,
            xml=idp_metadata("https://alpha.example.dk", leaf("stranger")),
            sha256="0" * 64,
            source="feed",
            location="feed",
            at=NOW,
            by="test",
            reason="a test",
            expires=None,
            objections="[]",
        )
        add_versions(connection, [version])
    desk = PartnerKeys(box.services.engine, metadata_service(box.services.engine, ORIGIN).audit)
    (record,) = desk.find("alpha")
    with pytest.raises(Refused) as refused:
        desk.keep(record, leaf("stranger").fingerprint, NOW + DAY, OCCASION)
    assert refused.value.code == "metadata.kept_key"


def test_what_is_withdrawn_keeps_no_key(box: Box) -> None:
    """A partner whose key is stolen comes back with another one, and with no other beside it."""
    service = metadata_service(box.services.engine, ORIGIN)
    later = idp_metadata("https://alpha.example.dk", leaf("alpha-later"))

    def load() -> None:
        service.load_xml(
            later,
            federation="sundhed",
            source="box",
            options=LoadOptions(accept_key_change=True),
            occasion=OCCASION,
        )

    load()
    desk = PartnerKeys(box.services.engine, service.audit)
    (record,) = desk.find("alpha")
    desk.keep(record, leaf("alpha").fingerprint, NOW + 10 * DAY, OCCASION)
    ApprovalDesk(box.services.engine, ORIGIN, service.audit).withdraw("sundhed", "alpha", OCCASION)
    load()
    assert "kept" not in {key.state for key in desk.keys(record, box.clock())}
    browser = box.browser()
    page = box.deliver(browser, Forge(box.at_idp(browser, "alpha"), box.clock()).xml())
    assert page.status_code == 403


def _nobody(*_asked: object, **_more: object) -> bytes:
    raise Unavailable("source.unreachable", "a test")
