"""A module swapped in the running program, wherever its functions and lists are known already."""

import ast
import importlib
import inspect
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType

from tests.guards.finding import Guard, guards_of, path_of, tree_of, without


def take_out(guard: Guard) -> None:
    """From here on this process runs without it."""
    module = importlib.import_module(guard.module)
    if guard.kind != "check":
        swap(module, without(guard), {guard.place})
        return
    known, at = module.__dict__[guard.place], at_in_list(guard)
    everywhere(known, known[:at] + known[at + 1 :])


def put_back(guard: Guard) -> None:
    """The same swap with everything in its place, which no test may notice."""
    module = importlib.import_module(guard.module)
    if guard.kind == "check":
        known = module.__dict__[guard.place]
        everywhere(known, (*known,))
    else:
        swap(module, tree_of(guard.module), {guard.place})


def swap(module: ModuleType, tree: ast.Module, places: set[str]) -> None:
    """These functions run as the tree has them."""
    found: dict[str, list[CodeType]] = {}
    for code in _codes(compile(tree, str(path_of(module.__name__)), "exec")):
        found.setdefault(code.co_qualname, []).append(code)
    for place in places:
        (code,) = found[place]
        _function(module, place).__code__ = code


def functions_of(module: str) -> set[str]:
    """The functions that hold a guard."""
    return {guard.place for guard in guards_of(module) if guard.kind != "check"}


def at_in_list(guard: Guard) -> int:
    """Which entry of its list a guard is."""
    return next(
        number
        for number, known in enumerate(g for g in guards_of(guard.module) if g.place == guard.place)
        if known.number == guard.number
    )


def everywhere(known: tuple[object, ...], new: tuple[object, ...]) -> None:
    """Everybody who has a list gets another one, under the name they know it by."""
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if value is known:
                setattr(module, name, new)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _function(module: object, place: str) -> FunctionType:
    found = module
    for name in place.split("."):
        found = inspect.getattr_static(found, name)
    for inner in ("fget", "func", "__func__", "__wrapped__"):
        found = getattr(found, inner, found)
    assert isinstance(found, FunctionType)
    return found
