"""HTTP-Redirect and HTTP-POST: what came over HTTP to raw XML, and raw XML to what goes out.

SAML Bindings 3.4 and 3.5. A Redirect signature is verified over the raw query bytes,
never over something decoded and encoded again.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, unquote_to_bytes

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from broker.errors import Refused
from broker.saml import names
from broker.saml.keys import MAX_CERTIFICATES, Certificate, SigningKey
from broker.saml.xml import MAX_BYTES

Parameter = Literal["SAMLRequest", "SAMLResponse"]
MAX_ENCODED = 400 * 1024
MAX_RELAY_STATE = 1024

_SPACE = re.compile(rb"[\r\n\t ]+")
_OURS = (b"SAMLRequest", b"SAMLResponse", b"RelayState", b"SigAlg", b"Signature", b"SAMLEncoding")
_RSA_HASHES: dict[str, hashes.HashAlgorithm] = {
    names.RSA_SHA256: hashes.SHA256(),
    names.RSA_SHA384: hashes.SHA384(),
    names.RSA_SHA512: hashes.SHA512(),
}
_SIGNED_BY_RSA = f"&SigAlg={quote(names.RSA_SHA256, safe='')}"


@dataclass(frozen=True, slots=True)
class RedirectSignature:
    """The signature of a Redirect message over the raw octets it covers."""

    algorithm: str
    value: bytes = field(repr=False)
    covered: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RedirectMessage:
    """A decoded Redirect message; nothing of it is verified yet."""

    xml: bytes = field(repr=False)
    relay_state: str | None
    signature: RedirectSignature | None


def decode_post(values: Sequence[str]) -> bytes:
    """The XML of the one form value. Raises Refused (malformed.*, limit.*)."""
    if len(values) != 1:
        raise Refused("malformed.parameter", f"{len(values)} values where there must be one")
    try:
        return _decode_base64(values[0].encode("ascii"))
    except UnicodeEncodeError:
        raise Refused("malformed.base64", "not ASCII") from None


def decode_redirect(query: bytes, parameter: Parameter) -> RedirectMessage:
    """Read the raw query string. Raises Refused (malformed.*, limit.*, signature.shape)."""
    if len(query) > MAX_ENCODED:
        raise Refused("limit.size", f"a query of {len(query)} bytes")
    found = _parameters(query)
    wanted = parameter.encode()
    if wanted not in found or len({b"SAMLRequest", b"SAMLResponse"} & found.keys()) != 1:
        raise Refused("malformed.parameter", f"not exactly one {parameter}")
    if b"SAMLEncoding" in found and not _value(found[b"SAMLEncoding"]).endswith(b":DEFLATE"):
        raise Refused("malformed.parameter", "an encoding other than DEFLATE")
    xml = _inflate(_decode_base64(_value(found[wanted])))
    relay_state = read_relay_state(
        [_text(_value(found[b"RelayState"]))] if b"RelayState" in found else []
    )
    return RedirectMessage(xml, relay_state, _signature(found, wanted))


def read_relay_state(values: Sequence[str]) -> str | None:
    """The one RelayState, opaque to us, or None. Raises Refused("request.relay_state")."""
    if len(values) > 1 or any(len(value.encode()) > MAX_RELAY_STATE for value in values):
        raise Refused("request.relay_state", "too long, or more than one")
    return values[0] if values else None


def verify_redirect(
    signature: RedirectSignature, certificates: Sequence[Certificate]
) -> Certificate:
    """The one of the certificates that verifies a Redirect signature. Raises Refused."""
    if signature.algorithm not in (*_RSA_HASHES, names.ECDSA_SHA256):
        raise Refused("signature.algorithm", "a signature algorithm that is not allowed")
    if not certificates:
        raise Refused("signature.no_key", "no certificate to verify with")
    tried = [known for known in certificates if known.is_fit][:MAX_CERTIFICATES]
    verifier = next((c for c in tried if _verifies(signature, c)), None)
    if verifier is None:
        raise Refused("signature.invalid", "no key of the peer verifies it")
    return verifier


def encode_redirect(
    location: str,
    xml: bytes,
    *,
    parameter: Parameter,
    relay_state: str | None,
    key: SigningKey | None,
) -> str:
    """The URL that carries the message, signed with RSA-SHA256 where a key is given."""
    compressor = zlib.compressobj(wbits=-15)
    packed = compressor.compress(xml) + compressor.flush()
    query = f"{parameter}={_quoted(packed)}"
    if relay_state is not None:
        query += f"&RelayState={quote(relay_state, safe='')}"
    if key is not None:
        query += _SIGNED_BY_RSA
        value = key.private.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
        query += f"&Signature={_quoted(value)}"
    return f"{location}{'&' if '?' in location else '?'}{query}"


def _quoted(octets: bytes) -> str:
    """Base64 as it stands in a query: three of its letters mean something else there."""
    text = base64.b64encode(octets).decode()
    return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def encode_post(xml: bytes) -> str:
    """The form value that carries the message."""
    return base64.b64encode(xml).decode()


def _parameters(query: bytes) -> dict[bytes, bytes]:
    """Our parameters as `name=value` raw octets; one that comes twice is refused."""
    found: dict[bytes, bytes] = {}
    for part in query.split(b"&"):
        name = unquote_to_bytes(part.partition(b"=")[0].replace(b"+", b" "))
        if name in _OURS:
            if name in found:
                raise Refused("malformed.parameter", f"{name.decode()} comes twice")
            if not part.startswith(name + b"="):
                raise Refused("malformed.parameter", f"{name.decode()} in another spelling")
            found[name] = part
    return found


def _value(part: bytes) -> bytes:
    return unquote_to_bytes(part.partition(b"=")[2].replace(b"+", b" "))


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("malformed.encoding", "a parameter that is not UTF-8") from None


def _signature(found: dict[bytes, bytes], wanted: bytes) -> RedirectSignature | None:
    if b"Signature" not in found and b"SigAlg" not in found:
        return None
    if b"Signature" not in found or b"SigAlg" not in found:
        raise Refused("signature.shape", "Signature and SigAlg go together")
    covered = b"&".join(found[n] for n in (wanted, b"RelayState", b"SigAlg") if n in found)
    try:
        value = _decode_base64(_value(found[b"Signature"]))
    except Refused:
        raise Refused("signature.shape", "the signature is not base64") from None
    return RedirectSignature(_text(_value(found[b"SigAlg"])), value, covered)


def _decode_base64(text: bytes) -> bytes:
    if len(text) > MAX_ENCODED:
        raise Refused("limit.size", f"{len(text)} encoded bytes")
    packed = _SPACE.sub(b"", text)
    try:
        decoded = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("malformed.base64", "not base64") from None
    if not decoded or base64.b64encode(decoded) != packed:
        raise Refused("malformed.base64", "empty, or not in its one spelling")
    return decoded


def _inflate(packed: bytes) -> bytes:
    inflater = zlib.decompressobj(-15)
    try:
        xml = inflater.decompress(packed, MAX_BYTES + 1)
    except zlib.error:
        raise Refused("malformed.deflate", "not raw DEFLATE") from None
    if len(xml) > MAX_BYTES:
        raise Refused("limit.inflated", f"more than {MAX_BYTES} bytes inside")
    if not inflater.eof or inflater.unused_data:
        raise Refused("malformed.deflate", "cut off, or followed by something")
    return xml


def _verifies(signature: RedirectSignature, certificate: Certificate) -> bool:
    key = certificate.public_key
    try:
        if isinstance(key, rsa.RSAPublicKey) and signature.algorithm in _RSA_HASHES:
            algorithm = _RSA_HASHES[signature.algorithm]
            key.verify(signature.value, signature.covered, padding.PKCS1v15(), algorithm)
        elif (
            isinstance(key, ec.EllipticCurvePublicKey) and signature.algorithm == names.ECDSA_SHA256
        ):
            key.verify(signature.value, signature.covered, ec.ECDSA(hashes.SHA256()))
        else:
            return False  # a key that does not fit what it is said to have done
    except InvalidSignature:
        return False
    return True
