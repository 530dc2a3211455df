"""A flow's id together with the service it is for: `<flow>.<row of the service>`.

It stands in the address of the discovery page and in our RelayState, so that a browser that
lost its cookies is still shown the way back. It is a hint: nothing is ever issued by it.
"""

from broker.errors import Unknown
from broker.login.turn import Turn


def write(flow: str, service: int) -> str:
    """The flow's id, and after it the row of its service."""
    return f"{flow}.{service}"


def read(text: str) -> tuple[str, int | None]:
    """The flow's id and the row of the service, or None where none is named."""
    flow, _, row = text.partition(".")
    plain = row.isascii() and row.isdigit() and len(row) < 10
    return flow, int(row) if plain else None


def follow(turn: Turn, row: int | None) -> None:
    """Take the service of that row for the way back, where the flow has not told a better one."""
    if turn.service is None and row is not None:
        try:
            turn.service = turn.registry.service_by_row(turn.federation.path, row)
        except Unknown:
            return
