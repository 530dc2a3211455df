"""What a SEB Classic string delimits by, where the form of a service does not say so itself."""

import pytest

from broker.roles.documents import read_service_version
from tests.rights import service_document

VERSION = ("state", "role_source", "delimitation", "name", "owner")
CLASSIC = {"kind": "classic", "template": "{role}_{delimitation}_3"}


def read(delimitation: str, form: dict[str, object]) -> str | None:
    document = {key: service_document("x", ())[key] for key in VERSION}
    version = read_service_version(
        {**document, "delimitation": delimitation, "role_form": [form]}, "x"
    )
    return version.forms[0].delimitation


@pytest.mark.parametrize(
    ("delimitation", "form", "told"),
    [
        ("sor", CLASSIC, "sor"),
        ("sks", CLASSIC, "sks"),
        ("sor", {**CLASSIC, "delimitation": "shak"}, "shak"),
        ("none", CLASSIC, None),
        ("national", CLASSIC, None),
        ("sor", {"kind": "plain", "template": "{role}"}, None),
        ("sor", {"kind": "oiobpp"}, None),
    ],
)
def test_a_form_tells_the_units_of_its_service_unless_it_names_others(
    delimitation: str, form: dict[str, object], told: str | None
) -> None:
    assert read(delimitation, form) == told
