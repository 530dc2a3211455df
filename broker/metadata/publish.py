"""Our own signed EntityDescriptors, one for each side of a federation, the same all day.

Every worker and every node writes the same bytes on the same day, so that whoever fetches
twice sees one document. They last a month: some partners load them by hand.
"""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from broker.errors import Unknown
from broker.metadata.model import Federation, FederationKeys
from broker.saml import names
from broker.saml.entities import Localised, OwnDescriptor, OwnIdp, OwnSp, PublishedContact
from broker.saml.keys import Certificate
from broker.saml.own_descriptor import write_idp_descriptor, write_sp_descriptor

Side = Literal["idp", "sp"]

_DESCRIPTION = Localised(
    "Sundhedsvæsenets tjenester logger ind her og viderestiller til det login, man har i forvejen.",
    "Services in health care log in here, and are relayed to the login that people have already.",
)
LASTS = timedelta(days=30)
CONTENT_TYPE = "application/samlmetadata+xml"

_NEEDED = (names.SPEC_VERSION, names.LOA)
_NEEDED_OF_STAFF = (names.CVR, names.ORG_NAME)
_WISHED = (names.FULL_NAME, names.EMAIL, names.CPR_UUID)
_WISHED_OF_STAFF = (names.PROFESSIONAL_UUID, names.RID, names.PRODUCTION_UNIT, names.PRIVILEGES)


@dataclass(frozen=True, slots=True)
class Published:
    """One document as it is sent, and the mark that tells whether it changed."""

    content: bytes
    etag: str


class Publisher:
    """Writes each document once a day and keeps it for the next who asks."""

    def __init__(self, keys: Mapping[str, FederationKeys]) -> None:
        self._keys = keys
        self._lock = threading.Lock()
        self._kept: dict[tuple[Federation, Side], tuple[date, Published]] = {}

    def document(self, federation: Federation, side: Side, now: datetime) -> Published:
        """The signed document of one side, as of today. Raises Unknown where we have no keys."""
        today = now.astimezone(UTC).date()
        with self._lock:
            kept = self._kept.get((federation, side))
            if kept is not None and kept[0] == today:
                return kept[1]
            keys = self._keys.get(federation.path)
            if keys is None:
                raise Unknown("request.federation", f"no keys for {federation.path}")
            write = _write_idp if side == "idp" else _write_sp
            content = write(federation, keys, today)
            published = Published(content, hashlib.sha256(content).hexdigest()[:32])
            self._kept[federation, side] = (today, published)
            return published


def _write_idp(federation: Federation, keys: FederationKeys, today: date) -> bytes:
    common = _common(
        federation, federation.idp_entity_id, federation.sso_url, keys.published_idp, today
    )
    logout = _logout(federation.slo_url, federation.slo_soap_url)
    common = replace(common, logout=logout)
    attributes = tuple(name for name, _needed in _attributes(federation.identity_type))
    return write_idp_descriptor(OwnIdp(common, attributes), keys.idp_signing)


def _write_sp(federation: Federation, keys: FederationKeys, today: date) -> bytes:
    common = _common(
        federation, federation.sp_entity_id, federation.acs_url, keys.published_sp, today
    )
    logout = _logout(federation.sp_slo_url, federation.sp_slo_soap_url)
    common = replace(common, logout=logout)
    decryption = keys.sp_decryption[:1]  # one encryption key a document (R24)
    draft = OwnSp(
        common=common,
        encryption=tuple(key.certificate for key in decryption),
        requested=_attributes(federation.identity_type),
    )
    return write_sp_descriptor(draft, keys.sp_signing)


def _logout(front: str, back: str) -> tuple[tuple[str, str], ...]:
    return ((names.REDIRECT, front), (names.POST, front), (names.SOAP, back))


def _attributes(identity_type: str | None) -> tuple[tuple[str, bool], ...]:
    """What we ask for and pass on, each with whether a login fails without it. OIOSAML 3."""
    needed: tuple[str, ...] = _NEEDED
    wished: tuple[str, ...] = _WISHED
    if identity_type == names.PROFESSIONAL:
        needed, wished = (*_NEEDED, *_NEEDED_OF_STAFF), (*_WISHED, *_WISHED_OF_STAFF)
    elif identity_type is None:
        wished = (*_WISHED, *_NEEDED_OF_STAFF, *_WISHED_OF_STAFF)
    return (*((name, True) for name in needed), *((name, False) for name in wished))


def _common(
    federation: Federation,
    entity_id: str,
    location: str,
    signing: tuple[Certificate, ...],
    today: date,
) -> OwnDescriptor:
    midnight = datetime.combine(today, time(), UTC)
    mark = hashlib.sha256(f"{entity_id}|{today.isoformat()}".encode()).hexdigest()
    contact = federation.contact
    return OwnDescriptor(
        id=f"_{mark[:32]}",
        entity_id=entity_id,
        valid_until=midnight + LASTS,
        location=location,
        logout=(),
        signing=signing,
        contact=PublishedContact(
            federation.name, f"{federation.origin}/", contact.name, contact.mail, contact.phone
        ),
        description=_DESCRIPTION,
        icon=f"{federation.origin}/static/icon.svg",
    )
