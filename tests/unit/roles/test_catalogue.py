"""Documents loaded again and again: what holds when, and what was never rewritten."""

import random

import pytest

from broker.db import Engine
from broker.errors import Refused
from broker.periods import FOREVER
from broker.roles.catalogue.snapshot import Catalogue
from tests.unit.roles.catalogue_box import (
    CONFLICT,
    NAME,
    NATIONAL,
    READER,
    RULE,
    SERVICE,
    WHY,
    WRITER,
    CatalogueBox,
    day,
    make_catalogue_box,
)

WHOLE = SERVICE | {"derive": [RULE], "sod": [CONFLICT]}


@pytest.fixture
def box(engine: Engine) -> CatalogueBox:
    return make_catalogue_box(engine)


def states(catalogue: Catalogue, number: float, urn: str = "urn:x:one:reader") -> str | None:
    role = catalogue.role_by_urn("sundhed", urn)
    version = role.at(day(number)) if role else None
    return version.state if version else None


def test_both_halves_of_a_document_come_into_force(box: CatalogueBox) -> None:
    report = box.load(WHOLE)
    assert [(o.kind, o.state) for o in report.outcomes] == [
        ("sp", "waiting"),
        ("catalogue", "added"),
    ]
    (record,) = box.service.entities("sundhed")
    assert set(record.document) == {"code", "name", "owner"}
    service = box.now.service("sundhed", "one")
    assert service is not None
    version = service.at(day(0))
    assert version is not None
    assert (version.owner, version.delimitation) == ("Ejer", "sor")
    roles = box.now.roles_of("sundhed", "one")
    assert [role.code for role in roles] == ["Reader", "Writer"]
    writer = box.now.role_by_code("sundhed", "one", "Writer")
    assert writer is not None
    assert box.now.role(writer.id) is writer
    (rule,) = box.now.rules_of(writer.id)
    assert (rule.by, rule.approved_by, rule.version) == ("one.toml", "operator", 1)
    (conflict,) = box.now.conflicts_at("sundhed", day(0))
    assert conflict.b == {writer.id}
    (told,) = box.told
    assert (told.document, told.services, told.roles, told.rules) == ("service one", 1, 2, 2)


@pytest.mark.parametrize("wrong", [{"national_roles": ["urn:x:nurse"]}, {"sla": "x"}])
def test_neither_half_comes_into_force_where_the_other_is_refused(
    box: CatalogueBox, wrong: dict[str, object]
) -> None:
    with pytest.raises(Refused):
        box.load(SERVICE | wrong)
    assert box.service.entities("sundhed") == []
    assert box.now.services == ()
    assert box.told == []


def test_loading_it_again_changes_nothing(box: CatalogueBox) -> None:
    assert box.state(WHOLE) == "added"
    before = box.now
    assert box.state(WHOLE, 1) == "unchanged"
    spelled_out = WHOLE | {"state": "production", "role_source": "local_only"}
    assert box.state(spelled_out, 2) == "unchanged"
    assert box.now is before
    assert len(box.told) == 1


def test_a_changed_role_is_a_new_version_and_the_old_one_stays(box: CatalogueBox) -> None:
    box.load(SERVICE)
    changed = READER | {"name": {"da": "Nyt navn", "en": "New name"}}
    assert box.state(SERVICE | {"role": [changed, WRITER]}, 5) == "changed"
    role = box.now.role_by_urn("sundhed", "urn:x:one:reader")
    assert role is not None
    first, second = role.versions
    assert (first.version, second.version) == (1, 2)
    assert first.period.until == second.period.since == day(5)
    at = [role.at(day(n)) for n in (-1, 0, 4.9, 5, 5000)]
    assert [v and v.name.en for v in at] == [None, "Name", "Name", "New name", "New name"]
    writer = box.now.role_by_urn("sundhed", "urn:x:one:writer")
    assert writer is not None
    assert len(writer.versions) == 1


def test_a_role_that_is_gone_is_retired_and_can_come_back(box: CatalogueBox) -> None:
    box.load(SERVICE)
    without = SERVICE | {"role": [WRITER]}
    assert box.state(without, 1) == "changed"
    assert box.state(without, 2) == "unchanged"
    assert box.state(SERVICE, 3) == "changed"
    found = [states(box.now, n) for n in (0, 1, 2, 3)]
    assert found == ["active", "retired", "retired", "active"]
    assert [event.retired for event in box.told] == [0, 1, 0]


def test_a_service_keeps_what_it_was(box: CatalogueBox) -> None:
    box.load(SERVICE)
    box.load(SERVICE | {"state": "closing", "owner": "Ny ejer"}, 4)
    service = box.now.service("sundhed", "one")
    assert service is not None
    seen = [service.at(day(n)) for n in (0, 3.9, 4)]
    assert [v and (v.state, v.owner) for v in seen] == [
        ("production", "Ejer"),
        ("production", "Ejer"),
        ("closing", "Ny ejer"),
    ]


@pytest.mark.parametrize("late", [0, -1])
def test_what_never_held_is_written_over(box: CatalogueBox, late: float) -> None:
    """At the same instant, or by a node whose clock is behind."""
    box.load(WHOLE, 1)
    closed = SERVICE | {
        "state": "closed",
        "role": [READER | {"example": True}, WRITER],
        "derive": [RULE | {"state": "shadow"}],
    }
    assert box.state(closed, 1 + late) == "changed"
    service, role = box.now.service("sundhed", "one"), box.now.roles_of("sundhed", "one")[0]
    assert service is not None
    assert [v.state for v in service.versions] == ["closed"]
    assert [(v.version, v.example) for v in role.versions] == [(2, True)]
    assert [rule.state for rule in box.now.rules] == ["shadow"]
    assert box.now.conflicts == ()


def test_a_rule_changes_ends_and_comes_back(box: CatalogueBox) -> None:
    box.load(WHOLE)
    shadow = SERVICE | {"derive": [RULE | {"state": "shadow"}]}
    box.load(shadow, 1)
    box.load(SERVICE, 2)
    assert box.state(SERVICE, 3) == "unchanged"
    box.load(WHOLE, 4)
    found = [(r.version, r.state, r.period.since, r.period.ends) for r in box.now.rules]
    assert found == [
        (1, "active", day(0), day(1)),
        (2, "shadow", day(1), day(2)),
        (3, "active", day(4), None),
    ]
    assert [r.approved_by for r in box.now.rules] == ["operator", None, "operator"]
    held = [len(box.now.conflicts_at("sundhed", day(n))) for n in (0, 1, 2, 4)]
    assert held == [1, 0, 0, 1]


def test_a_rule_holds_from_and_until_the_instants_it_says(box: CatalogueBox) -> None:
    dated = RULE | {"since": day(10).isoformat(), "until": day(20).isoformat()}
    box.load(SERVICE | {"derive": [dated]})
    (rule,) = box.now.rules
    assert (rule.period.since, rule.period.until) == (day(10), day(20))
    assert box.state(SERVICE | {"derive": [dated]}, 30) == "unchanged"
    sooner = dated | {"since": day(5).isoformat()}
    assert box.state(SERVICE | {"derive": [sooner]}, 1) == "changed"
    (rule,) = box.now.rules
    assert rule.period.since == day(5)
    cut = sooner | {"until": day(6).isoformat()}
    assert box.state(SERVICE | {"derive": [cut]}, 8) == "changed"
    (rule,) = box.now.rules
    assert rule.period.until == day(8)
    assert box.state(SERVICE | {"derive": [cut]}, 9) == "unchanged"


def test_a_rule_that_was_over_before_it_came_is_not_kept(box: CatalogueBox) -> None:
    over = RULE | {"until": day(-1).isoformat()}
    box.load(SERVICE | {"derive": [over]})
    assert box.now.rules == ()


def test_national_roles_and_policies_have_a_document_of_their_own(box: CatalogueBox) -> None:
    box.load(NATIONAL)
    takes = {"national_roles": ["urn:x:nurse"]}
    box.load(SERVICE | takes, 1)
    issued = box.now.issued_at("sundhed", "one", day(1))
    assert [role.code for role in issued] == ["Reader", "Writer", "Nurse"]
    nurse = issued[-1]
    assert nurse.service is None
    assert [v.aliases for v in nurse.versions] == [("urn:x:code:1",)]
    assert box.now.issued_at("sundhed", "one", day(0.5)) == ()
    stricter = {"code": "owner", "name": NAME, "stage": [{"approver": "operator"}]}
    assert box.state(NATIONAL | {"policy": [stricter]}, 2) == "changed"
    found = [box.now.policy("sundhed", "owner", day(n)) for n in (0, 2)]
    assert [p and p.stages[0].approver for p in found] == ["service_owner", "operator"]
    assert box.state(NATIONAL | {"policy": []}, 3) == "changed"
    assert box.now.policy("sundhed", "owner", day(3)) is None
    assert box.state(NATIONAL, 4) == "changed"
    assert box.now.policy("sundhed", "owner", day(4)) is not None


MISSPELT = {"attribute": "tilte", "op": "present", "negate": True}
OTHER = SERVICE | {"code": "two"}
APART: list[tuple[dict[str, object], dict[str, object], str]] = [
    (SERVICE, OTHER, "belongs to service one"),
    (SERVICE, SERVICE | {"role": [WRITER | {"urn": "urn:x:new"}]}, "cannot change"),
    (SERVICE, SERVICE | {"role": [READER | {"code": "Seer"}, WRITER]}, "its code is Reader"),
    (NATIONAL, SERVICE | {"role": [WRITER | {"urn": "urn:x:code:1"}]}, "is issued as"),
    (NATIONAL, SERVICE | {"role": [WRITER | {"aliases": ["urn:x:nurse"]}]}, "is issued as"),
    (NATIONAL, SERVICE | {"national_roles": ["urn:x:doctor"]}, "no national role urn:x:doctor"),
    (SERVICE, SERVICE | {"national_roles": ["urn:x:one:reader"]}, "no national role"),
    (SERVICE, SERVICE | {"role": [WRITER | {"policy": "owner"}]}, "no approval policy"),
    (
        SERVICE,
        SERVICE
        | {"delimitation": "ward", "role": [WRITER | {"delimitations": [{"type": "ward"}]}]},
        "no delimitation type is called ward",
    ),
    (
        SERVICE,
        SERVICE | {"role": [READER | {"state": "retired", "replaced_by": "urn:x:no"}, WRITER]},
        "replaced_by names urn:x:no",
    ),
    (SERVICE, SERVICE | {"derive": [RULE | {"role": "urn:x:no"}]}, "urn:x:no is no role"),
    (SERVICE, SERVICE | {"sod": [CONFLICT | {"a": ["urn:x:no"]}]}, "urn:x:no is no role"),
    (
        SERVICE,
        SERVICE | {"derive": [RULE | {"when": [[MISSPELT]], "role": "Reader", "scope": []}]},
        "no attribute is called tilte",
    ),
]


@pytest.mark.parametrize(("first", "second", "words"), APART, ids=[case[2] for case in APART])
def test_what_a_document_cannot_know_itself_is_checked(
    box: CatalogueBox, first: dict[str, object], second: dict[str, object], words: str
) -> None:
    box.load(first)
    with pytest.raises(Refused, match=r"one\.toml: ") as refused:
        box.load(second, 1)
    assert refused.value.code == "metadata.document"
    assert words in refused.value.detail


def test_a_rule_of_one_document_is_not_taken_by_another(box: CatalogueBox) -> None:
    box.load(WHOLE)
    roles = [READER | {"urn": "urn:x:two:r"}, WRITER | {"urn": "urn:x:two:w"}]
    for part in ({"derive": [RULE]}, {"sod": [CONFLICT]}):
        with pytest.raises(Refused, match="belongs to service one"):
            box.load(OTHER | {"role": roles} | part, 1)


def test_the_urn_of_a_delimitation_type_never_changes(box: CatalogueBox) -> None:
    shipped = box.now.types["sor"]
    table = {
        "id": "sor",
        "urn": shipped.urn,
        "name": WHY,
        "input": "tree",
        "list": "sor",
        "hierarchical": True,
    }
    assert box.state({"kind": "delimitations", "type": [table]}) == "changed"
    assert box.now.types["sor"].name.en == "Because."
    assert len(box.now.types) == 6
    with pytest.raises(Refused, match="cannot change"):
        box.load({"kind": "delimitations", "type": [table | {"urn": "urn:x:sor"}]})


def test_any_past_instant_answers_as_it_did_then(box: CatalogueBox) -> None:
    """Against the plain list of what was loaded when."""
    chance = random.Random(4)  # noqa: S311  # a repeatable test, not a secret
    loaded: list[tuple[float, str | None]] = []
    number = 0.0
    for _ in range(25):
        number += chance.choice([0, 0.5, 1, 7])
        state = chance.choice(["active", "draft", "deprecated", "retired", None])
        roles = [WRITER] if state is None else [READER | {"state": state}, WRITER]
        box.load(SERVICE | {"role": roles}, number)
        loaded.append((number, state))
    for probe in sorted({n + d for n, _ in loaded for d in (-0.1, 0, 0.1)}):
        said = [state for at, state in loaded if at <= probe]
        first = next((i for i, state in enumerate(said) if state is not None), len(said))
        expected = (said[-1] or "retired") if len(said) > first else None
        assert states(box.now, probe) == expected, probe


def test_periods_of_one_role_meet_and_never_overlap(box: CatalogueBox) -> None:
    for number in range(6):
        box.load(SERVICE | {"role": [READER | {"max_holders": number + 1}, WRITER]}, number)
    role = box.now.roles_of("sundhed", "one")[0]
    ends = [version.period.until for version in role.versions]
    assert ends[:-1] == [version.period.since for version in role.versions[1:]]
    assert ends[-1] == FOREVER
