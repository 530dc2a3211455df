"""What mails say: both languages, the operator's words, and nothing that a partner slips in."""

import dataclasses
import re
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path

import pytest

from broker.errors import Refused
from broker.mail.addresses import read_address
from broker.mail.facts import RolloverFacts
from broker.mail.kinds import KINDS
from broker.mail.message import Envelope, write_message
from broker.mail.model import Event, Kept, Mail
from broker.mail.templates import Templates
from broker.resources import resource
from broker.saml.entities import Localised
from tests.factories import NOW
from tests.unit.mail.conftest import ENVELOPE, ORIGIN

OURS = Templates(None, ORIGIN)
ROLLOVER = KINDS["rollover-announced"].example
HOSTILE = (
    "Bcc: x@evil.example\r\n\r\nhttps://evil.example/login 010203-1234 \u202e\x1b[31m" + "a" * 900
)


def hostile() -> RolloverFacts:
    assert isinstance(ROLLOVER, RolloverFacts)
    return dataclasses.replace(ROLLOVER, partner=Localised(HOSTILE, HOSTILE))


def words_of(message: Message) -> list[str]:
    """What a mail says: as text, and as a page."""
    assert isinstance(message, EmailMessage)
    assert message.get_content_type() == "multipart/alternative"
    parts = [part for part in message.iter_parts() if isinstance(part, EmailMessage)]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    return [str(part.get_content()) for part in parts]


def test_every_template_is_of_a_kind_and_every_kind_has_its_template() -> None:
    files = {path.stem for path in resource("templates/mail").glob("*.txt")}
    assert files == {*KINDS, "footer"}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_mail_says_it_in_both_languages_and_why_it_came(kind: object) -> None:
    one = next(k for k in KINDS.values() if k is kind)
    danish, english, both = (
        OURS.write(one.name, one.example, "technical", language)
        for language in ("da", "en", "both")
    )
    assert danish.subject != english.subject
    assert "Du får denne mail, fordi" in danish.body
    assert "You get this mail because" in english.body
    assert both.subject == f"{danish.subject} / {english.subject}"
    assert both.body.startswith("In English below.\n\n")
    assert danish.body in both.body + "\n"
    for words in (danish, english, both):
        assert "\n" not in words.subject
        assert not re.search(r"\{\{|\{%|None|Undefined|\n\n\n", words.body)
        assert max(map(len, words.body.splitlines())) <= 100


def test_instants_are_told_on_danish_clocks_in_summer_and_in_words() -> None:
    words = OURS.write("rollover-announced", ROLLOVER, "technical", "da")
    assert "lørdag den 24. april 2027 kl. 06.00" in words.body
    english = OURS.write("rollover-announced", ROLLOVER, "technical", "en")
    assert "Saturday 24 April 2027 at 06:00 Danish time" in english.body


def test_a_fingerprint_is_told_in_groups_and_no_chance_digits_are_masked() -> None:
    digest = "0102031234" * 6 + "abcd"
    assert isinstance(ROLLOVER, RolloverFacts)
    facts = dataclasses.replace(ROLLOVER, fingerprint=digest)
    body = OURS.write("rollover-announced", facts, "technical", "en").body
    assert digest.upper() in body.replace(" ", "")


def test_a_ready_partner_is_not_told_to_do_anything() -> None:
    assert isinstance(ROLLOVER, RolloverFacts)
    ready = dataclasses.replace(ROLLOVER, ready=True)
    assert "nothing for you to do" in OURS.write("rollover-reminder", ready, "technical", "en").body
    assert "logins will fail" in OURS.write("rollover-reminder", ROLLOVER, "technical", "en").body


def test_what_a_partner_wrote_adds_no_header_no_line_no_link_and_no_cpr_number() -> None:
    words = OURS.write("rollover-announced", hostile(), "technical", "both")
    mail = Mail("rollover-announced", "a", "b", "a@eksempel.dk", "both", words.subject, words.body)
    kept = Kept("0" * 32, mail, NOW, "waiting", 0, NOW, None, "")
    raw = write_message(kept, ENVELOPE)
    read = message_from_bytes(raw, policy=default)
    assert read["Bcc"] is None
    assert not read.defects
    for said in words_of(read):
        assert "\nBcc" not in said
        assert "https://evil" not in said
        assert "010203" not in said + str(read["Subject"])
        assert "\x1b" not in said
    assert len(str(read["Subject"])) < 400


def test_a_message_has_the_headers_of_a_machine_and_of_us() -> None:
    mail = Mail("try", "", "", "a@eksempel.dk", "da", "Æble\nBcc: x@evil.example", "Brød på bordet")
    kept = Kept("1" * 32, mail, NOW, "waiting", 0, NOW, None, "")
    raw = write_message(kept, ENVELOPE)
    assert raw == write_message(kept, ENVELOPE), "a second attempt is the same message"
    assert raw.isascii()
    read = message_from_bytes(raw, policy=default)
    assert read["Message-ID"] == f"<{'1' * 32}@broker.example.dk>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Subject"] == "Æble Bcc: x@evil.example"
    assert (read["From"], read["Reply-To"]) == ("broker@example.dk", "operator@example.dk")
    assert read["Content-Language"] == "da"
    plain, page = words_of(read)
    assert plain.splitlines() == ["Brød på bordet"]
    assert "<p>Brød på bordet</p>" in page
    assert Envelope.of("http://localhost:8700", "", "").sender == "no-reply@localhost"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("anna@eksempel.dk", "anna@eksempel.dk"),
        (" mailto:Anna@Eksempel.DK ", "Anna@eksempel.dk"),
        ("MAILTO:drift@sygehus-å.dk", "drift@xn--sygehus--h0a.dk"),
    ],
)
def test_addresses_as_partners_write_them(written: str, address: str) -> None:
    assert read_address(written) == address


@pytest.mark.parametrize(
    "written",
    [
        *("", "anna", "a@b@c.dk", "a@eksempel.dk\nBcc: x@evil.dk", "a@eksempel.dk,b@eksempel.dk"),
        *("<a@eksempel.dk>", '"a b"@eksempel.dk', "a@[127.0.0.1]", "a@localhost", "å@eksempel.dk"),
        *("a@eksempel.dk?bcc=b@eksempel.dk", "a" * 300 + "@eksempel.dk"),
    ],
)
def test_what_is_no_address(written: str) -> None:
    with pytest.raises(Refused, match=r"mail\.address"):
        read_address(written)


def test_the_facts_are_those_of_the_kind() -> None:
    with pytest.raises(ValueError, match="not about"):
        Event("try", "a", "b", ROLLOVER)
    with pytest.raises(ValueError, match="not about"):
        Event("nothing", "a", "b", ROLLOVER)


BLOCKS = "".join(
    f"{{% block {part}_{language} %}}{part} {language} {{{{ partner }}}}{{% endblock %}}"
    for part in ("subject", "body")
    for language in ("da", "en")
)


def test_the_operators_words_come_first_and_ours_where_there_are_none(tmp_path: Path) -> None:
    (tmp_path / "rollover-done.txt").write_text(BLOCKS)
    templates = Templates(tmp_path, ORIGIN)
    assert list(templates.problems()) == []
    assert templates.write("rollover-done", ROLLOVER, "technical", "da").subject == (
        "subject da Prøvetjenesten"
    )
    ours = OURS.write("rollover-after", ROLLOVER, "technical", "da")
    assert templates.write("rollover-after", ROLLOVER, "technical", "da") == ours


@pytest.mark.parametrize(
    ("file", "text", "wrong"),
    [
        ("rollover-done.txt", BLOCKS.replace("body_en", "body_eng"), "body_en is missing"),
        ("rollover-done.txt", BLOCKS + "{{ ", "cannot be rendered"),
        ("rollover-done.txt", BLOCKS.replace("partner", "nobody"), "'nobody' is undefined"),
        ("rollover-done.txt", BLOCKS.replace("partner", "(1 / 0)"), "cannot be rendered"),
        ("rollover-done.txt", BLOCKS.replace("partner", "''.__class__.__mro__"), "unsafe"),
        ("footer.txt", "{% block body_da %}x{% endblock %}", "body_en is missing"),
        ("rollover-dun.txt", BLOCKS, "is no template"),
        ("rollover-done.html", BLOCKS, "is no template"),
    ],
)
def test_a_template_that_is_wrong_is_named_and_passed_over(
    tmp_path: Path, file: str, text: str, wrong: str
) -> None:
    (tmp_path / file).write_text(text)
    templates = Templates(tmp_path, ORIGIN)
    ((named, what),) = templates.problems()
    assert named == file
    assert wrong in what
    expected = OURS.write("rollover-done", ROLLOVER, "technical", "both")
    assert templates.write("rollover-done", ROLLOVER, "technical", "both") == expected
