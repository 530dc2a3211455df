"""A change of our keys by mail, through the jobs, two runners and a real mail server.

Which partner hears of what is in tests/unit/metadata/notices; that a switch needs no job at all
is in tests/flows/test_rollover.py.
"""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broker.bootstrap import metadata_service, rollover_service
from broker.jobs.registered import build_jobs
from broker.jobs.runner import Runner
from broker.metadata.defaults import LoadOptions
from broker.metadata.keyring import create_keys
from broker.metadata.report import Occasion
from broker.metadata.rollover.documents import read_draft
from broker.metadata.rollover.service import RolloverService
from broker.upkeep import urgent_news
from tests.box import ORIGIN, Box, make_box
from tests.factories import NOW
from tests.unit.mail.post import Office, serving
from tests.unit.metadata.notices.town import provider, service

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
ANNOUNCE = NOW + DAY
SWITCH = ANNOUNCE + 90 * DAY
UNPUBLISH = SWITCH + 14 * DAY
OURS = ("rollover-reminders", "mail")
SUBJECTS = {
    "Nyt certifikat": "announced",
    "Påmindelse": "reminder",
    "Skiftet er sket": "done",
    "Et døgn efter": "after",
    "Det gamle certifikat": "removed",
    "Certifikatskiftet": "taken back",
}
IT = ("it@dpsd.dk", "it@region.dk")
OFFICE = ("kontor@dpsd.dk", "kontor@region.dk")


@dataclass
class Upkeep:
    """A broker whose jobs two processes run, and the mail server of its partners."""

    box: Box
    office: Office
    port: int
    runners: list[Runner] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.settings = replace(
            self.box.settings,
            smtp=("127.0.0.1", self.port),
            smtp_tls="none",
            smtp_from="broker@example.dk",
            mail_operator="drift@broker.dk",
        )
        engine = self.box.services.engine
        for _ in range(2):
            jobs = [job for job in build_jobs(self.settings, engine) if job.name in OURS]
            self.runners.append(Runner(engine, jobs, self.box.clock))
        self.runners[0].prepare()

    @property
    def rollovers(self) -> RolloverService:
        engine = self.box.services.engine
        return rollover_service(engine, self.settings.keys, urgent_news(self.settings))

    def at(self, now: datetime) -> list[tuple[str, str]]:
        """Both runners at once, again and again for twenty minutes; what the partners got."""
        for minutes in range(0, 21, 5):
            self.box.clock.now = now + minutes * MINUTE
            both = [threading.Thread(target=runner.run_due) for runner in self.runners]
            for one in both:
                one.start()
            for one in both:
                one.join(60)
        found = [(str(mail["To"]), _kind(str(mail["Subject"]))) for mail in self.office.mails]
        self.office.taken.clear()
        return sorted((to, what) for to, what in found if to != self.settings.mail_operator)


def _kind(subject: str) -> str:
    return next(kind for begins, kind in SUBJECTS.items() if re.match(begins, subject))


def _each(kind: str, *whom: str) -> list[tuple[str, str]]:
    return sorted((to, kind) for to in whom)


@pytest.fixture
def upkeep(tmp_path: Path, box_url: str) -> Iterator[Upkeep]:
    box = make_box(tmp_path, box_url)
    home = box.services.registry.current().federation("sundhed")
    create_keys(box.settings.keys / "sundhed", replace(home, path="second"), NOW, bits=2048)
    loading = metadata_service(box.services.engine, ORIGIN)
    occasion = Occasion(NOW, "anna", "a test", "TEST-REFERENCE")
    for entity, code in ((service("dpsd"), "dpsd"), (provider("region"), "region")):
        loading.load_xml(
            entity.xml(),
            federation="sundhed",
            source="partner.xml",
            options=LoadOptions(code=code),
            occasion=occasion,
        )
    office = Office()
    with serving(office) as server:
        made = Upkeep(box, office, server.port)
        document: dict[str, object] = {
            "kind": "rollover",
            "code": "autumn",
            "after": "second",
            "announce": ANNOUNCE,
            "switch": SWITCH,
            "rollback_until": SWITCH + 7 * DAY,
            "unpublish": UNPUBLISH,
        }
        made.rollovers.plan(read_draft(document, "a test", NOW), ("sundhed",), occasion)
        yield made
    box.services.engine.dispose()


def test_from_announcement_to_removal_everybody_gets_each_mail_once(upkeep: Upkeep) -> None:
    assert upkeep.at(ANNOUNCE - HOUR) == []
    assert upkeep.at(ANNOUNCE) == _each("announced", *IT, *OFFICE)
    assert upkeep.at(ANNOUNCE + DAY) == []
    assert upkeep.at(SWITCH - 60 * DAY) == _each("reminder", *IT)
    # Nothing ran for weeks: the latest milestone is told, and those before it are not.
    assert upkeep.at(SWITCH - 10 * DAY) == _each("reminder", *IT)
    assert upkeep.at(SWITCH - 7 * DAY) == _each("reminder", *IT, *OFFICE)
    for before in (3 * DAY, DAY, HOUR):
        assert upkeep.at(SWITCH - before) == _each("reminder", *IT)
    assert upkeep.at(SWITCH) == _each("done", *IT, *OFFICE)
    assert upkeep.at(SWITCH + DAY) == _each("after", *IT)
    assert upkeep.at(UNPUBLISH + HOUR) == _each("removed", *IT, *OFFICE)
    assert upkeep.at(UNPUBLISH + 30 * DAY) == []


def test_a_way_back_is_mailed_though_reminders_stand_still(upkeep: Upkeep) -> None:
    occasion = Occasion(SWITCH + HOUR, "anna", "logins fail", "TEST-REFERENCE")
    upkeep.rollovers.rollback("autumn", occasion, partner="dpsd")
    mail = next(runner for runner in upkeep.runners)
    upkeep.box.clock.now = SWITCH + HOUR
    assert mail.run_one(mail.jobs[1], unasked=True) == "ok"
    assert {str(one["To"]) for one in upkeep.office.mails} == {"it@dpsd.dk", "kontor@dpsd.dk"}
    parts = [part for part in upkeep.office.mails[0].walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    for part in parts:
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        assert "logins fail" in body.decode()
