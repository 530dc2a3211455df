"""Each rule of what may replace what: alone it objects, with its code and how strongly."""

from dataclasses import replace

import pytest

from broker.metadata.trust_rules import RULES, Coming, Kind
from broker.saml.entities import EntityFacts
from broker.saml.entity_descriptor import examine_entity
from tests.factories import NOW
from tests.metadata_factory import Idp, Sp, acs, cert, endpoint, key, sso

BEFORE = Sp()
OLD = key("sp") + key("sp-enc", "encryption")
STRONG = key("big", text=cert("big", 3072)) + key("sp-enc", "encryption", cert("big-enc", 3072))


def facts(entity: Sp | Idp, *, verified: bool = False) -> EntityFacts:
    return examine_entity(entity.xml(), NOW, verified=verified)


def coming(before: Sp | Idp | None, after: Sp | Idp, kind: Kind = "sp") -> Coming:
    return Coming(
        kind=kind,
        facts=facts(after),
        before=facts(before) if before else None,
        source="feed",
        governed_by="feed",
        earlier=False,
        withdrawn=False,
    )


def said(change: Coming, *, verified: bool) -> set[tuple[str, str]]:
    change = replace(change, facts=replace(change.facts, verified=verified))
    return {(o.verdict, o.code) for rule in RULES for o in rule(change)}


CASES: dict[str, tuple[Coming, set[tuple[str, str]], set[tuple[str, str]]]] = {
    "nothing": (coming(BEFORE, BEFORE), set(), set()),
    "a new path": (
        coming(BEFORE, Sp(endpoints=acs("https://service.example.dk/new"))),
        set(),
        set(),
    ),
    "the first": (coming(None, BEFORE), {("wait", "metadata.first_document")}, set()),
    "a new key": (
        coming(BEFORE, Sp(keys=OLD + key("new"))),
        {("wait", "metadata.key_added")},
        {("note", "metadata.key_added")},
    ),
    "a removed key": (
        coming(Sp(keys=OLD + key("new")), BEFORE),
        {("note", "metadata.key_removed")},
        {("note", "metadata.key_removed")},
    ),
    "the only encryption key removed": (
        coming(BEFORE, Sp(keys=key("sp"))),
        {("wait", "metadata.key_removed")},
        {("note", "metadata.key_removed")},
    ),
    "a new host": (
        coming(BEFORE, Sp(endpoints=acs() + acs("https://evil.example.dk/acs", 1))),
        {("wait", "metadata.host_added")},
        {("note", "metadata.host_added")},
    ),
    "a new host for logout answers": (
        coming(
            BEFORE,
            Sp(
                endpoints=endpoint(
                    "SingleLogoutService",
                    "https://service.example.dk/slo",
                    more=' ResponseLocation="https://evil.example.dk/slo"',
                )
                + acs()
            ),
        ),
        {("wait", "metadata.host_added")},
        {("note", "metadata.host_added")},
    ),
    "a removed host": (
        coming(Sp(endpoints=acs() + acs("https://old.example.dk/acs", 1)), BEFORE),
        {("note", "metadata.host_removed")},
        {("note", "metadata.host_removed")},
    ),
    "requests unsigned": (
        coming(BEFORE, Sp(role='WantAssertionsSigned="true"')),
        {("wait", "metadata.weaker")},
        {("note", "metadata.weaker")},
    ),
    "shorter keys": (
        coming(Sp(keys=STRONG), Sp(keys=OLD)),
        {
            ("wait", "metadata.weaker"),
            ("wait", "metadata.key_added"),
            ("note", "metadata.key_removed"),
        },
        {
            ("note", "metadata.weaker"),
            ("note", "metadata.key_added"),
            ("note", "metadata.key_removed"),
        },
    ),
    "earlier": (
        replace(coming(BEFORE, BEFORE), earlier=True),
        {("wait", "metadata.earlier_document")},
        {("note", "metadata.earlier_document")},
    ),
    "another source": (
        replace(coming(BEFORE, BEFORE), governed_by="other"),
        {("wait", "metadata.other_source")},
        {("wait", "metadata.other_source")},
    ),
    "loaded by hand": (
        replace(coming(BEFORE, BEFORE), governed_by=None),
        {("wait", "metadata.other_source")},
        {("wait", "metadata.other_source")},
    ),
    "withdrawn": (
        replace(coming(None, BEFORE), withdrawn=True),
        {("wait", "metadata.first_document"), ("wait", "metadata.withdrawn")},
        {("wait", "metadata.withdrawn")},
    ),
    "an IdP's new key": (
        coming(Idp(), Idp(keys=key("idp") + key("evil")), "idp"),
        {("wait", "metadata.key_added")},
        {("note", "metadata.key_added")},
    ),
    "an IdP's new host": (
        coming(Idp(), Idp(endpoints=sso("https://evil.example.dk/sso")), "idp"),
        {("wait", "metadata.host_added"), ("note", "metadata.host_removed")},
        {("note", "metadata.host_added"), ("note", "metadata.host_removed")},
    ),
}


@pytest.mark.parametrize("case", list(CASES))
def test_what_nobody_signed_waits_and_what_was_signed_is_noted(case: str) -> None:
    change, unsigned, signed = CASES[case]
    assert said(change, verified=False) == unsigned
    assert said(change, verified=True) == signed


def test_every_rule_has_words_in_both_languages_and_a_case() -> None:
    changes = [change for change, _, _ in CASES.values()]
    for rule in RULES:
        found = [objection for change in changes for objection in rule(change)]
        assert found, rule.__name__
        assert all(o.words.da and o.words.en and o.words.da != o.words.en for o in found)
