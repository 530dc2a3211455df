"""An identity provider and a service of the demo, around a broker of which only keys are there."""

from urllib.parse import urlsplit

import pytest

from broker.db import make_engine
from broker.demo.idp import DemoIdp
from broker.demo.keys import Party
from broker.demo.sp import DemoSp
from broker.demo.words import Words
from broker.metadata.model import Endpoint, IdentityProvider, Localised, ServiceProvider
from broker.roles.catalogue.cache import CatalogueCache
from broker.saml import bindings, names
from broker.saml.assurance import Assurance
from broker.saml.authn_request import write_authn_request
from broker.saml.messages import AuthnRequestDraft
from broker.saml.profiles import OIOSAML_3
from tests.factories import ACS, BROKER, NOW, decryption_key, signing_key

SSO = "https://broker.example.dk/sundhed/saml/sso"
BROKER_IDP = "https://broker.example.dk/sundhed/saml/idp"
NAME = Localised("Prøve", "Trial")
BROKER_AS_SP = ServiceProvider(
    entity_id=BROKER,
    acs=(Endpoint(names.POST, ACS, 0, True),),
    slo=(),
    signing=(signing_key("broker").certificate,),
    encryption=(decryption_key("broker").certificate,),
    authn_requests_signed=True,
    want_assertions_signed=True,
    name_id_formats=(),
    name=None,
)
BROKER_AS_IDP = IdentityProvider(
    entity_id=BROKER_IDP,
    sso=(Endpoint(names.REDIRECT, SSO),),
    slo=(),
    signing=(signing_key("broker").certificate,),
    want_authn_requests_signed=True,
    name_id_formats=(),
    name=None,
)


def party(name: str) -> Party:
    return Party(signing_key(name), decryption_key(name))


@pytest.fixture
def idp() -> DemoIdp:
    return DemoIdp(
        code="nemlogin",
        entity_id="https://idp.example.dk",
        url="http://127.0.0.1:1/nemlogin",
        name=NAME,
        tone="blue",
        profile=OIOSAML_3,
        party=party("idp"),
        partners=lambda: {BROKER: BROKER_AS_SP},
        service_names=dict,
        clock=lambda: NOW,
    )


@pytest.fixture
def sp() -> DemoSp:
    engine = make_engine("sqlite://")
    return DemoSp(
        code="dpsd",
        entity_id="https://dpsd.example.dk",
        url="http://127.0.0.1:2/dpsd",
        name=NAME,
        tone="green",
        soap=False,
        party=party("dpsd"),
        brokers=lambda: {"sundhed": BROKER_AS_IDP},
        idp_entity_ids={"nemlogin": "https://idp.example.dk"},
        federations=("sundhed",),
        owner="Styrelsen",
        words=Words(engine, CatalogueCache(engine)),
        clock=lambda: NOW,
    )


ASKED = AuthnRequestDraft(
    id="_request",
    issuer=BROKER,
    destination="http://127.0.0.1:1/nemlogin/sso",
    issued_at=NOW,
    acs_url=ACS,
    class_refs=(Assurance.SUBSTANTIAL.uri,),
)


def query(draft: AuthnRequestDraft, key: str = "broker") -> bytes:
    """The request as it stands in the address of a Redirect, signed by `key` ("" for nobody)."""
    url = bindings.encode_redirect(
        draft.destination,
        write_authn_request(draft, sign_with=None).xml,
        parameter="SAMLRequest",
        relay_state=None,
        key=signing_key(key) if key else None,
    )
    return urlsplit(url).query.encode()
