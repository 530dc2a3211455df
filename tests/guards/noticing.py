"""Which guards decide in a test: every module runs as it is, and tells when one does.

A test in which a guard never decides runs the same without it; only the others are worth trying.
"""

import importlib
from collections.abc import Callable, Sized
from dataclasses import dataclass
from functools import wraps

from tests.guards.changing import TELLER
from tests.guards.finding import MODULES, Guard, guards_of, telling
from tests.guards.swapping import at_in_list, everywhere, functions_of, swap

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

    def longer(self, number: int, values: Sized, most: int) -> Sized:
        """It decides where there is more than that."""
        if len(values) > most:
            self.decides(number)
        return values

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
        for guard in guards:
            if guard.kind == "check":
                known, at = module.__dict__[guard.place], at_in_list(guard)
                everywhere(known, (*known[:at], _told(known[at], teller, guard), *known[at + 1 :]))
    return heard


def _told(entry: object, teller: Teller, guard: Guard) -> object:
    """A check refuses, or is a function among words that says whether something is wrong."""
    if isinstance(entry, tuple):
        return tuple(_told(part, teller, guard) for part in entry)
    if not callable(entry):
        return entry
    check: Callable[..., object] = entry

    @wraps(check)
    def told(*given: object, **named: object) -> object:
        return teller.where(guard.number, teller.calling(guard.number, check, *given, **named))

    return told
