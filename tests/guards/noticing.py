"""Which guards decide in a test: every module runs as it is, and tells when one does.

A test in which a guard never decides runs the same without it; only the others are worth trying.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from tests.guards.finding import MODULES, TELLER, Guard, guards_of, telling
from tests.guards.swapping import Check, everywhere, functions_of, swap

Decided = set[tuple[str, int]]  # module and number


@dataclass(frozen=True)
class Teller:
    """What the guards of one module tell."""

    module: str
    heard: Decided

    def decides(self, number: int) -> None:
        """It got to where it refuses."""
        self.heard.add((self.module, number))

    def where(self, number: int, value: object) -> object:
        """It decides where the value holds."""
        if value:
            self.decides(number)
        return value

    def unless(self, number: int, value: object) -> object:
        """It decides where the value does not hold."""
        if not value:
            self.decides(number)
        return value

    def calling(
        self, number: int, called: Callable[..., object], *given: object, **named: object
    ) -> object:
        """It decides where the call refuses."""
        try:
            return called(*given, **named)
        except BaseException:
            self.decides(number)
            raise


def notice() -> Decided:
    """From here on this process writes down which guards decide, in what this gives."""
    heard: Decided = set()
    for name in MODULES:
        module, teller = importlib.import_module(name), Teller(name, heard)
        setattr(module, TELLER, teller)
        guards = guards_of(name)
        swap(module, telling(name), functions_of(name))
        for listed in {guard.place for guard in guards if guard.kind == "check"}:
            known = module.__dict__[listed]
            everywhere(known, tuple(_told(c, teller, guards, listed) for c in known))
    return heard


def _told(check: Check, teller: Teller, guards: list[Guard], listed: str) -> Check:
    name = getattr(check, "__name__", "")
    (guard,) = [g for g in guards if (g.kind, g.place, g.text) == ("check", listed, name)]

    @wraps(check)
    def told(*given: object, **named: object) -> object:
        return teller.calling(guard.number, check, *given, **named)

    return told
