"""The operator's own words: checked, in versions, used by the next mail, and taken back."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from broker.audit.store import AuditStore, told_under
from broker.db import Engine, reading, writing
from broker.errors import Refused, Unknown
from broker.mail.kinds import KINDS
from broker.mail.letters import Letters
from broker.mail.model import Event, Recipient
from broker.mail.store import Outbox
from broker.mail.templates import Templates
from broker.mail.trail import store as trail
from broker.mail.wording import store
from broker.mail.wording.checking import check, placeholders
from broker.mail.wording.model import Texts, Version, shipped
from broker.mail.wording.service import Wording
from tests.factories import NOW

ORIGIN = "https://broker.example.dk"
KIND = "metadata-alarm"
TEXTS = Texts("Alarm: {{ partner }}", "Se {{ words }}", "Alarm: {{ partner }}", "See {{ words }}")


def wording() -> Wording:
    return Wording(Templates(None, ORIGIN), AuditStore())


def version(number: int, texts: Texts | None = TEXTS) -> Version:
    return Version(KIND, number, NOW, "Rikke", "clearer", texts)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_is_shipped_passes_its_own_check(kind: str) -> None:
    written = check(Templates(None, ORIGIN), kind, shipped(kind))
    plain = Templates(None, ORIGIN).write(kind, KINDS[kind].example, "asked", "da")
    assert written["da"].subject == plain.subject
    assert written["da"].body == plain.body


@pytest.mark.parametrize(
    ("part", "words", "code"),
    [
        ("body_da", "Kære {{ nobody }}", "mail.template"),
        ("body_en", "{% if %}", "mail.template"),
        ("subject_en", "  ", "mail.template"),
        ("subject_da", "x" * 301, "mail.template"),
        ("body_da", "{{ ''.__class__.__mro__ }}", "mail.template"),
        ("body_da", "{% endblock %}{% block body_da %}", "mail.template"),
        ("body_da", "Ring om 010190-1234", "mail.cpr"),
        ("body_en", "See https://evil.example.com/x", "mail.links"),
        ("body_en", f"See {ORIGIN}.evil.example.com/x", "mail.links"),
    ],
)
def test_words_that_must_not_be_sent_are_refused(part: str, words: str, code: str) -> None:
    texts = replace(TEXTS, **{part: words})
    with pytest.raises(Refused) as refused:
        check(Templates(None, ORIGIN), KIND, texts)
    assert refused.value.code == code


def test_placeholders_are_those_of_the_kind() -> None:
    assert {"partner", "words", "code", "origin"} <= set(placeholders(KIND, ORIGIN))


def test_a_change_counts_from_the_next_mail_and_is_taken_back(engine: Engine) -> None:
    letters = Letters(Templates(None, ORIGIN), Outbox())

    def subject() -> str:
        with writing(engine) as connection:
            event = Event(KIND, "x", uuid4().hex, KINDS[KIND].example)
            letters.put(connection, event, [Recipient("a@example.dk", "operator", "da")], NOW)
            waiting = Outbox().list(connection, ("waiting",))
            for one in waiting:
                Outbox().sent(connection, one, NOW)
            return waiting[0].mail.subject

    before = subject()
    with writing(engine) as connection:
        wording().change(connection, version(1), 0, "R1")
    assert subject() == "Alarm: Prøvetjenesten"
    with writing(engine) as connection, pytest.raises(Refused) as refused:
        wording().change(connection, version(1), 0, "R2")
    assert refused.value.code == "mail.changed"
    with writing(engine) as connection:
        wording().change(connection, version(2, None), 1, "R3")
    assert subject() == before
    with reading(engine) as connection:
        assert [one.version for one in store.versions(connection, KIND)] == [2, 1]
        assert store.newest(connection)[KIND].texts is None
        assert [name for name, _ in told_under(connection, "R1")] == ["mail.worded"]


def test_an_unknown_kind_is_not_found(engine: Engine) -> None:
    with reading(engine) as connection, pytest.raises(Unknown) as unknown:
        wording().current(connection, "nothing")
    assert unknown.value.code == "mail.kind"


def test_an_address_fails_until_it_is_cleared_and_again_after_that(engine: Engine) -> None:
    outbox, letters = Outbox(), Letters(Templates(None, ORIGIN), Outbox())

    def bounce(minutes: int) -> None:
        at = NOW + timedelta(minutes=minutes)
        with writing(engine) as connection:
            event = Event(KIND, "x", uuid4().hex, KINDS[KIND].example)
            letters.put(connection, event, [Recipient("a@example.dk", "operator", "da")], at)
            for one in outbox.list(connection, ("waiting",)):
                outbox.sent(connection, one, at)
                outbox.bounced(connection, one, at, "5.1.1")

    bounce(0)
    bounce(1)
    with writing(engine) as connection:
        (lost,) = trail.failing(connection)
        assert (lost.recipient, lost.times) == ("a@example.dk", 2)
        trail.clear(connection, "a@example.dk", lost.last, "Rikke")
        assert trail.failing(connection) == ()
    bounce(2)
    with writing(engine) as connection:
        (lost,) = trail.failing(connection)
        assert lost.times == 1
        trail.clear(connection, "a@example.dk", lost.last, "Rikke")
        rows, total, counts = trail.log(connection, "bounced", KIND, "A@example.dk", 1, 2)
        assert (len(rows), total, counts) == (2, 3, {"bounced": 3})
        last, total, _counts = trail.log(connection, "bounced", "", "", 2, 2)
        assert (len(last), total) == (1, 3)
        assert {one.id for one in (*rows, *last)} == {
            one.id for one in trail.log(connection, "", "", "", 1, 9)[0]
        }
        assert trail.log(connection, "sent", "", "", 1, 2) == ((), 0, counts)
