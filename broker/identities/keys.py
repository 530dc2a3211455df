"""How each kind of identity key is spelled: bound to the organisation that it holds in. R18, R22.

A login and an administrator who links beforehand must come to the same key.
"""

from broker.identities.model import IdentityKey

_UUID_PREFIXES = ("urn:uuid:", "https://data.gov.dk/model/core/eid/professional/uuid/")


def professional_uuid(cvr: str, uuid: str) -> IdentityKey:
    """The UUID of a professional identity, bare or as the URI that a NameID has it in."""
    bare = uuid.strip().lower()
    for prefix in _UUID_PREFIXES:
        bare = bare.removeprefix(prefix)
    return IdentityKey("professional-uuid", f"{cvr}|{bare}")


def rid(cvr: str, number: str) -> IdentityKey:
    """A RID from the OCES2 time, bare or with its CVR number before it."""
    return IdentityKey("rid", f"{cvr}|{number.strip().rpartition('RID:')[2]}")


def idp_subject(entity_id: str, cvr: str, subject: str) -> IdentityKey:
    """The lasting name that one identity provider knows somebody by."""
    return IdentityKey("idp-subject", f"{entity_id}|{cvr}|{subject}")
