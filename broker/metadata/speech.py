"""How a partner speaks SAML: its profile, and what its document says otherwise."""

from dataclasses import dataclass
from typing import Literal

from broker.metadata.documents import Table
from broker.saml import names
from broker.saml.profiles import PROFILES, Encryption, Levels, Profile, Signed

Reads = Literal["several", "one", "first"]
"""What a partner makes of our metadata: every certificate in it, one and no more, the first."""

_BLOCKS = {
    "aes256-gcm": names.AES256_GCM,
    "aes128-gcm": names.AES128_GCM,
    "aes256-cbc": names.AES256_CBC,
    "aes128-cbc": names.AES128_CBC,
}
_TRANSPORTS = {"rsa-oaep-mgf1p": names.RSA_OAEP, "rsa-oaep": names.RSA_OAEP_11}
_DIGESTS = {"sha1": names.SHA1, "sha256": names.SHA256}
_MGFS = {"sha1": names.MGF1_SHA1, "sha256": names.MGF1_SHA256}
_NAME_IDS = {
    "persistent": names.PERSISTENT,
    "transient": names.TRANSIENT,
    "x509-subject": names.X509_SUBJECT,
}
_SIGNED: dict[str, Signed] = {"assertion": "assertion", "response": "response", "both": "both"}
_ASKED: dict[str, Levels | None] = {"nsis": "nsis", "nist": "nist", "none": None}


@dataclass(frozen=True, slots=True)
class Speech:
    """What a service is written to in: its profile with what is agreed beyond it."""

    profile: Profile
    name_id: str  # the format unless the request asks for another
    version: str | None  # specVersion in another spelling than the profile's own
    signed: Signed
    encryption: Encryption
    nist_minimum: int | None  # takes people whose level is known by NIST alone, from this on
    nist_four: bool  # High is written as 4; agreed with the service, or it is 3


@dataclass(frozen=True, slots=True)
class IdpSpeech:
    """What an identity provider speaks: its profile, and what our requests to it say."""

    profile: Profile
    asks_for: Levels | None
    app_switch: bool  # takes the AppSwitch extension, as NemLog-in does
    unsolicited: str | None  # code of the one service that it may send people to unasked


def read_speech(table: Table) -> Speech:
    """How to write to a service. Raises Refused("metadata.document")."""
    profile = _profile(table)
    name_id = table.choice("name_id", _NAME_IDS, profile.name_ids[0])
    if name_id not in profile.name_ids:
        raise table.wrong("name_id", f"is not a form that {profile.code} has")
    signed = table.choice("signed", _SIGNED, profile.signed)
    encryption = _encryption(table.table("encryption"), profile.encryption)
    if signed == "assertion" and not encryption.authenticated:
        raise table.wrong("encryption", "by CBC needs a signed Response: signed = both or response")
    nist = table.number("nist_minimum", 0, 0, 4)
    return Speech(
        profile=profile,
        name_id=name_id,
        version=table.optional("spec_version"),
        signed=signed,
        encryption=encryption,
        nist_minimum=nist or None,
        nist_four=table.flag("nist_four", default=False),
    )


def read_idp_speech(table: Table) -> IdpSpeech:
    """What an identity provider speaks. Raises Refused("metadata.document")."""
    profile = _profile(table)
    return IdpSpeech(
        profile=profile,
        asks_for=table.choice("asks_for", _ASKED, profile.asks_for),
        app_switch=table.flag("app_switch", default=False),
        unsolicited=table.slug("unsolicited") if table.has("unsolicited") else None,
    )


def _profile(table: Table) -> Profile:
    return table.choice("profile", PROFILES, PROFILES["oiosaml-3"])


def _encryption(table: Table, default: Encryption) -> Encryption:
    found = Encryption(
        block=table.choice("block", _BLOCKS, default.block),
        transport=table.choice("transport", _TRANSPORTS, default.transport),
        digest=table.choice("digest", _DIGESTS, default.digest),
        mgf=table.choice("mgf", _MGFS, default.mgf),
    )
    table.done()
    if found.transport == names.RSA_OAEP and found.mgf != names.MGF1_SHA1:
        raise table.wrong("mgf", "belongs to transport = rsa-oaep")
    return found
