"""Mistakes in a step are refused at load: which step, which key, and what to write."""

import pytest

from broker.attributes import pipeline
from broker.attributes.transforms.table import KINDS
from broker.errors import Unavailable
from tests.unit.attributes.step_rows import Step
from tests.unit.attributes.test_pipeline import CVR

WRONG: list[tuple[Step, str]] = [
    ({"name": "renam", "from": "title", "to": "job"}, "did you mean rename?"),
    ({"from": "title"}, "step 1: name is missing"),
    ({"name": "rename", "to": "job"}, "step 1 (rename): from is missing"),
    ({"name": "rename", "from": "shoe_size", "to": "job"}, "from names 'shoe_size'"),
    ({"name": "rename", "from": "title"}, "to is missing"),
    ({"name": "rename", "from": "title", "to": "title"}, "same as from"),
    ({"name": "rename", "from": "title", "to": "Job Title"}, "lower-case letters"),
    ({"name": "rename", "from": "title", "to": "job", "replase": True}, "called replase"),
    ({"name": "rename", "from": "title", "to": "job", "replace": "yes"}, "replace is neither"),
    ({"name": "copy", "from": "title", "to": "cpr_number"}, "cpr_number is settled"),
    ({"name": "copy", "from": "title", "to": "cvr"}, "cvr is settled"),
    ({"name": "copy", "from": "title", "to": "loa"}, "loa is settled"),
    ({"name": "copy", "from": "title", "to": "privileges"}, "privileges is settled"),
    ({"name": "copy", "from": "loa", "to": "level"}, "write_level"),
    ({"name": "first_of", "from": [], "to": "shown"}, "from lists no claim"),
    ({"name": "first_of", "from": "title", "to": "shown"}, "from is no list"),
    ({"name": "keep"}, "attributes lists no claim"),
    ({"name": "drop", "attributes": ["nist"]}, "write_level"),
    ({"name": "default", "attribute": "org_name"}, "value is no printable text"),
    ({"name": "default", "attribute": "org_name", "value": " "}, "value is empty"),
    ({"name": "default", "attribute": "org_name", "value": "x" * 257}, "at most 256"),
    ({"name": "split_name", "many": "guess"}, "many is none of leave, last-word"),
    ({"name": "join_names", "first": "nick"}, "first names 'nick'"),
    ({"name": "compose", "to": "x", "template": "plain"}, "template holds {short_name}"),
    ({"name": "compose", "to": "x", "template": "{full_name.__class__}"}, "template holds"),
    ({"name": "compose", "to": "x", "template": "{nick}"}, "template names 'nick'"),
    ({"name": "uuid_form", "attribute": "cpr_uuid"}, "form is missing"),
    ({"name": "uuid_form", "attribute": "cvr", "form": "bare"}, "cvr is settled"),
    ({"name": "write_uid", "to": "nist"}, "nist is settled"),
    ({"name": "write_level", "to": "level", "scale": "lo"}, "scale is none of"),
    ({"name": "write_level", "to": "level", "scale": "nsis", "four": True}, "scale = nist"),
    ({"name": "map_values", "from": "title"}, "table is no table"),
    ({"name": "map_values", "from": "title", "table": {"a": 1}}, "table holds"),
    (
        {"name": "map_values", "from": "title", "table": {"a": "b"}, "otherwise": "x"},
        "otherwise is none of",
    ),
    ({"name": "add_affix", "attribute": "rid"}, "prefix is missing"),
    ({"name": "add_affix", "attribute": "rid", "prefix": "x", "pattern": "["}, "no regular"),
    ({"name": "strip_affix", "attribute": "rid", "prefix": "x", "pattern": "(a+)+"}, "group"),
    ({"name": "only_matching", "attribute": "rid", "pattern": "a*a*a*a*b"}, "more than 3"),
    ({"name": "only_matching", "attribute": "rid", "pattern": "a{1,9}" * 4}, "more than 3"),
    ({"name": "only_matching", "attribute": "rid", "pattern": "a" * 101}, "too long"),
    ({"name": "only_matching", "attribute": "privileges", "pattern": "a"}, "is settled"),
    ({"name": "first_value"}, "attribute is missing"),
    ({"name": "join_values", "attribute": "email", "separator": ""}, "separator is empty"),
    ({"name": "split_values", "attribute": "email"}, "separator is no printable"),
    ({"name": "change_case", "attribute": "email", "to": "title"}, "to is none of lower"),
    ({"name": "authorisations", "educations": ["717"]}, "four digits"),
    ({"name": "own_privileges", "cvr": CVR}, "called cvr"),
]


@pytest.mark.parametrize(("step", "words"), WRONG, ids=[row[1] for row in WRONG])
def test_a_mistake_names_the_step_the_key_and_what_to_write(step: Step, words: str) -> None:
    with pytest.raises(Unavailable) as refused:
        pipeline.check_mapping("dpsd", {"step": [step], "release": []})
    assert refused.value.code == "mapping.invalid"
    assert refused.value.detail.startswith("dpsd: step 1")
    assert words in refused.value.detail


def test_every_step_has_a_mistake_that_is_refused() -> None:
    assert KINDS.keys() <= {str(row[0].get("name")) for row in WRONG}


def test_a_mapping_has_an_end() -> None:
    steps = [{"name": "own_privileges"}] * 51
    with pytest.raises(Unavailable, match="more than 50 steps"):
        pipeline.check_mapping("dpsd", {"step": steps, "release": []})
