"""Commands of a group, each imported when it is asked for."""

from collections import UserDict
from collections.abc import Iterator, Mapping
from importlib import import_module

import click


class Commands(UserDict[str, click.Command]):
    """Commands by name: in which module of this package each is, and `:name` if it has another."""

    def __init__(self, where: Mapping[str, str]) -> None:
        super().__init__()
        self._where = where

    def __missing__(self, name: str) -> click.Command:
        """The command, imported the first time."""
        module, _, other = self._where[name].partition(":")
        found: object = getattr(import_module(f"broker.cli.{module}"), other or name)
        if not isinstance(found, click.Command):
            raise TypeError(f"{name} is no command")
        self.data[name] = found
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._where

    def __iter__(self) -> Iterator[str]:
        return iter(self._where)

    def __len__(self) -> int:
        return len(self._where)
