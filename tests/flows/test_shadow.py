"""A mapping in shadow through real logins: told to nobody, counted, and never in the way."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from broker.attributes import pipeline
from broker.audit.store import AuditStore
from broker.bootstrap import metadata_service
from broker.db import reading, writing
from broker.metadata import store as registry_store
from broker.metadata.mappings.model import Placing, Report
from broker.metadata.mappings.service import MappingService
from broker.metadata.mappings.tables import MAPPING_DIFFERENCE, MAPPING_VERSION
from broker.metadata.report import Occasion
from broker.saml import names
from broker.saml.response import open_response
from tests.box import MAPPING, ORIGIN, Box, code_of, make_box, posted
from tests.factories import decryption_key
from tests.hostile.forge import HONEST_ATTRIBUTES, Forge

MOTIVE = {"da": "Til prøve", "en": "For a test"}


@pytest.fixture
def box(tmp_path: Path, box_url: str) -> Iterator[Box]:
    made = make_box(tmp_path / "box", box_url)
    yield made
    made.services.engine.dispose()


def occasion(box: Box, reason: str = "a test") -> Occasion:
    return Occasion(box.clock(), "operator", reason, "SHADOW")


def load(box: Box, placing: Placing = "shadow", **document: object) -> int:
    """Load a changed mapping of service one; its version."""
    service = metadata_service(box.services.engine, ORIGIN)
    changed = {**MAPPING, "federations": ["sundhed"], **document}
    report = service.load_document(changed, source="test", occasion=occasion(box), placing=placing)
    (outcome,) = report.outcomes
    assert outcome.version is not None
    return outcome.version


def listed(*sources: str, **more: object) -> list[dict[str, object]]:
    return [{"source": source, "motive": MOTIVE, **more} for source in sources]


def login(box: Box, attributes: tuple[tuple[str, str], ...] = HONEST_ATTRIBUTES) -> TestResponse:
    browser = box.browser()
    trip = box.at_idp(browser)
    return box.deliver(browser, Forge(trip, box.clock()).but(attributes=attributes).xml())


def told(box: Box, page: TestResponse) -> set[str]:
    assert page.status_code == 200, code_of(page)
    verified = open_response([posted(page)[1]["SAMLResponse"]]).verify(
        box.services.flow.keys.keyrings.first("sundhed").published_idp,
        [decryption_key("one")],
        demand_encryption=True,
        allow_cbc=False,
    )
    return {attribute.name for attribute in verified.assertion.attributes}


def report(box: Box) -> Report:
    found = MappingService(box.services.engine, AuditStore()).report(
        "sundhed", "one", None, box.clock()
    )
    assert found is not None
    return found


def test_what_would_differ_is_counted_and_told_to_nobody(box: Box) -> None:
    before = told(box, login(box))
    version = load(
        box,
        step=[{"name": "change_case", "attribute": "full_name", "to": "upper"}],
        release=listed("cvr", "full_name", "professional_uuid"),
    )
    assert version == 2
    cpr = (*HONEST_ATTRIBUTES, (names.CPR_NUMBER, "0101010000"))
    assert told(box, login(box)) == before
    assert told(box, login(box, cpr)) == before | {names.CPR_NUMBER}
    box.clock.move(24 * 3600)
    assert told(box, login(box)) == before
    found = report(box)
    assert (found.version.version, found.against, found.seen) == (2, 1, 3)
    assert set(found.differences) == {
        (names.FULL_NAME, "changed", 3),
        (names.PROFESSIONAL_UUID, "added", 3),
        (names.CPR_NUMBER, "removed", 1),
    }
    assert found.failures == ()
    assert (found.last, found.first) == (
        box.clock().date(),
        (box.clock() - timedelta(days=1)).date(),
    )
    hop = next(hop for hop in reversed(box.hops) if hop.name == "mapping")
    assert "shadow: version 2 differs in 2 attributes" in hop.checks


def test_a_version_that_was_tried_is_put_in_force_and_tells_from_its_instant(box: Box) -> None:
    load(box, release=listed("cvr", "professional_uuid"))
    old, service = told(box, login(box)), MappingService(box.services.engine, AuditStore())
    since = box.clock() + timedelta(hours=1)
    service.put_in_force("sundhed", "one", 2, occasion(box, ""), since=since)
    assert told(box, login(box)) == old
    box.clock.move(3599)
    assert told(box, login(box)) == old
    box.clock.move(1)
    new = told(box, login(box))
    assert names.PROFESSIONAL_UUID in new
    assert names.FULL_NAME not in new
    with reading(box.services.engine) as connection:
        assert connection.scalar(sa.select(sa.func.sum(MAPPING_DIFFERENCE.c.logins))) == 3


def test_a_refusal_in_shadow_is_counted_and_hurts_nobody(box: Box) -> None:
    load(box, release=listed("email", required=True))
    assert login(box).status_code == 200
    found = report(box)
    assert found.failures == (("policy.required_attribute", 1),)
    assert found.seen == 1


def test_a_broken_version_in_shadow_hurts_nobody(
    box: Box, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    load(box, release=listed("email"))
    broken = sa.update(MAPPING_VERSION).where(MAPPING_VERSION.c.state == "shadow")
    with writing(box.services.engine) as connection:
        connection.execute(broken.values(document=["x"]))
        registry_store.bump(connection)
    assert login(box).status_code == 200
    assert report(box).failures == (("mapping.invalid", 1),)
    real = pipeline.run
    runs: list[int] = []

    def breaks(*given: object) -> object:
        runs.append(1)
        if len(runs) == 2:
            raise ZeroDivisionError
        return real(*given)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(pipeline, "run", breaks)
    with writing(box.services.engine) as connection:
        connection.execute(broken.values(document={"release": []}))
        registry_store.bump(connection)
    assert login(box).status_code == 200
    assert dict(report(box).failures)["internal.error"] == 1
    assert "ZeroDivisionError" in caplog.text


def test_a_failure_to_count_hurts_nobody(box: Box) -> None:
    load(box, release=listed("email"))
    with writing(box.services.engine) as connection:
        connection.execute(sa.text("DROP TABLE mapping_difference"))
    assert login(box).status_code == 200


def test_a_refused_login_is_not_counted(box: Box) -> None:
    load(box, release=listed("email"))
    page = login(box, tuple(a for a in HONEST_ATTRIBUTES if a[0] != names.CVR))
    assert code_of(page) == "policy.no_organisation"
    assert report(box).seen == 0


def test_a_service_that_cannot_do_without_gets_nobody_without(box: Box) -> None:
    load(box, "in_force", release=listed("email", required=True))
    page = login(box)
    assert (code_of(page), page.status_code) == ("policy.required_attribute", 403)
    assert told(box, login(box, (*HONEST_ATTRIBUTES, (names.EMAIL, "a@x.dk"))))
    load(box, "in_force", release=listed("email", required=True, if_missing="omit"))
    assert names.EMAIL not in told(box, login(box))


def test_an_idp_that_is_limited_says_nothing_else(box: Box) -> None:
    service = metadata_service(box.services.engine, ORIGIN)
    document: dict[str, object] = {
        "kind": "idp",
        "code": "alpha",
        "name": {"da": "alpha", "en": "alpha"},
        "maximum": "High",
        "cvrs": "any",
        "attributes": ["cvr", "org_name", "professional_uuid"],
    }
    service.load_document(document, source="box", occasion=occasion(box))
    found = told(box, login(box))
    assert names.CVR in found
    assert not {names.FULL_NAME, names.ROLE_CLAIM} & found
    hop = next(hop for hop in reversed(box.hops) if hop.name == "mapping")
    assert "normalise: full_name dropped, this IdP may not speak of it" in hop.checks
    service.load_document(
        {**document, "attributes": ["professional_uuid"]}, source="box", occasion=occasion(box)
    )
    assert code_of(login(box)) == "policy.no_organisation"


def test_a_mapping_is_read_once_for_many_logins(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = pipeline.read_mapping

    def counting(service: str, document: dict[str, object]) -> object:
        read.append(service)
        return real(service, document)

    monkeypatch.setattr("broker.attributes.kept.read_mapping", counting)
    for _ in range(3):
        assert login(box).status_code == 200
    assert read == ["one"]
    load(box, release=listed("email"))
    for _ in range(2):
        assert login(box).status_code == 200
    assert read == ["one", "one", "one"]
