"""The machine of the login is drawn where people read it, and the hops never meet."""

import broker.login
from broker.login.state import TRANSITIONS, draw


def test_the_drawing_in_the_package_is_the_machine() -> None:
    assert broker.login.__doc__ is not None
    assert draw() in broker.login.__doc__


def test_every_state_but_the_first_is_reached() -> None:
    reached = {name for _, _, after in TRANSITIONS for name in after.split(" | ")}
    assert {before for before, _, _ in TRANSITIONS} - reached == {"AuthnRequest"}
