"""What was asked, and what came of it."""

from dataclasses import dataclass

from cryptography import x509

from broker.metadata.certificate_policy import CertificatePolicy
from broker.metadata.certificates import fingerprint
from broker.saml.chains import name_of
from broker.saml.revocation import Answer


@dataclass(frozen=True, slots=True)
class Question:
    """One certificate, its issuer, and the policy of the federation that wants to know."""

    federation: str
    certificate: x509.Certificate
    issuer: x509.Certificate
    policy: CertificatePolicy


@dataclass(frozen=True, slots=True)
class Asked:
    """One certificate that was asked for, and where the answer came from."""

    fingerprint: str
    name: str
    issuer_name: str
    serial: str
    source: str

    @staticmethod
    def of(question: Question, source: str) -> "Asked":
        """What is kept of a question."""
        certificate = question.certificate
        return Asked(
            fingerprint(certificate),
            name_of(certificate),
            certificate.issuer.rfc4514_string(),
            f"{certificate.serial_number:x}",
            source,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """What a refresh did for one certificate: an answer, or why there is none."""

    federation: str
    asked: Asked
    answer: Answer | None
    failures: tuple[str, ...] = ()  # each with its code in brackets
    changed: bool = False  # the answer is another one than before


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """Everything one refresh did; certificates without a path to an issuer are not asked for."""

    lines: tuple[Line, ...]

    @property
    def complete(self) -> bool:
        """Whether every certificate that could be asked for has an answer."""
        return all(line.answer is not None for line in self.lines)
