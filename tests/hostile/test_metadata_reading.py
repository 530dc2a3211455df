"""G04: metadata that is dangerous to read, and addresses that are dangerous to ask."""

import gzip
import time
from http.server import BaseHTTPRequestHandler

import pytest

from broker.db import Engine
from broker.errors import Refused
from broker.metadata.source import check_address
from tests.hostile.feeds import refused
from tests.metadata_factory import Sp
from tests.publisher import Follower, Publisher, drip

GOOD = Sp()


DTD = b'<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
XXE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
DEEP = b"<a>" * 70 + b"</a>" * 70
XINCLUDE = GOOD.xml().replace(
    b"<md:SPSSODescriptor",
    b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/><md:SPSSODescriptor',
)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (DTD + GOOD.xml(), "metadata.dtd"),
        (XXE + GOOD.xml(), "metadata.dtd"),
        (
            GOOD.xml().replace(b"</md:EntityDescriptor>", DEEP + b"</md:EntityDescriptor>"),
            "metadata.too_large",
        ),
        (b"x" * 200_001, "source.too_large"),
        (b"no xml", "metadata.xml"),
        (b"<html/>", "metadata.not_metadata"),
        (b"<x/>".decode().encode("utf-16"), "metadata.encoding"),
        (XINCLUDE, "signature.missing"),
    ],
    ids=["billion laughs", "XXE", "deep", "huge", "no XML", "a web page", "UTF-16", "XInclude"],
)
def test_g04_what_is_dangerous_to_read_is_refused(
    follower: Follower, content: bytes, code: str
) -> None:
    refused(follower, content, code)


def test_g04_an_inclusion_is_not_followed(engine: Engine) -> None:
    follower = Follower(engine)
    follower.follow("partner")
    follower.refresh("partner", XINCLUDE)
    found = follower.desk.chosen("sundhed", "service-example-dk")
    assert found.after is not None
    assert b"root:" not in found.after.xml


def asks(follower: Follower, publisher: Publisher, code: str) -> None:
    """A source at the publisher's address gives nothing, for that reason and within the limit."""
    follower.follow("partner", publisher.url, pinned="feed", many=True)
    began = time.monotonic()
    found = follower.refresh("partner")
    assert (found.state, found.code) == ("failed", code)
    assert time.monotonic() - began < 5 * follower.limits.seconds
    assert follower.alarms()["metadata.source_failed"]
    assert follower.works(GOOD.entity_id)
    assert follower.source("partner").failure == code


def test_g04_a_body_that_drips_is_cut_off(follower: Follower, publisher: Publisher) -> None:
    publisher.answer = lambda handler: drip(handler, b"HTTP/1.0 200 OK\r\n\r\n")
    asks(follower, publisher, "source.slow")


def test_g04_headers_that_drip_are_cut_off(follower: Follower, publisher: Publisher) -> None:
    publisher.answer = lambda handler: drip(handler, b"HTTP/1.0 200 OK\r\nX-Long: ")
    asks(follower, publisher, "source.slow")


def test_g04_a_body_without_an_end_is_cut_off(follower: Follower, publisher: Publisher) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        for _ in range(10_000):
            handler.wfile.write(b"x" * 65_536)

    publisher.answer = endless
    asks(follower, publisher, "source.too_large")


def test_g04_a_body_that_unpacks_to_a_gigabyte_is_cut_off(
    follower: Follower, publisher: Publisher
) -> None:
    publisher.headers = {"Content-Encoding": "gzip"}
    publisher.body = gzip.compress(b"\0" * 100_000_000)
    assert len(publisher.body) < follower.limits.size
    asks(follower, publisher, "source.too_large")


def test_g04_what_follows_the_packing_is_not_kept(follower: Follower, publisher: Publisher) -> None:
    """A decompressor keeps all that comes after its end: without a limit, and without a use."""
    sent = 0

    def endless(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
        handler.wfile.write(gzip.compress(b"<a/>"))
        for _ in range(10_000):
            handler.wfile.write(b"x" * 65_536)
            sent += 65_536

    publisher.answer = endless
    asks(follower, publisher, "source.encoding")
    assert sent < 20_000_000


def test_g04_a_packing_that_we_cannot_bound_is_refused(
    follower: Follower, publisher: Publisher
) -> None:
    publisher.headers = {"Content-Encoding": "br"}
    asks(follower, publisher, "source.encoding")


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "http://169.254.169.254/latest/meta-data", "/elsewhere.xml"]
)
def test_g04_nobody_sends_us_on(follower: Follower, publisher: Publisher, to: str) -> None:
    publisher.status, publisher.headers = 302, {"Location": to}
    asks(follower, publisher, "source.redirect")
    assert len(publisher.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/feed.xml",
        "https://[fd00::1]/feed.xml",
        "https://[::ffff:127.0.0.1]/feed.xml",
    ],
)
def test_g04_networks_that_are_not_public_are_not_asked(url: str) -> None:
    with pytest.raises(Refused, match=r"source\.address"):
        check_address(url, loopback=False)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://feed.example.dk/", "http://feed.example.dk/"]
)
def test_g04_only_https_can_be_registered(follower: Follower, url: str) -> None:
    with pytest.raises(Refused, match=r"source\.address"):
        follower.follow("other", url)
