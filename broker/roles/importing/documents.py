"""What a row takes, as the JSON that is kept with it, and back."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from broker.roles.importing.model import Facts, GrantStep, Newcomer
from broker.roles.importing.rows import Message
from broker.roles.requests.documents import scopes_document, scopes_of

Document = Mapping[str, object]


def messages_document(messages: tuple[Message, ...]) -> list[dict[str, str]]:
    """Messages as they are kept."""
    return [{"code": one.code, "cell": one.cell, "value": one.value} for one in messages]


def messages_of(document: list[Mapping[str, str]]) -> tuple[Message, ...]:
    """Messages as they were kept."""
    return tuple(Message(one["code"], one["cell"], one["value"]) for one in document)


def newcomer_document(one: Newcomer | None) -> dict[str, object] | None:
    """A newcomer as it is kept: hashes, never identifiers."""
    if one is None:
        return None
    hashes = [list(pair) for pair in one.hashes]
    return {"hashes": hashes, "name": one.name, "email": one.email, "home": one.home}


def newcomer_of(document: Document | None) -> Newcomer | None:
    """A newcomer as it was kept."""
    if document is None:
        return None
    pairs = cast("list[list[str]]", document["hashes"])
    return Newcomer(
        hashes=tuple((kind, hashed) for kind, hashed in pairs),
        name=str(document["name"]),
        email=_text(document["email"]),
        home=_text(document["home"]),
    )


def facts_document(facts: Facts | None) -> dict[str, object] | None:
    """Facts as they are kept."""
    if facts is None:
        return None
    return {"name": facts.name, "email": facts.email, "home": facts.home}


def facts_of(document: Document | None) -> Facts | None:
    """Facts as they were kept."""
    if document is None:
        return None
    return Facts(*(_text(document[key]) for key in ("name", "email", "home")))


def step_document(step: GrantStep | None) -> dict[str, object] | None:
    """A step as it is kept."""
    if step is None:
        return None
    return {
        "do": step.do,
        "role": str(step.role),
        "scopes": scopes_document(step.scopes),
        "since": instant_document(step.since),
        "until": instant_document(step.until),
        "reason": step.reason,
        "case_no": step.case_no,
    }


def step_of(document: Document | None) -> GrantStep | None:
    """A step as it was kept."""
    if document is None:
        return None
    return GrantStep(
        do="give" if document["do"] == "give" else "end" if document["do"] == "end" else "until",
        role=UUID(str(document["role"])),
        scopes=scopes_of(cast("list[Document]", document["scopes"])),
        since=instant_of(document["since"]),
        until=instant_of(document["until"]),
        reason=str(document["reason"]),
        case_no=_text(document["case_no"]),
    )


def instant_document(instant: datetime | None) -> str | None:
    """An instant as it is kept."""
    return None if instant is None else instant.isoformat()


def instant_of(value: object) -> datetime | None:
    """An instant as it was kept."""
    return None if value is None else datetime.fromisoformat(str(value))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
