"""What a federation demands of certificates: `[certificates]` of its document.

chain               off, warn or require: a path to one of `issuers`
revocation          off, warn or require: an answer that counts now. A certificate that is
                    known to be revoked is refused under warn, too
test_certificates   refuse (unless it says otherwise) or allow those of public test environments
issuers             files in metadata/issuers/, read when the document is loaded
crls                revocation lists to fetch whatever the certificates say
hosts               where addresses in certificates may lead when revocation is asked for
ask                 crl, ocsp: in this order
grace_hours         how long after its end an answer still counts
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from broker.errors import Refused
from broker.metadata.documents import Document, Table
from broker.saml.keys import Certificate

Demand = Literal["off", "warn", "require"]
Way = Literal["crl", "ocsp"]
_DEMANDS: Mapping[str, Demand] = {"off": "off", "warn": "warn", "require": "require"}
_WAYS: Mapping[str, Way] = {"crl": "crl", "ocsp": "ocsp"}
_ALLOWED = {"allow": True, "refuse": False}
_FILE = re.compile(r"[\w.-]+\.(?:pem|crt|cer)\Z", re.ASCII)
_PEM = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class CertificatePolicy:
    """What a federation demands of its partners' certificates."""

    chain: Demand = "off"
    revocation: Demand = "off"
    allow_test: bool = False
    issuers: tuple[Certificate, ...] = ()
    crls: tuple[str, ...] = ()
    hosts: frozenset[str] = frozenset()
    ask: tuple[Way, ...] = ("crl", "ocsp")
    grace: timedelta = timedelta()

    def allows(self, address: str) -> bool:
        """Whether revocation may be asked for at an address that stands in a certificate."""
        try:
            return urlsplit(address).netloc.lower() in self.hosts
        except ValueError:
            return False


def read_certificate_policy(table: Table) -> CertificatePolicy:
    """The policy of one federation. Raises Refused("metadata.document")."""
    chain = table.choice("chain", _DEMANDS, "off")
    revocation = table.choice("revocation", _DEMANDS, "off")
    allow_test = table.choice("test_certificates", _ALLOWED, default=False)
    issuers = tuple(one for pem in table.texts("issuers") for one in _certificates(table, pem))
    crls = table.texts("crls")
    hosts = {host.lower() for host in table.texts("hosts")} | {_host(table, crl) for crl in crls}
    ask = tuple(_way(table, word) for word in table.texts("ask")) or ("crl", "ocsp")
    grace = timedelta(hours=table.number("grace_hours", 0, 0, 24 * 30))
    if (chain != "off" or revocation != "off") and not issuers:
        raise table.wrong("issuers", "names no file, so no certificate could be judged")
    if revocation != "off" and not hosts:
        raise table.wrong("hosts", "is empty and there are no crls, so nobody could be asked")
    table.done()
    return CertificatePolicy(
        chain, revocation, allow_test, issuers, crls, frozenset(hosts), ask, grace
    )


def with_issuers(document: Document, folder: Path) -> dict[str, object]:
    """The document with the files that `issuers` names replaced by what is in them.

    A federation file has the table itself and in each environment; `folder` holds the files.
    From then on the database is the truth, the same for every node.
    Raises Refused("metadata.document") for a file that is not there.
    """
    filled = dict(document)
    for key in ("certificates", "environment"):
        inner = filled.get(key)
        if isinstance(inner, Mapping):
            filled[key] = with_issuers(inner, folder)
        elif isinstance(inner, list):
            filled[key] = [
                with_issuers(one, folder) if isinstance(one, Mapping) else one for one in inner
            ]
    listed = filled.get("issuers")
    if isinstance(listed, list):
        filled["issuers"] = [_pem(one, folder) if isinstance(one, str) else one for one in listed]
    return filled


def _pem(name: str, folder: Path) -> str:
    """What a file of issuers holds; text that is no file name stays, to be refused or read."""
    if _PEM in name:
        return name
    if not _FILE.match(name):
        raise Refused("metadata.document", f"issuers: {name} is no name of a .pem, .crt or .cer")
    try:
        raw = (folder / name).read_bytes()
    except OSError as error:
        words = f"issuers: {name} is not in {folder}; see the README there"
        raise Refused("metadata.document", words) from error
    if raw.lstrip().startswith(b"-----BEGIN"):
        return raw.decode("ascii", "replace")
    try:
        return x509.load_der_x509_certificate(raw).public_bytes(Encoding.PEM).decode()
    except ValueError as error:
        raise Refused("metadata.document", f"issuers: {name} holds no certificate") from error


def _certificates(table: Table, pem: str) -> list[Certificate]:
    if _PEM not in pem:
        raise table.wrong("issuers", f"{pem[:60]} was not read from a file of metadata/issuers")
    try:
        loaded = x509.load_pem_x509_certificates(pem.encode())
        return [Certificate.from_der(one.public_bytes(Encoding.DER)) for one in loaded]
    except ValueError as error:
        raise table.wrong("issuers", f"holds a certificate that cannot be used: {error}") from None


def _host(table: Table, address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise table.wrong("crls", f"{address} is no http address")
    return parts.netloc.lower()


def _way(table: Table, word: str) -> Way:
    if word not in _WAYS:
        raise table.wrong("ask", f"{word} is none of {', '.join(_WAYS)}")
    return _WAYS[word]
