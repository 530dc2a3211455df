"""One guard taken out of the running program, wherever its function or list is known already."""

import importlib
import inspect
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType

from tests.guards.finding import Guard, path_of, without


def take_out(guard: Guard) -> None:
    """From here on this process runs without it."""
    module = importlib.import_module(guard.module)
    compiled = compile(without(guard), str(path_of(guard.module)), "exec")
    if guard.kind == "check":
        _shorten(module.__dict__[guard.place], guard)
        return
    (code,) = [found for found in _codes(compiled) if found.co_qualname == guard.place]
    _function(module, guard.place).__code__ = code


def _shorten(known: tuple[object, ...], guard: Guard) -> None:
    """Everybody who has the list gets one without the entry, under the name they know it by."""
    shorter = tuple(check for check in known if getattr(check, "__name__", "") != guard.text)
    assert len(shorter) == len(known) - 1
    for module in list(sys.modules.values()):
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if value is known:
                setattr(module, name, shorter)


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _function(module: object, place: str) -> FunctionType:
    found = module
    for name in place.split("."):
        found = inspect.getattr_static(found, name)
    for inner in ("fget", "__func__", "__wrapped__"):
        found = getattr(found, inner, found)
    assert isinstance(found, FunctionType)
    return found
