"""How partners speak, as their documents say it: what can be agreed, and what cannot."""

import pytest

from broker.errors import Refused
from broker.metadata.documents import Table
from broker.metadata.speech import read_idp_speech, read_speech
from broker.saml import names
from broker.saml.profiles import PROFILES, Encryption

OAEP = {"transport": "rsa-oaep", "digest": "sha256", "mgf": "sha256"}


def test_where_nothing_is_said_the_profile_decides() -> None:
    for code, profile in PROFILES.items():
        speech = read_speech(Table("service", {"profile": code}))
        assert speech.profile is profile
        assert speech.name_id == profile.name_ids[0]
        assert speech.signed == profile.signed
        assert speech.encryption == profile.encryption
        assert read_idp_speech(Table("idp", {"profile": code})).asks_for == profile.asks_for
    assert read_speech(Table("service", {})).profile.code == "oiosaml-3"


def test_what_is_agreed_wins() -> None:
    speech = read_speech(
        Table(
            "service",
            {
                "profile": "oiosaml-2",
                "name_id": "x509-subject",
                "spec_version": "DK-SAML-2.0.9",
                "signed": "response",
                "encryption": {"block": "aes128-gcm", **OAEP},
                "nist_minimum": 2,
                "nist_four": True,
            },
        )
    )
    assert speech.name_id == names.X509_SUBJECT
    assert (speech.version, speech.signed) == ("DK-SAML-2.0.9", "response")
    assert speech.encryption == Encryption(
        names.AES128_GCM, names.RSA_OAEP_11, names.SHA256, names.MGF1_SHA256
    )
    assert (speech.nist_minimum, speech.nist_four) == (2, True)
    idp = read_idp_speech(Table("idp", {"asks_for": "nist", "unsolicited": "dpsd"}))
    assert (idp.asks_for, idp.unsolicited, idp.app_switch) == ("nist", "dpsd", False)


WRONG: list[tuple[dict[str, object], str]] = [
    ({"profile": "oiosaml-9"}, "profile is none of"),
    ({"name_id": "email"}, "name_id is none of"),
    ({"name_id": "x509-subject"}, "name_id is not a form that oiosaml-3 has"),
    ({"signed": "nothing"}, "signed is none of"),
    ({"encryption": {"block": "des3"}}, "block is none of"),
    ({"encryption": {"block": "aes256-cbc"}}, "needs a signed Response"),
    ({"encryption": {"mgf": "sha256"}}, "belongs to transport = rsa-oaep"),
    ({"encryption": {"key": "x"}}, "nothing is called key"),
    ({"nist_minimum": 5}, "nist_minimum is no number"),
]


@pytest.mark.parametrize(("document", "words"), WRONG, ids=[row[1] for row in WRONG])
def test_what_cannot_be_is_refused_by_its_name(document: dict[str, object], words: str) -> None:
    with pytest.raises(Refused) as refused:
        read_speech(Table("service", document))
    assert refused.value.code == "metadata.document"
    assert words in refused.value.detail
