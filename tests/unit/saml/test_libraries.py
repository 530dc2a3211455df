"""Native libraries that are known to be bad are refused, and a round trip that fails is told."""

from pathlib import Path

import pytest

from broker.errors import Unavailable
from broker.saml import libraries, selftest
from broker.saml.libraries import KNOWN_BAD, check_libraries, refuse_known_bad, versions
from broker.saml.selftest import round_trip
from tests.factories import NOW, decryption_key, signing_key


@pytest.mark.parametrize(
    ("library", "version", "fate"),
    [
        ("libxml2", "2.13.8", "refused"),
        ("libxml2", "2.13.9", "taken"),
        ("libxml2", "2.14.3", "refused"),
        ("libxml2", "2.14.4", "taken"),
        ("libxml2", "2.15.0", "taken"),
        ("libxmlsec1", "1.2.37", "refused"),
        ("libxmlsec1", "1.3.9", "taken"),
        ("OpenSSL of cryptography", "1.1.1", "refused"),
        ("OpenSSL of xmlsec", "3.0.6", "refused"),
        ("OpenSSL of xmlsec", "unknown", "taken"),
        ("expat", "2.4.4", "refused"),
        ("expat", "2.5.0", "taken"),
    ],
)
def test_a_version_that_is_known_to_be_bad_is_refused(
    library: str, version: str, fate: str
) -> None:
    found = {**versions(), library: version}
    if fate == "taken":
        refuse_known_bad(found)
        return
    with pytest.raises(Unavailable, match=rf"library\.bad: {library} {version}"):
        refuse_known_bad(found)


def test_those_that_are_here_are_known_and_good() -> None:
    found = check_libraries()
    assert found.keys() >= {bad.library for bad in KNOWN_BAD}
    assert all(version[0].isdigit() for version in found.values())


def test_an_openssl_that_is_linked_from_outside_is_not_guessed(tmp_path: Path) -> None:
    for content in (b"nothing", b"\x003.0.7\x00 and \x003.5.1\x00"):
        file = tmp_path / "binding.so"
        file.write_bytes(content)
        assert libraries._openssl_inside(file) == "unknown"  # noqa: SLF001  # no wheel has none


def test_a_round_trip_with_the_keys_of_a_login() -> None:
    round_trip(signing_key("idp"), decryption_key("broker"), NOW)


def test_a_verifier_that_believes_anything_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "_changed", lambda xml: xml)
    with pytest.raises(Unavailable, match="was believed"):
        round_trip(signing_key("idp"), decryption_key("broker"), NOW)
