"""The identity provider behind test logins: its key, its metadata, its answers."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from broker.errors import Refused
from broker.metadata.model import Federation, FederationKeys
from broker.saml import names
from broker.saml.assurance import Assurance
from broker.saml.authn_request import open_redirect
from broker.saml.entities import Localised, OwnDescriptor, OwnIdp, PublishedContact
from broker.saml.ids import new_id
from broker.saml.keys import SigningKey, load_private_key
from broker.saml.messages import (
    AssertionDraft,
    Attribute,
    AuthnRequest,
    Issued,
    NameID,
    Status,
)
from broker.saml.own_descriptor import write_idp_descriptor
from broker.saml.response import write_failure, write_response
from broker.saml.vocabulary import OIO3_OF
from broker.trials.model import MARK, Trial

KEY = "test-login.pem"
NAME = Localised("Testlogin", "Test login")
_DESCRIPTION = Localised(
    "Login med opdigtede personer, kun til test.", "Logging in as made-up people, for tests alone."
)
_CONFIRM, _LIFE = timedelta(minutes=5), timedelta(minutes=10)


def suits(federation: Federation) -> bool:
    """Whether a federation has test logins: its document says so."""
    return federation.test_login


@dataclass(frozen=True, slots=True)
class TestIdp:
    """The identity provider of one federation. Raises Refused where it has none."""

    __test__ = False

    federation: Federation
    keys: Path = field(repr=False)

    def __post_init__(self) -> None:
        """Production has no such thing, whoever asks for it."""
        if not suits(self.federation):
            raise Refused("trial.not_here", f"{self.federation.path} is no test environment")

    @property
    def entity_id(self) -> str:
        """Who it is, wherever it is reached."""
        return f"urn:federation-broker:test-login:{self.federation.path}"

    @property
    def sso_url(self) -> str:
        """Where the broker sends its requests."""
        return f"{self.federation.base}/test-login/sso"

    @property
    def key_path(self) -> Path:
        """Where its key lies, beside those of the federation's own sides."""
        return self.keys / self.federation.path / KEY

    @property
    def signing(self) -> SigningKey:
        """What signs its answers. Raises Unavailable("key.*")."""
        return _loaded(self.key_path)

    def metadata(self) -> bytes:
        """What the broker needs to know of it, signed."""
        federation, key = self.federation, self.signing
        contact = federation.contact
        digest = hashlib.sha256(self.entity_id.encode() + key.certificate.der).hexdigest()
        common = OwnDescriptor(
            id=f"_{digest[:32]}",
            entity_id=self.entity_id,
            valid_until=key.certificate.not_after,
            location=self.sso_url,
            logout=(),
            signing=(key.certificate,),
            contact=PublishedContact(
                federation.name, f"{federation.origin}/", contact.name, contact.mail, contact.phone
            ),
            description=_DESCRIPTION,
            icon=f"{federation.origin}/static/icon.svg",
        )
        return write_idp_descriptor(OwnIdp(common, ()), key)

    def read(self, query: bytes, keys: FederationKeys) -> AuthnRequest:
        """The broker's request, verified. Raises Refused."""
        opened = open_redirect(query)
        if opened.unverified_issuer != self.federation.sp_entity_id:
            raise Refused("request.unknown_issuer", "the test login answers this broker alone")
        asked = opened.verify(keys.published_sp, required=True)
        if asked.acs_url not in (None, self.federation.acs_url):
            raise Refused("request.acs", "an address that the broker does not publish")
        return asked

    def answer(
        self, asked: AuthnRequest, trial: Trial, keys: FederationKeys, now: datetime
    ) -> Issued:
        """What was chosen, as an identity provider says it."""
        level = Assurance.from_word(trial.choices.assurance) or Assurance.SUBSTANTIAL
        if trial.choices.fault == "cancelled":
            return self._no(asked, names.AUTHN_FAILED, now)
        if asked.demand is not None and not asked.demand.met_by(level):
            return self._no(asked, names.NO_AUTHN_CONTEXT, now)
        draft = AssertionDraft(
            id=new_id(),
            issuer=self.entity_id,
            issued_at=now,
            name_id=NameID(f"{names.NAMEID_PROFESSIONAL}{trial.choices.uuid}", names.PERSISTENT),
            audience=self.federation.sp_entity_id,
            recipient=self.federation.acs_url,
            in_response_to=asked.id,
            confirm_until=now + _CONFIRM,
            valid_until=now + _LIFE,
            authn_instant=now,
            class_ref=level.uri,
            attributes=_attributes(trial, level),
            session_index=new_id(),
        )
        return write_response(
            id=new_id(),
            issuer=self.entity_id,
            destination=self.federation.acs_url,
            in_response_to=asked.id,
            issued_at=now,
            assertion=draft,
            key=self.signing,
            encrypt_to=keys.sp_decryption[0].certificate,
        )

    def _no(self, asked: AuthnRequest, sub_code: str, now: datetime) -> Issued:
        return write_failure(
            id=new_id(),
            issuer=self.entity_id,
            destination=self.federation.acs_url,
            in_response_to=asked.id,
            issued_at=now,
            status=Status(names.RESPONDER, sub_code),
            key=None,
        )


def _attributes(trial: Trial, level: Assurance) -> tuple[Attribute, ...]:
    chosen = trial.choices
    said = {
        names.SPEC_VERSION: "OIO-SAML-3.0",
        names.LOA: level.word,
        names.CVR: chosen.cvr,
        names.ORG_NAME: chosen.organisation,
        names.FULL_NAME: chosen.name,
        names.EMAIL: chosen.email,
        names.PROFESSIONAL_UUID: chosen.uuid,
        **{OIO3_OF[short]: value for short, value in chosen.extra.items() if short in OIO3_OF},
        MARK: str(trial.id),
    }
    return tuple(Attribute(name, (value,), names.ATTR_URI) for name, value in said.items() if value)


@cache
def _loaded(path: Path) -> SigningKey:
    private, certificate = load_private_key(path)
    return SigningKey(certificate, private)
