"""Scopes and stages as the JSON that rows keep, and back."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import get_args

from broker.roles.grants.facts import Scope
from broker.roles.model import Approver, ScopeMode, Stage

_MODES: dict[str, ScopeMode] = {mode: mode for mode in get_args(ScopeMode)}
_APPROVERS: dict[str, Approver] = {one: one for one in get_args(Approver)}


def scopes_document(scopes: Sequence[Scope]) -> list[dict[str, object]]:
    """Scopes as they are kept."""
    return [
        {
            "type": scope.type,
            "mode": scope.mode,
            "value": scope.value,
            "with_descendants": scope.with_descendants,
        }
        for scope in scopes
    ]


def scopes_of(document: Sequence[Mapping[str, object]]) -> tuple[Scope, ...]:
    """Scopes as they were kept. Raises ValueError where a document is none of ours."""
    return tuple(
        Scope(
            str(one["type"]),
            _MODES[str(one["mode"])],
            str(one["value"]),
            with_descendants=bool(one["with_descendants"]),
        )
        for one in document
    )


def stages_document(stages: Sequence[Stage]) -> list[dict[str, object]]:
    """Stages as a request keeps them: later changes of the policy do not touch it."""
    return [
        {
            "approver": stage.approver,
            "approvals": stage.approvals,
            "days": stage.within.days,
            "on_timeout": stage.on_timeout,
        }
        for stage in stages
    ]


def stages_of(document: Sequence[Mapping[str, object]]) -> tuple[Stage, ...]:
    """Stages as they were kept."""
    return tuple(
        Stage(
            approver=_APPROVERS[str(one["approver"])],
            approvals=int(str(one["approvals"])),
            within=timedelta(days=int(str(one["days"]))),
            on_timeout="reject" if one["on_timeout"] == "reject" else "escalate",
        )
        for one in document
    )
