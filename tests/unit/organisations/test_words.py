"""What administrators may write, and what looks like a CPR number."""

import pytest

from broker.errors import Refused
from broker.organisations import words


@pytest.mark.parametrize(
    "text",
    [
        "010190-1234",
        "0101901234",
        "Anna 010190 1234",
        "01.01.90-1234",
        "01 01 90 1234",
        "610190-1234",
        "see 311299–0001 there",
        "010190\u00a01234",
        "010190\u20111234",
        "010190.1234",
        "010190/1234",
        "010190_1234",
        "01011990-1234",
        "\uff10\uff11\uff10\uff11\uff19\uff10\uff0d\uff11\uff12\uff13\uff14",
    ],
)
def test_what_looks_like_a_cpr_number_is_refused_with_words(text: str) -> None:
    with pytest.raises(Refused) as refused:
        words.line("the name", text, 100)
    assert refused.value.code == "input.cpr"
    assert text not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    ["90000004", "5790000120000", "26/104", "2026-03-02 06:00", "441211000016009", "Ward 12"],
)
def test_other_numbers_are_not_taken_for_one(text: str) -> None:
    assert words.line("the reason", text, 100) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "input.empty"),
        (" \t", "input.empty"),
        ("x" * 11, "input.too_long"),
        ("a\u202eb", "input.unreadable"),
        ("a\nb", "input.unreadable"),
    ],
)
def test_a_line_is_short_and_readable(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        words.line("the name", text, 10)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["anna", "anna@", "a b@eksempel.dk", "anna@eksempel"])
def test_what_is_no_mail_address_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"input\.mail"):
        words.mail(text)


def test_a_mail_address_may_be_missing() -> None:
    assert words.mail(None) is None
    assert words.mail(" ") is None
    assert words.mail(" anna@eksempel.dk ") == "anna@eksempel.dk"


@pytest.mark.parametrize(
    ("text", "code"),
    [("1234567", "cvr"), ("012345678", "cvr"), ("٩0000004", "cvr"), ("9000000x", "cvr")],
)
def test_a_cvr_number_has_eight_digits(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        words.cvr(text)
    assert refused.value.code == f"input.{code}"


def test_a_unit_is_a_p_number_a_code_or_nothing() -> None:
    assert words.unit_key("") == ""
    assert words.unit_key("P1003334567") == "P1003334567"
    with pytest.raises(Refused, match=r"input\.cpr"):
        words.unit_key("1003334567")


@pytest.mark.parametrize(
    ("text", "asked_for", "holds"),
    [
        ("1003334567", False, True),
        ("1003334567", True, False),
        ("1003334567 1003334568+", True, False),
        ("3103334567", True, True),  # begins with 3: no P-number
        ("10033-34567 100333-4567", True, True),  # nor is what somebody sets apart
        ("pnumber=1003334567", False, False),
        ("sor=999991000016008\npnumber=1003334567+", False, False),
        ("sor=1003334567", False, True),
        ("P1003334567", False, False),
        ("XP1003334567", False, True),
        ("1b6d1f0e-3c55-4a0f-9d61-0112341234ab and more", False, False),  # an id of ours
    ],
)
def test_a_p_number_passes_where_it_is_said_to_be_one(
    text: str, *, asked_for: bool, holds: bool
) -> None:
    """Ten digits that nothing tells from the CPR number of a tenth."""
    assert words.holds_cpr(text, p_numbers=asked_for) is holds


@pytest.mark.parametrize("before", ["", "_", "id", "id-"])
@pytest.mark.parametrize(
    "made",
    ["ab0101901234cdefab0101901234cdef", "a0101901234b4cdefab0101901234cdef01234567",
     "ab010190-1234-4cde-8ab0-0101901234cd"],
)  # fmt: skip
def test_an_id_that_was_made_is_no_number(before: str, made: str) -> None:
    assert not words.holds_cpr(f'<x ID="{before}{made}">')
    assert words.holds_cpr(f"{before}{made} 0101901234")


def test_a_document_of_metadata_has_numbers_of_its_own() -> None:
    document = (
        '<md:EntityDescriptor ID="s0101901234" entityID="https://idp.example.dk/0101901234">'
        "<md:TelephoneNumber>0101901234</md:TelephoneNumber>"
        "<mdui:Logo>https://idp.example.dk/?v=1712345678</mdui:Logo>"
        "<md:GivenName>{}</md:GivenName></md:EntityDescriptor>"
    )
    assert not words.document_holds_cpr(document.format("Anna"))
    assert words.document_holds_cpr(document.format("Anna 010190-1234"))
