"""The jobs of an installation, run as a runner runs them: what each does, and again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from broker.audit.events import EXAMPLES
from broker.audit.proof.keys import make_key
from broker.audit.store import AUDIT, AUDIT_SEAL, AuditStore
from broker.db import Engine, reading, writing
from broker.errors import Unavailable
from broker.health import store as health
from broker.jobs.model import Turn
from broker.jobs.registered import build_jobs
from broker.settings import read_settings
from tests.factories import NOW
from tests.metadata_factory import Idp, Sp, sso
from tests.publisher import ORIGIN, Follower, publishing
from tests.tampering import tampering
from tests.unit.mail.post import free_port
from tests.unit.metadata.installation import OCCASION, OPEN_TO_ALL


@dataclass
class Jobs:
    """One node's jobs, at an instant."""

    follower: Follower
    folder: Path

    def run(self, name: str, at: datetime) -> int:
        settings = read_settings({"BROKER_DATA": str(self.folder), "BROKER_ORIGIN": ORIGIN})
        made = {job.name: job for job in build_jobs(settings, self.follower.engine)}
        return made[name].run(Turn(at, at, lambda: at, lambda: True))


@pytest.fixture
def jobs(engine: Engine, tmp_path: Path) -> Jobs:
    return Jobs(Follower(engine), tmp_path)


def test_sources_are_asked_when_they_are_due_and_not_before(jobs: Jobs) -> None:
    with publishing() as publisher:
        publisher.body = Sp().xml()
        jobs.follower.follow("partner", publisher.url, minutes=60)
        assert jobs.run("metadata-refresh", NOW) == 1
        assert jobs.run("metadata-refresh", NOW + timedelta(minutes=1)) == 0
        assert jobs.run("metadata-refresh", NOW + timedelta(minutes=61)) == 1
        assert len(publisher.asked) == 2


def test_the_trail_is_sealed_verified_and_kept_for_as_long_as_the_rule_has_it(
    jobs: Jobs,
) -> None:
    with pytest.raises(Unavailable, match=r"key\.missing"):
        jobs.run("audit-seal", NOW)
    make_key(jobs.folder / "keys", NOW)
    with writing(jobs.follower.engine) as connection:
        for at in (NOW, NOW, NOW):
            AuditStore().append(connection, EXAMPLES[0], at=at, reference="R")
    assert jobs.run("audit-seal", NOW) == 0
    assert jobs.run("audit-seal", NOW + timedelta(days=31)) == 1
    assert len((jobs.folder / "audit-heads.jsonl").read_text().splitlines()) == 2
    assert jobs.run("audit-verify", NOW + timedelta(days=31)) == 5
    assert jobs.run("audit-verify", NOW + timedelta(days=40)) == 0  # its seal will do
    assert jobs.run("audit-retention", NOW + timedelta(days=1800)) == 0
    assert jobs.run("audit-retention", NOW + timedelta(days=1831)) == 5
    with tampering(jobs.follower.engine) as connection:
        connection.execute(sa.delete(AUDIT))
        connection.execute(sa.delete(AUDIT_SEAL))
    with pytest.raises(Unavailable, match=r"audit\.broken: record 0 of w00"):
        jobs.run("audit-verify", NOW + timedelta(days=1832))


def test_providers_are_asked_whether_they_answer(jobs: Jobs) -> None:
    with publishing() as publisher:
        for code, url in (("good", publisher.url), ("away", f"http://localhost:{free_port()}/")):
            entity = Idp(entity_id=f"https://{code}.example.dk", endpoints=sso(url))
            jobs.follower.service.load_xml(
                entity.xml(),
                federation="sundhed",
                source=f"{code}.xml",
                options=OPEN_TO_ALL,
                occasion=OCCASION,
            )
        assert jobs.run("health-probe", NOW) == 2
    with reading(jobs.follower.engine) as connection:
        found = sorted(probe.outcome for probe in health.probes(connection))
    assert found == ["ok", "unreachable"]


@pytest.mark.parametrize("name", ["revocation-refresh", "rollover-reminders", "expiry-watch"])
def test_a_node_without_anything_to_do_does_nothing_and_needs_no_keys(
    jobs: Jobs, name: str
) -> None:
    assert jobs.run(name, NOW) == 0
