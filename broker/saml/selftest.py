"""A message signed, encrypted, decrypted and verified with the code and the keys of every login."""

from datetime import datetime, timedelta

from broker.errors import Refused, Unavailable
from broker.saml import bindings, names
from broker.saml.ids import new_id
from broker.saml.keys import DecryptionKey, SigningKey
from broker.saml.messages import AssertionDraft, Attribute, NameID
from broker.saml.response import open_response, write_response

_SAID = "æøå"


def round_trip(signing: SigningKey, decryption: DecryptionKey, now: datetime) -> None:
    """Raises Unavailable("library.round_trip") where what comes back is not what was sent."""
    try:
        xml = _written(signing, decryption, now)
        opened = open_response([bindings.encode_post(xml)])
        verified = opened.verify(
            [signing.certificate], [decryption], demand_encryption=True, allow_cbc=False
        )
    except Refused as refused:
        raise Unavailable("library.round_trip", str(refused)) from refused
    if verified.assertion.attributes[0].values != (_SAID,):
        raise Unavailable("library.round_trip", "what came back is not what was sent")
    if _SAID.encode() in xml:
        raise Unavailable("library.round_trip", "what was encrypted can be read")
    changed = _changed(xml)
    try:
        open_response([bindings.encode_post(changed)]).verify(
            [signing.certificate], [decryption], demand_encryption=True, allow_cbc=False
        )
    except Refused:
        return
    raise Unavailable("library.round_trip", "a message that was changed was believed")


def _changed(xml: bytes) -> bytes:
    """The message with another issuer than the one that its signature covers."""
    return xml.replace(b"https://a.example", b"https://b.example")


def _written(signing: SigningKey, decryption: DecryptionKey, now: datetime) -> bytes:
    until = now + timedelta(minutes=5)
    draft = AssertionDraft(
        id=new_id(),
        issuer="https://a.example",
        issued_at=now,
        name_id=NameID("nobody", names.PERSISTENT),
        audience="https://a.example",
        recipient="https://a.example",
        in_response_to=new_id(),
        confirm_until=until,
        valid_until=until,
        authn_instant=now,
        class_ref="urn:example:none",
        attributes=(Attribute("urn:example:said", (_SAID,), names.ATTR_URI),),
    )
    return write_response(
        id=new_id(),
        issuer="https://a.example",
        destination="https://a.example",
        in_response_to=draft.in_response_to,
        issued_at=now,
        assertion=draft,
        key=signing,
        encrypt_to=decryption.certificate,
        sign_response=True,
    ).xml
