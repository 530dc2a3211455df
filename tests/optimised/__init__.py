"""The product as `python -O` runs it, under tests that keep their own assertions. C14.

pytest's assertions vanish under -O, so that nothing could fail there. Here only the product,
and the library that reads its messages, are compiled as -O compiles them.
"""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import CodeType, ModuleType

import pytest

OPTIMISED = ("broker", "saml2")


class Loader(importlib.machinery.SourceFileLoader):
    """Compiles without assertions, and neither reads nor writes what Python compiled before."""

    def get_code(self, fullname: str) -> CodeType:
        """The code of a module, as -O has it."""
        path = self.get_filename(fullname)
        return compile(self.get_data(path), path, "exec", dont_inherit=True, optimize=1)


class Finder(importlib.abc.MetaPathFinder):
    """Gives the modules of the product that loader."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Found where it always is, loaded in another way."""
        if fullname.partition(".")[0] not in OPTIMISED:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = Loader(spec.loader.name, spec.loader.path)
        return spec


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """As a plugin: before anything of the product is imported, and conftests import of it."""
    if any(name.partition(".")[0] in OPTIMISED for name in sys.modules):
        raise RuntimeError("the product is imported already, as it is without -O")
    sys.meta_path.insert(0, Finder())
