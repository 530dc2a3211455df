"""Role strings are cut and read back as what they were written from."""

import pytest

from broker.roles.form_templates import fill, read_classic, template_mistakes

SEB = "{role}_{delimitation}_3"

READ_BACK: list[tuple[str, str, dict[str, str] | None]] = [
    (
        "eSsKomIndBDB_1231000016008_3",
        SEB,
        {"role": "eSsKomIndBDB", "delimitation": "1231000016008"},
    ),
    ("PlejeAss_0_3", SEB, {"role": "PlejeAss"}),
    ("PlejeAss_00_3", SEB, {"role": "PlejeAss", "delimitation": "00"}),
    ("A_1_2_3", SEB, {"role": "A", "delimitation": "1_2"}),
    ("PlejeAss_0_4", SEB, None),
    ("PlejeAss", SEB, None),
    ("_0_3", SEB, None),
    ("PlejeAss__3", SEB, None),
    ("urn:dk:x:y_0_3", "{urn}_{delimitation}_3", {"urn": "urn:dk:x:y"}),
    (
        "A_90000004_1301",
        "{role}_{cvr}_{delimitation}",
        {"role": "A", "cvr": "90000004", "delimitation": "1301"},
    ),
    ("A (A)", "{role} ({role})", {"role": "A"}),
    ("A (B)", "{role} ({role})", None),
    ("a.b", "a.b", {}),
    ("aXb", "a.b", None),
]


@pytest.mark.parametrize(("text", "template", "fields"), READ_BACK)
def test_a_text_is_read_by_its_template(
    text: str, template: str, fields: dict[str, str] | None
) -> None:
    assert read_classic(text, template) == fields


def test_what_stands_for_none_is_the_forms() -> None:
    assert read_classic("A_-_3", SEB, none="-") == {"role": "A"}
    assert read_classic("A_0_3", SEB, none="-") == {"role": "A", "delimitation": "0"}


def test_braces_in_a_field_are_text() -> None:
    fields = {"role": "{cvr}", "cvr": "{role.__class__}", "delimitation": "\\g<0>"}
    assert fill("{role}-{cvr}-{delimitation}", fields) == "{cvr}-{role.__class__}-\\g<0>"


WELL = [
    ("{role}", False),
    ("{urn}", False),
    ("seb:{role}/{delimitation}", False),
    (SEB, True),
    ("{urn}_{delimitation}_3", True),
    ("{role}_0_3", True),
    ("{role}_{cvr}_{delimitation}", True),
]


@pytest.mark.parametrize(("template", "classic"), WELL)
def test_a_template_is_taken(template: str, *, classic: bool) -> None:
    assert template_mistakes(template, classic=classic) == []


WRONG = [
    ("{role.__class__}", False, "may hold"),
    ("{role!r}", False, "may hold"),
    ("{0}", False, "may hold"),
    ("{name}_{role}", False, "may hold"),
    ("{{role}}", False, "may hold"),
    ("{role", False, "may hold"),
    ("{delimitation}", False, "tells no role"),
    ("", False, "tells no role"),
    ("{role} ", False, "white space"),
    ("{role}\n", False, "white space"),
    ("{role}\x00x", False, "control"),
    ("{role}{delimitation}", False, "part them"),
    ("{role}", True, "begins with"),
    ("{delimitation}_{role}_3", True, "begins with"),
    ("seb-{role}_{delimitation}_3", True, "begins with"),
    ("{role}_{delimitation}-{cvr}", True, "underscore between"),
]


@pytest.mark.parametrize(("template", "classic", "words"), WRONG)
def test_a_mistake_in_a_template_is_named(template: str, words: str, *, classic: bool) -> None:
    (mistake,) = template_mistakes(template, classic=classic)
    assert words in mistake
