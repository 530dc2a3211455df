"""What every command needs: the settings, who is asking, and errors as words instead of traces."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec, TypeVar

import click

from broker.bootstrap import metadata_service
from broker.cli.person import person
from broker.cli.printing import safe
from broker.clock import system_clock
from broker.db import make_engine
from broker.errors import BrokerError
from broker.metadata.mappings.service import MappingService
from broker.metadata.report import Occasion
from broker.metadata.service import MetadataService
from broker.settings import BadSettings, Settings, read_settings
from broker.web.reference import new_reference

P = ParamSpec("P")
R = TypeVar("R")

_WITH_AN_ACCOUNT = (
    "--as ACCOUNT acts with what an account may do, by its id; it counts once its owner has "
    "signed in."
)


def in_words(command: Callable[P, R]) -> Callable[P, R]:
    """Let a command end with its error as one line on standard error, and exit status 1."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except BadSettings as error:
            raise click.ClickException("\n".join(map(str, error.problems))) from error
        except BrokerError as error:
            raise click.ClickException(spoken(error.detail or error.code, error.code)) from error

    return wrapped


def spoken(words: str, code: str) -> str:
    """An error as it stands on the terminal; with how to act for an account where that may help."""
    words = "\n".join(map(safe, words.split("\n")))
    hint = f"\n{_WITH_AN_ACCOUNT}" if code == "permission.mandate" else ""
    return f"{words} ({code}){hint}"


def settings_of(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this environment. Raises BadSettings with all its problems."""
    return read_settings(os.environ if environ is None else environ)


def service_of(settings: Settings) -> MetadataService:
    """What changes the registry of this installation."""
    if not settings.data.is_dir():
        raise click.ClickException(f"{settings.data} is not there. Run broker init first.")
    return metadata_service(make_engine(settings.database_url), settings.origin, settings.keys)


def mappings_of(settings: Settings) -> MappingService:
    """What changes the mappings of this installation."""
    service = service_of(settings)
    return MappingService(service.engine, service.audit)


def instant(option: str, text: str | None) -> datetime | None:
    """An instant given to an option, in UTC. Raises UsageError where it has no offset."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        example = "2026-03-02T06:00:00+01:00"
        raise click.UsageError(f"{option} is an instant with its offset, such as {example}.")
    return at.astimezone(UTC)


def occasion_of(reason: str) -> Occasion:
    """Now, by the person at this terminal."""
    return Occasion(system_clock(), person(), reason, new_reference())
