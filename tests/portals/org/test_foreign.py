"""What is another organisation's is not there, and who may only look gives nothing: over HTTP."""

import pytest

from tests.portals.org.backstage import Backstage
from tests.portals.visiting import House, text, token


@pytest.fixture
def stage(house: House) -> Backstage:
    return Backstage(house)


def test_nothing_of_another_organisation_is_there(house: House, stage: Backstage) -> None:
    annelise, bodil = house.enter("admin_elsewhere"), house.enter("org_admin")
    mette, own = stage.account("mette"), stage.account("annelise", "90000013")
    grant = stage.living(mette)[0]
    group = bodil.send(bodil.open("org/groups/new"), {"name": "Natholdet", "reason": "Vagter"})
    group_id = group.url.partition("/groups/")[2].partition("?")[0]
    package = {"name": "Natpakke", "reason": "x", "roles": str(stage.role("dpsd/Laeser"))}
    bodil.send(bodil.open("org/packages/new"), package)
    bundle = stage.bundle("Natpakke")
    role = stage.role("sundhed-dk/Redaktoer")
    known = token(annelise.open("org/people"))
    fields = {
        "csrf_token": known,
        "reason": "x",
        "until": "1-1-2027",
        "step": "give",
        "name": "Ny",
        "version": "",
        "keep": str(mette),
        "roles": str(role),
    }
    birgit = stage.account("birgit", "90000013")
    unknown = {
        "account.unknown": [
            f"org/people/{mette}{tail}"
            for tail in (
                "",
                "/give",
                f"/give/{role}",
                f"/give/{role}/terms",
                "/package",
                "/copy",
                f"/copy/{own}",
                "/change",
                "/move",
                "/leave",
                "/back",
                "/merge",
                f"/merge/{birgit}",
                "/code",
            )
        ]
        + [f"org/people/{birgit}/copy/{mette}", f"org/people/{birgit}/merge/{mette}"],
        "grant.unknown": [f"org/grants/{grant.id}/{tail}" for tail in ("end", "narrow", "revoke")]
        + [f"org/grants/{grant.id}/narrow/why"],
        "group.unknown": [
            f"org/groups/{group_id}{tail}"
            for tail in ("", "/name", "/members", f"/members/{birgit}", f"/members/{birgit}/out")
        ]
        + [f"org/groups/{group_id}/give", f"org/groups/{group_id}/give/{role}/terms"],
        "bundle.unknown": [f"org/packages/{bundle}"],
    }
    before = stage.living(mette)
    for code, paths in unknown.items():
        for path in paths:
            page = annelise.open(path)
            assert (page.status, page.mark("code")) == (404, code), path
            for name in ("Mette", "Natholdet", "Natpakke"):
                assert name not in text(page), path
            page = annelise.post(path, fields)
            assert page.status in (404, 405), path
    assert stage.living(mette) == before
    for path in ("org/people?status=here", "org/groups", "org/packages", "org/expiring?days=90"):
        for name in ("Mette Åkjær", "Natholdet", "Natpakke", "Plejecenter"):
            assert name not in text(annelise.open(path)), path
    # Somebody of hers is no member of a group that is not, and no package of theirs is handed.
    hand = annelise.open(f"org/people/{birgit}/package")
    assert "Natpakke" not in text(hand)
    answer = annelise.post(f"org/people/{birgit}/package", fields | {"bundle": str(bundle)})
    assert answer.status == 400


@pytest.mark.parametrize("kind", ["org_reader", "org_approver"])
def test_who_may_only_look_or_approve_gives_nothing(
    house: House, stage: Backstage, kind: str
) -> None:
    person, mette = house.enter(kind), stage.account("mette")
    page = person.open(f"org/people/{mette}?lang=en")
    assert page.status == 200
    words = text(page)
    assert "Mette Åkjær" in words
    for button in ("Give a role", "Take back", "Narrow", "The person leaves"):
        assert button not in words
    grant = stage.living(mette)[0]
    known = token(page)
    for path in (f"org/people/{mette}/give", f"org/grants/{grant.id}/revoke", "org/groups/new"):
        answer = person.open(path)
        assert (answer.status, answer.mark("code")) == (403, "permission.mandate"), path
    answer = person.post(f"org/grants/{grant.id}/revoke", {"csrf_token": known, "reason": "x"})
    assert answer.status == 403
    assert stage.grant(grant.id).revoked_at is None
