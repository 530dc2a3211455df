"""Circles and hierarchies without end are cut, and only as much as needed."""

from hypothesis import given
from hypothesis import strategies as st

from broker.codelists.tree import MAX_DEPTH, cuts

CODES = "abcdefgh"


def test_a_tree_is_left_alone() -> None:
    parents = {"a": None, "b": "a", "c": "b", "d": "a", "e": "not there"}
    found = cuts(parents, set(parents))
    assert (found.cycles, found.deep) == (frozenset(), frozenset())


def test_the_codes_of_a_circle_are_found_and_not_those_below_it() -> None:
    parents = {"a": "b", "b": "c", "c": "a", "d": "a", "e": "d", "f": None}
    assert cuts(parents, set(parents)).cycles == {"a", "b", "c"}


def test_only_what_may_move_is_cut() -> None:
    assert cuts({"a": "b", "b": "a"}, {"b"}).cycles == {"b"}
    assert cuts({"a": "b", "b": "a"}, set()).cycles == frozenset()


def test_a_hierarchy_too_deep_is_cut_where_it_gets_too_deep() -> None:
    parents = {str(n): str(n - 1) if n else None for n in range(MAX_DEPTH * 2 + 5)}
    assert cuts(parents, set(parents)).deep == {str(MAX_DEPTH + 1), str(2 * MAX_DEPTH + 2)}
    allowed = {str(n): parents[str(n)] for n in range(MAX_DEPTH + 1)}
    assert not cuts(allowed, set(allowed)).deep


def test_a_hierarchy_too_deep_is_cut_at_the_nearest_code_that_may_move() -> None:
    parents = {str(n): str(n - 1) if n else None for n in range(MAX_DEPTH + 3)}
    assert cuts(parents, {"5"}).deep == {"5"}


trees = st.dictionaries(st.sampled_from(CODES), st.none() | st.sampled_from(CODES))


@given(trees, st.sets(st.sampled_from(CODES)))
def test_exactly_the_codes_that_lead_back_to_themselves_are_found(
    parents: dict[str, str | None], movable: set[str]
) -> None:
    def leads_back(code: str) -> bool:
        at = parents.get(code)
        for _ in parents:
            if at == code:
                return True
            at = parents.get(at) if at is not None else None
        return False

    expected = {code for code in parents if leads_back(code)} & movable
    assert cuts(parents, movable).cycles == expected
