"""A partner's own change of keys: what verifies now, which key it last used, what may go.

A partner that brings a new certificate lists both for a while, and both verify. Where its
metadata drops the old one too soon, an operator may keep that one until an instant: only a
certificate that an accepted document of the partner once held, and never by itself, since a
partner drops a key at once that others know. Its owner may bring the next one beforehand, which
counts beside the others until the metadata lists it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import rsa

from broker.audit.events import Event, PartnerKeyBrought, PartnerKeyEnded, PartnerKeyKept
from broker.audit.store import AuditStore
from broker.db import Connection, Engine, reading, writing
from broker.errors import Refused
from broker.metadata import store
from broker.metadata.certificates import judge
from broker.metadata.homes import unknown
from broker.metadata.kept_keys import store as kept_store
from broker.metadata.kept_keys.model import Kept
from broker.metadata.model import Federation
from broker.metadata.readiness.store import KEPT as SIGNS_KEPT
from broker.metadata.readiness.store import signs
from broker.metadata.report import Occasion
from broker.metadata.revocations import store as revocations
from broker.metadata.rollover.model import Side
from broker.metadata.store import EntityRecord
from broker.saml.entity_descriptor import read_entity
from broker.saml.keys import Certificate

LONGEST = timedelta(days=180)  # that a dropped certificate may be kept
SHORTEST = 2048  # bits of an RSA key
UNSEEN = timedelta(days=14)  # after which the old one of two may go
State = Literal["metadata", "kept", "dropped"]


@dataclass(frozen=True, slots=True)
class PartnerKey:
    """One signing certificate of a partner."""

    certificate: Certificate
    state: State
    until: datetime | None  # of one that is kept
    first_seen: datetime | None  # verifying a message
    last_seen: datetime | None
    may_go: bool  # a newer one is used, and this one has not been for a fortnight


@dataclass(frozen=True, slots=True)
class PartnerKeys:
    """Looks at the keys of partners, and keeps dropped ones."""

    engine: Engine
    audit: AuditStore

    def find(self, code: str, federation: str | None = None) -> tuple[EntityRecord, ...]:
        """Every partner of that code. Raises Unknown that lists those there are."""
        with reading(self.engine) as connection:
            known = store.entities(connection, federation)
        found = tuple(record for record in known if record.code == code)
        if not found:
            raise unknown("partner", code, sorted({record.code for record in known}))
        return found

    def keys(self, record: EntityRecord, now: datetime) -> tuple[PartnerKey, ...]:
        """Its signing certificates, those of its metadata first, then kept and dropped ones."""
        with reading(self.engine) as connection:
            seen = _seen(connection, record, now)
            held = kept_store.kept(connection, record.row).get(record.row, ())
            earlier = _earlier(connection, record)
        current = _signing(record.xml, record) if record.xml else ()
        counting = {k.certificate: k.until for k in held if now < k.until}
        states: dict[Certificate, State] = dict.fromkeys(current, "metadata")
        for certificate in counting:
            states.setdefault(certificate, "kept")
        for certificate in earlier:
            states.setdefault(certificate, "dropped")
        newest = max((c.not_before for c in states if _last(seen, c) > now - UNSEEN), default=None)
        return tuple(
            PartnerKey(
                certificate=certificate,
                state=state,
                until=counting.get(certificate) if state == "kept" else None,
                first_seen=seen.get(certificate.fingerprint, (None, None))[0],
                last_seen=seen.get(certificate.fingerprint, (None, None))[1],
                may_go=state != "dropped"
                and newest is not None
                and certificate.not_before < newest
                and _last(seen, certificate) <= now - UNSEEN,
            )
            for certificate, state in states.items()
        )

    def keep(
        self, record: EntityRecord, fingerprint: str, until: datetime, occasion: Occasion
    ) -> Certificate:
        """Let a certificate that its metadata dropped verify until an instant.

        `fingerprint` may be the beginning of one. Raises Refused("metadata.kept_key").
        """
        if not occasion.at < until <= occasion.at + LONGEST:
            words = f"a dropped key is kept for some time, at most {LONGEST.days} days"
            raise Refused("metadata.kept_key", words)
        known = self.keys(record, occasion.at)
        key = _meant(known, fingerprint)
        if key.state == "metadata":
            raise Refused("metadata.kept_key", "it stands in the metadata, and counts already")
        one = Kept(key.certificate, until, occasion.by, occasion.reason)
        event = PartnerKeyKept(
            federation=record.federation,
            kind=record.kind,
            code=record.code,
            fingerprint=key.certificate.fingerprint,
            until=until.isoformat(),
            by=occasion.by,
            reason=occasion.reason,
        )
        with writing(self.engine) as connection:
            kept_store.keep(connection, record.row, one, occasion.at)
            self._tell(connection, event, occasion)
        return key.certificate

    def bring(
        self, record: EntityRecord, raw: bytes, home: Federation, occasion: Occasion
    ) -> Certificate:
        """Let a partner's next certificate count beside those of its metadata, for a while.

        Until its metadata lists it, or the time is over. `raw` is PEM or DER. Raises
        Refused("metadata.next_key") for one that cannot be used here.
        """
        certificate = _read(raw)
        if certificate.not_after <= occasion.at:
            raise Refused("metadata.next_key", "it has run out")
        states = {key.certificate: key.state for key in self.keys(record, occasion.at)}
        if states.get(certificate) in ("metadata", "kept"):
            raise Refused("metadata.next_key", "it counts already")
        with reading(self.engine) as connection:
            answers = revocations.answers(connection)
        verdict = judge(certificate, home.certificates, answers, occasion.at, use="signing")
        if not verdict.usable:
            raise Refused("metadata.next_key", verdict.findings[0].words)
        until = min(occasion.at + LONGEST, certificate.not_after)
        event = PartnerKeyBrought(
            federation=record.federation,
            kind=record.kind,
            code=record.code,
            fingerprint=certificate.fingerprint,
            until=until.isoformat(),
            by=occasion.by,
            reason=occasion.reason,
        )
        kept = Kept(certificate, until, occasion.by, occasion.reason)
        with writing(self.engine) as connection:
            kept_store.keep(connection, record.row, kept, occasion.at)
            self._tell(connection, event, occasion)
        return certificate

    def end(self, record: EntityRecord, fingerprint: str, occasion: Occasion) -> Certificate:
        """Let a kept certificate count no more. Raises Refused("metadata.kept_key")."""
        key = _meant(self.keys(record, occasion.at), fingerprint)
        if key.state != "kept":
            words = "it is not kept; what stands in the metadata, the partner takes out"
            raise Refused("metadata.kept_key", words)
        event = PartnerKeyEnded(
            federation=record.federation,
            kind=record.kind,
            code=record.code,
            fingerprint=key.certificate.fingerprint,
            by=occasion.by,
            reason=occasion.reason,
        )
        with writing(self.engine) as connection:
            kept_store.end(connection, record.row, key.certificate.fingerprint, occasion.at)
            self._tell(connection, event, occasion)
        return key.certificate

    def _tell(self, connection: Connection, event: Event, occasion: Occasion) -> None:
        store.bump(connection)
        self.audit.append(connection, event, at=occasion.at, reference=occasion.reference)


def _read(raw: bytes) -> Certificate:
    try:
        pem = b"-----BEGIN" in raw
        found = Certificate.from_pem(raw) if pem else Certificate.from_der(raw)
        key = found.public_key
    except ValueError as error:
        raise Refused("metadata.next_key", f"no usable certificate: {error}") from error
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SHORTEST:
        raise Refused("metadata.next_key", f"its key has fewer than {SHORTEST} bits")
    return found


def _meant(known: tuple[PartnerKey, ...], fingerprint: str) -> PartnerKey:
    wanted = fingerprint.lower().replace(":", "").strip()
    found = [k for k in known if wanted and k.certificate.fingerprint.startswith(wanted)]
    if len(found) != 1:
        listed = ", ".join(k.certificate.fingerprint[:16] for k in known) or "none"
        raise Refused("metadata.kept_key", f"{fingerprint!r} is not one of its keys: {listed}")
    return found[0]


def _signing(xml: bytes, record: EntityRecord) -> tuple[Certificate, ...]:
    facts = read_entity(xml)
    role = facts.sp if record.kind == "sp" else facts.idp
    return role.signing if role is not None else ()


def _earlier(connection: Connection, record: EntityRecord) -> tuple[Certificate, ...]:
    found: dict[Certificate, None] = {}
    for xml in kept_store.documents(connection, record.row):
        found.update(dict.fromkeys(_signing(xml, record)))
    return tuple(found)


_Seen = dict[str, tuple[datetime, datetime]]  # by fingerprint: first and last


def _seen(connection: Connection, record: EntityRecord, now: datetime) -> _Seen:
    side: Side = "idp" if record.kind == "sp" else "sp"
    since = now - SIGNS_KEPT
    found: _Seen = {}
    for sign in signs(connection, record.federation, side, since, record.code).get(record.code, ()):
        if sign.kind == "verified":
            first, last = found.get(sign.detail, (sign.first_at, sign.last_at))
            found[sign.detail] = (min(first, sign.first_at), max(last, sign.last_at))
    return found


def _last(seen: _Seen, certificate: Certificate) -> datetime:
    """When it last verified a message; before all time where it never did."""
    found = seen.get(certificate.fingerprint)
    return found[1] if found else datetime.min.replace(tzinfo=certificate.not_before.tzinfo)
