"""One short name for each attribute that we understand, in both generations of OIOSAML.

What is the same in both, as the healthcare attributes are, has one name on the wire.
"""

from dataclasses import dataclass

from broker.saml import names


@dataclass(frozen=True, slots=True)
class Term:
    """An attribute under our short name, its OIOSAML 3 name and its OIOSAML 2 name."""

    short: str
    oio3: str
    oio2: str | None = None


TERMS: tuple[Term, ...] = (
    Term("spec_version", names.SPEC_VERSION, names.OIO2_SPEC_VERSION),
    Term("loa", names.LOA),
    Term("ial", names.IAL),
    Term("aal", names.AAL),
    Term("nist", names.OIO2_ASSURANCE),
    Term("full_name", names.FULL_NAME, names.OIO2_COMMON_NAME),
    Term("first_name", names.FIRST_NAME),
    Term("last_name", names.LAST_NAME, names.OIO2_SURNAME),
    Term("email", names.EMAIL, names.OIO2_MAIL),
    Term("cpr_number", names.CPR_NUMBER, names.OIO2_CPR),
    Term("cpr_uuid", names.CPR_UUID),
    Term("professional_uuid", names.PROFESSIONAL_UUID),
    Term("pid", names.PID, names.OIO2_PID),
    Term("rid", names.RID, names.OIO2_RID),
    Term("cvr", names.CVR, names.OIO2_CVR),
    Term("org_name", names.ORG_NAME, names.OIO2_ORG_NAME),
    Term("production_unit", names.PRODUCTION_UNIT, names.OIO2_PRODUCTION_UNIT),
    Term("se_number", names.SE_NUMBER, names.OIO2_SE_NUMBER),
    Term("represents", names.AUTHORIZED_TO_REPRESENT),
    Term("age", names.AGE),
    Term("birth_date", names.DATE_OF_BIRTH),
    Term("alias", names.ALIAS),
    Term("health_spec_version", names.HEALTH_SPEC_VERSION),
    Term("bootstrap_token", names.BOOTSTRAP, names.OIO2_DISCOVERY_EPR),
    Term("uid", names.OIO2_UID),
    Term("privileges", names.PRIVILEGES, names.OIO2_PRIVILEGES),
    Term("title", names.OIO2_TITLE),
    Term("org_unit", names.OIO2_ORG_UNIT),
    Term("user_authorizations", names.USER_AUTHORIZATIONS),
    Term("has_user_authorization", names.HAS_USER_AUTHORIZATION),
    Term("user_authorization_code", names.USER_AUTHORIZATION_CODE),
    Term("user_education_code", names.USER_EDUCATION_CODE),
    Term("user_education_type", names.USER_EDUCATION_TYPE),
    Term("is_registered_pharmacist", names.IS_REGISTERED_PHARMACIST),
)

SHORT_OF: dict[str, str] = {
    wire: term.short for term in TERMS for wire in (term.oio3, term.oio2) if wire is not None
}
OIO3_OF: dict[str, str] = {term.short: term.oio3 for term in TERMS}
OIO2_OF: dict[str, str] = {term.short: term.oio2 or term.oio3 for term in TERMS}
SINGLE = frozenset(
    {"loa", "nist", "cvr", "rid", "professional_uuid", "cpr_number", "cpr_uuid", "uid"}
)
# What every assertion says of itself and its strength, whatever else its issuer may speak of.
LEVELS = frozenset({"loa", "ial", "aal", "nist"})
OF_THE_ASSERTION = LEVELS | {"spec_version", "health_spec_version"}
