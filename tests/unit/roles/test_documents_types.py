"""Delimitation types in their document; every mistake is named."""

import pytest

from broker.errors import Refused
from broker.roles.documents import read_types
from tests.unit.roles.catalogue_box import NAME

TYPE: dict[str, object] = {
    "id": "sor",
    "urn": "urn:x:sor",
    "name": NAME,
    "input": "tree",
    "list": "sor",
}
TYPE_MISTAKES: list[tuple[dict[str, object], str]] = [
    ({"urn": "sor"}, "no URN"),
    ({"input": "form"}, "none of tree"),
    ({"list": None}, "list"),
    ({"input": "pattern"}, "needs one"),
    ({"pattern": "[0-9]"}, "needs one"),
    ({"input": "pattern", "pattern": "["}, "no regular expression"),
    ({"input": "list", "hierarchical": True}, "hierarchical"),
    ({"colour": "red"}, "nothing is called colour"),
]


@pytest.mark.parametrize(("change", "words"), TYPE_MISTAKES, ids=[w for _, w in TYPE_MISTAKES])
def test_a_mistake_in_a_delimitation_type_is_named(change: dict[str, object], words: str) -> None:
    with pytest.raises(Refused, match=r"types\.toml") as refused:
        read_types({"kind": "delimitations", "type": [TYPE | change]}, "types.toml")
    assert words in refused.value.detail


def test_two_types_of_one_urn_are_refused() -> None:
    twice = {"kind": "delimitations", "type": [TYPE, TYPE | {"id": "shak"}]}
    with pytest.raises(Refused, match="two of the name urn:x:sor"):
        read_types(twice, "types.toml")
