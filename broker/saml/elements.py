"""What we write of SAML at every login, element by element: assertions, Responses, AuthnRequests.

pysaml2's classes would write the same; a test holds the two together. Their objects, and the
copy of their tree into ours, took more calls than anything else of hop 6. The order of elements
is the schema's, and every message is checked against it before it is signed.
"""

from collections.abc import Mapping
from datetime import datetime

from lxml import etree

from broker.saml import names
from broker.saml.instants import write_instant
from broker.saml.messages import AppSwitch, AssertionDraft, AuthnRequestDraft, Status
from broker.saml.xml import Element

_SAML, _SAMLP = f"{{{names.SAML}}}", f"{{{names.SAMLP}}}"
_BOTH = {"samlp": names.SAMLP, "saml": names.SAML}
_OURS = {"saml": names.SAML}
_sub = etree.SubElement


def build_response(
    *,
    id: str,  # noqa: A002  # the attribute's own name
    issuer: str,
    destination: str,
    in_response_to: str | None,
    issued_at: datetime,
    status: Status,
) -> Element:
    """A Response without an assertion, as a tree, unsigned. SAML Core 3.3.3."""
    root = etree.Element(_SAMLP + "Response", nsmap=_BOTH)
    said = {"ID": id, "InResponseTo": in_response_to, "Version": "2.0"}
    _set(root, {**said, "IssueInstant": write_instant(issued_at), "Destination": destination})
    _sub(root, _SAML + "Issuer").text = issuer
    code = _sub(_sub(root, _SAMLP + "Status"), _SAMLP + "StatusCode")
    code.set("Value", status.code)
    if status.sub_code:
        _sub(code, _SAMLP + "StatusCode").set("Value", status.sub_code)
    return root


def build_assertion(draft: AssertionDraft) -> Element:
    """The assertion as a tree of its own, unsigned. SAML Core 2.3.3."""
    root = etree.Element(_SAML + "Assertion", nsmap=_OURS)
    _set(root, {"Version": "2.0", "ID": draft.id, "IssueInstant": write_instant(draft.issued_at)})
    _sub(root, _SAML + "Issuer").text = draft.issuer
    _subject(root, draft)
    _conditions(root, draft)
    _statement(root, draft)
    if draft.attributes:
        statement = _sub(root, _SAML + "AttributeStatement")
        for one in draft.attributes:
            attribute = _sub(statement, _SAML + "Attribute")
            _set(attribute, {"Name": one.name, "NameFormat": one.name_format})
            _set(attribute, {"FriendlyName": one.friendly_name})
            for value in one.values:
                _sub(attribute, _SAML + "AttributeValue").text = value
    return root


def _subject(root: Element, draft: AssertionDraft) -> None:
    subject, name = _sub(root, _SAML + "Subject"), draft.name_id
    said = _sub(subject, _SAML + "NameID")
    _set(said, {"NameQualifier": name.name_qualifier, "SPNameQualifier": name.sp_name_qualifier})
    _set(said, {"Format": name.format})
    said.text = name.value
    confirmation = _sub(subject, _SAML + "SubjectConfirmation")
    confirmation.set("Method", names.BEARER)
    data = _sub(confirmation, _SAML + "SubjectConfirmationData")
    _set(
        data,
        {
            "NotOnOrAfter": write_instant(draft.confirm_until),
            "Recipient": draft.recipient,
            "InResponseTo": draft.in_response_to,
        },
    )


def _conditions(root: Element, draft: AssertionDraft) -> None:
    conditions = _sub(root, _SAML + "Conditions")
    since, until = _written(draft.valid_from), write_instant(draft.valid_until)
    _set(conditions, {"NotBefore": since, "NotOnOrAfter": until})
    restriction = _sub(conditions, _SAML + "AudienceRestriction")
    _sub(restriction, _SAML + "Audience").text = draft.audience
    if draft.proxy_count is not None or draft.proxy_audiences:
        proxy = _sub(conditions, _SAML + "ProxyRestriction")
        _set(proxy, {"Count": None if draft.proxy_count is None else str(draft.proxy_count)})
        for uri in draft.proxy_audiences:
            _sub(proxy, _SAML + "Audience").text = uri


def _statement(root: Element, draft: AssertionDraft) -> None:
    statement = _sub(root, _SAML + "AuthnStatement")
    _set(
        statement,
        {
            "AuthnInstant": write_instant(draft.authn_instant),
            "SessionIndex": draft.session_index,
            "SessionNotOnOrAfter": _written(draft.session_until),
        },
    )
    context = _sub(statement, _SAML + "AuthnContext")
    _sub(context, _SAML + "AuthnContextClassRef").text = draft.class_ref
    for uri in draft.authorities:
        _sub(context, _SAML + "AuthenticatingAuthority").text = uri


def build_authn_request(draft: AuthnRequestDraft) -> Element:
    """The AuthnRequest as a tree, unsigned. SAML Core 3.4.1."""
    root = etree.Element(_SAMLP + "AuthnRequest", nsmap=_BOTH)
    _set(root, {"ID": draft.id, "Version": "2.0", "IssueInstant": write_instant(draft.issued_at)})
    _set(
        root,
        {
            "Destination": draft.destination,
            "ForceAuthn": "true" if draft.force_authn else None,
            "IsPassive": "true" if draft.is_passive else None,
            "ProtocolBinding": names.POST,
            "AssertionConsumerServiceURL": draft.acs_url,
            "ProviderName": draft.provider_name,
        },
    )
    _sub(root, _SAML + "Issuer").text = draft.issuer
    if draft.app_switch is not None:
        root.append(_written_switch(draft.app_switch))
    if draft.name_id_format:
        policy = _sub(root, _SAMLP + "NameIDPolicy")
        _set(policy, {"Format": draft.name_id_format, "AllowCreate": "true"})
    if draft.class_refs:
        context = _sub(root, _SAMLP + "RequestedAuthnContext")
        context.set("Comparison", draft.comparison)
        for uri in draft.class_refs:
            _sub(context, _SAML + "AuthnContextClassRef").text = uri
    if draft.requester_ids or draft.idp_list or draft.proxy_count is not None:
        scoping = _sub(root, _SAMLP + "Scoping")
        _set(scoping, {"ProxyCount": None if draft.proxy_count is None else str(draft.proxy_count)})
        if draft.idp_list:
            listed = _sub(scoping, _SAMLP + "IDPList")
            for uri in draft.idp_list:
                _sub(listed, _SAMLP + "IDPEntry").set("ProviderID", uri)
        for uri in draft.requester_ids:
            _sub(scoping, _SAMLP + "RequesterID").text = uri
    return root


def _written_switch(switch: AppSwitch) -> Element:
    extensions = etree.Element(f"{_SAMLP}Extensions", nsmap={"samlp": names.SAMLP})
    nsmap = {"nl": names.APP_SWITCH}
    found = _sub(extensions, f"{{{names.APP_SWITCH}}}AppSwitch", nsmap=nsmap)
    _sub(found, f"{{{names.APP_SWITCH}}}Platform").text = switch.platform
    _sub(found, f"{{{names.APP_SWITCH}}}ReturnURL").text = switch.return_url
    return extensions


def _set(element: Element, attributes: Mapping[str, str | None]) -> None:
    """Set those that have a value, in the order given."""
    for name, value in attributes.items():
        if value is not None:
            element.set(name, value)


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else write_instant(instant)
