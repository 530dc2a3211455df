"""One certificate asked for: by its lists and its responders, until one of them answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from cryptography import x509

from broker.errors import BrokerError, Refused, Unavailable
from broker.metadata.certificates import fingerprint
from broker.metadata.revocations.model import Asked, Line, Question
from broker.saml.oces import crl_addresses, ocsp_addresses
from broker.saml.revocation import Answer, crl_answer, ocsp_answer, ocsp_question, read_crl

# An address and, where something is posted to it, what; the bytes that come back.
Fetch = Callable[[str, bytes | None], bytes]
MOST_ADDRESSES = 4  # of one kind in one certificate

_Crl = x509.CertificateRevocationList


@dataclass(slots=True)
class Asking:
    """The questions of one run: each list is fetched once, a host that is down is tried once."""

    fetch: Fetch
    now: datetime
    _lists: dict[str, bytes] = field(default_factory=dict)
    _read: dict[tuple[str, str], _Crl] = field(default_factory=dict)
    _down: dict[str, Unavailable] = field(default_factory=dict)

    def ask(self, question: Question) -> Line:
        """The first answer that counts, or every reason why there is none."""
        failures: list[str] = []
        for source, get in self._ways(question):
            try:
                answer = get()
                if answer.next_update + question.policy.grace <= self.now:
                    raise Refused("revocation.stale", "the answer has run out already")
            except BrokerError as error:
                failures.append(f"{source}: {error.detail} ({error.code})")
                continue
            asked = Asked.of(question, source)
            return Line(question.federation, asked, answer)
        if not failures:
            words = "neither the policy nor the certificate names an address that may be asked"
            failures.append(f"{words} (revocation.no_address)")
        return Line(question.federation, Asked.of(question, ""), None, tuple(failures))

    def _ways(self, question: Question) -> Iterator[tuple[str, Callable[[], Answer]]]:
        policy, certificate = question.policy, question.certificate
        for way in policy.ask:
            if way == "crl":
                own = list(crl_addresses(certificate))[:MOST_ADDRESSES]
                listed = [*filter(policy.allows, own), *policy.crls]
                for url in dict.fromkeys(listed):
                    yield url, partial(self._by_crl, url, question)
            else:
                own = list(ocsp_addresses(certificate))[:MOST_ADDRESSES]
                for url in filter(policy.allows, own):
                    yield url, partial(self._by_ocsp, url, question)

    def _by_crl(self, url: str, question: Question) -> Answer:
        key = (url, fingerprint(question.issuer))
        if key not in self._read:
            if url not in self._lists:
                self._lists[url] = self._fetched(url, None)
            self._read[key] = read_crl(self._lists[url], question.issuer, self.now)
        return crl_answer(self._read[key], question.certificate)

    def _by_ocsp(self, url: str, question: Question) -> Answer:
        asked = ocsp_question(question.certificate, question.issuer)
        raw = self._fetched(url, asked)
        return ocsp_answer(raw, question.certificate, question.issuer, self.now)

    def _fetched(self, url: str, body: bytes | None) -> bytes:
        host = urlsplit(url).netloc
        if host in self._down:
            raise self._down[host]
        try:
            return self.fetch(url, body)
        except Unavailable as error:
            if error.code in ("source.unreachable", "source.slow"):
                self._down[host] = error
            raise
