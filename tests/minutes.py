"""The clock by which refusals of an address are counted, moved by hand."""

from types import SimpleNamespace

import pytest


class Minutes:
    """Stands still until somebody moves it."""

    now = 1_800_000_000.0

    def time(self) -> float:
        """What the libraries that count ask for."""
        return self.now


def standing(patch: pytest.MonkeyPatch) -> Minutes:
    """From here on; a minute that ended meanwhile would let one refusal more through."""
    clock = Minutes()
    for module in ("limits.storage.memory", "limits.strategies", "broker.web.limiting"):
        shown = SimpleNamespace(time=clock.time, monotonic=clock.time)
        patch.setattr(f"{module}.time", shown)
    return clock
