"""Which certificates run out soon, and who should hear of it. Pure: facts and time in.

SWAMID's levels: 90, 60, 30, 14, 7 and 1 days ahead. At any instant one level is due for a
certificate, the last that was passed: after a week without a job nobody gets four mails. Who was
told of which level is for the caller to remember, by fingerprint and level.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from broker.metadata.certificates import certificates_of
from broker.metadata.decisions import read_service
from broker.metadata.documents import Document
from broker.metadata.model import Federation, FederationKeys
from broker.saml.entities import EntityFacts
from broker.saml.keys import Certificate

MILESTONES = (90, 60, 30, 14, 7, 1)  # days
OURS = "broker"
Side = Literal["sp", "idp"]


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate in use: whose, where and what for, and whom to write to about it."""

    certificate: Certificate
    federation: str
    whose: str  # code of the partner; OURS for our own
    side: Side
    uses: tuple[str, ...]
    contacts: tuple[str, ...]  # mail addresses, the most concerned first


@dataclass(frozen=True, slots=True)
class Expiring:
    """That a certificate runs out within `milestone` days, for those who can renew it."""

    fingerprint: str
    subject: str
    whose: str
    federation: str
    side: Side
    uses: tuple[str, ...]
    contacts: tuple[str, ...]
    expires: datetime
    milestone: int


def milestone(expires: datetime, now: datetime) -> int | None:
    """The level that is due now; None while there is time, and once it has run out."""
    if expires <= now:
        return None
    return min((days for days in MILESTONES if expires - now <= timedelta(days=days)), default=None)


def warnings(held: Iterable[Held], now: datetime) -> tuple[Expiring, ...]:
    """Every warning that is due now, the most urgent first."""
    due = (
        Expiring(
            fingerprint=one.certificate.fingerprint,
            subject=one.certificate.subject,
            whose=one.whose,
            federation=one.federation,
            side=one.side,
            uses=one.uses,
            contacts=one.contacts,
            expires=one.certificate.not_after,
            milestone=level,
        )
        for one in held
        if (level := milestone(one.certificate.not_after, now)) is not None
    )
    return tuple(sorted(due, key=lambda one: (one.expires, one.federation, one.whose, one.side)))


def held_by_partner(
    federation: Federation, code: str, side: Side, document: Document, facts: EntityFacts
) -> Iterator[Held]:
    """The certificates of a partner in one role. Nobody to write to there: the operator hears."""
    contacts = [one.mail for one in facts.contacts if one.kind == "technical"]
    contacts += [one.mail for one in facts.contacts if one.kind == "support" and not contacts]
    if side == "sp":
        owner = read_service(document, code).contact
        contacts += [owner] if owner else []
    told = tuple(dict.fromkeys(contacts)) or (federation.contact.mail,)
    uses: dict[Certificate, list[str]] = {}
    for role, use, certificate in certificates_of(facts):
        if role == side:
            uses.setdefault(certificate, []).append(use)
    for certificate, found in uses.items():
        yield Held(certificate, federation.path, code, side, tuple(found), told)


def held_by_us(federation: Federation, keys: FederationKeys) -> Iterator[Held]:
    """The certificates that we publish, for the operator to renew."""
    told = (federation.contact.mail,)
    for certificate in keys.published_idp:
        yield Held(certificate, federation.path, OURS, "idp", ("signing",), told)
    decrypting = {key.certificate for key in keys.sp_decryption}
    for certificate in dict.fromkeys((*keys.published_sp, *decrypting)):
        signing = ("signing",) if certificate in keys.published_sp else ()
        encryption = ("encryption",) if certificate in decrypting else ()
        yield Held(certificate, federation.path, OURS, "sp", (*signing, *encryption), told)
