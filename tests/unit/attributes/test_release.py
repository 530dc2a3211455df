"""What leaves: what is listed or demanded and nothing else, in both generations, with a motive."""

from collections.abc import Mapping as Map
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.attributes import pipeline, steps
from broker.attributes.difference import Difference, compare
from broker.attributes.model import Claims
from broker.attributes.written import Told
from broker.errors import NotAllowed, Unavailable
from broker.metadata.documents import Table
from broker.metadata.speech import read_speech
from broker.saml import names
from broker.saml.assurance import Assurance
from broker.saml.messages import Attribute
from broker.saml.profiles import PROFILES
from broker.saml.vocabulary import (
    LEVELS,
    OF_THE_ASSERTION,
    OIO2_OF,
    OIO3_OF,
    SHORT_OF,
    SINGLE,
    TERMS,
)
from tests.factories import NOW

MOTIVE = {"da": "Sundhedsloven", "en": "The Health Act"}
LISTABLE = sorted(OIO3_OF.keys() - OF_THE_ASSERTION)


def told_by(profile: str, **values: object) -> Told:
    speech = read_speech(Table("service", {"profile": profile, **values}))
    return Told(speech, staff=True, without_cpr=False, now=NOW)


def rule(source: str, **more: object) -> dict[str, object]:
    return {"source": source, "motive": MOTIVE, **more}


def released(
    said: Map[str, tuple[str, ...]],
    *rules: dict[str, object],
    told: Told | None = None,
    roles: tuple[Attribute, ...] = (),
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    mapping = pipeline.check_mapping("dpsd", {"release": list(rules)})
    claims = Claims(said, Assurance.SUBSTANTIAL)
    found = pipeline.run(claims, mapping, told or told_by("oiosaml-3"), roles)
    assert len({a.name for a in found.attributes}) == len(found.attributes)
    return {a.name: a.values for a in found.attributes}, found.trace


@given(
    said=st.dictionaries(st.sampled_from(LISTABLE), st.just(("x",))),
    listed=st.sets(st.sampled_from(LISTABLE)),
    profile=st.sampled_from(sorted(PROFILES)),
    staff=st.booleans(),
)
def test_nothing_leaves_but_what_is_listed_or_demanded(
    said: dict[str, tuple[str, ...]], listed: set[str], profile: str, *, staff: bool
) -> None:
    told = replace(told_by(profile), staff=staff)
    found, trace = released(said, *(rule(source) for source in sorted(listed)), told=told)
    demanded = PROFILES[profile].required_of_staff if staff else ()
    own = {names.SPEC_VERSION, names.OIO2_SPEC_VERSION, names.HEALTH_SPEC_VERSION}
    own |= {names.LOA, names.OIO2_ASSURANCE}
    left = {SHORT_OF[name] for name in found.keys() - own}
    assert left == said.keys() & {*listed, *demanded}
    for name in found:
        assert any(line.startswith(f"release: {name} ") and " by " in line for line in trace)


@given(data=st.data())
def test_what_both_generations_have_comes_back_as_it_was(data: st.DataObject) -> None:
    text = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1)
    both = [t for t in TERMS if t.oio2 is not None and t.short not in OF_THE_ASSERTION]
    both = [term for term in both if term.short not in {"uid", "cpr_number"}]
    said = {}
    for term in both:
        many = 1 if term.short in SINGLE else 3
        said[term.short] = tuple(data.draw(st.lists(text, min_size=1, max_size=many)))
    older = tuple(Attribute(OIO2_OF[short], values) for short, values in said.items())
    mapping = pipeline.read_mapping("x", {"release": [{"source": s} for s in said]})
    claims = replace(steps.normalise(older, None, []), assurance=Assurance.LOW)
    newer = pipeline.run(claims, mapping, told_by("oiosaml-3")).attributes
    assert {a.name for a in newer} >= {OIO3_OF[short] for short in said}
    assert all(a.name_format == names.ATTR_URI for a in newer)
    again = steps.normalise(newer, None, [])
    back = pipeline.run(again, mapping, told_by("oiosaml-2")).attributes
    assert {a.name: a.values for a in older} == {
        a.name: a.values
        for a in back
        if a.name not in (names.OIO2_SPEC_VERSION, names.OIO2_ASSURANCE)
    }
    assert all(a.name_format == names.ATTR_BASIC for a in back)


def test_a_cpr_number_comes_back_too_where_it_may_leave() -> None:
    older = (Attribute(names.OIO2_CPR, ("0101010000",)),)
    mapping = pipeline.read_mapping("x", {"release": [{"source": "cpr_number"}]})
    claims = replace(steps.normalise(older, None, []), assurance=Assurance.LOW)
    newer = pipeline.run(claims, mapping, told_by("oiosaml-3")).attributes
    assert Attribute(names.CPR_NUMBER, ("0101010000",), names.ATTR_URI) in newer


def test_no_step_makes_a_cpr_number_that_leaves_in_plain_text() -> None:
    document = {
        "step": [
            {"name": "copy", "from": "cpr_number", "to": "number"},
            {"name": "compose", "to": "both", "template": "{cpr_number}"},
        ],
        "release": [{"source": "number", "name": "n"}, {"source": "both", "name": "b"}],
    }
    mapping = pipeline.read_mapping("x", document)
    claims = Claims({"cpr_number": ("0101010000",)}, Assurance.LOW)
    plain = replace(told_by("oiosaml-3"), without_cpr=True)
    assert {a.name for a in pipeline.run(claims, mapping, plain).attributes} == {
        names.SPEC_VERSION,
        names.LOA,
    }
    assert {"n", "b"} <= {
        a.name for a in pipeline.run(claims, mapping, told_by("oiosaml-3")).attributes
    }


def test_a_healthcare_attribute_has_one_name_in_every_profile() -> None:
    said = {"has_user_authorization": ("true",)}
    for profile in PROFILES:
        told = told_by(profile)
        found, _ = released(said, rule("has_user_authorization"), told=told)
        assert found[names.HAS_USER_AUTHORIZATION] == ("true",)


def test_what_a_service_cannot_do_without_is_demanded_of_the_login() -> None:
    with pytest.raises(NotAllowed) as refused:
        released({}, rule("email", required=True))
    assert refused.value.code == "policy.required_attribute"
    assert "email" in refused.value.detail


def test_what_is_missing_can_be_left_out_where_the_document_says_so() -> None:
    found, trace = released({}, rule("email", required=True, if_missing="omit"))
    assert names.EMAIL not in found
    assert "release: email of release 1 is not there" in trace


def test_a_rule_for_what_the_profile_demands_is_the_one_that_writes_it() -> None:
    found, trace = released({"cvr": ("90000004",)}, rule("cvr", format="basic"))
    assert found[names.CVR] == ("90000004",)
    assert f"release: {names.CVR} from cvr by release 1, 1 values" in trace


def test_roles_stand_last_and_in_place_of_what_is_listed_under_their_name() -> None:
    own = (Attribute(names.PRIVILEGES, ("ours",), names.ATTR_URI),)
    said = {"privileges": ("theirs",), "email": ("a@x.dk",)}
    found, trace = released(said, rule("privileges"), rule("email"), roles=own)
    assert list(found)[-1] == names.PRIVILEGES
    assert found[names.PRIVILEGES] == ("ours",)
    assert f"release: {names.PRIVILEGES} of release 1 is written already" in trace


def test_one_attribute_of_privileges_leaves_and_never_two() -> None:
    own = (Attribute(names.OIO2_PRIVILEGES_SIMPLE, ("urn:x",), names.ATTR_BASIC),)
    said = {"privileges": ("theirs",)}
    found, _ = released(said, rule("privileges"), roles=own)
    assert names.PRIVILEGES not in found
    both = (rule("privileges"), rule("privileges", name=names.OIO2_PRIVILEGES))
    found, _ = released(said, *both)
    assert names.OIO2_PRIVILEGES not in found


WRONG: list[tuple[dict[str, object], str]] = [
    ({"release": [{"source": "cvr"}]}, "release 1: motive is missing"),
    ({"release": [rule("cvr", motive={"da": "x"})]}, "release 1: motive: en is missing"),
    ({"release": [rule("cvr", motive="x")]}, "motive is no table"),
    ({"release": [{"motive": MOTIVE}]}, "release 1: source is missing"),
    ({"release": [rule("shoe_size")]}, "release 1: source 'shoe_size'"),
    ({"release": [rule("cvr"), rule("cvr")]}, "release 2: source cvr is listed"),
    ({"release": [rule("cvr", format="xml")]}, "format is none of uri, basic"),
    ({"release": [rule("cvr", if_missing="omit")]}, "if_missing belongs to required"),
    ({"release": [rule("cvr", required=True, if_missing="x")]}, "refuse, omit"),
    ({"release": [rule("cvr", required="yes")]}, "required is neither"),
    ({"release": [rule("cvr", name="n" * 257)]}, "at most 256"),
    ({"release": [rule("cvr", nmae="n")]}, "nothing is called nmae"),
    (
        {
            "step": [{"name": "copy", "from": "cvr", "to": "number"}],
            "release": [rule("number")],
        },
        "release 1: name is missing: no profile has a name for number",
    ),
    ({"release": {}}, "release is no list of tables"),
    ({"release": [], "steps": []}, "nothing is called steps"),
    ({"step": {}, "release": []}, "step is no list"),
    ({}, "release is missing"),
]


@pytest.mark.parametrize(("document", "words"), WRONG, ids=[row[1] for row in WRONG])
def test_a_mistake_in_a_new_document_is_refused(document: dict[str, object], words: str) -> None:
    with pytest.raises(Unavailable) as refused:
        pipeline.check_mapping("dpsd", document)
    assert refused.value.code == "mapping.invalid"
    assert words in refused.value.detail


def test_a_document_of_before_needs_no_motive() -> None:
    mapping = pipeline.read_mapping("dpsd", {"release": [{"source": "cvr"}]})
    assert mapping.release[0].motive is None


def test_an_idp_speaks_of_what_it_is_allowed_to() -> None:
    said = (
        Attribute(names.SPEC_VERSION, ("OIO-SAML-3.0",)),
        Attribute(names.LOA, ("Low",)),
        Attribute(names.CVR, ("90000004",)),
        Attribute(names.EMAIL, ("a@x.dk",)),
        Attribute(names.OIO2_UID, ("CVR:90000004-RID:77",)),
    )
    trace: list[str] = []
    claims = steps.normalise(said, None, trace, frozenset({"cvr"}))
    assert claims.values.keys() == {"spec_version", "loa", "cvr"}
    assert claims.assurance is Assurance.LOW
    dropped = [line for line in trace if "may not speak of it" in line]
    assert [line.split()[1] for line in dropped] == ["email", "rid", "uid"]
    assert "a@x.dk" not in "\n".join(trace)
    everything = steps.normalise(said, None, [])
    assert everything.values.keys() == {*claims.values, "email", "rid", "uid"}


def test_levels_are_of_the_assertion() -> None:
    assert LEVELS < OF_THE_ASSERTION <= OIO3_OF.keys()


def test_a_difference_is_told_by_attribute_and_kind() -> None:
    now = (
        Attribute("same", ("1", "2"), "f"),
        Attribute("turned", ("1", "2"), "f"),
        Attribute("other", ("1",), "f"),
        Attribute("format", ("1",), "f"),
        Attribute("gone", ("1",), "f"),
    )
    then = (
        Attribute("new", ("1",), "f"),
        Attribute("same", ("1", "2"), "f"),
        Attribute("turned", ("2", "1"), "f"),
        Attribute("other", ("2",), "f"),
        Attribute("format", ("1",), "g"),
    )
    assert compare(now, then) == (
        Difference("format", "changed"),
        Difference("gone", "removed"),
        Difference("new", "added"),
        Difference("other", "changed"),
        Difference("turned", "order"),
    )
