"""May this certificate be used, as the federation's policy has it? Pure: facts in, verdict out.

Metadata decides about keys, not the calendar: a certificate that ran out is used and reported, and
its authorities are looked at as of its last moment. What makes a key unusable is a policy that
refuses test certificates, a path that it requires, or a revocation. `changes_at` says when the
same facts give another verdict by the clock alone, so that no job has to flip anything.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from broker.metadata.certificate_policy import CertificatePolicy, Demand
from broker.saml.chains import Path, Use, find_path, name_of
from broker.saml.entities import EntityFacts, Finding, Level
from broker.saml.keys import Certificate
from broker.saml.oces import is_test
from broker.saml.revocation import Answer

Answers = Mapping[str, Answer]  # by SHA-256 fingerprint of the certificate
Standing = Literal["unchecked", "good", "revoked", "unknown", "stale", "none"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a key may be used, what was looked at, and each remark with its code."""

    usable: bool
    path: Path | None  # None where the policy looks at none
    revocation: Standing
    findings: tuple[Finding, ...]
    changes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Admitted:
    """An entity with the keys that may be used, what was found, and until when it stays so."""

    facts: EntityFacts
    findings: tuple[Finding, ...] = ()
    changes_at: datetime | None = None

    def lost(self, before: EntityFacts, kind: str) -> Iterator[Finding]:
        """What speaks against the document in a role that has no usable key left of one use."""
        was, now = (before.sp, self.facts.sp) if kind == "sp" else (before.idp, self.facts.idp)
        if was is None or now is None:
            return
        uses = [("signing", was.signing, now.signing)]
        if before.sp is not None and self.facts.sp is not None and kind == "sp":
            uses.append(("encryption", before.sp.encryption, self.facts.sp.encryption))
        for use, had, has in uses:
            if had and not has:
                words = f"None of its certificates for {use} may be used in this federation."
                yield Finding("refused", "certificate.none_usable", "KeyDescriptor", words)


def judge(
    certificate: Certificate,
    policy: CertificatePolicy,
    known: Answers,
    now: datetime,
    *,
    use: Use | None = None,
    where: str = "",
) -> Verdict:
    """The verdict on one certificate in a federation at an instant."""
    leaf = certificate.parsed
    path = _path(leaf, policy, now, use)
    findings: list[Finding] = []
    if not policy.allow_test and any(map(is_test, path.certificates if path else (leaf,))):
        words = f"{name_of(leaf)} is of a test environment, which this federation refuses."
        findings.append(Finding("refused", "certificate.test", where, words))
    if path is not None and path.defect is not None and policy.chain != "off":
        level = _level(policy.chain)
        findings.append(Finding(level, path.defect.code, where, path.defect.words))
    standing: Standing = "unchecked"
    if path is not None and policy.revocation != "off":
        standing, remark = _standing(path, policy, known, now)
        if remark is not None:
            findings.append(replace(remark, where=where))
    usable = all(finding.level != "refused" for finding in findings)
    changes = [at for at in _instants(path, policy, known) if at > now]
    return Verdict(usable, path, standing, tuple(findings), min(changes, default=None))


def admit(facts: EntityFacts, policy: CertificatePolicy, known: Answers, now: datetime) -> Admitted:
    """The entity without the keys that may not be used. Its document stays as it is."""
    findings: list[Finding] = []
    changes: list[datetime] = []

    def usable(certificates: Iterable[Certificate], use: Use, role: str) -> tuple[Certificate, ...]:
        kept = []
        for certificate in certificates:
            verdict = judge(certificate, policy, known, now, use=use, where=f"{role}, {use}")
            findings.extend(verdict.findings)
            if verdict.changes_at is not None:
                changes.append(verdict.changes_at)
            if verdict.usable:
                kept.append(certificate)
        return tuple(kept)

    sp, idp = facts.sp, facts.idp
    if sp is not None:
        sp = replace(
            sp,
            signing=usable(sp.signing, "signing", "SPSSODescriptor"),
            encryption=usable(sp.encryption, "encryption", "SPSSODescriptor"),
        )
    if idp is not None:
        idp = replace(idp, signing=usable(idp.signing, "signing", "IDPSSODescriptor"))
    if not findings:
        return Admitted(facts, (), min(changes, default=None))
    return Admitted(replace(facts, sp=sp, idp=idp), tuple(findings), min(changes, default=None))


def certificates_of(facts: EntityFacts) -> Iterator[tuple[str, Use, Certificate]]:
    """Every certificate of an entity: of which role, for which use."""
    if facts.sp is not None:
        yield from (("sp", "signing", one) for one in facts.sp.signing)
        yield from (("sp", "encryption", one) for one in facts.sp.encryption)
    if facts.idp is not None:
        yield from (("idp", "signing", one) for one in facts.idp.signing)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 over the DER bytes, as answers are kept by."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def _path(
    leaf: x509.Certificate, policy: CertificatePolicy, now: datetime, use: Use | None
) -> Path | None:
    if policy.chain == "off" and policy.revocation == "off":
        return None
    last = leaf.not_valid_after_utc - timedelta(seconds=1)
    at = max(min(now, last), leaf.not_valid_before_utc)
    return find_path(leaf, [issuer.parsed for issuer in policy.issuers], at, use)


def _level(demand: Demand) -> Level:
    return "refused" if demand == "require" else "odd"


def _standing(
    path: Path, policy: CertificatePolicy, known: Answers, now: datetime
) -> tuple[Standing, Finding | None]:
    """The worst that is known of a certificate and of the authorities between it and the root."""
    level = _level(policy.revocation)
    if path.defect is not None:
        words = f"Nobody can be asked whether {name_of(path.certificates[0])} is revoked."
        return "none", Finding(level, "certificate.revocation_unknown", "", words)
    worst: tuple[Standing, Finding | None] = ("good", None)
    for certificate, _issuer in path.links:
        name, answer = name_of(certificate), known.get(fingerprint(certificate))
        if answer is None:
            words = f"No answer yet on whether {name} is revoked: {_REFRESH}."
            worst = "none", Finding(level, "certificate.revocation_unknown", "", words)
        elif answer.status == "revoked" and (answer.revoked_at or now) <= now:
            words = f"{name} is revoked ({answer.reason or 'unspecified'})."
            return "revoked", Finding("refused", "certificate.revoked", "", words)
        elif answer.status == "unknown":
            words = f"The issuer of {name} does not know it."
            worst = "unknown", Finding(level, "certificate.revocation_unknown", "", words)
        elif answer.next_update + policy.grace <= now:
            ended = f"{answer.next_update:%Y-%m-%d %H:%M} UTC"
            words = f"The answer on whether {name} is revoked ran out {ended}: {_REFRESH}."
            worst = "stale", Finding(level, "certificate.revocation_stale", "", words)
    return worst


_REFRESH = "broker certificates revocation refresh"


def _instants(path: Path | None, policy: CertificatePolicy, known: Answers) -> Iterator[datetime]:
    """When the clock alone may change the verdict."""
    if path is None:
        return
    for authority in path.certificates[1:]:
        yield authority.not_valid_before_utc
        yield authority.not_valid_after_utc
    for certificate, _issuer in path.links:
        answer = known.get(fingerprint(certificate))
        if policy.revocation != "off" and answer is not None:
            yield answer.next_update + policy.grace
            if answer.revoked_at is not None:
                yield answer.revoked_at
