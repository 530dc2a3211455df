"""A turn as a flight of the recorder: the steps and checks that it took, and where it ended. R7.

What earlier requests of the browser did is read from the flow that it carried.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

from broker.audit.flights.model import Flight
from broker.errors import Unknown
from broker.login.state import AwaitingChoice, AwaitingResponse, Step
from broker.login.turn import Turn
from broker.roles.answer import Answer, Issued, LeftOut
from broker.statistics.model import SOURCES

MOST = 40  # of each list


def flight_of(turn: Turn, code: str, *, detail: str = "", how: str = "", level: str = "") -> Flight:
    """The flight that ended with this code."""
    account = turn.answer.account if turn.answer is not None else None
    return Flight(
        id=uuid4(),
        reference=turn.reference,
        at=turn.now,
        federation=turn.federation.path,
        service=turn.service.code if turn.service else None,
        idp=turn.idp.code if turn.idp else None,
        code=code[:64],
        person=turn.person,
        account=account.id if account else None,
        story={
            "asked": _asked(turn),
            "tries": list(_tries(turn)),
            "hops": [
                {"name": h.name, "ms": round(h.ms), "code": h.code, "checks": list(h.checks[:MOST])}
                for h in turn.hops[:MOST]
            ],
            "policy": list(turn.policy),
            "came": [[one.name, one.values, one.shape] for one in turn.came[:MOST]],
            "hop": turn.hop,
            "detail": detail,
            "how": how,
            "level": level,
            "mapping": turn.mapping,
            **(_answered(turn.answer) if turn.answer is not None else {}),
        },
    )


def _asked(turn: Turn) -> dict[str, object] | None:
    asked = turn.asked
    if asked is None:
        return None
    return {
        "at": _when(asked.at),
        "solicited": asked.solicited,
        "force": asked.force_authn,
        "passive": asked.is_passive,
        "level": asked.required.word if asked.required else None,
        "idps": [code for row in asked.idps if (code := _code(turn, row)) is not None],
        "endpoint": asked.endpoint,
    }


def _tries(turn: Turn) -> Iterator[dict[str, object]]:
    """Where the person was sent, when, and by whose choice; trace and tries are in one order."""
    trail = turn.trail
    sent = [step for step in trail.trace if step.hop == 3] if trail else []
    if isinstance(trail, AwaitingResponse):
        steps = dict(zip(range(len(trail.tries) - 1, -1, -1), reversed(sent), strict=False))
        for number, made in enumerate(trail.tries):
            how = _how(steps.get(number))
            yield {"idp": _code(turn, made.idp) or "?", "at": _when(made.at), "how": how}
    elif isinstance(trail, AwaitingChoice):
        for step in sent:
            yield {"idp": _code(turn, step.peer) or "?", "at": None, "how": _how(step)}


def _code(turn: Turn, row: int) -> str | None:
    """The code of one identity provider: reading all to know one would grow with their number."""
    try:
        return turn.registry.idp_by_row(turn.federation.path, row).code
    except Unknown:
        return None


def _how(step: Step | None) -> str:
    return SOURCES[step.how - 1] if step is not None and 0 < step.how <= len(SOURCES) else ""


def _answered(answer: Answer) -> dict[str, object]:
    home = answer.organisation
    return {
        "organisation": home.cvr if home else None,
        "roles": [_issued(one) for one in answer.issued[:MOST]],
        "left": [_left(one) for one in answer.left_out[:MOST]],
        "warned": [_left(one) for one in answer.warnings[:MOST]],
        "shadow": [_issued(one) for one in answer.shadow[:MOST]],
    }


def _issued(one: Issued) -> dict[str, object]:
    units = sorted({f"{d.type}:{d.value}" for held in one.held for d in held.delimitations})
    return {
        "role": one.role.urn,
        "kind": one.source.kind,
        "source": str(one.source.id),
        "name": one.source.name,
        "version": one.source.version,
        "units": units[:MOST],
    }


def _left(one: LeftOut) -> dict[str, object]:
    return {
        "code": one.code,
        "role": one.role.urn if one.role else None,
        "name": one.source.name if one.source else "",
        "detail": one.detail,
    }


def _when(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
