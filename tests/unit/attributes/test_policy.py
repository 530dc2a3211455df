"""What an IdP may say: each rule of the policy refuses alone."""

from dataclasses import replace

import pytest

from broker.attributes import policy
from broker.attributes.model import Claims
from broker.errors import NotAllowed
from broker.metadata.model import ConnectedIdp, IdentityProvider, Localised
from broker.saml import names
from broker.saml.assurance import Assurance, Demand

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
BOUNDS = policy.Bounds(IDP, Assurance.SUBSTANTIAL, None, names.PROFESSIONAL)


def claims(level: Assurance | None = Assurance.SUBSTANTIAL, **values: str) -> Claims:
    said = {"cvr": "90000004", **values}
    return Claims({k: (v,) for k, v in said.items() if v}, level)


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
    ("a citizen", claims(cvr=""), replace(BOUNDS, identity_type=names.PERSON), ""),
]


@pytest.mark.parametrize(
    ("said", "bounds", "code"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_the_policy_says(said: Claims, bounds: policy.Bounds, code: str) -> None:
    assert run(said, bounds) == code
