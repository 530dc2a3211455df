"""What we write of SAML, as pysaml2's classes write it: `broker.saml.elements` is held to it."""

from datetime import datetime

from saml2 import saml, samlp

from broker.saml import names
from broker.saml.engine.tree import to_tree
from broker.saml.instants import write_instant
from broker.saml.messages import AssertionDraft, Attribute, AuthnRequestDraft, Status
from broker.saml.xml import Element


def build_response(
    *,
    id: str,  # noqa: A002  # the attribute's own name
    issuer: str,
    destination: str,
    in_response_to: str | None,
    issued_at: datetime,
    status: Status,
) -> Element:
    """A Response without an assertion, as a tree, unsigned."""
    code = samlp.StatusCode(value=status.code)
    if status.sub_code:
        code.status_code = samlp.StatusCode(value=status.sub_code)
    response = samlp.Response(
        id=id,
        version="2.0",
        issue_instant=write_instant(issued_at),
        destination=destination,
        in_response_to=in_response_to,
        issuer=saml.Issuer(text=issuer),
        status=samlp.Status(status_code=code),
    )
    return to_tree(response)


def build_assertion(draft: AssertionDraft) -> Element:
    """The assertion as a tree of its own, unsigned."""
    confirmation = saml.SubjectConfirmation(
        method=names.BEARER,
        subject_confirmation_data=saml.SubjectConfirmationData(
            recipient=draft.recipient,
            in_response_to=draft.in_response_to,
            not_on_or_after=write_instant(draft.confirm_until),
        ),
    )
    name_id = saml.NameID(
        text=draft.name_id.value,
        format=draft.name_id.format,
        name_qualifier=draft.name_id.name_qualifier,
        sp_name_qualifier=draft.name_id.sp_name_qualifier,
    )
    statement = saml.AuthnStatement(
        authn_instant=write_instant(draft.authn_instant),
        session_index=draft.session_index,
        session_not_on_or_after=_written(draft.session_until),
        authn_context=saml.AuthnContext(
            authn_context_class_ref=saml.AuthnContextClassRef(text=draft.class_ref),
            authenticating_authority=[
                saml.AuthenticatingAuthority(text=uri) for uri in draft.authorities
            ],
        ),
    )
    assertion = saml.Assertion(
        id=draft.id,
        version="2.0",
        issue_instant=write_instant(draft.issued_at),
        issuer=saml.Issuer(text=draft.issuer),
        subject=saml.Subject(name_id=name_id, subject_confirmation=[confirmation]),
        conditions=saml.Conditions(
            not_before=_written(draft.valid_from),
            not_on_or_after=write_instant(draft.valid_until),
            audience_restriction=[
                saml.AudienceRestriction(audience=[saml.Audience(text=draft.audience)])
            ],
            proxy_restriction=_proxy_restriction(draft),
        ),
        authn_statement=[statement],
        attribute_statement=[
            saml.AttributeStatement(attribute=[_attribute(a) for a in draft.attributes])
        ]
        if draft.attributes
        else [],
    )
    return to_tree(assertion)


def _proxy_restriction(draft: AssertionDraft) -> list[saml.ProxyRestriction]:
    if draft.proxy_count is None and not draft.proxy_audiences:
        return []
    count = None if draft.proxy_count is None else str(draft.proxy_count)
    audiences = [saml.Audience(text=uri) for uri in draft.proxy_audiences]
    return [saml.ProxyRestriction(count=count, audience=audiences)]


def _attribute(attribute: Attribute) -> saml.Attribute:
    return saml.Attribute(
        name=attribute.name,
        name_format=attribute.name_format,
        friendly_name=attribute.friendly_name,
        attribute_value=[saml.AttributeValue(text=value) for value in attribute.values],
    )


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else write_instant(instant)


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
