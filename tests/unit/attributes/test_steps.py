"""Every step of a mapping: what it makes, what it says without a source, what it refuses."""

import base64

import pytest

from broker.attributes import pipeline
from broker.attributes.model import Claims, Values
from broker.attributes.transforms.table import KINDS
from broker.saml.assurance import Assurance
from tests.unit.attributes.step_rows import MIXED, OWN, SAID, WORKS, Step


def run(
    step: Step, said: Values = SAID, level: Assurance | None = Assurance.HIGH, nist: int | None = 4
) -> tuple[Values, list[str]]:
    """The claims after a step, and its trace."""
    mapping = pipeline.check_mapping("dpsd", {"step": [step], "release": []})
    trace: list[str] = []
    after = pipeline.transform(Claims(said, level, nist), mapping.steps, trace)
    return after.values, trace


def named(row: tuple[Step, object, object]) -> str:
    return f"{row[0]['name']}"


@pytest.mark.parametrize(("step", "makes", "_needs"), WORKS, ids=map(named, WORKS))
def test_a_step_works(
    step: Step, makes: dict[str, tuple[str, ...] | None], _needs: tuple[str, ...]
) -> None:
    after, trace = run(step)
    assert {name: after.get(name) for name in makes} == makes
    untouched = SAID.keys() - makes.keys()
    if step["name"] != "keep":
        assert {n: after.get(n) for n in untouched} == {n: SAID[n] for n in untouched}
    assert trace
    assert all(line.startswith(f"step 1 {step['name']}: ") for line in trace)


@pytest.mark.parametrize(("step", "_makes", "needs"), WORKS, ids=map(named, WORKS))
def test_a_step_without_its_source_says_so_and_leaves_the_claims(
    step: Step, _makes: object, needs: tuple[str, ...]
) -> None:
    if not needs:
        return
    said = {name: values for name, values in SAID.items() if name not in needs}
    after, trace = run(step, said)
    assert after == said
    assert any(name in line for line in trace for name in needs)


@pytest.mark.parametrize(("step", "_makes", "_needs"), WORKS, ids=map(named, WORKS))
def test_a_trace_holds_no_value(step: Step, _makes: object, _needs: object) -> None:
    _, trace = run(step)
    told = "\n".join(trace)
    for values in SAID.values():
        for value in values:
            assert value not in told


def test_every_step_has_its_rows_and_its_words() -> None:
    assert {str(row[0]["name"]) for row in WORKS} == KINDS.keys()
    assert all(kind.words.strip() for kind in KINDS.values())


NAMES = [
    ("Åse Ærlig", None, "leave", ("Åse", "Ærlig")),
    ("Anne Marie Hansen", None, "leave", None),
    ("Anne Marie Hansen", None, "last-word", ("Anne Marie", "Hansen")),
    ("Peter Bang Olufsen", "Bang Olufsen", "leave", ("Peter", "Bang Olufsen")),
    ("Peter Bang Olufsen", "Bang Olufsen", "last-word", ("Peter", "Bang Olufsen")),
    ("Peter Bang Olufsen", "Hansen", "leave", None),
    ("Cher", None, "last-word", None),
    ("Hansen", "Hansen", "leave", None),
]


@pytest.mark.parametrize(("full", "last", "many", "parts"), NAMES)
def test_a_double_surname_is_not_guessed(
    full: str, last: str | None, many: str, parts: tuple[str, str] | None
) -> None:
    said: dict[str, tuple[str, ...]] = {"full_name": (full,)}
    if last:
        said["last_name"] = (last,)
    step: Step = {"name": "split_name", "many": many, "last": "surname"}
    after, trace = run(step, said)
    found = (after["first_name"][0], after["surname"][0]) if "surname" in after else None
    assert found == parts
    assert parts or "not guessed" in trace[0]


def test_a_level_known_by_nist_alone_is_never_told_by_nsis() -> None:
    for scale in ("nsis", "nsis-uri"):
        after, trace = run({"name": "write_level", "to": "level", "scale": scale}, {}, None, 3)
        assert "level" not in after
        assert "no level by NSIS" in trace[0]
    after, _ = run({"name": "write_level", "to": "level", "scale": "nist"}, {}, None, 3)
    assert after["level"] == ("3",)


def test_privileges_of_others_are_left_out_and_ones_own_stay_as_they_were() -> None:
    after, trace = run({"name": "own_privileges"}, {**SAID, "privileges": (MIXED, OWN, "!!")})
    first, second = after["privileges"]
    kept = base64.b64decode(first).decode()
    assert "urn:x:read" in kept
    assert 'Constraint Name="urn:x:c"' in kept
    assert "urn:x:write" not in kept
    assert second == OWN
    assert "malformed.base64" in trace[0]
    assert "2 of 3 groups" in trace[1]


def test_privileges_of_nobody_known_are_all_left_out() -> None:
    after, _ = run({"name": "own_privileges"}, {"privileges": (OWN,)})
    assert "privileges" not in after


def test_a_list_of_authorisations_that_cannot_be_read_is_a_list_of_none() -> None:
    for value in ("!!", base64.b64encode(b"<x/>").decode()):
        after, trace = run({"name": "authorisations"}, {"user_authorizations": (value,)})
        assert after["has_user_authorization"] == ("false",)
        assert "ignored, malformed." in trace[0]


def test_steps_run_in_order_and_see_what_was_made_before() -> None:
    document = {
        "step": [
            {"name": "copy", "from": "full_name", "to": "shown"},
            {"name": "add_affix", "attribute": "shown", "suffix": "!"},
        ],
        "release": [],
    }
    mapping = pipeline.read_mapping("dpsd", document)
    trace: list[str] = []
    after = pipeline.transform(Claims(SAID, None), mapping.steps, trace)
    assert after.values["shown"] == ("Åse Ærlig!",)
    assert [line.split(":")[0] for line in trace] == ["step 1 copy", "step 2 add_affix"]
