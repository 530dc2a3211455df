"""Giving roles through HTTP: step by step, and no way to give oneself anything."""

from uuid import UUID

import pytest

from broker.demo.visitor import Page
from broker.roles.grants.facts import Scope
from tests.portals.org.backstage import LOWER, TOP, WARD, Backstage, pressed
from tests.portals.visiting import House, Portal, text, token

ABOVE = Scope("sor", "value", TOP, with_descendants=True)
NARROWER = Scope("sor", "value", LOWER, with_descendants=True)


@pytest.fixture
def stage(house: House) -> Backstage:
    return Backstage(house)


def give(stage: Backstage, account: UUID, role: str, tail: str = "/terms") -> str:
    return f"org/people/{account}/give/{stage.role(role)}{tail}"


def given(person: Portal, page: Page, **fields: str) -> Page:
    """Through the preview, and yes."""
    look = person.send(page, {"reason": "Ny i afdelingen", **fields}, action="")
    return person.send(look, {"step": "give"})


def test_a_role_is_given_in_steps_that_end_in_one_sentence(house: House, stage: Backstage) -> None:
    bodil, viggo = house.enter("org_admin"), stage.account("viggo")
    page = bodil.open(f"org/people/{viggo}?lang=en")
    page = pressed(bodil, page, "Give a role")
    assert "Others have to agree" in text(page)  # of the roles with a policy of two steps
    page = bodil.open(f"org/people/{viggo}/give?q=zebra")
    assert "No role fits" in text(page)
    page = bodil.open(give(stage, viggo, "dpsd/Laeser", ""))
    assert "own unit and everything below it" in text(page)
    assert "Your organisation may give the role for: Plejecenter Egely" in text(page)
    page = pressed(bodil, page, "Plejecenter Egely")
    page = pressed(bodil, page, f"sor={LOWER}")
    page = bodil.open(f"org/people/{viggo}/give/{stage.role('dpsd/Laeser')}?scope=sor%3D{LOWER}")
    page = pressed(bodil, page, "Go on")
    before = stage.living(viggo)
    faulty = bodil.send(page, {"until": "31-12-2027"})
    assert faulty.status == 400
    assert "Write why they need the role" in text(faulty)
    look = bodil.send(page, {"until": "31.12.2027", "reason": "Ny i afdelingen", "case_no": "S-1"})
    said = look.tree.find(".//p[@id='sentence']")
    assert said is not None
    assert said.text is not None
    assert said.text.startswith("Viggo Ørsnes gets Reader in ")
    assert said.text.endswith("until 31 December 2027.")
    assert stage.living(viggo) == before
    done = bodil.send(look, {"step": "give"})
    assert "The role is given" in text(done)
    (fresh,) = set(stage.living(viggo)) - set(before)
    assert (fresh.case_no, fresh.reason) == ("S-1", "Ny i afdelingen")
    assert [scope.value for scope in fresh.scopes] == [LOWER]
    assert "Given by Bodil Kornmose" in text(done)
    # The same again is a duplicate, said before anything is sent.
    again = bodil.send(page, {"until": "31-12-2027", "reason": "Igen"})
    assert "is granted in that period already" in text(again)
    assert not [b for b in again.tree.iter("button") if b.get("value") == "give"]
    forced = bodil.send(again, {"step": "give"})
    assert len(stage.living(viggo)) == len(before) + 1
    assert "is granted in that period already" in text(forced)


def test_what_lies_outside_the_ceiling_is_not_given(house: House, stage: Backstage) -> None:
    bodil, freja = house.enter("org_admin"), stage.account("freja")
    before = stage.living(freja)
    for scopes, words in (
        ("sor=11000016002+", "lies outside what the organisation may grant"),
        ("sor=1", "is unknown or closed"),
        ("cvr=90000013", "takes no delimitation"),
        ("sor", "could not be read"),
    ):
        page = bodil.open(give(stage, freja, "dpsd/Laeser") + "?lang=en")
        look = bodil.send(page, {"scopes": scopes, "reason": "x", "step": "give"})
        assert words in text(look), scopes
        assert stage.living(freja) == before
    # A role that the organisation may not hand out at all.
    page = bodil.open(give(stage, freja, "darina/Sagsbehandler"))
    assert (page.status, page.mark("code")) == (404, "role.unknown")


def test_nobody_gives_themselves_a_role_directly(house: House, stage: Backstage) -> None:
    bodil, own = house.enter("org_admin"), stage.account("bodil")
    before = stage.living(own)
    shown = bodil.open(f"org/people/{own}?lang=en")
    assert "Nobody changes their own access" in text(shown)
    assert not [a for a in shown.tree.iter("a") if (a.get("href") or "").endswith("/give")]
    role = stage.role("plov/Plejehjemsredaktoer")
    known = token(bodil.open("org/requests"))
    source = stage.account("mette")
    for path in (
        f"org/people/{own}/give",
        f"org/people/{own}/give/{role}",
        f"org/people/{own}/give/{role}/terms",
        f"org/people/{own}/package",
        f"org/people/{own}/copy",
        f"org/people/{own}/copy/{source}",
    ):
        page = bodil.open(path)
        assert (page.status, page.mark("code")) == (403, "permission.oneself"), path
        fields = {"csrf_token": known, "reason": "x", "step": "give", "grant": "all"}
        if path.endswith(("/terms", "/package", str(source))):
            page = bodil.post(path, fields)
            assert (page.status, page.mark("code")) == (403, "permission.oneself"), path
    assert stage.living(own) == before


def test_nobody_gives_a_role_to_a_group_that_they_are_in(house: House, stage: Backstage) -> None:
    bodil, own = house.enter("org_admin"), stage.account("bodil")
    vibeke = house.enter("org_chief")
    made = vibeke.send(vibeke.open("org/groups/new"), {"name": "Ledelsen", "reason": "Møder"})
    group = made.url.partition("/groups/")[2].partition("?")[0]
    join = f"org/groups/{group}/members/{own}"
    assert "is in the group" in text(vibeke.send(vibeke.open(f"{join}?lang=en"), {"reason": "Med"}))
    # Nor does she put herself in, nor is she on the list of those to put in.
    listed = bodil.open(f"org/groups/{group}/members?q=Kornmose")
    assert "Bodil Kornmose" not in text(listed)
    role = stage.role("plov/Plejehjemsredaktoer")
    page = bodil.open(f"org/groups/{group}/give/{role}/terms?lang=en")
    look = bodil.send(page, {"reason": "Til os alle", "step": "give"})
    assert "Nobody can grant themselves a role, nor through a group" in text(look)
    assert not [grant for grant in stage.of_group(UUID(group)) if grant.role == role]
    # A colleague may; then she cannot join a group for its roles either.
    other = vibeke.send(vibeke.open("org/groups/new"), {"name": "Redaktører", "reason": "Web"})
    roles = other.url.partition("/groups/")[2].partition("?")[0]
    page = vibeke.open(f"org/groups/{roles}/give/{role}/terms?lang=en")
    assert "The role is given" in text(given(vibeke, page, until=""))
    known = token(bodil.open("org/requests"))
    path = f"org/groups/{roles}/members/{own}"
    answer = bodil.post(path, {"csrf_token": known, "reason": "Jeg vil"})
    assert answer.status == 400
    assert own not in stage.members(UUID(roles))


def test_a_role_that_takes_two_approvals_is_asked_for_and_not_given(
    house: House, stage: Backstage
) -> None:
    bodil, viggo = house.enter("org_admin"), stage.account("viggo")
    page = bodil.open(give(stage, viggo, "national/PlejeAssR3") + "?lang=en")
    look = bodil.send(page, {"reason": "Uddannet"})
    assert "You can’t give this role alone" in text(look)
    done = bodil.send(look, {"step": "give"})
    assert "The request is sent" in text(done)
    assert not [g for g in stage.living(viggo) if g.role == stage.role("national/PlejeAssR3")]
    (made,) = [
        one for one in stage.open_requests() if one.subject == viggo and one.requester != viggo
    ]
    # She sent it, so she does not answer it; a colleague does.
    page = bodil.open(f"org/requests/{made.id}?lang=en")
    fields = {"csrf_token": token(page), "version": "submitted.0.0"}
    assert bodil.post(f"org/requests/{made.id}", fields).status == 400
    assert stage.request(made.id).stage == 0
    anton = house.enter("org_approver")
    anton.send(anton.open(f"org/requests/{made.id}"), {}, action=str(made.id))
    assert stage.request(made.id).stage == 1


def test_copying_ticks_nothing_sensitive_and_gives_only_what_is_ticked(
    house: House, stage: Backstage
) -> None:
    vibeke, source = house.enter("org_chief"), stage.account("hanne")
    target = stage.account("freja")
    by = stage.account("vibeke")
    stage.give(by, source, "dpsd/Sagsbehandler", (NARROWER,))
    stage.give(by, source, "dpsd/Laeser", (ABOVE,))
    page = vibeke.open(f"org/people/{target}/copy/{source}?lang=en")
    boxes = {
        box.get("value", ""): box for box in page.tree.iter("input") if box.get("name") == "grant"
    }
    held = {str(grant.id): grant for grant in stage.living(source)}
    assert boxes.keys() <= held.keys()
    ticked = {
        stage.code(held[id_].role) for id_, box in boxes.items() if box.get("checked") is not None
    }
    assert "Laeser" in ticked
    assert "Sagsbehandler" not in ticked
    before = stage.living(target)
    empty = vibeke.send(page, {"reason": "Samme arbejde"})
    assert empty.status == 400
    assert "Nothing is ticked" in text(empty)
    chosen = next(id_ for id_ in boxes if stage.code(held[id_].role) == "Laeser")
    done = vibeke.send(page, {"reason": "Samme arbejde", "grant": chosen})
    assert "Everything that you ticked is done" in text(done)
    (fresh,) = set(stage.living(target)) - set(before)
    assert fresh.scopes == held[chosen].scopes
    # A grant of somebody else in the field is none of the list.
    foreign = stage.living(stage.account("sidsel"))[0]
    odd = vibeke.send(page, {"reason": "x", "grant": str(foreign.id)})
    assert odd.status == 400


def test_a_grant_is_narrowed_shortened_extended_and_taken_back(
    house: House, stage: Backstage
) -> None:
    bodil, hanne = house.enter("org_admin"), stage.account("hanne")
    grant = stage.give(stage.account("bodil"), hanne, "dpsd/Risikomanager", (ABOVE,)).grant
    where = f"org/grants/{grant.id}"
    wider = bodil.open(f"{where}/narrow/why?scope=sor%3D11000016002%2B&lang=en")
    assert "A grant can only be narrowed" in text(bodil.send(wider, {"reason": "x"}))
    page = bodil.open(f"{where}/narrow?lang=en")
    page = pressed(bodil, page, "Plejecenter Egely")
    page = bodil.open(f"{where}/narrow?picked=1&scope=sor%3D{WARD}%2B")
    page = pressed(bodil, page, "Go on")
    done = bodil.send(page, {"reason": "Kun egen afdeling"})
    assert "The role is narrowed" in text(done)
    (now,) = [one for one in stage.living(hanne) if one.role == grant.role]
    assert [scope.value for scope in now.scopes] == [WARD]
    where = f"org/grants/{now.id}"
    page = bodil.open(f"{where}/end?lang=en")
    for wrong in ("", "32-12-2026", "31-12-2024", "31-12-2999"):
        assert bodil.send(page, {"until": wrong, "reason": "x"}).status == 400, wrong
    done = bodil.send(page, {"until": "1-2-2027", "reason": "Vikar"})
    assert "The last day is changed" in text(done)
    # The page that was made before it says so, and overwrites nothing.
    stale = bodil.send(page, {"until": "1-3-2027", "reason": "Jeg ved det ikke"})
    assert stale.status == 409
    assert "Somebody else changed this meanwhile" in text(stale)
    assert "until 1 February 2027" in text(stale)
    assert f"{stage.grant(now.id).period.until:%Y-%m-%d}" == "2027-02-01"
    kept = stale.tree.find(".//input[@id='until']")
    assert kept is not None
    assert kept.get("value") == "1-3-2027"
    bodil.send(stale, {})
    assert f"{stage.grant(now.id).period.until:%Y-%m-%d}" == "2027-03-01"
    page = bodil.open(f"{where}/revoke?lang=en")
    assert bodil.send(page, {"reason": ""}).status == 400
    assert "The role is taken back" in text(bodil.send(page, {"reason": "Nyt arbejde"}))
    assert stage.grant(now.id).revoked_at is not None
    late = bodil.send(page, {"reason": "Igen"})
    assert late.status == 409
