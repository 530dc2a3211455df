"""What a session remembers, and how it is written down."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from broker.saml import names
from broker.saml.messages import Assertion, Attribute, AuthnStatement, Conditions, NameID

NOBODY = NameID("", names.UNSPECIFIED)


@dataclass(frozen=True, slots=True)
class Session:
    """A login that counts until it ends, with what the identity provider said."""

    id: UUID
    person: UUID
    idp: int  # ConnectedIdp.row
    started_at: datetime
    seen_at: datetime
    ends_at: datetime
    reference: str
    assertion: Assertion = field(repr=False)


@dataclass(frozen=True, slots=True)
class Participant:
    """A service that was told of the login, and the name it knows the person by."""

    session: UUID
    service: int  # Service.row
    session_index: str
    name: NameID  # NOBODY where the key that sealed it is gone
    endpoint: str | None = None  # the epoch of ours whose address it came by last (R25)


@dataclass(frozen=True, slots=True)
class Known:
    """What a service was told before in the same session, and how often lately."""

    session_index: str
    name: NameID  # as Participant has it
    logins: int  # since `counted_from`
    counted_from: datetime


@dataclass(frozen=True, slots=True)
class Upstream:
    """The session at the identity provider that ours rests on."""

    session: UUID
    idp: int
    session_index: str | None
    name: NameID  # NOBODY where it named nobody, or the key that sealed it is gone


@dataclass(frozen=True, slots=True)
class NewSession:
    """A login to remember: whose, from where, how sure, until when."""

    federation: str
    person: UUID
    idp: int
    level: str
    at: datetime
    ends_at: datetime
    reference: str
    assertion: Assertion = field(repr=False)


def write_name(name: NameID) -> bytes:
    """A NameID to be sealed."""
    parts = [name.value, name.format, name.name_qualifier, name.sp_name_qualifier]
    return json.dumps(parts, ensure_ascii=False).encode()


def read_name(plain: bytes) -> NameID:
    """A NameID as it was sealed."""
    return NameID(*json.loads(plain))


def write_assertion(assertion: Assertion) -> bytes:
    """What we may assert again, to be sealed under the browser's key."""
    statement = assertion.authn_statements[0]
    conditions = assertion.conditions
    name = assertion.name_id
    said = {
        "id": assertion.id,
        "issuer": assertion.issuer,
        "issued": assertion.issue_instant.isoformat(),
        "name": [name.value, name.format, name.name_qualifier, name.sp_name_qualifier]
        if name
        else None,
        "at": statement.authn_instant.isoformat(),
        "index": statement.session_index,
        "until": _written(statement.session_not_on_or_after),
        "ref": statement.class_ref,
        "authorities": statement.authorities,
        "proxies": conditions.proxy_count if conditions else None,
        "audiences": conditions.proxy_audiences if conditions else (),
        "once": bool(conditions and conditions.one_time_use),
        "attributes": [[a.name, a.values, a.name_format] for a in assertion.attributes],
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def read_assertion(plain: bytes) -> Assertion:
    """What we may assert again. Whom and when it was confirmed for is over and not kept."""
    said = json.loads(plain)
    statement = AuthnStatement(
        authn_instant=datetime.fromisoformat(said["at"]),
        session_index=said["index"],
        session_not_on_or_after=datetime.fromisoformat(said["until"]) if said["until"] else None,
        class_ref=said["ref"],
        authorities=tuple(said["authorities"]),
    )
    conditions = Conditions(
        not_before=None,
        not_on_or_after=None,
        audiences=(),
        one_time_use=said["once"],
        proxy_restrictions=1 if said["proxies"] is not None or said["audiences"] else 0,
        proxy_count=said["proxies"],
        proxy_audiences=tuple(said["audiences"]),
    )
    return Assertion(
        id=said["id"],
        issuer=said["issuer"],
        issue_instant=datetime.fromisoformat(said["issued"]),
        name_id=NameID(*said["name"]) if said["name"] else None,
        confirmations=(),
        conditions=conditions,
        authn_statements=(statement,),
        attribute_statements=1,
        attributes=tuple(Attribute(n, tuple(v), f) for n, v, f in said["attributes"]),
    )


def _written(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
