"""AuthnRequests through pysaml2's classes. SAML Core 3.4."""

import re

from saml2 import saml, samlp

from broker.errors import Refused
from broker.saml import names
from broker.saml.assurance import Assurance, Comparison, Demand, asked_by_nist
from broker.saml.engine.tree import from_tree, read_number
from broker.saml.instants import read_instant
from broker.saml.messages import AppSwitch, AuthnRequest, NameIDPolicy
from broker.saml.xml import Element, children, text_of

_COMPARISONS: dict[str, Comparison] = {
    "": "exact",
    "exact": "exact",
    "minimum": "minimum",
    "maximum": "maximum",
    "better": "better",
}
MAX_RETURN_URL = 256
_RETURN_URL = re.compile(r"(?!(?:javascript|data|vbscript|file|blob):)[a-z][a-z0-9+.-]*:[!-~]+\Z")
_IDENTITY_TYPES = (names.PERSON, names.PROFESSIONAL)


def _app_switch(element: Element) -> AppSwitch | None:
    """The AppSwitch extension, or None. Raises Refused("request.app_switch") for an odd one."""
    found = [
        switch
        for extensions in children(element, names.SAMLP, "Extensions")
        for switch in children(extensions, names.APP_SWITCH, "AppSwitch")
    ]
    if not found:
        return None
    platforms = children(found[0], names.APP_SWITCH, "Platform")
    urls = children(found[0], names.APP_SWITCH, "ReturnURL")
    if len(found) > 1 or len(platforms) != 1 or len(urls) != 1:
        raise Refused("request.app_switch", "not one platform and one address")
    platform, url = text_of(platforms[0]).strip(), text_of(urls[0]).strip()
    if platform not in ("Android", "iOS") or len(url) > MAX_RETURN_URL:
        raise Refused("request.app_switch", "a platform unknown, or an endless address")
    if not _RETURN_URL.match(url):
        raise Refused("request.app_switch", "an address that no app returns by")
    return AppSwitch(platform, url)


def read_authn_request(element: Element) -> AuthnRequest:
    """The facts of an AuthnRequest whose schema has been checked."""
    request = from_tree(samlp.AuthnRequest, element)
    context = request.requested_authn_context
    refs = [_text(ref) for ref in context.authn_context_class_ref] if context else []
    by_nsis = {uri: level for uri in refs if (level := Assurance.from_uri(uri))}
    by_nist = {uri: level for uri in refs if (level := asked_by_nist(uri))}
    known = frozenset((by_nsis or by_nist).values())
    declared = tuple(_text(ref) for ref in context.authn_context_decl_ref) if context else ()
    types = tuple(uri for uri in refs if uri in _IDENTITY_TYPES)
    scoping = request.scoping
    index = request.assertion_consumer_service_index
    return AuthnRequest(
        id=request.id,
        issuer=_text(request.issuer),
        destination=request.destination,
        issue_instant=read_instant(request.issue_instant),
        acs_url=request.assertion_consumer_service_url,
        acs_index=read_number(index) if index else None,
        protocol_binding=request.protocol_binding,
        force_authn=_true(request.force_authn),
        is_passive=_true(request.is_passive),
        demand=Demand(_COMPARISONS[context.comparison or ""], known, nist=not by_nsis)
        if known
        else None,
        unknown_contexts=tuple(u for u in refs if u not in {*by_nsis, *by_nist, *types}) + declared,
        names_subject=request.subject is not None,
        identity_types=types,
        idp_list=_idp_list(scoping),
        proxy_count=read_number(scoping.proxy_count) if scoping and scoping.proxy_count else None,
        requester_ids=tuple(_text(r) for r in scoping.requester_id) if scoping else (),
        name_id_policy=_policy(request.name_id_policy),
        app_switch=_app_switch(element),
    )


def _policy(found: samlp.NameIDPolicy | None) -> NameIDPolicy | None:
    if found is None:
        return None
    create = None if found.allow_create is None else _true(found.allow_create)
    return NameIDPolicy(found.format, found.sp_name_qualifier, create)


def _idp_list(scoping: samlp.Scoping | None) -> tuple[str, ...]:
    if not scoping or not scoping.idp_list:
        return ()
    return tuple(entry.provider_id for entry in scoping.idp_list.idp_entry)


def _true(value: str | None) -> bool:
    return value in ("true", "1")


def _text(element: saml.SamlBase | None) -> str:
    return (element.text or "").strip() if element is not None else ""
