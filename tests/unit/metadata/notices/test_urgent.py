"""A switch that is taken back, and a key that others know: told in the same transaction."""

import pytest
import sqlalchemy as sa

from broker.db import reading
from broker.mail.tables import MAIL
from broker.metadata.report import Occasion
from broker.metadata.rollover.model import Side, Use
from broker.metadata.rollover.service import RolloverService
from broker.metadata.rollover.telling import News
from tests.unit.metadata.notices.town import ANNOUNCE, OPERATOR, SERVICES, SWITCH, Town, on
from tests.unit.metadata.rollover.making import ENCRYPTION, OUTWARD, SIGNING, day

Keys = tuple[tuple[Side, Use], ...]
IDP_SIDE: Keys = (("idp", "signing"),)
SP_SIDE: Keys = (("sp", "signing"), ("sp", "encryption"))


@pytest.fixture
def switched(town: Town) -> Town:
    town.plan()
    return town


def kinds(town: Town, partner: str) -> list[tuple[str, str]]:
    return [(who, kind) for who, kind, _what in town.told(partner)]


def test_one_partner_that_is_taken_back_hears_of_it_at_once_and_nobody_else(
    switched: Town,
) -> None:
    switched.rollovers.rollback("autumn", on(SWITCH + 1, reason="no login works"), partner="dpsd")
    rows = switched.rows()
    assert {row.recipient for row in rows} == {"it@dpsd.dk", "kontor@dpsd.dk", "ejer@dpsd.dk"}
    assert {row.kind for row in rows} == {"rollover-taken-back"}
    assert all(row.urgent for row in rows)
    assert "Det gælder kun Tjenesten dpsd" in str(rows[0].body)
    assert "Årsag: no login works" in str(rows[0].body)
    old = switched.ring.certificate(SIGNING, "first")
    assert old is not None
    assert old.fingerprint[:8].upper() in str(rows[0].body)


def test_everybody_who_had_switched_is_told_and_nobody_who_had_not(switched: Town) -> None:
    switched.rollovers.rollback("autumn", on(SWITCH + 1), partner="dpsd")
    switched.rollovers.rollback("autumn", on(SWITCH + 2))
    assert len(kinds(switched, "dpsd")) == 3, "of its own way back, and not again"
    assert kinds(switched, "fmk") == [], "it was held, and goes on as before"
    for code in (*set(SERVICES) - {"dpsd", "fmk", "stum"}, "region"):
        told = [(f"{who}@{code}.dk", "rollover-taken-back") for who in ("it", "kontor")]
        assert kinds(switched, code) == told, "once, though several keys changed"
    assert kinds(switched, "stum") == [(OPERATOR, "rollover-taken-back")]


def test_mails_and_the_decision_stand_or_fall_together(switched: Town) -> None:
    def broken(connection: sa.Connection, news: News, occasion: Occasion) -> None:
        switched.rollovers.tell(connection, news, occasion)
        raise RuntimeError("the power is gone")

    service = RolloverService(
        switched.engine, switched.book, switched.ring.certificate, switched.rollovers.ready, broken
    )
    with pytest.raises(RuntimeError, match="the power is gone"):
        service.rollback("autumn", on(SWITCH + 1))
    assert switched.rows() == []
    assert not any(plan.rules for plan in switched.rollovers.rollovers().plans)


def test_a_key_that_others_know_is_told_to_each_side_with_what_counts_instead(
    switched: Town,
) -> None:
    switched.rollovers.compromised("sundhed", (*IDP_SIDE, *SP_SIDE), "first", on(ANNOUNCE + 1))
    for code in (*set(SERVICES) - {"stum"}, "region"):
        assert ("it@" + code + ".dk", "rollover-emergency") in kinds(switched, code)
        assert len({kind for _who, kind in kinds(switched, code)}) == 1
        assert sum(who.startswith("it@") for who, _kind in kinds(switched, code)) == 1
    body = next(str(r.body) for r in switched.rows() if r.recipient == "it@region.dk")
    for slot, epoch in ((OUTWARD, "first"), (ENCRYPTION, "first"), (OUTWARD, "second")):
        found = switched.ring.certificate(slot, epoch)
        assert found is not None
        assert found.fingerprint[:8].upper() in body
    assert "Det var den, vi brugte." in body
    assert switched.remind(ANNOUNCE + 2) == 0


def test_a_key_that_was_never_used_but_published_must_go_and_one_nobody_saw_is_not_told(
    switched: Town,
) -> None:
    switched.rollovers.compromised("sundhed", IDP_SIDE, "second", on(ANNOUNCE - 1))
    assert switched.rows() == [], "nobody was given it"
    switched.rollovers.compromised("sundhed", SP_SIDE, "second", on(ANNOUNCE + 1))
    assert {row.recipient for row in switched.rows()} == {"it@region.dk", "kontor@region.dk"}
    assert "Vi brugte den ikke over for jer" in str(switched.rows()[0].body)


def test_words_that_cannot_be_addressed_do_not_stop_the_decision(switched: Town) -> None:
    with switched.engine.begin() as connection:
        broken = sa.text("UPDATE entity_version SET xml = :junk")
        connection.execute(broken, {"junk": b"<junk"})
    switched.rollovers.rollback("autumn", on(SWITCH + 1), partner="sen")
    assert kinds(switched, "sen") == [(OPERATOR, "rollover-taken-back")]
    with reading(switched.engine) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(MAIL)).scalar_one() == 1
    assert switched.rows()[0].created_at == day(SWITCH + 1)
