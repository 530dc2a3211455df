"""An answer to feed a service's verifier, signed with a key that does not count yet.

Everything in it is fictive, it says so in each attribute that a person reads, and it was over
before it was made: no service that checks its conditions lets anybody in with it.
"""

from datetime import datetime, timedelta

from broker.errors import Refused
from broker.metadata.model import Federation, Service
from broker.metadata.trust import default_acs
from broker.saml import names
from broker.saml.ids import new_id
from broker.saml.keys import SigningKey
from broker.saml.messages import AssertionDraft, Attribute, Issued, NameID
from broker.saml.response import write_response

MARK = "PRØVESVAR / TEST SAMPLE"
_PAST = timedelta(days=365)  # it ran out a year ago
_LIFE = timedelta(minutes=5)
_LEVEL = "https://data.gov.dk/concept/core/nsis/loa/Low"


def sample(service: Service, federation: Federation, key: SigningKey, now: datetime) -> Issued:
    """The answer, signed and encrypted just as real ones are to this service.

    Raises Refused("request.acs") for a service that has nowhere to send it.
    """
    endpoint = default_acs(service.sp)
    if endpoint is None:
        raise Refused("request.acs", "the service has no address for answers")
    issued_at, speech = now - _PAST, service.speech
    draft = AssertionDraft(
        id=f"_sample{new_id()}",
        issuer=federation.idp_entity_id,
        issued_at=issued_at,
        name_id=NameID(f"sample-{new_id()}", names.TRANSIENT),
        audience=service.sp.entity_id,
        recipient=endpoint.location,
        in_response_to=None,
        confirm_until=issued_at + _LIFE,
        valid_until=issued_at + _LIFE,
        authn_instant=issued_at,
        class_ref=_LEVEL,
        attributes=tuple(
            Attribute(name, (value,), names.ATTR_URI)
            for name, value in (
                (names.FULL_NAME, MARK),
                (names.ORG_NAME, MARK),
                (names.CVR, "00000000"),
                (names.LOA, _LEVEL),
            )
        ),
        session_index=f"_sample{new_id()}",
        session_until=issued_at + _LIFE,
    )
    return write_response(
        id=f"_sample{new_id()}",
        issuer=federation.idp_entity_id,
        destination=endpoint.location,
        in_response_to=None,
        issued_at=issued_at,
        assertion=draft,
        key=key,
        encrypt_to=None if service.plaintext else service.sp.encryption[0],
        sign_assertion=speech.signed != "response",
        sign_response=speech.signed != "assertion",
        how=speech.encryption,
    )
