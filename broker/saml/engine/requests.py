"""AuthnRequests through pysaml2's classes. SAML Core 3.4."""

from saml2 import saml, samlp

from broker.saml import names
from broker.saml.assurance import Assurance, Comparison, Demand
from broker.saml.engine.tree import from_tree, read_number, to_tree
from broker.saml.instants import read_instant, write_instant
from broker.saml.messages import AuthnRequest, AuthnRequestDraft
from broker.saml.xml import Element

_COMPARISONS: dict[str, Comparison] = {
    "": "exact",
    "exact": "exact",
    "minimum": "minimum",
    "maximum": "maximum",
    "better": "better",
}
_IDENTITY_TYPES = (names.PERSON, names.PROFESSIONAL)


def build_authn_request(draft: AuthnRequestDraft) -> Element:
    """The AuthnRequest as a tree, unsigned."""
    request = samlp.AuthnRequest(
        id=draft.id,
        version="2.0",
        issue_instant=write_instant(draft.issued_at),
        destination=draft.destination,
        assertion_consumer_service_url=draft.acs_url,
        protocol_binding=names.POST,
        provider_name=draft.provider_name,
        issuer=saml.Issuer(text=draft.issuer),
    )
    if draft.force_authn:
        request.force_authn = "true"
    if draft.is_passive:
        request.is_passive = "true"
    if draft.name_id_format:
        request.name_id_policy = samlp.NameIDPolicy(
            format=draft.name_id_format, allow_create="true"
        )
    if draft.class_refs:
        request.requested_authn_context = samlp.RequestedAuthnContext(
            authn_context_class_ref=[
                saml.AuthnContextClassRef(text=uri) for uri in draft.class_refs
            ],
            comparison=draft.comparison,
        )
    if draft.requester_ids or draft.idp_list or draft.proxy_count is not None:
        entries = [samlp.IDPEntry(provider_id=uri) for uri in draft.idp_list]
        request.scoping = samlp.Scoping(
            proxy_count=None if draft.proxy_count is None else str(draft.proxy_count),
            idp_list=samlp.IDPList(idp_entry=entries) if entries else None,
            requester_id=[samlp.RequesterID(text=uri) for uri in draft.requester_ids],
        )
    return to_tree(request)


def read_authn_request(element: Element) -> AuthnRequest:
    """The facts of an AuthnRequest whose schema has been checked."""
    request = from_tree(samlp.AuthnRequest, element)
    context = request.requested_authn_context
    refs = [_text(ref) for ref in context.authn_context_class_ref] if context else []
    levels = {uri: Assurance.from_uri(uri) for uri in refs}
    known = frozenset(level for level in levels.values() if level is not None)
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
        demand=Demand(_COMPARISONS[context.comparison or ""], known) if known else None,
        unknown_contexts=tuple(u for u in refs if levels[u] is None and u not in types) + declared,
        names_subject=request.subject is not None,
        identity_types=types,
        idp_list=_idp_list(scoping),
        proxy_count=read_number(scoping.proxy_count) if scoping and scoping.proxy_count else None,
        requester_ids=tuple(_text(r) for r in scoping.requester_id) if scoping else (),
        name_id_format=request.name_id_policy.format if request.name_id_policy else None,
    )


def _idp_list(scoping: samlp.Scoping | None) -> tuple[str, ...]:
    if not scoping or not scoping.idp_list:
        return ()
    return tuple(entry.provider_id for entry in scoping.idp_list.idp_entry)


def _true(value: str | None) -> bool:
    return value in ("true", "1")


def _text(element: saml.SamlBase | None) -> str:
    return (element.text or "").strip() if element is not None else ""
