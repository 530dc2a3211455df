"""A health professional's authorisations as healthcare SAML carries them, read strictly.

The value is base64 of a UserAuthorizationList: for each authorisation its code, the code of
the education behind it, and the education in words.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from broker.errors import Refused
from broker.saml.xml import Element, children, local_name, parse, text_of

NAMESPACE = "urn:dk:healthcare:saml:user_authorization_profile:1.0"
MOST = 32  # authorisations of one person

_CODE = re.compile(r"[^\W_]{5}\Z")
_EDUCATION = re.compile(r"[0-9]{4}\Z", re.ASCII)
_PARTS = ("AuthorizationCode", "EducationCode", "EducationType")


@dataclass(frozen=True, slots=True)
class Authorisation:
    """One authorisation: its code, and the education by code (7170 is a physician) and words."""

    code: str
    education: str
    education_type: str  # empty where it is not said


def read_authorisations(value: str) -> tuple[Authorisation, ...]:
    """The authorisations of one base64 value, in its order. Raises Refused (malformed.*, limit.*).

    Whoever is refused here has no authorisation that counts; nobody is kept out by it.
    """
    try:
        raw = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Refused("malformed.base64", "authorisations that are not base64") from None
    root = parse(raw)
    if root.tag != f"{{{NAMESPACE}}}UserAuthorizationList":
        raise Refused("malformed.root", "not a UserAuthorizationList")
    found = children(root, NAMESPACE, "UserAuthorization")
    if len(found) != len(root) or len(found) > MOST:
        raise Refused("malformed.shape", "a list of something else, or of too many")
    return tuple(_authorisation(element) for element in found)


def _authorisation(element: Element) -> Authorisation:
    said = {name: children(element, NAMESPACE, name) for name in _PARTS}
    if sum(map(len, said.values())) != len(element) or any(len(s) > 1 for s in said.values()):
        raise Refused("malformed.shape", f"{local_name(element)} with other parts or parts twice")
    code, education, words = (text_of(s[0]).strip() if s else "" for s in said.values())
    if not _CODE.match(code) or not _EDUCATION.match(education):
        raise Refused("malformed.shape", "no authorisation code, or no education code")
    return Authorisation(code, education, words)
