"""Logout messages through pysaml2's classes. SAML Core 3.7."""

from saml2 import saml, samlp

from broker.saml import names
from broker.saml.engine.assertions import read_name_id, read_status
from broker.saml.engine.tree import from_tree, to_tree
from broker.saml.instants import read_instant, write_instant
from broker.saml.messages import (
    LogoutRequest,
    LogoutRequestDraft,
    LogoutResponse,
    LogoutResponseDraft,
)
from broker.saml.xml import Element, children


def build_logout_request(draft: LogoutRequestDraft) -> Element:
    """The LogoutRequest as a tree, unsigned."""
    request = samlp.LogoutRequest(
        id=draft.id,
        version="2.0",
        issue_instant=write_instant(draft.issued_at),
        destination=draft.destination,
        not_on_or_after=write_instant(draft.not_on_or_after),
        reason=names.REASON_USER,
        issuer=saml.Issuer(text=draft.issuer),
        name_id=saml.NameID(
            text=draft.name_id.value,
            format=draft.name_id.format,
            name_qualifier=draft.name_id.name_qualifier,
            sp_name_qualifier=draft.name_id.sp_name_qualifier,
        ),
        session_index=[samlp.SessionIndex(text=draft.session_index)] if draft.session_index else [],
    )
    return to_tree(request)


def build_logout_response(draft: LogoutResponseDraft) -> Element:
    """The LogoutResponse as a tree, unsigned."""
    code = samlp.StatusCode(value=draft.status.code)
    if draft.status.sub_code:
        code.status_code = samlp.StatusCode(value=draft.status.sub_code)
    response = samlp.LogoutResponse(
        id=draft.id,
        version="2.0",
        issue_instant=write_instant(draft.issued_at),
        destination=draft.destination,
        in_response_to=draft.in_response_to,
        issuer=saml.Issuer(text=draft.issuer),
        status=samlp.Status(status_code=code),
    )
    return to_tree(response)


def read_logout_request(element: Element) -> LogoutRequest:
    """The facts of a LogoutRequest whose schema has been checked."""
    found = from_tree(samlp.LogoutRequest, element)
    return LogoutRequest(
        id=found.id,
        issuer=_text(found.issuer),
        destination=found.destination,
        issue_instant=read_instant(found.issue_instant),
        not_on_or_after=read_instant(found.not_on_or_after) if found.not_on_or_after else None,
        name_id=read_name_id(found.name_id) if found.name_id is not None else None,
        session_indexes=tuple(_text(index) for index in found.session_index),
    )


def read_logout_response(element: Element) -> LogoutResponse:
    """The facts of a LogoutResponse whose schema has been checked."""
    found = from_tree(samlp.LogoutResponse, element)
    return LogoutResponse(
        id=found.id,
        issuer=_text(found.issuer),
        destination=found.destination,
        in_response_to=found.in_response_to,
        issue_instant=read_instant(found.issue_instant),
        status=read_status(children(element, names.SAMLP, "Status")[0]),
    )


def _text(element: saml.SamlBase | None) -> str:
    return (element.text or "").strip() if element is not None else ""
