"""The options of every command that decides something for many services, read into one Wave."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import click

from broker.metadata.model import Localised
from broker.metadata.waves import Signed

F = TypeVar("F", bound=Callable[..., None])

_KEY = "broker.wave."


@dataclass(frozen=True, slots=True)
class Meant:
    """Which services are meant, who signed, and how it is shown."""

    services: tuple[str, ...]
    but: tuple[str, ...]
    federation: str | None
    signed: Signed
    reason: str
    as_json: bool


def wave(command: F) -> F:
    """The options themselves; the command asks `meant()` for what they come to."""
    options = (
        _option("--service", "services", multiple=True, help="For this one; repeatable."),
        _option("--all", "everywhere", is_flag=True, help="For all of them."),
        _option("--except", "but", multiple=True, help="With --all: not for this one."),
        _option("--federation", "federation", help="The federation; the first unless given."),
        _option("--requested-by", "requested_by", help="Who asked for it."),
        _option("--approved-by-owner", "by_owner", help="Who said yes for the owner."),
        _option("--approved-by-operator", "by_operator", help="Who said yes for the operator."),
        _option("--case", "case_no", help="The number of the case."),
        _option("--reason", "reason", default="", help="Why, for the audit trail."),
        _option("--json", "as_json", is_flag=True, help="The same as data."),
    )
    for option in reversed(options):
        command = option(command)
    return click.argument("idp")(command)


def meant() -> Meant:
    """What was said of the services. Raises UsageError where it is neither some nor all."""
    said = click.get_current_context().meta
    services, everywhere = said[_KEY + "services"], said[_KEY + "everywhere"]
    if bool(services) == bool(everywhere):
        raise click.UsageError("Say which services: --service CODE, or --all with --except CODE.")
    return Meant(
        services=tuple(services),
        but=tuple(said[_KEY + "but"]),
        federation=said[_KEY + "federation"],
        signed=Signed(
            requested_by=said[_KEY + "requested_by"],
            approved_by_owner=said[_KEY + "by_owner"],
            approved_by_operator=said[_KEY + "by_operator"],
            case_no=said[_KEY + "case_no"],
        ),
        reason=said[_KEY + "reason"],
        as_json=said[_KEY + "as_json"],
    )


def texts(command: F) -> F:
    """The reason that people see, in both languages."""
    for code, language in (("en", "English"), ("da", "Danish")):
        option = click.option(f"--text-{code}", help=f"Why, for people, in {language}.")
        command = option(command)
    return command


def in_both(da: str | None, en: str | None) -> Localised | None:
    """The reason, in both languages or in none."""
    if (da is None) != (en is None):
        raise click.UsageError("Say it in both languages: --text-da and --text-en.")
    return Localised(da, en) if da and en else None


def _option(
    flag: str,
    name: str,
    *,
    multiple: bool = False,
    is_flag: bool = False,
    default: str | None = None,
    help: str,  # noqa: A002  # as click calls it
) -> Callable[[F], F]:
    def keep(context: click.Context, _parameter: click.Parameter, value: object) -> None:
        context.meta[_KEY + name] = value

    hidden = f"_{name}"
    if is_flag:
        return click.option(
            flag, hidden, is_flag=True, expose_value=False, callback=keep, help=help
        )
    return click.option(
        flag,
        hidden,
        multiple=multiple,
        default=default,
        expose_value=False,
        callback=keep,
        help=help,
    )
