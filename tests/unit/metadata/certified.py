"""Policies, answers and metadata around the certificates of the tests' authority."""

import base64
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.serialization import Encoding

from broker.metadata.certificate_policy import CertificatePolicy, Demand
from broker.metadata.certificates import fingerprint
from broker.saml.keys import Certificate
from broker.saml.revocation import Answer
from tests.authorities import authority
from tests.metadata_factory import Idp, Sp, key

DAY = timedelta(days=1)


def policy(
    chain: Demand = "off", revocation: Demand = "off", grace: timedelta = timedelta()
) -> CertificatePolicy:
    """One that trusts the tests' authority."""
    made = authority()
    issuers = tuple(
        Certificate(one.public_bytes(Encoding.DER)) for one in (made.root, made.certificate)
    )
    return CertificatePolicy(chain, revocation, issuers=issuers, grace=grace)


def known_good(
    now: datetime, *certificates: Certificate, until: datetime | None = None
) -> dict[str, Answer]:
    """Good answers on these and on the issuing authority."""
    good = Answer("good", now, until or now + DAY)
    return {
        fingerprint(authority().certificate): good,
        **{certificate.fingerprint: good for certificate in certificates},
    }


def b64(certificate: Certificate) -> str:
    """A certificate as metadata carries it."""
    return base64.b64encode(certificate.der).decode()


def idp_with(*signing: Certificate) -> bytes:
    """The metadata of an identity provider with these signing keys."""
    return Idp(keys="".join(key("x", "signing", b64(one)) for one in signing)).xml()


def sp_with(signing: Certificate, encryption: Certificate) -> bytes:
    """The metadata of a service with these keys."""
    keys = key("x", "signing", b64(signing)) + key("x", "encryption", b64(encryption))
    return Sp(keys=keys).xml()
