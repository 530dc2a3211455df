"""No audit, no login; and what is kept of a login, read by the offline key and by nobody else."""

import base64
import binascii
import hashlib
import logging
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from broker.audit.evidence import keeping, store
from broker.audit.evidence.box import load_private, make_pair
from broker.audit.evidence.papers import Opened, open_papers, write_papers
from broker.audit.evidence.store import purge_evidence
from broker.audit.evidence.tables import EVIDENCE
from broker.audit.store import AUDIT, told_under
from broker.db import METADATA, reading, writing
from broker.errors import Refused, Unavailable
from broker.identities.numbers.store import PERSON_CPR
from broker.login.store import SPENT_MESSAGE
from broker.saml import bindings, names
from broker.saml.authn_request import write_authn_request
from broker.sessions.tables import LOGIN_SESSION
from tests.box import ORIGIN, SSO, Box, code_of, make_box, posted, start
from tests.factories import signing_key
from tests.hostile.forge import OLDER_ATTRIBUTES, Forge
from tests.tampering import unwritable

CANARY = "1312754321"
PLAIN = {"encrypt": False, "attributes": (*OLDER_ATTRIBUTES, (names.OIO2_CPR, CANARY))}


@pytest.fixture
def box(tmp_path: Path, box_url: str) -> Iterator[Box]:
    made = make_box(tmp_path / "box", box_url)
    yield made
    made.services.engine.dispose()


@pytest.fixture(scope="module")
def pair() -> tuple[X25519PrivateKey, str]:
    pem, public = make_pair(b"correct horse")
    assert b"ENCRYPTED" in pem
    with pytest.raises(Unavailable, match="another passphrase"):
        load_private(pem, b"wrong")
    return load_private(pem, b"correct horse"), public


@pytest.fixture
def evident(
    box: Box, pair: tuple[X25519PrivateKey, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Box]:
    """A box that keeps evidence; requests are written when the test says so."""
    monkeypatch.setattr(keeping, "PAUSE", 3600.0)
    made = start(replace(box.settings, evidence_key=pair[1]), box.clock)
    yield made
    made.services.flow.recorder.evidence.requests.write()
    made.services.engine.dispose()


def count(box: Box, table: sa.Table) -> int:
    with reading(box.services.engine) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_without_a_record_nobody_is_let_in_and_nothing_stays(
    box: Box, caplog: pytest.LogCaptureFixture
) -> None:
    browser = box.browser()
    trip = box.at_idp(browser)
    answer = Forge(trip, box.clock()).xml()
    before = {table: count(box, table) for table in METADATA.tables.values()}
    with unwritable(box.services.engine), caplog.at_level(logging.INFO, "broker.security"):
        page = box.deliver(browser, answer)
        assert (page.status_code, code_of(page)) == (503, "audit.unavailable")
        assert "SAMLResponse" not in page.text
        assert not [c for c in page.headers.getlist("Set-Cookie") if "session" in c]
        assert {table: count(box, table) for table in METADATA.tables.values()} == before
        assert [r.__dict__["code"] for r in caplog.records if r.name == "broker.security"] == [
            "audit.unavailable"
        ]
    assert (before[LOGIN_SESSION], before[SPENT_MESSAGE]) == (0, 0)


def test_a_session_lets_nobody_in_without_a_record_either(box: Box) -> None:
    browser = box.browser()
    trip = box.at_idp(browser)
    assert box.deliver(browser, Forge(trip, box.clock()).xml()).status_code == 200
    with unwritable(box.services.engine):
        page = box.redirect(browser, box.draft("two"), key="two")
        assert (page.status_code, code_of(page)) == (503, "audit.unavailable")
        assert "SAMLResponse" not in page.text
    assert posted(box.redirect(browser, box.draft("two"), key="two"))[1]["SAMLResponse"]


def kept_login(box: Box) -> tuple[str, bytes, bytes, str]:
    """A login by an IdP that does not encrypt: query, answer, what was issued, and reference."""
    browser = box.browser()
    draft = box.draft()
    url = bindings.encode_redirect(
        SSO,
        write_authn_request(draft, sign_with=None).xml,
        parameter="SAMLRequest",
        relay_state="back",
        key=signing_key("one"),
    )
    page = box.choose(browser, browser.get(url, base_url=ORIGIN), "legacy")
    trip = box.trip(page.headers["Location"], "one", "legacy", draft.id)
    answer = Forge(trip, box.clock()).but(**PLAIN).xml()
    done = box.deliver(browser, answer)
    assert done.status_code == 200, code_of(done)
    box.services.flow.recorder.evidence.requests.write()
    with reading(box.services.engine) as connection:
        ends = sa.select(EVIDENCE.c.reference).where(EVIDENCE.c.kind == "login")
        reference = connection.execute(ends).scalar_one()
    issued = base64.b64decode(posted(done)[1]["SAMLResponse"])
    return urlsplit(url).query, answer, issued, reference


def papers(box: Box, reference: str) -> list[str]:
    with reading(box.services.engine) as connection:
        return list(
            write_papers(store.under(connection, reference), told_under(connection, reference))
        )


def test_the_messages_of_a_login_are_kept_to_the_byte(
    evident: Box, pair: tuple[X25519PrivateKey, str]
) -> None:
    box, (private, _) = evident, pair
    query, answer, issued, reference = kept_login(box)
    request, end = open_papers(papers(box, reference), private)
    assert isinstance(end, Opened)
    assert [(m.what, m.binding, m.content) for m in request.messages] == [
        ("request", "redirect", query.encode())
    ]
    assert [(m.what, m.content) for m in end.messages] == [
        ("response", answer),
        ("issued", issued),
    ]
    assert end.named
    assert end.bound.reference == reference
    with reading(box.services.engine) as connection:
        told = dict(told_under(connection, reference))
        (row,) = [one for one in store.under(connection, reference) if one.bound.kind == "login"]
        subject = connection.execute(sa.select(AUDIT.c.subject)).scalars().all()[-1]
        cpr = connection.execute(sa.select(PERSON_CPR)).one()
    assert told["login.completed"]["evidence"] == row.id == hashlib.sha256(row.box).hexdigest()
    assert str(subject) == told["login.completed"]["subject"] == str(cpr.person_id)
    _nothing_tells_the_number(box)


def test_evidence_that_was_changed_or_moved_does_not_open(
    evident: Box, pair: tuple[X25519PrivateKey, str]
) -> None:
    box, (private, _) = evident, pair
    *_, reference = kept_login(box)
    lines = papers(box, reference)
    for old, new in (
        (f'"reference": "{reference}"', '"reference": "ANOTHER"'),
        ('"federation": "sundhed"', '"federation": "other"'),
        ('"box": "', '"box": "AAAA'),
        ('"id": "', '"id": "0'),
        ('"kind": "login"', '"kind": "nothing"'),
    ):
        with pytest.raises(Refused, match=r"evidence\.(box|file)"):
            list(open_papers([line.replace(old, new) for line in lines], private))
    with pytest.raises(Refused, match=r"evidence\.key"):
        list(open_papers(lines, X25519PrivateKey.generate()))
    exchanged = [line for line in lines if '"event"' not in line]
    assert not any(one.named for one in open_papers(exchanged, private))


def test_only_what_is_signed_is_kept_and_goes_when_it_is_over(evident: Box) -> None:
    box = evident
    waiting = box.services.flow.recorder.evidence.requests
    again = box.draft()
    for key in ("", "two"):
        box.redirect(box.browser(), key=key)  # unsigned where that will do, or by somebody else
    for _ in range(3):
        box.redirect(box.browser(), again)
        waiting.write()
    assert count(box, EVIDENCE) == 1
    *_, reference = kept_login(box)
    assert count(box, EVIDENCE) == 3
    for days, left in ((1, 3), (3, 2), (179, 2), (181, 0)):
        with writing(box.services.engine) as connection:
            purge_evidence(connection, box.clock() + timedelta(days=days))
        assert count(box, EVIDENCE) == left
    assert papers(box, reference)


def test_a_refused_answer_is_kept_once_it_was_verified(
    evident: Box, pair: tuple[X25519PrivateKey, str]
) -> None:
    box, (private, _) = evident, pair
    browser = box.browser()
    trip = box.at_idp(browser)
    forged = Forge(trip, box.clock()).but(key="two")
    assert code_of(box.deliver(browser, forged.xml())) == "signature.invalid"
    assert count(box, EVIDENCE) == 0
    bad = Forge(trip, box.clock()).but(audience="<a:AudienceRestriction/>").xml()
    wrong = Forge(trip, box.clock()).but(recipient="https://other.example.dk").xml()
    assert bad != wrong
    assert code_of(box.deliver(browser, wrong)) == "context.recipient"
    with reading(box.services.engine) as connection:
        row = connection.execute(sa.select(EVIDENCE).where(EVIDENCE.c.kind == "login")).one()
    *_, end = open_papers(papers(box, row.reference), private)
    assert [message.content for message in end.messages] == [wrong]
    assert end.named


def _nothing_tells_the_number(box: Box) -> None:
    """No cell of the database, as it is or after any of the usual ways to hide it."""
    looked = 0
    with reading(box.services.engine) as connection:
        for table in METADATA.tables.values():
            for row in connection.execute(sa.select(table)):
                for cell in row:
                    raw = cell if isinstance(cell, bytes) else str(cell).encode()
                    for way in _ways(raw):
                        looked += 1
                        assert CANARY.encode() not in way, table.name
    assert looked > 500


def _ways(raw: bytes) -> Iterator[bytes]:
    yield raw
    decoded = [raw]
    with suppress(binascii.Error, ValueError):
        decoded.append(base64.b64decode(raw, validate=True))
    for one in decoded:
        yield one
        for bits in (-15, 15):
            with suppress(zlib.error):
                yield zlib.decompressobj(bits).decompress(one)
    for shift in range(3):  # base64 inside of something else
        hidden = base64.b64encode(b"\0" * shift + CANARY.encode() + b"\0")[4 if shift else 0 : 16]
        assert hidden not in raw
