"""Alarms and keys that wait, mailed to the operator in the transaction that raises them."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from broker.audit.store import AuditStore
from broker.db import Engine, reading, writing
from broker.mail.letters import Letters
from broker.mail.model import Recipient
from broker.mail.store import Outbox
from broker.mail.tables import MAIL
from broker.mail.templates import Templates
from broker.metadata.model import Localised
from broker.metadata.notices.alarming import AlarmNews
from broker.metadata.notices.office import Office
from broker.metadata.published.tokens import Tokens
from broker.metadata.sources.alarms import AlarmDesk
from broker.metadata.sources.model import Alarm
from broker.metadata.sources.refresh import MetadataRefresher
from broker.metadata.sources.store import alarms
from tests.factories import NOW, key_pair
from tests.metadata_factory import Sp, acs, key
from tests.publisher import ORIGIN, Follower, signed, with_key

OPERATOR = "drift@broker.dk"
ONE = Sp()


class Mailing(Follower):
    """An operator whose broker writes."""

    @property
    def refresher(self) -> MetadataRefresher:
        office = Office(
            letters=Letters(Templates(None, ORIGIN), Outbox()),
            origin=ORIGIN,
            operators=(Recipient(OPERATOR, "operator", "da"),),
            key_of=lambda _slot, _epoch: None,
            address=Tokens(b"a secret of the tests").address,
        )
        return replace(super().refresher, mail=AlarmNews(office))

    def mails(self, kind: str = "") -> list[tuple[str, str]]:
        query = sa.select(MAIL.c.kind, MAIL.c.recipient, MAIL.c.body).order_by(MAIL.c.created_at)
        with reading(self.engine) as connection:
            rows = connection.execute(query).all()
        assert {row.recipient for row in rows} <= {OPERATOR}
        return [(row.kind, row.body) for row in rows if kind in ("", row.kind)]


@pytest.fixture
def mailing(engine: Engine) -> Mailing:
    made = Mailing(engine)
    made.follow("partner")
    made.refresh("partner", ONE.xml())
    made.desk.approve("sundhed", "service-example-dk", made.occasion)
    made.later(hours=1)  # mails of one instant have no order
    return made


def test_a_first_document_that_waits_is_told(mailing: Mailing) -> None:
    ((kind, body),) = mailing.mails()
    assert kind == "metadata-alarm"
    assert "metadata.first_document" in body
    assert "broker metadata approve" in body


def test_each_new_key_is_told_once_with_its_whole_fingerprint(mailing: Mailing) -> None:
    for name in ("sp-new", "sp-new", "sp-newer"):
        mailing.later(hours=1)
        mailing.refresh("partner", with_key(ONE, key(name) + key("sp-enc", "encryption")).xml())
    bodies = [body for _kind, body in mailing.mails("key-waits")]
    assert len(bodies) == 2, "of the second while the first one waits, and of neither twice"
    for name, body in zip(("sp-new", "sp-newer"), bodies, strict=True):
        digest = key_pair(name)[1].fingerprint
        assert digest in body.replace(" ", "").lower()


def test_a_source_that_fails_again_and_again_is_told_once_a_day(mailing: Mailing) -> None:
    before = len(mailing.mails())
    for _ in range(5):
        mailing.refresh("partner", b"<junk")
    assert len(mailing.mails()) == before + 1
    assert "metadata.source_failed" in mailing.mails()[-1][1]
    mailing.refresh("partner", ONE.xml())
    mailing.refresh("partner", b"<junk")
    assert len(mailing.mails()) == before + 1, "it comes and goes"
    mailing.refresh("partner", ONE.xml())
    mailing.later(days=1)
    mailing.refresh("partner", b"<junk")
    assert len(mailing.mails()) == before + 2


def test_many_at_once_are_one_mail_that_says_how_many(mailing: Mailing) -> None:
    def alarm(number: int, code: str = "metadata.entity_dropped") -> Alarm:
        subject = f"https://s{number}.example.dk"
        return Alarm("sundhed", "partner", subject, code, "warning", Localised("Væk.", "Gone."))

    desk = AlarmDesk(AuditStore(), mailing.refresher.mail)
    before = len(mailing.mails())
    with writing(mailing.engine) as connection:
        desk.raise_all(connection, [alarm(n) for n in range(60)], mailing.occasion)
    assert len(mailing.mails()) == before + 1
    body = mailing.mails()[-1][1]
    assert "60 partnere: " in body
    assert "og 55 til" in body
    with writing(mailing.engine) as connection:
        desk.raise_all(connection, [alarm(n, "metadata.x") for n in range(3)], mailing.occasion)
    assert len(mailing.mails()) == before + 4


def test_what_is_only_to_be_noted_is_not_mailed(engine: Engine) -> None:
    mailing = Mailing(engine)
    mailing.follow("feed", pinned="feed", many=True)
    mailing.refresh("feed", signed(ONE))
    mailing.later(hours=1)
    moved = replace(ONE, endpoints=acs("https://elsewhere.example.dk/acs"))
    mailing.refresh("feed", signed(moved, published=mailing.now))
    with reading(mailing.engine) as connection:
        assert [record.alarm.level for record in alarms.every(connection)] == ["notice"] * 2
    assert mailing.mails() == []


def test_a_feed_that_runs_out_is_told_by_the_watch_of_the_job(engine: Engine) -> None:
    mailing = Mailing(engine, audit=AuditStore())
    mailing.follow("feed", pinned="feed", many=True, minutes=0)
    mailing.refresh("feed", signed(ONE))
    mailing.now = NOW
    mailing.later(days=12)
    mailing.refresher.refresh_due(mailing.now)
    assert "metadata.runs_out" in mailing.mails()[-1][1]
    count = len(mailing.mails())
    mailing.refresher.refresh_due(mailing.now)
    assert len(mailing.mails()) == count
