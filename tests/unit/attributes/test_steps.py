"""Every step of a mapping: what it makes, what it says without a source, what it refuses."""

import base64

import pytest

from broker.attributes import pipeline
from broker.attributes.model import Claims, Values
from broker.attributes.transforms.table import KINDS
from broker.errors import Unavailable
from broker.saml.assurance import Assurance
from tests.unit.attributes.test_pipeline import CVR, group, privileges

UUID = "9F3B2D1C-0000-4000-8000-00000000000A"
AUTHORISED = (
    '<UserAuthorizationList xmlns="urn:dk:healthcare:saml:user_authorization_profile:1.0">'
    "<UserAuthorization><AuthorizationCode>341KY</AuthorizationCode>"
    "<EducationCode>7170</EducationCode><EducationType>Læge</EducationType></UserAuthorization>"
    "<UserAuthorization><AuthorizationCode>21SØR</AuthorizationCode>"
    "<EducationCode>5166</EducationCode><EducationType>Sygeplejerske</EducationType>"
    "</UserAuthorization></UserAuthorizationList>"
)
LIST = base64.b64encode(AUTHORISED.encode()).decode()
OWN = privileges(group("urn:x:read"))
MIXED = privileges(group("urn:x:read", ("urn:x:c", "1")), group("urn:x:write", cvr="90000098"))
SAID: dict[str, tuple[str, ...]] = {
    "cvr": (CVR,),
    "rid": ("1234",),
    "full_name": ("Åse Ærlig",),
    "last_name": ("Ærlig",),
    "professional_uuid": (UUID, "nurse-7"),
    "email": ("A@x.dk", "b@x.dk"),
    "title": ("Overlæge",),
    "user_authorizations": (LIST,),
    "privileges": (OWN,),
}
Step = dict[str, object]


def run(
    step: Step, said: Values = SAID, level: Assurance | None = Assurance.HIGH, nist: int | None = 4
) -> tuple[Values, list[str]]:
    """The claims after a step, and its trace."""
    mapping = pipeline.check_mapping("dpsd", {"step": [step], "release": []})
    trace: list[str] = []
    after = pipeline.transform(Claims(said, level, nist), mapping.steps, trace)
    return after.values, trace


# A step, what it makes of which claims (None is gone), and what of the claims it needs.
WORKS: list[tuple[Step, dict[str, tuple[str, ...] | None], tuple[str, ...]]] = [
    (
        {"name": "rename", "from": "title", "to": "job"},
        {"job": ("Overlæge",), "title": None},
        ("title",),
    ),
    (
        {"name": "copy", "from": "title", "to": "job"},
        {"job": ("Overlæge",), "title": ("Overlæge",)},
        ("title",),
    ),
    (
        {"name": "copy", "from": "title", "to": "full_name"},
        {"full_name": ("Åse Ærlig",)},
        ("title",),
    ),
    (
        {"name": "copy", "from": "title", "to": "full_name", "replace": True},
        {"full_name": ("Overlæge",)},
        ("title",),
    ),
    (
        {"name": "first_of", "from": ["alias", "full_name"], "to": "shown"},
        {"shown": ("Åse Ærlig",)},
        ("alias", "full_name"),
    ),
    (
        {"name": "keep", "attributes": ["cvr"]},
        {"cvr": (CVR,), "email": None, "privileges": None},
        (),
    ),
    ({"name": "drop", "attributes": ["email"]}, {"email": None, "cvr": (CVR,)}, ("email",)),
    (
        {"name": "default", "attribute": "org_name", "value": "Klinikken"},
        {"org_name": ("Klinikken",)},
        (),
    ),
    (
        {"name": "default", "attribute": "title", "value": "Læge"},
        {"title": ("Overlæge",)},
        (),
    ),
    (
        {"name": "split_name"},
        {"first_name": ("Åse",), "last_name": ("Ærlig",)},
        ("full_name",),
    ),
    (
        {"name": "join_names", "first": "title", "to": "shown"},
        {"shown": ("Overlæge Ærlig",)},
        ("last_name",),
    ),
    (
        {"name": "compose", "to": "shown", "template": "{full_name} ({cvr})"},
        {"shown": (f"Åse Ærlig ({CVR})",)},
        ("full_name",),
    ),
    ({"name": "compose", "to": "shown", "template": "{email}"}, {"shown": None}, ("email",)),
    (
        {"name": "uuid_form", "attribute": "professional_uuid", "form": "urn"},
        {"professional_uuid": (f"urn:uuid:{UUID.lower()}", "nurse-7")},
        ("professional_uuid",),
    ),
    (
        {"name": "uuid_form", "attribute": "professional_uuid", "form": "bare"},
        {"professional_uuid": (UUID.lower(), "nurse-7")},
        ("professional_uuid",),
    ),
    ({"name": "write_uid"}, {"uid": (f"CVR:{CVR}-RID:1234",)}, ("rid",)),
    ({"name": "write_level", "to": "level", "scale": "nsis"}, {"level": ("High",)}, ()),
    (
        {"name": "write_level", "to": "level", "scale": "nsis-uri"},
        {"level": ("https://data.gov.dk/concept/core/nsis/loa/High",)},
        (),
    ),
    ({"name": "write_level", "to": "level", "scale": "nist"}, {"level": ("3",)}, ()),
    (
        {"name": "write_level", "to": "level", "scale": "nist", "four": True},
        {"level": ("4",)},
        (),
    ),
    (
        {"name": "map_values", "from": "email", "to": "box", "table": {"A@x.dk": "a"}},
        {"box": ("a",)},
        ("email",),
    ),
    (
        {
            "name": "map_values",
            "from": "email",
            "table": {"A@x.dk": "a"},
            "otherwise": "keep",
        },
        {"email": ("a", "b@x.dk")},
        ("email",),
    ),
    (
        {"name": "map_values", "from": "email", "table": {"c": "d"}},
        {"email": None},
        ("email",),
    ),
    (
        {"name": "add_affix", "attribute": "rid", "prefix": "urn:rid:", "pattern": "[0-9]{4}"},
        {"rid": ("urn:rid:1234",)},
        ("rid",),
    ),
    (
        {"name": "add_affix", "attribute": "rid", "suffix": "@dk", "pattern": "[a-z]+"},
        {"rid": None},
        ("rid",),
    ),
    (
        {
            "name": "strip_affix",
            "attribute": "email",
            "suffix": "@x.dk",
            "pattern": "[a-z]",
            "otherwise": "keep",
        },
        {"email": ("A@x.dk", "b")},
        ("email",),
    ),
    (
        {"name": "strip_affix", "attribute": "email", "prefix": "b", "suffix": "x.dk"},
        {"email": ("@",)},
        ("email",),
    ),
    (
        {"name": "only_matching", "attribute": "email", "pattern": "[a-z]+@x[.]dk"},
        {"email": ("b@x.dk",)},
        ("email",),
    ),
    ({"name": "first_value", "attribute": "email"}, {"email": ("A@x.dk",)}, ("email",)),
    (
        {"name": "join_values", "attribute": "email", "separator": ";"},
        {"email": ("A@x.dk;b@x.dk",)},
        ("email",),
    ),
    (
        {"name": "join_values", "attribute": "email", "separator": "@"},
        {"email": ("A@x.dk", "b@x.dk")},
        ("email",),
    ),
    (
        {"name": "split_values", "attribute": "email", "separator": "@"},
        {"email": ("A", "x.dk", "b", "x.dk")},
        ("email",),
    ),
    (
        {"name": "change_case", "attribute": "email", "to": "lower"},
        {"email": ("a@x.dk", "b@x.dk")},
        ("email",),
    ),
    (
        {"name": "change_case", "attribute": "title", "to": "upper"},
        {"title": ("OVERLÆGE",)},
        ("title",),
    ),
    (
        {"name": "authorisations"},
        {
            "has_user_authorization": ("true",),
            "user_authorization_code": ("341KY", "21SØR"),
            "user_education_code": ("7170", "5166"),
            "user_education_type": ("Læge", "Sygeplejerske"),
        },
        ("user_authorizations",),
    ),
    (
        {"name": "authorisations", "educations": ["5166"], "user_education_code": "edu"},
        {"has_user_authorization": ("true",), "edu": ("5166",)},
        ("user_authorizations",),
    ),
    (
        {"name": "authorisations", "educations": ["5433"]},
        {"has_user_authorization": ("false",), "user_authorization_code": None},
        ("user_authorizations",),
    ),
    ({"name": "own_privileges"}, {"privileges": (OWN,)}, ("privileges",)),
]


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
