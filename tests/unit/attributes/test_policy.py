"""What an IdP may say: each rule of the policy refuses alone."""

from dataclasses import replace

import pytest

from broker.attributes import policy
from broker.attributes.model import Claims
from broker.errors import NotAllowed
from broker.metadata.model import ConnectedIdp, IdentityProvider, Localised
from broker.metadata.speech import IdpSpeech
from broker.saml import names, profiles
from broker.saml.assurance import Assurance, Demand
from broker.saml.messages import NameID

NAME = Localised("Region", "Region")
IDP = ConnectedIdp(
    row=1,
    code="region",
    federation="sundhed",
    name=NAME,
    maximum=Assurance.SUBSTANTIAL,
    cvrs=frozenset({"90000004"}),
    identity_types=frozenset(),
    encrypted=True,
    nist=None,
    allow_cbc=False,
    bearer_not_before=True,
    skew=180,
    conditions_lifetime=600,
    speech=IdpSpeech(profiles.OIOSAML_3, "nsis", app_switch=False, unsolicited=None),
    idp=IdentityProvider(
        entity_id="https://idp.example.dk",
        sso=(),
        slo=(),
        signing=(),
        want_authn_requests_signed=True,
        name_id_formats=(),
        name=NAME,
    ),
)
NURSE = NameID(f"{names.NAMEID_PROFESSIONAL}9f3b2d1c-0000-4000-8000-00000000000a", names.PERSISTENT)
BOUNDS = policy.Bounds(
    IDP, Assurance.SUBSTANTIAL, None, names.PROFESSIONAL, nist_minimum=None, name_id=NURSE
)


def claims(
    level: Assurance | None = Assurance.SUBSTANTIAL, nist: int | None = None, **values: str
) -> Claims:
    said = {"cvr": "90000004", "org_name": "Region", "spec_version": "OIO-SAML-3.0", **values}
    return Claims({k: (v,) for k, v in said.items() if v}, level, nist)


def run(said: Claims, bounds: policy.Bounds = BOUNDS) -> str:
    """The code of the first refusal, or "" when every rule says yes."""
    try:
        for check in policy.POLICY:
            check(said, bounds)
    except NotAllowed as refused:
        return refused.code
    return ""


EXACTLY_LOW = Demand("exact", frozenset({Assurance.LOW}))
ANY_ORGANISATION = replace(BOUNDS, idp=replace(IDP, cvrs=None))
NO_ORGANISATION = replace(BOUNDS, idp=replace(IDP, cvrs=frozenset()))
NIST = replace(BOUNDS, nist_minimum=3)
SUBSTANTIAL = Demand("minimum", frozenset({Assurance.SUBSTANTIAL}))
CITIZEN = NameID(f"{names.NAMEID_PERSON}9f3b2d1c-0000-4000-8000-00000000000b", names.TRANSIENT)
OLDER = replace(
    BOUNDS,
    idp=replace(IDP, speech=replace(IDP.speech, profile=profiles.OIOSAML_2)),
    name_id=NameID("C=DK,O=Region // CVR:90000004", names.X509_SUBJECT),
)
NO_UUID = replace(BOUNDS, name_id=NameID("nurse", names.PERSISTENT))
SUBJECT = replace(BOUNDS, name_id=NameID(NURSE.value, names.X509_SUBJECT))
NSIS_ASKED = replace(NIST, demand=SUBSTANTIAL)
NIST_ASKED = replace(NIST, demand=replace(SUBSTANTIAL, nist=True))
ROWS = [
    ("a level too low", claims(Assurance.LOW), BOUNDS, "policy.assurance"),
    ("no level", claims(None), BOUNDS, "policy.assurance_missing"),
    ("above the registration", claims(Assurance.HIGH), BOUNDS, "policy.assurance_registered"),
    ("not as requested", claims(), replace(BOUNDS, demand=EXACTLY_LOW), "policy.assurance"),
    ("no organisation", claims(cvr=""), BOUNDS, "policy.no_organisation"),
    ("no CVR number", claims(cvr="9000000A"), ANY_ORGANISATION, "policy.no_organisation"),
    ("Arabic digits", claims(cvr="٩٠٠٠٠٠٠٤"), ANY_ORGANISATION, "policy.no_organisation"),
    ("a foreign organisation", claims(cvr="90000098"), BOUNDS, "policy.scope"),
    ("nobody registered", claims(), NO_ORGANISATION, "policy.scope"),
    ("an honest nurse", claims(), BOUNDS, ""),
    ("any organisation", claims(cvr="90000098"), ANY_ORGANISATION, ""),
    ("a citizen", claims(cvr=""), replace(BOUNDS, identity_type=names.PERSON, name_id=CITIZEN), ""),
    ("no version", claims(spec_version=""), BOUNDS, "policy.profile_version"),
    ("another version", claims(spec_version="DK-SAML-2.0"), BOUNDS, "policy.profile_version"),
    ("a healthcare spelling", claims(spec_version="OIOSAML-H-3.0"), BOUNDS, ""),
    ("no name of the organisation", claims(org_name=""), BOUNDS, "policy.profile_attributes"),
    ("a citizen's name", claims(), replace(BOUNDS, name_id=CITIZEN), "policy.name_id"),
    (
        "no UUID",
        claims(),
        replace(BOUNDS, name_id=NameID("nurse", names.PERSISTENT)),
        "policy.name_id",
    ),
    (
        "a subject",
        claims(),
        replace(BOUNDS, name_id=NameID(NURSE.value, names.X509_SUBJECT)),
        "policy.name_id",
    ),
    ("nobody", claims(), replace(BOUNDS, name_id=None), "policy.name_id"),
    ("NIST where it is not taken", claims(None, 3), BOUNDS, "policy.assurance_missing"),
    ("NIST where it is taken", claims(None, 3), NIST, ""),
    ("NIST too low", claims(None, 2), NIST, "policy.assurance"),
    (
        "NIST where NSIS was requested",
        claims(None, 3),
        replace(NIST, demand=SUBSTANTIAL),
        "policy.assurance",
    ),
    (
        "NIST as requested",
        claims(None, 3),
        replace(NIST, demand=replace(SUBSTANTIAL, nist=True)),
        "",
    ),
    ("the older generation", claims(spec_version="DK-SAML-2.0", org_name=""), OLDER, ""),
]


@pytest.mark.parametrize(
    ("said", "bounds", "code"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_the_policy_says(said: Claims, bounds: policy.Bounds, code: str) -> None:
    assert run(said, bounds) == code
