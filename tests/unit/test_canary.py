"""The search finds a number in each form that it could leak in, or the scan would prove nothing."""

import base64
import gzip
import html
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.canary import CANARIES, search, search_files

CPR = CANARIES[1]
HYPHEN = f"{CPR[:6]}-{CPR[6:]}"
XML = f"<AttributeValue>{HYPHEN}</AttributeValue>" * 3


def deflated(text: str) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(text.encode()) + packer.flush()


def b64(raw: bytes) -> bytes:
    return base64.b64encode(raw)


FORMS: dict[str, bytes] = {
    "plain": CPR.encode(),
    "hyphen": HYPHEN.encode(),
    "space": f"{CPR[:6]} {CPR[6:]}".encode(),
    "set apart": "-".join((CPR[:2], CPR[2:4], CPR[4:6], CPR[6:])).encode(),
    "inside a word": f"cpr{CPR}x".encode(),
    "URL-encoded": quote(f"q={HYPHEN}", safe="").encode(),
    "every byte URL-encoded": "".join(f"%{byte:02X}" for byte in HYPHEN.encode()).encode(),
    "HTML escapes": "".join(f"&#{byte};" for byte in CPR.encode()).encode(),
    "JSON escapes": "".join(f"\\u00{byte:02x}" for byte in CPR.encode()).encode(),
    "UTF-16": CPR.encode("utf-16-le"),
    "base64": b64(XML.encode()),
    "base64 of the number alone": b64(f"x:{HYPHEN}".encode()),
    "base64, one byte in": b64(b"1" + XML.encode()),
    "base64 that begins in the middle": b64(b"0123456789ab" + XML.encode())[3:],
    "base64 in lines": b"\n".join(b64(XML.encode())[i : i + 20] for i in range(0, 160, 20)),
    "base64 for addresses": base64.urlsafe_b64encode(b"\xff\xfe\xfd" + XML.encode()),
    "deflated": deflated(XML),
    "zlib": zlib.compress(XML.encode()),
    "gzip": gzip.compress(XML.encode()),
    "deflated in base64": b64(deflated(XML)),
    "as a redirect has it": quote_plus(b64(deflated(XML))).encode(),
    "base64 in base64": b64(b64(XML.encode())),
}
PLACES: dict[str, Callable[[bytes], bytes]] = {
    "alone": lambda found: found,
    "in a log": lambda found: b'{"event": "x", "path": "/a?b=' + found + b'"}\n',
    "in a database": lambda found: bytes(range(256)) + found + b"\x00\x07\xff",
}
COMPRESSED = {"deflated", "zlib", "gzip"}  # a stream has to begin where something begins


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", PLACES)
def test_a_planted_number_is_found(form: str, place: str) -> None:
    if form in COMPRESSED and place != "alone":
        return
    found = search(PLACES[place](FORMS[form]), "here")
    assert {hit.number for hit in found} == {CPR}
    assert {hit.where for hit in found} == {"here"}


def test_it_is_found_in_a_file_and_in_the_name_of_one(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "log").write_bytes(FORMS["deflated in base64"])
    (tmp_path / f"{CPR}.txt").touch()
    places = {hit.where for hit in search_files([tmp_path])}
    assert str(tmp_path / "inner" / "log") in places
    assert f"name of {tmp_path / CPR}.txt" in places


@pytest.mark.parametrize(
    "harmless", [b"", b"0101011235", html.escape("x" * 5000).encode(), bytes(range(256)) * 40]
)
def test_what_holds_none_holds_none(harmless: bytes) -> None:
    assert search(harmless) == []
