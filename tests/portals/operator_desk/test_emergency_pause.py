"""An operator who came in past the login pauses a login in one press, and can do no more."""

from tests.portals.test_emergency import Run, account, allowed, asked, run, used
from tests.portals.visiting import House, text, token

__all__ = ["run"]


def test_a_pause_is_one_page_and_one_press(house: House, run: Run) -> None:  # a fixture
    portal = used(house, allowed(run, asked(run, account(house, "ravn"))))
    page = portal.open("operator/activations/at/nsp/nemlogin", follow=False)
    assert page.status == 200
    assert any("pause/nemlogin" in (a.get("href") or "") for a in page.tree.iter("a"))
    page = portal.open("operator/activations/pause/nemlogin?service=nsp", follow=False)
    page = portal.send(page, {"services": "nsp"})
    assert "It is paused." in text(page)
    assert "Rikke Ravnkilde" in text(page)
    # Letting it go on, closing, people and words of mails take a login.
    form = {"csrf_token": token(page), "services": "nsp", "sure": "1", "sought": "Mette"}
    for path in ("activations/do/resume/nemlogin", "activations/do/close/nemlogin", "desk"):
        refused = portal.post(f"operator/{path}", {**form, "reason": "an emergency"})
        assert refused.mark("code") == "permission.mandate", path
    assert portal.open("operator/mail/words/try", follow=False).mark("code") == "permission.mandate"
    assert portal.open("operator/health", follow=False).status == 200
    ravn = house.enter("operator")
    page = ravn.send(ravn.open("operator/activations/do/resume/nemlogin"), {"services": "nsp"})
    assert "It goes on as it was planned." in text(ravn.send(page, {"sure": "1"}))
