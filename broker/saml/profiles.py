"""What each profile of SAML that is spoken in Danish health care says, as data, for both sides.

A partner is registered with one of these; what its own document says beyond that wins.

    oiosaml-3       OIOSAML Web SSO Profile 3.0.x
    oiosaml-h-3     its healthcare variant, which names a second specVersion
    oiosaml-local   OIOSAML Local IdP Profile 1.0.x: an organisation's own IdP
    oiosaml-2       OIOSAML 2.0.9 and 2.1
    saml2int        plain SAML 2.0 as Kantara's interoperable deployment profile has it
"""

from dataclasses import dataclass
from typing import Literal

from broker.saml import names

Levels = Literal["nsis", "nist"]
Signed = Literal["assertion", "response", "both"]


@dataclass(frozen=True, slots=True)
class Encryption:
    """How an assertion is encrypted for a peer. XML Encryption 1.1, 5.2 and 5.5."""

    block: str = names.AES256_GCM
    transport: str = names.RSA_OAEP
    digest: str = names.SHA1  # of OAEP
    mgf: str = names.MGF1_SHA1

    @property
    def authenticated(self) -> bool:
        """Whether changing the cipher text shows; where not, something around it is signed."""
        return self.block in (names.AES128_GCM, names.AES256_GCM)


STRONG = Encryption()


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile: names, values and habits. Attributes are named by our short names."""

    code: str
    title: str
    generation: Literal[2, 3]  # whose attribute names it uses
    name_format: str
    levels: Levels
    spec_versions: tuple[str, ...]  # taken from an IdP; the first is written; none: not spoken of
    health_versions: tuple[str, ...] = ()
    name_ids: tuple[str, ...] = (names.PERSISTENT, names.TRANSIENT)  # the first unless asked
    uri_names: bool = False  # NameID values are URIs that end in a UUID
    required_of_staff: tuple[str, ...] = ()
    asks_for: Levels | None = None  # what RequestedAuthnContext says to an IdP
    bearer_not_before: bool = True  # R16
    signed: Signed = "assertion"
    encryption: Encryption = STRONG

    @property
    def speaks_of_versions(self) -> bool:
        """Whether an assertion of this profile has to name its version."""
        return bool(self.spec_versions)


_OIO3_VERSIONS = ("OIO-SAML-3.0", "OIOSAML-3.0")
# The spelling is not settled among those who write it: all are taken, the first is written.
_HEALTH_VERSIONS = ("OIO-SAML-H-3.0", "OIOSAML-H-3.0")

OIOSAML_3 = Profile(
    code="oiosaml-3",
    title="OIOSAML Web SSO Profile 3.0",
    generation=3,
    name_format=names.ATTR_URI,
    levels="nsis",
    spec_versions=(*_OIO3_VERSIONS, *_HEALTH_VERSIONS),
    uri_names=True,
    required_of_staff=("cvr", "org_name"),
    asks_for="nsis",
)
OIOSAML_H_3 = Profile(
    code="oiosaml-h-3",
    title="OIOSAML Attribute Profiles for Healthcare 3",
    generation=3,
    name_format=names.ATTR_URI,
    levels="nsis",
    spec_versions=(*_OIO3_VERSIONS, *_HEALTH_VERSIONS),
    health_versions=_HEALTH_VERSIONS,
    uri_names=True,
    required_of_staff=("cvr", "org_name"),
    asks_for="nsis",
)
OIOSAML_LOCAL = Profile(
    code="oiosaml-local",
    title="OIOSAML Local IdP Profile 1.0",
    generation=3,
    name_format=names.ATTR_URI,
    levels="nsis",
    spec_versions=(*_OIO3_VERSIONS, *_HEALTH_VERSIONS),
    name_ids=(names.PERSISTENT, names.UNSPECIFIED, names.TRANSIENT),
    required_of_staff=("cvr", "org_name"),
    asks_for="nsis",
)
OIOSAML_2 = Profile(
    code="oiosaml-2",
    title="OIOSAML 2.0.9 and 2.1",
    generation=2,
    name_format=names.ATTR_BASIC,
    levels="nist",
    spec_versions=("DK-SAML-2.0",),
    name_ids=(names.PERSISTENT, names.TRANSIENT, names.X509_SUBJECT),
    required_of_staff=("cvr",),
    asks_for=None,  # rare in this generation, and some refuse it
    signed="both",
    encryption=Encryption(block=names.AES256_CBC),
)
SAML2INT = Profile(
    code="saml2int",
    title="SAML 2.0 Interoperable Deployment Profile",
    generation=3,
    name_format=names.ATTR_URI,
    levels="nsis",
    spec_versions=(),
    bearer_not_before=False,
)

PROFILES: dict[str, Profile] = {
    profile.code: profile
    for profile in (OIOSAML_3, OIOSAML_H_3, OIOSAML_LOCAL, OIOSAML_2, SAML2INT)
}
