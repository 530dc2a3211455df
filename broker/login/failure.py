"""One table: which refusal ends on a page of ours, which goes back to the service. R13.

PAGE     our own page only; nothing goes to the service, the flow stays usable
BACK     our page, with a button that posts a signed SAML error to the service
AT_ONCE  the SAML status at once, without a page
"""

from dataclasses import dataclass
from enum import Enum

from broker.saml import names
from broker.saml.messages import Status


class Hears(Enum):
    """Who hears of a refusal, and how."""

    PAGE = "page"
    BACK = "back"
    AT_ONCE = "at once"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a refusal becomes: who hears, the HTTP status of our page, the SAML status."""

    hears: Hears
    http: int
    status: Status


def _page(http: int) -> Verdict:
    return Verdict(Hears.PAGE, http, Status(names.RESPONDER, names.REQUEST_DENIED))


def _back(sub_code: str) -> Verdict:
    return Verdict(Hears.BACK, 403, Status(names.RESPONDER, sub_code))


def _at_once(code: str, sub_code: str | None) -> Verdict:
    return Verdict(Hears.AT_ONCE, 200, Status(code, sub_code))


TABLE: dict[str, Verdict] = {
    "malformed": _page(400),
    "limit": _page(413),
    "limit.inflated": _page(400),
    "limit.depth": _page(400),
    "limit.elements": _page(400),
    "limit.attributes": _page(400),
    "limit.id": _page(400),
    "limit.flow_state": _page(400),
    "limit.crowded": _page(503),
    "limit.rate": _page(429),
    "limit.slow": _page(408),
    "limit.unavailable": _page(503),
    "signature": _page(403),
    "context": _page(403),
    "flow": _page(403),
    "flow.loop": _page(429),
    "request": _page(400),
    "request.unknown_issuer": _page(403),
    "request.acs": _page(403),
    "request.name_id_policy": _at_once(names.REQUESTER, names.INVALID_NAMEID_POLICY),
    "request.name_unknown": _at_once(names.RESPONDER, names.INVALID_NAMEID_POLICY),
    "request.app_switch": _page(400),
    "request.passive_and_force": _at_once(names.REQUESTER, None),
    "request.proxy_count": _at_once(names.RESPONDER, names.PROXY_COUNT_EXCEEDED),
    "request.authn_context": _at_once(names.REQUESTER, names.NO_AUTHN_CONTEXT),
    "request.subject": _at_once(names.REQUESTER, names.REQUEST_UNSUPPORTED),
    "request.identity_type": _at_once(names.REQUESTER, names.NO_AUTHN_CONTEXT),
    "request.idp_list": _at_once(names.REQUESTER, names.NO_SUPPORTED_IDP),
    "request.passive": _at_once(names.RESPONDER, names.NO_PASSIVE),
    "policy": _back(names.REQUEST_DENIED),
    "policy.assurance": _back(names.NO_AUTHN_CONTEXT),
    "policy.assurance_missing": _back(names.NO_AUTHN_CONTEXT),
    "policy.idp_closed": _back(names.NO_AVAILABLE_IDP),
    "policy.idp_not_active": _back(names.NO_AVAILABLE_IDP),
    "policy.idp_paused": _back(names.NO_AVAILABLE_IDP),
    "policy.idp_planned": _back(names.NO_AVAILABLE_IDP),
    "policy.idp_test_only": _back(names.NO_AVAILABLE_IDP),
    "policy.sp_no_encryption_key": _page(403),
    "idp": _back(names.AUTHN_FAILED),
    "idp.no_passive": _at_once(names.RESPONDER, names.NO_PASSIVE),
    "idp.no_authn_context": _back(names.NO_AUTHN_CONTEXT),
    "audit": _page(503),
    "logout": _page(404),
    "key": _page(503),
    "mapping": _page(503),
    "internal": _page(500),
}


def verdict(code: str, *, passive: bool) -> Verdict:
    """The verdict of a code, its own or its family's; a passive request never gets a page."""
    found = TABLE.get(code) or TABLE.get(code.partition(".")[0]) or TABLE["internal"]
    if passive and found.hears is Hears.BACK:
        return Verdict(Hears.AT_ONCE, 200, found.status)
    return found
