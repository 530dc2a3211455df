"""The team of a service: given to a colleague until a day, taken, and never to oneself."""

from tests.portals.changing import DAY, Change, linked
from tests.portals.switching.moments import typed
from tests.portals.visiting import text, token

AT = "service/team/sor"


def test_a_colleague_comes_into_the_team_until_a_day_and_out_again(change: Change) -> None:
    merete = change.fresh("merete")
    assert "Merete Skovbo" in text(merete.open(AT))
    assert "Rosa Lindhøj" not in text(merete.open(AT))
    page = merete.open(f"{AT}/give?q=rosa")
    assert "Merete Skovbo" not in text(page)
    account = page.tree.find(".//input[@name='account']")
    assert account is not None
    chosen = str(account.get("value"))
    page = merete.send(page, {"q": "rosa", "account": chosen, "kind": "service_tech"}, action="")
    fields = {"q": "rosa", "account": chosen, "kind": "service_tech", "reason": "barselsvikar"}
    found = {"csrf_token": token(merete.open(AT)), **fields}
    page = merete.post(f"{AT}/give", {**found, "until": "engang"})
    assert page.status == 400
    page = merete.post(f"{AT}/give", {**found, "until": typed(change.now + 90 * DAY)})
    assert "They are in the team now" in text(page), text(page)
    assert "Rosa Lindhøj" in text(page)
    assert change.fresh("rosa").open("service/certificates/sor").status == 200
    again = merete.post(f"{AT}/give", {**found, "until": typed(change.now + 90 * DAY)})
    assert again.status == 400
    out = merete.open(linked(merete.open(AT), "Take Rosa").partition("/portal/")[2])
    page = merete.send(out, {"reason": "tilbage fra barsel"})
    assert "They are not in the team any more" in text(page)
    assert "Rosa Lindhøj" not in text(page)
    page = change.fresh("rosa").open("service/certificates/sor", follow=False)
    assert page.mark("code") == "permission.mandate"


def test_a_technician_gives_nothing_and_nobody_a_foreign_service(change: Change) -> None:
    palle = change.fresh("palle")
    assert "Somebody new in the team" not in text(palle.open("service/team/dpsd"))
    page = palle.open("service/team/dpsd/give", follow=False)
    assert (page.status, page.mark("code")) == (403, "permission.mandate")
    merete = change.fresh("merete")
    for path in ("service/team/lpr-sor", "service/team/lpr-sor/give"):
        page = merete.open(path)
        assert (page.status, page.mark("code")) == (403, "permission.service"), path
