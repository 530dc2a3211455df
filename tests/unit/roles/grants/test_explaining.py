"""Why somebody has a role and why not: granted, derived, denied, expired, future and more."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from broker.organisations.store import account
from broker.periods import FOREVER
from broker.roles.answer import Said
from broker.roles.asking import Resolver
from broker.roles.explain_text import TEXTS, Telling
from broker.roles.explaining import Explanation, explain
from broker.roles.reasons import REASONS
from broker.roles.tables import DERIVE_RULE
from broker.saml.assurance import Assurance
from broker.saml.privileges import CVR_SCOPE, SOR_CONSTRAINT, PrivilegeGroup
from broker.saml.profiles import PROFILES
from tests.factories import NOW
from tests.unit.organisations.world import BEGUN, SAID
from tests.unit.roles.grants.rights import DAY, WARD, Region, below

URN = "urn:dk:example:privilege"


def derive(region: Region, code: str, role: str, effect: str, when: Mapping[str, object]) -> UUID:
    """An active rule."""
    own = uuid4()
    document = {
        "code": code,
        "role": f"urn:dk:example:dpsd:{role}",
        "effect": effect,
        "state": "active",
        "when": [[when]],
        "scope": [{"type": "sor", "source": "privilege"}] if effect == "grant" else [],
    }
    region._add(  # noqa: SLF001 # as its other rows
        DERIVE_RULE,
        id=own,
        federation="sundhed",
        code=code,
        version=3,
        role_id=region.roles[role],
        effect=effect,
        state="active",
        since=BEGUN,
        until=FOREVER,
        document=document,
        approved_by_label="Olga Operatør",
        **SAID,
    )
    region._changed()  # noqa: SLF001  # a test moves the world
    return own


def told(*privileges: str, title: str = "Læge") -> Said:
    group = PrivilegeGroup(CVR_SCOPE + "99000004", privileges, ((SOR_CONSTRAINT, WARD),))
    groups = (group,) if privileges else ()
    return Said("alpha", None, "99000004", Assurance.SUBSTANTIAL, {"title": (title,)}, groups)


def explained(region: Region, said: Said | None = None, days: float = 0) -> Explanation:
    at = NOW + days * DAY
    with region.work() as connection:
        anna = account(connection, region.anna, at)
        assert anna is not None
        resolver = Resolver(region.cache)
        return explain(
            connection, resolver, "sundhed", "dpsd", anna, said, PROFILES["oiosaml-3"], at
        )


def granted(region: Region) -> Explanation:
    region.give(region.bo, region.region, "reader", account=region.anna, until=NOW + 9 * DAY)
    return explained(region)


def derived(region: Region) -> Explanation:
    privilege = {"attribute": "privileges", "op": "has_privilege", "value": URN}
    derive(region, "from-region", "caseworker", "grant", privilege)
    return explained(region, told(URN))


def denied(region: Region) -> Explanation:
    region.give(region.bo, region.region, "reader", account=region.anna)
    derive(
        region, "no-doctors", "reader", "deny", {"attribute": "title", "op": "eq", "value": "Læge"}
    )
    return explained(region, told())


def expired(region: Region) -> Explanation:
    region.give(region.bo, region.region, "reader", account=region.anna, until=NOW + 9 * DAY)
    return explained(region, days=9)


def future(region: Region) -> Explanation:
    region.give(region.bo, region.region, "reader", account=region.anna, since=NOW + 9 * DAY)
    return explained(region)


def revoked(region: Region) -> Explanation:
    made = region.give(region.bo, region.region, "reader", account=region.anna)
    with region.work() as connection:
        from tests.unit.roles.grants.rights import deed  # noqa: PLC0415  # a circle else

        region.grants.revoke(connection, region.acting(region.bo), made.grant.id, deed(NOW + DAY))
    return explained(region, days=2)


CASES: dict[str, tuple[Callable[[Region], Explanation], set[str], str, tuple[str, str]]] = {
    "granted": (granted, {"reader"}, "", ("tildelt direkte", "granted directly")),
    "derived": (derived, {"caseworker"}, "", ("from-region, version 3", "from-region, version 3")),
    "denied": (denied, set(), "rule.denied", ("En regel afviser", "A rule denies")),
    "expired": (expired, set(), "grant.expired", ("udløbet", "has ended")),
    "future": (future, set(), "grant.future", ("ikke begyndt", "not begun")),
    "revoked": (revoked, set(), "grant.revoked", ("trukket tilbage", "was revoked")),
}


@pytest.mark.parametrize("case", CASES)
def test_a_role_is_explained_in_both_languages(region: Region, case: str) -> None:
    ask, issued, code, (danish, english) = CASES[case]
    found = ask(region)
    assert {one.role.code for one in found.answer.issued} == issued
    # Every role without anything to say for it is silent: one grant or rule, one reason.
    reasons = [*(o.code for o in found.answer.left_out), *(o.code for o in found.not_counting)]
    assert reasons == ([code] if code else [])
    for language, expected in (("da", danish), ("en", english)):
        telling = Telling(language, lambda *_: "Afsnit A", found.people)
        text = "\n".join(telling.lines(found))
        assert expected in text
        assert "Anna Holm" in text
        assert "Bo Admin" in text or case == "derived"
        assert str(region.bo) not in text


def test_the_answer_for_another_day_is_another_answer(region: Region) -> None:
    region.give(
        region.bo,
        region.region,
        "caseworker",
        account=region.anna,
        scopes=(below(WARD),),
        since=NOW + 2 * DAY,
        until=NOW + 4 * DAY,
    )
    seen = [bool(explained(region, days=day).answer.issued) for day in range(6)]
    assert seen == [False, False, True, True, False, False]
    within = explained(region, days=3).answer
    assert within.until == NOW + 4 * DAY
    assert explained(region, days=4 - timedelta(microseconds=1) / DAY).answer.issued


def test_rules_are_not_said_to_fail_where_nobody_knows_what_a_login_says(region: Region) -> None:
    privilege = {"attribute": "privileges", "op": "has_privilege", "value": URN}
    derive(region, "from-region", "caseworker", "grant", privilege)
    assert [one.code for one in explained(region).not_counting] == ["rule.not_evaluated"]
    assert [one.code for one in explained(region, told()).not_counting] == ["rule.not_met"]


def test_every_word_is_there_in_both_languages() -> None:
    for texts in (TEXTS, REASONS):
        for key, text in texts.items():
            assert text.da, key
            assert text.en, key
