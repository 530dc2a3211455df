"""State to cookie and back: AES-GCM, bound to cookie name, federation and state type. R1–R3.

The first line of the key file seals; every line opens. So a new key is added as the
last line on every node before it is moved to the first on any.
"""

import base64
import binascii
import hashlib
import json
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from broker.errors import Refused, Unavailable
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
from broker.saml.assurance import Assurance, Comparison, Demand
from broker.saml.keys import check_owner_only

PREFIX = "__Host-flow-"
MAX_COOKIE = 700
_LETTERS: dict[type[Sealed], bytes] = {AwaitingChoice: b"C", AwaitingResponse: b"R", Finished: b"F"}
_COMPARISONS: tuple[Comparison, ...] = ("exact", "minimum", "maximum", "better")
Json = list["Json"] | str | int | None


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals flow states into cookie values and opens them again."""

    keys: tuple[bytes, ...] = field(repr=False)

    @staticmethod
    def load(path: Path) -> "Sealer":
        """Read the key file, one hexadecimal 256-bit key a line. Raises Unavailable."""
        check_owner_only(path)
        try:
            keys = tuple(bytes.fromhex(line) for line in path.read_text().split())
        except ValueError as error:
            raise Unavailable("key.unusable", f"{path} is not hexadecimal") from error
        if not keys or any(len(key) != 32 for key in keys):
            raise Unavailable("key.unusable", f"{path} holds no 256-bit keys")
        return Sealer(keys)

    def seal(self, state: Sealed) -> tuple[str, str]:
        """Cookie name and value. Raises Refused("limit.flow_state") when it would not fit (R2)."""
        name = PREFIX + state.flow
        packed = json.dumps(_pack(state), ensure_ascii=False, separators=(",", ":")).encode()
        plain = min(b"j" + packed, b"z" + zlib.compress(packed, 9), key=len)
        letter, nonce = _LETTERS[type(state)], secrets.token_bytes(12)
        bound = _bound(name, state.asked.federation, letter)
        box = AESGCM(self.keys[0]).encrypt(nonce, plain, bound)
        value = base64.urlsafe_b64encode(_key_id(self.keys[0]) + letter + nonce + box).decode()
        if len(name) + len(value) > MAX_COOKIE:
            raise Refused("limit.flow_state", f"a flow of {len(name) + len(value)} bytes")
        return name, value.rstrip("=")

    def check_room(self, state: AwaitingChoice) -> None:
        """Refuse at the start a flow that could not be carried to its end (R2).

        Raises Refused("limit.flow_state") where three tries and a full trace would not fit.
        """
        tries = tuple(Try(request_id(state.flow), 10**6, state.asked.at) for _ in range(MAX_TRIES))
        steps = tuple(Step(hop, 10**6 + hop, 10**4 + hop) for hop in range(MAX_STEPS))
        self.seal(AwaitingResponse(state.flow, state.asked, tries, steps))

    def open(self, name: str, value: str, federation: str) -> Sealed:
        """The state sealed under this name for this federation. Raises Refused("flow.foreign")."""
        try:
            raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise Refused("flow.foreign", "a flow cookie that is not ours") from None
        key_id, letter, nonce, box = raw[:4], raw[4:5], raw[5:17], raw[17:]
        for key in self.keys:
            if _key_id(key) != key_id or len(nonce) != 12:
                continue
            try:
                plain = AESGCM(key).decrypt(nonce, box, _bound(name, federation, letter))
            except InvalidTag:
                continue
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


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:4]


def _bound(name: str, federation: str, letter: bytes) -> bytes:
    return b"\x00".join((name.encode(), federation.encode(), letter))


def _pack(state: Sealed) -> list[Json]:
    asked = state.asked
    demand: list[Json] | None = None
    if asked.demand is not None:
        levels: list[Json] = [int(level) for level in sorted(asked.demand.levels)]
        demand = [_COMPARISONS.index(asked.demand.comparison), levels]
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
    ]
    if isinstance(state, Finished):
        return [common]
    trace: list[Json] = [[step.hop, step.peer, step.ms] for step in state.trace]
    if isinstance(state, AwaitingChoice):
        return [common, trace]
    prefix = len(state.flow) + 1
    tries: list[Json] = [[t.request_id[prefix:], t.idp, epoch(t.at)] for t in state.tries]
    return [common, trace, tries]


def _unpack(letter: bytes, flow: str, federation: str, packed: list[list]) -> Sealed:  # type: ignore[type-arg]  # JSON we sealed ourselves
    service, sp_id, acs, relay, flags, demand, idps, reference, at = packed[0]
    asked = Asked(
        federation=federation,
        service=service,
        request_id=sp_id,
        acs=acs,
        relay_state=relay,
        force_authn=bool(flags & 1),
        is_passive=bool(flags & 2),
        demand=Demand(_COMPARISONS[demand[0]], frozenset(map(Assurance, demand[1])))
        if demand
        else None,
        idps=tuple(idps),
        reference=reference,
        at=from_epoch(at),
    )
    if letter == b"F":
        return Finished(flow, asked)
    trace = tuple(Step(*step) for step in packed[1])
    if letter == b"C":
        return AwaitingChoice(flow, asked, trace)
    tries = tuple(Try(f"_{flow}{rest}", idp, from_epoch(when)) for rest, idp, when in packed[2])
    return AwaitingResponse(flow, asked, tries, trace)
