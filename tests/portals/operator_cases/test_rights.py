"""More roles for a member, the editor of rights, and organisations at the operator's portal."""

from broker.demo.visitor import Page
from tests.portals.operator_cases.applying import act, decide, mailed, reference, role, text_of
from tests.portals.visiting import House, Portal, text

NOWHERE = "00000000-0000-4000-8000-000000000000"


def links(page: Page, ending: str) -> list[str]:
    return [str(a.get("href")) for a in page.tree.iter("a") if str(a.get("href")).endswith(ending)]


def organisation(operator: Portal, search: str) -> str:
    """The address of the page of an organisation."""
    page = operator.open(f"operator/organisations?q={search}")
    (found,) = [str(a.get("href")) for t in page.tree.iter("table") for a in t.iter("a")]
    return found.partition("/portal/")[2]


def row_link(page: Page, words: str, ending: str) -> str:
    """The address of a link in the table row that has these words."""
    for row in page.tree.iter("tr"):
        if words in text_of(row):
            for a in row.iter("a"):
                if str(a.get("href")).endswith(ending):
                    return str(a.get("href")).partition("/portal/")[2]
    raise AssertionError(words)


def test_a_member_asks_for_more_and_the_owner_and_the_operator_decide(house: House) -> None:
    vibe, merete, ravn = house.enter("vibe"), house.enter("merete"), house.enter("ravn")
    page = vibe.open("org/cases/new")
    wanted = role(page, "Danish Patient Safety Database: Reader")
    empty = vibe.send(page, {"purpose": ""}, action="cases/new")
    assert empty.status == 400
    sent = {"roles": wanted, "unit": "", "purpose": "Vi skal læse hændelser."}
    case = reference(vibe.send(page, sent, action="cases/new"))
    assert case in text(vibe.open("org/cases"))
    assert house.enter("annelise").open(f"org/cases/{case}").mark("code") == "case.unknown"
    assert house.enter("mette").open(f"cases/{case}").mark("code") == "case.unknown"
    assert decide(merete, f"service/cases/{case}").status == 200
    assert decide(ravn, f"operator/cases/{case}").status == 200
    home = ravn.open(organisation(ravn, "Eventyrby+Tandklinik"))
    assert case in text(home)
    assert "Reader" in text(home)


def test_who_asks_may_take_it_back_and_who_refuses_says_why(house: House) -> None:
    vibe, merete = house.enter("vibe"), house.enter("merete")
    page = vibe.open("org/cases/new")
    wanted = role(page, "Danish Patient Safety Database: Risk manager")
    sent = {"roles": wanted, "unit": "", "purpose": "Vi har en risikomanager."}
    case = reference(vibe.send(page, sent, action="cases/new"))
    assert decide(merete, f"service/cases/{case}", "refuse").status == 400
    decide(merete, f"service/cases/{case}", "refuse", "I er for få")
    assert "I er for få" in text(vibe.open(f"org/cases/{case}"))
    act(vibe, f"org/cases/{case}", "withdraw", words="Så lader vi det ligge")
    over = vibe.open(f"org/cases/{case}")
    assert not over.tree.xpath("//input[@name='act']")


def test_rights_are_given_limited_and_withdrawn_with_who_loses_what(house: House) -> None:
    ravn = house.enter("ravn")
    home = organisation(ravn, "Svaneapoteket")
    page = ravn.open(f"{home}/entitlements/new")
    wanted = next(
        str(o.get("value"))
        for o in page.tree.iter("option")
        if (o.text or "").endswith("Danish Patient Safety Database: Caseworker")
    )
    form = {"role": wanted, "ceiling": "SOR 999", "reason": "aftale", "since": "", "until": ""}
    wrong = ravn.send(page, form, action="entitlements/new")
    assert wrong.status == 400
    assert "999" in text(wrong)
    day = ravn.send(page, {**form, "ceiling": "", "until": "31.02.2027"}, action="new")
    assert day.status == 400
    good = {**form, "ceiling": "SOR 1531000016005 +", "until": "31.12.2030"}
    done = ravn.send(page, good, action="entitlements/new")
    assert "SOR 1531000016005 +" in text(done)
    again = ravn.send(page, good, action="entitlements/new")
    assert again.status == 400  # they have it already
    listed = ravn.open("operator/entitlements?service=dpsd")
    assert "Svaneapoteket" in text(listed)

    # Egely has people with it: nothing is done before it was seen who loses it.
    page = ravn.open(organisation(ravn, "Plejecenter"))
    where = row_link(page, "Editor of a nursing home", "/withdraw")
    first = ravn.send(ravn.open(where), {"reason": "aftalen er ophørt"}, action="withdraw")
    assert first.tree.xpath("//input[@name='seen']")
    assert where in " ".join(links(ravn.open(organisation(ravn, "Plejecenter")), "withdraw"))


def test_only_operators_change_what_organisations_may(house: House) -> None:
    ravn, rosa = house.enter("ravn"), house.enter("rosa")
    home = organisation(ravn, "Svaneapoteket")
    assert rosa.open(home).status == 200
    assert not links(rosa.open(home), "/administrator")
    for path in (f"{home}/entitlements/new", f"{home}/state", f"{home}/administrator"):
        assert rosa.open(path).mark("code") == "permission.mandate", path
        assert house.enter("bodil").open(path).mark("code") == "permission.mandate", path
    assert ravn.open(f"operator/organisations/{NOWHERE}").mark("code") == "organisation.unknown"
    gone = ravn.open(f"operator/entitlements/{NOWHERE}/limit")
    assert gone.mark("code") == "entitlement.unknown"


def test_an_organisation_gets_an_administrator_and_is_suspended(house: House) -> None:
    ravn = house.enter("ravn", anew=True)
    home = organisation(ravn, "Svaneapoteket")
    page = ravn.open(f"{home}/administrator")
    empty = ravn.send(page, {"name": "Ny", "email": "ny@example.dk", "reason": ""}, action="admin")
    assert empty.status == 400
    sent = {"name": "Nanna Ny", "email": "nanna.ny@example.dk", "reason": "underskrevet brev"}
    done = ravn.send(page, sent, action="administrator")
    assert "Nanna Ny" in text(done)
    assert mailed(house, "case-claim", "nanna.ny@example.dk").startswith("cases/claim/")
    state = {"state": "suspended", "reason": "betaler ikke"}
    shut = ravn.send(ravn.open(f"{home}/state"), state, action="state")
    assert "betaler ikke" in text(shut)
    back = {"state": "active", "reason": "betalt"}
    ravn.send(ravn.open(f"{home}/state"), back, action="state")
    alarms = text(ravn.open("operator/organisations?alarm=1"))
    assert "Svaneapoteket" not in alarms
