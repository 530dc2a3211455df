"""The security log: one structured line for every refusal and every finished login. R8.

Lines go to the logger `broker.security` with `reference`, `code` and the fields beside
the message; how they are written out is decided where logging is set up.
"""

import logging
from collections.abc import Mapping

from broker.audit.masking import cleaned, number
from broker.audit.tallies.counting import Tallies
from broker.audit.tallies.model import What

_LOGGER = logging.getLogger("broker.security")
_COUNTED: dict[str, What] = {
    "login.refused": "login.refused",
    "logout.refused": "logout.refused",
}


class SecurityLog:
    """Writes events that are safe to read: capped, without control characters or CPR numbers.

    Refusals are counted by their code as well, each as often as it has a line.
    """

    def __init__(self, tallies: Tallies) -> None:
        self._tallies = tallies

    def record(
        self,
        event: str,
        *,
        reference: str,
        code: str,
        fields: Mapping[str, str | int | None],
    ) -> None:
        """Write one line: `event` happened, `code` is `ok` or why not. No field is left out."""
        level = logging.INFO if code == "ok" else logging.WARNING
        extra: dict[str, str | int | None] = {
            name: cleaned(value) if isinstance(value, str) else number(value)
            for name, value in fields.items()
        }
        extra |= {"reference": cleaned(reference), "code": cleaned(code)}
        _LOGGER.log(level, cleaned(event), extra=extra)
        if (what := _COUNTED.get(event)) is not None:
            self._tallies.add(what, str(fields.get("federation") or ""), name=code)


def claim(value: str | None) -> str:
    """What an unverified message says about itself, marked as such for a sentence in a log."""
    return f"claimed {cleaned(value)!r}" if value else "claimed by nobody"
