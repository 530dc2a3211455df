"""Forms that a service could misread are named when its document is read."""

import pytest

from broker.roles.form_checks import check_forms
from broker.roles.model import RoleForm
from broker.saml import names

SEB = "{role}_{delimitation}_3"

WELL: list[tuple[str, tuple[RoleForm, ...]]] = [
    ("none", ()),
    ("each alone: OIOBPP", (RoleForm("oiobpp"),)),
    ("simple", (RoleForm("simple"),)),
    ("classic", (RoleForm("classic", template=SEB, delimitation="sor"),)),
    ("plain", (RoleForm("plain"),)),
    ("OIOBPP and strings", (RoleForm("oiobpp"), RoleForm("classic", template=SEB))),
    ("simple and plain", (RoleForm("simple"), RoleForm("plain", attribute="roles"))),
    (
        "two plain ones in two attributes",
        (RoleForm("plain"), RoleForm("plain", attribute="urn:x", template="{urn}")),
    ),
    (
        "the other generation's name",
        (RoleForm("oiobpp", attribute=names.OIO2_PRIVILEGES, version="1.0.1"),),
    ),
    ("another word for none", (RoleForm("classic", template=SEB, none="-"),)),
]

WRONG: list[tuple[str, tuple[RoleForm, ...], str]] = [
    ("two lists", (RoleForm("oiobpp"), RoleForm("oiobpp", attribute="urn:x")), "rule 1"),
    ("a list and simple privileges", (RoleForm("oiobpp"), RoleForm("simple")), "rule 1"),
    ("two in one attribute", (RoleForm("plain"), RoleForm("classic", template=SEB)), "two forms"),
    (
        "two in one named attribute",
        (RoleForm("plain", attribute="r"), RoleForm("plain", attribute="r", template="{urn}")),
        "two forms",
    ),
    ("a list as simple", (RoleForm("oiobpp", attribute=names.OIO2_PRIVILEGES_SIMPLE),), "another"),
    ("simple as a list", (RoleForm("simple", attribute=names.PRIVILEGES),), "another form"),
    ("plain as a list", (RoleForm("plain", attribute=names.OIO2_PRIVILEGES),), "another form"),
    (
        "classic as simple",
        (RoleForm("classic", attribute=names.OIO2_PRIVILEGES_SIMPLE, template=SEB),),
        "another form",
    ),
    ("no name", (RoleForm("plain", attribute=""),), "needs a name"),
    ("a name with white space", (RoleForm("oiobpp", attribute="x "),), "needs a name"),
    ("a template of a list", (RoleForm("oiobpp", template=SEB),), "no template"),
    ("a type of a list", (RoleForm("oiobpp", delimitation="sor"),), "no template"),
    ("a none of simple", (RoleForm("simple", none="-"),), "no template"),
    ("a wrong template", (RoleForm("plain", template="{role.__class__}"),), "may hold"),
    ("classic without a template", (RoleForm("classic"),), "begins with"),
    (
        "a type that is never said",
        (RoleForm("plain", template="{role}", delimitation="sor"),),
        "no {delimitation}",
    ),
    ("no word for none", (RoleForm("plain", template=SEB, none=""),), "stands for no"),
    ("a word that is cut", (RoleForm("classic", template=SEB, none="0_0"),), "stands for no"),
]


@pytest.mark.parametrize("forms", [r[1] for r in WELL], ids=[r[0] for r in WELL])
def test_forms_that_can_be_told_apart_are_taken(forms: tuple[RoleForm, ...]) -> None:
    assert check_forms(forms) == ()


@pytest.mark.parametrize(("forms", "words"), [r[1:] for r in WRONG], ids=[r[0] for r in WRONG])
def test_a_mistake_is_named(forms: tuple[RoleForm, ...], words: str) -> None:
    (mistake,) = check_forms(forms)
    assert words in mistake


def test_every_mistake_is_named_at_once() -> None:
    forms = (RoleForm("oiobpp", template=SEB), RoleForm("simple"), RoleForm("classic"))
    assert len(check_forms(forms)) == 3
