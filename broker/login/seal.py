"""State to cookie and back, bound to cookie name, federation and state type. R1–R3."""

import base64
import binascii
import json
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from broker.errors import Refused
from broker.login.state import (
    MAX_STEPS,
    MAX_TRIES,
    Asked,
    AwaitingChoice,
    AwaitingResponse,
    Finished,
    Sealed,
    Step,
    Try,
    epoch,
    from_epoch,
)
from broker.saml import names
from broker.saml.assurance import Assurance, Comparison, Demand
from broker.saml.messages import AppSwitch
from broker.sealing import SealingKeys

PREFIX = "__Host-flow-"
MAX_COOKIE = 700
_LETTERS: dict[type[Sealed], bytes] = {AwaitingChoice: b"C", AwaitingResponse: b"R", Finished: b"F"}
_COMPARISONS: tuple[Comparison, ...] = ("exact", "minimum", "maximum", "better")
_FORMATS = (names.PERSISTENT, names.TRANSIENT, names.X509_SUBJECT, names.UNSPECIFIED)
Json = list["Json"] | str | int | None


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals flow states into cookie values and opens them again."""

    keys: SealingKeys

    def seal(self, state: Sealed) -> tuple[str, str]:
        """Cookie name and value. Raises Refused("limit.flow_state") when it would not fit (R2)."""
        name = PREFIX + state.flow
        packed = json.dumps(_pack(state), ensure_ascii=False, separators=(",", ":")).encode()
        plain = min(b"j" + packed, b"z" + zlib.compress(packed, 9), key=len)
        letter = _LETTERS[type(state)]
        box = self.keys.seal(plain, _bound(name, state.asked.federation, letter))
        value = base64.urlsafe_b64encode(letter + box).decode()
        if len(name) + len(value) > MAX_COOKIE:
            raise Refused("limit.flow_state", f"a flow of {len(name) + len(value)} bytes")
        return name, value.rstrip("=")

    def check_room(self, state: AwaitingChoice) -> None:
        """Refuse at the start a flow that could not be carried to its end (R2).

        Raises Refused("limit.flow_state") where three tries and a full trace would not fit.
        """
        tries = tuple(Try(request_id(state.flow), 10**6, state.asked.at) for _ in range(MAX_TRIES))
        steps = tuple(Step(hop, 10**6 + hop, 10**4 + hop, 3) for hop in range(MAX_STEPS))
        asked = replace(state.asked, session=uuid4())
        self.seal(AwaitingResponse(state.flow, asked, tries, steps, state.asked.at))

    def open(self, name: str, value: str, federation: str) -> Sealed:
        """The state sealed under this name for this federation. Raises Refused("flow.foreign")."""
        try:
            raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise Refused("flow.foreign", "a flow cookie that is not ours") from None
        letter, box = raw[:1], raw[1:]
        plain = self.keys.open(box, _bound(name, federation, letter))
        if plain is not None:
            packed = zlib.decompress(plain[1:]) if plain[:1] == b"z" else plain[1:]
            try:
                return _unpack(letter, name.removeprefix(PREFIX), federation, json.loads(packed))
            except (ValueError, TypeError, LookupError):
                raise Refused("flow.foreign", "a flow cookie of another release") from None
        raise Refused("flow.foreign", "a flow cookie that is not ours")


def new_flow() -> str:
    """A fresh flow id: 96 random bits, safe in a cookie name, a URL and an xs:ID."""
    return secrets.token_hex(12)


def request_id(flow: str) -> str:
    """An AuthnRequest ID of ours that names its flow and cannot be guessed."""
    return f"_{flow}{secrets.token_hex(16)}"


def flow_of(in_response_to: str | None) -> str | None:
    """The flow that a request id of ours names, or None where it is no id of ours."""
    found = in_response_to or ""
    if len(found) != 57 or not found.startswith("_") or not found[1:].isalnum():
        return None
    return found[1:25]


def open_any(sealer: Sealer, cookies: Sequence[tuple[str, str]], federation: str) -> list[Sealed]:
    """Every flow of this federation that the browser carries; what cannot be opened is left out."""
    found: list[Sealed] = []
    for name, value in cookies:
        try:
            found.append(sealer.open(name, value, federation))
        except Refused:
            continue
    return found


def _bound(name: str, federation: str, letter: bytes) -> bytes:
    return b"\x00".join((name.encode(), federation.encode(), letter))


def _pack(state: Sealed) -> list[Json]:
    asked = state.asked
    demand: list[Json] | None = None
    if asked.demand is not None:
        levels: list[Json] = [int(level) for level in sorted(asked.demand.levels)]
        demand = [_COMPARISONS.index(asked.demand.comparison), levels, int(asked.demand.nist)]
    common: list[Json] = [
        asked.service,
        asked.request_id,
        asked.acs,
        asked.relay_state,
        asked.force_authn + 2 * asked.is_passive,
        demand,
        list(asked.idps),
        asked.reference,
        epoch(asked.at),
        *_extras(asked),
    ]
    if isinstance(state, Finished):
        failed = state.failed
        return [common, [failed[0], epoch(failed[1])]] if failed else [common]
    trace: list[Json] = [_step(step) for step in state.trace]
    if isinstance(state, AwaitingChoice):
        return [common, trace]
    prefix = len(state.flow) + 1
    tries: list[Json] = [[t.request_id[prefix:], t.idp, epoch(t.at)] for t in state.tries]
    back: list[Json] = [epoch(state.failed)] if state.failed else []
    return [common, trace, tries, *back]


def _step(step: Step) -> list[Json]:
    return [step.hop, step.peer, step.ms, *([step.how] if step.how else [])]


def _extras(asked: Asked) -> list[Json]:
    """The session first, then what few requests say, without the empty end of it."""
    switch = asked.app_switch
    extras: list[Json] = [
        _uuid(asked.session),
        _FORMATS.index(asked.name_id) if asked.name_id else None,
        None if asked.create else 1,
        asked.proxy_count,
        list(asked.requesters) or None,
        [switch.platform, switch.return_url] if switch else None,
        _uuid(asked.begun),
        asked.endpoint,
    ]
    while extras and extras[-1] is None:
        extras.pop()
    return extras


def _uuid(value: UUID | None) -> str | None:
    return base64.b64encode(value.bytes).decode()[:22] if value else None


def _read_uuid(packed: str | None) -> UUID | None:
    return UUID(bytes=base64.b64decode(f"{packed}==")) if packed else None


def _demand(packed: list) -> Demand | None:  # type: ignore[type-arg]  # as in _unpack
    if not packed:
        return None
    comparison, levels, nist = packed
    return Demand(_COMPARISONS[comparison], frozenset(map(Assurance, levels)), nist=bool(nist))


def _unpack(letter: bytes, flow: str, federation: str, packed: list[list]) -> Sealed:  # type: ignore[type-arg]  # JSON we sealed ourselves
    service, sp_id, acs, relay, flags, demand, idps, reference, at, *extras = packed[0]
    session, name_id, closed, proxies, requesters, switch, begun, endpoint = [
        *extras,
        *[None] * 8,
    ][:8]
    asked = Asked(
        federation=federation,
        service=service,
        request_id=sp_id,
        acs=acs,
        relay_state=relay,
        force_authn=bool(flags & 1),
        is_passive=bool(flags & 2),
        demand=_demand(demand),
        idps=tuple(idps),
        reference=reference,
        at=from_epoch(at),
        name_id=None if name_id is None else _FORMATS[name_id],
        create=closed is None,
        proxy_count=proxies,
        requesters=tuple(requesters or ()),
        app_switch=AppSwitch(*switch) if switch else None,
        session=_read_uuid(session),
        begun=_read_uuid(begun),
        endpoint=endpoint,
    )
    if letter == b"F":
        failed = (packed[1][0], from_epoch(packed[1][1])) if len(packed) > 1 else None
        return Finished(flow, asked, failed)
    trace = tuple(Step(*step) for step in packed[1])
    if letter == b"C":
        return AwaitingChoice(flow, asked, trace)
    tries = tuple(Try(f"_{flow}{rest}", idp, from_epoch(when)) for rest, idp, when in packed[2])
    back = from_epoch(packed[3]) if len(packed) > 3 else None  # type: ignore[arg-type]  # a number
    return AwaitingResponse(flow, asked, tries, trace, back)
