"""Assertions and Responses through pysaml2's classes. SAML Core 2.3 and 3.3.3."""

from datetime import datetime

from saml2 import saml

from broker.errors import Refused
from broker.saml import names
from broker.saml.engine.tree import from_tree, read_number
from broker.saml.instants import read_instant
from broker.saml.messages import (
    Assertion,
    Attribute,
    AuthnStatement,
    Conditions,
    NameID,
    Status,
    SubjectConfirmation,
)
from broker.saml.xml import Element, children, text_of

_NIL = f"{{{names.XSI}}}nil"


def read_status(element: Element) -> Status:
    """The status codes of a Status element; StatusMessage and StatusDetail are not read (R14)."""
    codes = children(element, names.SAMLP, "StatusCode")
    second = children(codes[0], names.SAMLP, "StatusCode")
    return Status(codes[0].get("Value", ""), second[0].get("Value") if second else None)


def read_assertion(element: Element) -> Assertion:
    """The facts of a verified assertion; the element is what `signatures.verify` gave back."""
    subjects = children(element, names.SAML, "Subject")
    conditions = children(element, names.SAML, "Conditions")
    statements = children(element, names.SAML, "AttributeStatement")
    subject = from_tree(saml.Subject, subjects[0]) if subjects else None
    if element.get("Version") != "2.0":
        raise Refused("malformed.version", "an assertion of another version")
    return Assertion(
        id=element.get("ID", ""),
        issuer=_text(from_tree(saml.Issuer, children(element, names.SAML, "Issuer")[0])),
        issue_instant=read_instant(element.get("IssueInstant", "")),
        name_id=read_name_id(subject.name_id) if subject and subject.name_id else None,
        confirmations=tuple(_confirmation(c) for c in subject.subject_confirmation)
        if subject
        else (),
        conditions=_conditions(conditions[0]) if conditions else None,
        authn_statements=tuple(
            _authn_statement(child) for child in children(element, names.SAML, "AuthnStatement")
        ),
        attribute_statements=len(statements),
        attributes=tuple(
            _read_attribute(child)
            for statement in statements
            for child in children(statement, names.SAML, "Attribute")
        ),
        encrypted_parts=_has_encrypted(element),
    )


def _has_encrypted(element: Element) -> bool:
    wanted = ("EncryptedID", "EncryptedAttribute", "EncryptedAssertion")
    return any(True for _ in element.iter(*(f"{{{names.SAML}}}{name}" for name in wanted)))


def read_name_id(found: saml.NameID) -> NameID:
    """A NameID; one without a format is of an unspecified one. SAML Core 8.3.1."""
    return NameID(
        _text(found),
        found.format or names.UNSPECIFIED,
        found.name_qualifier,
        found.sp_name_qualifier,
    )


def _confirmation(found: saml.SubjectConfirmation) -> SubjectConfirmation:
    data = found.subject_confirmation_data
    return SubjectConfirmation(
        method=found.method,
        recipient=data.recipient if data else None,
        in_response_to=data.in_response_to if data else None,
        not_before=_instant(data.not_before) if data else None,
        not_on_or_after=_instant(data.not_on_or_after) if data else None,
        has_data=data is not None,
    )


def _conditions(element: Element) -> Conditions:
    found = from_tree(saml.Conditions, element)
    proxies = list(found.proxy_restriction or ())
    proxy = proxies[0] if proxies else None
    return Conditions(
        not_before=_instant(found.not_before),
        not_on_or_after=_instant(found.not_on_or_after),
        audiences=tuple(
            tuple(_text(audience) for audience in restriction.audience)
            for restriction in found.audience_restriction
        ),
        one_time_use=bool(found.one_time_use),
        proxy_restrictions=len(proxies),
        proxy_count=read_number(proxy.count) if proxy is not None and proxy.count else None,
        proxy_audiences=tuple(_text(a) for a in proxy.audience) if proxy is not None else (),
        unknown=tuple("Condition" for _ in children(element, names.SAML, "Condition")),
    )


def _authn_statement(element: Element) -> AuthnStatement:
    found = from_tree(saml.AuthnStatement, element)
    context = found.authn_context
    reference = context.authn_context_class_ref if context else None
    return AuthnStatement(
        authn_instant=read_instant(found.authn_instant),
        session_index=found.session_index,
        session_not_on_or_after=_instant(found.session_not_on_or_after),
        class_ref=_text(reference).removeprefix("element:") if reference else None,
        authorities=tuple(_text(a) for a in context.authenticating_authority) if context else (),
    )


def _read_attribute(element: Element) -> Attribute:
    """One attribute, read by hand: pysaml2 casts values by xsi:type and raises on odd ones.

    A value that is nil, empty, or holds elements counts as absent.
    """
    values = [
        text_of(value).strip()
        for value in children(element, names.SAML, "AttributeValue")
        if not len(value) and value.get(_NIL) not in ("true", "1")
    ]
    return Attribute(
        name=element.get("Name", ""),
        values=tuple(value for value in values if value),
        name_format=element.get("NameFormat"),
        friendly_name=element.get("FriendlyName"),
    )


def _instant(text: str | None) -> datetime | None:
    return read_instant(text) if text else None


def _text(element: saml.SamlBase) -> str:
    return (element.text or "").strip()
