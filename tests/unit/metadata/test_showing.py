"""What documents say of the page: pictures of shapes alone, colours that can be read."""

import base64
from ipaddress import ip_network
from pathlib import Path

import pytest

from broker.discovery.networks import network_of
from broker.errors import Refused
from broker.metadata.documents import Table
from broker.metadata.logos import MAX_BYTES, read_logo, with_pictures
from broker.metadata.showing import (
    Network,
    contrast_to_white,
    read_idp_page,
    read_look,
    read_network,
    read_service_page,
    read_statement,
)
from broker.resources import resource
from tests.unit.web.pages import federation

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{}</svg>'


def data(content: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def logo(text: str) -> str | None:
    found = read_logo(Table("test", {"logo": text}))
    return found.media_type if found else None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 9, "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (SVG.format('<path d="M0 0h1v1z" fill="url(#a)"/>').encode(), "image/svg+xml"),
    ],
)
def test_a_picture_is_told_by_its_bytes(content: bytes, kind: str) -> None:
    assert logo(data(content, "gif")) == kind


BAD_DRAWINGS = [
    "<script>alert(1)</script>",
    '<path d="M0 0" onload="alert(1)"/>',
    '<a href="https://evil.example.dk"><path d="M0 0"/></a>',
    '<image href="https://evil.example.dk/x.png"/>',
    '<use href="#a"/>',
    "<style>*{fill:url(https://evil.example.dk)}</style>",
    '<path d="M0 0" style="fill:red"/>',
    '<rect fill="url(https://evil.example.dk/x)"/>',
    '<rect fill="url(&quot;https://evil.example.dk/x&quot;)"/>',
    "<foreignObject/>",
    '<animate attributeName="href" to="javascript:alert(1)"/>',
    "<!-- a comment -->",
    '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
]


@pytest.mark.parametrize("inside", BAD_DRAWINGS)
def test_a_drawing_that_could_run_or_load_something_is_refused(inside: str) -> None:
    with pytest.raises(Refused) as refused:
        logo(data(SVG.format(inside).encode(), "svg+xml"))
    assert "is no plain drawing" in refused.value.detail


@pytest.mark.parametrize(
    "text",
    [
        "x.png",
        "data:text/html;base64,PGI+",
        data(b"GIF89a"),
        data(b"<!DOCTYPE html><html>"),
        data(PNG + b"\x00" * MAX_BYTES),
        "data:image/png;base64,AAA",
        data(b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg/>'),
        data(b'<html xmlns="http://www.w3.org/1999/xhtml"/>'),
    ],
)
def test_what_is_no_small_picture_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        logo(text)
    assert refused.value.code == "metadata.document"


def test_a_file_beside_the_document_is_taken_in(tmp_path: Path) -> None:
    where = tmp_path / "idp" / "x.toml"
    (tmp_path / "logos").mkdir()
    (tmp_path / "idp").mkdir()
    (tmp_path / "logos" / "a.png").write_bytes(PNG)
    found = with_pictures({"page": {"logo": "logos/a.png"}}, where)
    assert found["page"] == {"logo": data(PNG)}
    for name in ("../../etc/passwd", "/etc/passwd", "logos/none.png", "logos/../../x"):
        with pytest.raises(Refused):
            with_pictures({"page": {"logo": name}}, where)


def test_every_shipped_logo_is_a_plain_drawing() -> None:
    paths = sorted(resource("metadata").joinpath("logos").iterdir())
    assert paths
    for path in paths:
        assert logo(data(path.read_bytes())) == "image/svg+xml", path


def test_a_colour_on_which_white_cannot_be_read_is_refused() -> None:
    assert read_look(Table("t", {"accent": "#0F4C5C"})).accent == "#0f4c5c"
    assert 21 <= contrast_to_white("#000000") < 21.1
    for accent in ("#ffcc00", "#777777", "red", "#fff", "#0f4c5c;}"):
        with pytest.raises(Refused):
            read_look(Table("t", {"accent": accent}))


def test_addresses_of_a_network_are_found_in_both_families() -> None:
    network = read_network(
        Table("t", {"name": "Sygehus", "addresses": ["10.20.0.0/16", "2001:db8::/32"]})
    )
    assert network.remember
    here = federation()
    known = type(here)(
        **{name: getattr(here, name) for name in here.__slots__ if name != "networks"},
        networks=(network, Network("all", (ip_network("0.0.0.0/0"),))),
    )
    names = [
        found.name if (found := network_of(known, address)) else None
        for address in ("10.20.3.4", "::ffff:10.20.3.4", "2001:db8::1", "10.21.0.1", "x", "::1")
    ]
    assert names == ["Sygehus", "Sygehus", "Sygehus", "all", None, None]
    for addresses in ([], ["10.20.0.1/16"], ["x"]):
        with pytest.raises(Refused):
            read_network(Table("t", {"name": "x", "addresses": addresses}))


WORDS = {"da": "d", "en": "e"}


@pytest.mark.parametrize(
    ("read", "document"),
    [
        (read_idp_page, {"kind": "castle"}),
        (read_idp_page, {"domains": ["Not A Domain"]}),
        (read_idp_page, {"subline": {"da": "x" * 601, "en": "x"}}),
        (read_idp_page, {"pinnd": True}),
        (read_service_page, {"remember": "no"}),
        (read_service_page, {"help_instead": [{"da": "x"}]}),
        (read_statement, {"authority": WORDS, "method": WORDS, "assessed": "yesterday"}),
        (
            read_statement,
            {
                "authority": WORDS,
                "method": WORDS,
                "assessed": "2026-03-02",
                "official": "http://x.example.dk",
            },
        ),
    ],
)
def test_a_mistake_is_named(read: object, document: dict[str, object]) -> None:
    assert callable(read)
    with pytest.raises(Refused) as refused:
        read(Table("test", document))
    assert refused.value.code == "metadata.document"
