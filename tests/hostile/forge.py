"""A forge of Responses: an honest one by default, any part of it replaced, signed by anybody."""

import base64
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lxml import etree

from broker.saml import encryption, names, signatures
from broker.saml.ids import new_id
from broker.saml.instants import write_instant
from broker.saml.profiles import Encryption
from broker.saml.xml import Element
from tests.box import ACS, CVR, ORIGIN, Trip
from tests.factories import signing_key

OUR_ENTITY = f"{ORIGIN}/sundhed/saml/sp"
OUR_ACS = ORIGIN + ACS
PRIVILEGES = base64.b64encode(
    b'<b:PrivilegeList xmlns:b="http://digst.dk/oiosaml/basic_privilege_profile">'
    b'<PrivilegeGroup Scope="urn:dk:gov:saml:cvrNumberIdentifier:90000004">'
    b"<Privilege>urn:x:read</Privilege></PrivilegeGroup></b:PrivilegeList>"
).decode()
NURSE = f"{names.NAMEID_PROFESSIONAL}9f3b2d1c-0000-4000-8000-00000000000a"
NS = {"p": names.SAMLP, "a": names.SAML, "ds": names.DS, "xenc": names.XENC}
HONEST_ATTRIBUTES: tuple[tuple[str, str], ...] = (
    (names.SPEC_VERSION, "OIO-SAML-3.0"),
    (names.LOA, "Substantial"),
    (names.CVR, CVR),
    (names.ORG_NAME, "Region Æblø"),
    (names.FULL_NAME, "Åse Ærlig"),
    (names.PROFESSIONAL_UUID, "9f3b2d1c-0000-4000-8000-00000000000a"),
    (names.PRIVILEGES, PRIVILEGES),
)


# The same nurse by an IdP of the generation before.
OLDER_ATTRIBUTES: tuple[tuple[str, str], ...] = (
    (names.OIO2_SPEC_VERSION, "DK-SAML-2.0"),
    (names.LOA, "Substantial"),
    (names.OIO2_CVR, CVR),
    (names.OIO2_ORG_NAME, "Region Æblø"),
    (names.OIO2_COMMON_NAME, "Åse Ærlig"),
    (names.PROFESSIONAL_UUID, "9f3b2d1c-0000-4000-8000-00000000000a"),
    (names.OIO2_PRIVILEGES, PRIVILEGES),
)


@dataclass(frozen=True)
class Forge:
    """Every part of a Response as text or instant; `but()` changes some and keeps the rest."""

    trip: Trip
    now: datetime
    issuer: str | None = ""
    assertion_issuer: str = ""
    key: str = ""
    destination: str | None = OUR_ACS
    recipient: str | None = OUR_ACS
    in_response_to: str | None = ""
    confirmed_request: str | None = ""
    issued: datetime | None = None
    confirm_until: str | None = ""
    conditions: str | None = None
    audience: str = (
        f"<a:AudienceRestriction><a:Audience>{OUR_ENTITY}</a:Audience></a:AudienceRestriction>"
    )
    valid_from: str = ""
    valid_until: str | None = ""
    name_id: str = f'<a:NameID Format="{names.PERSISTENT}">{NURSE}</a:NameID>'
    method: str = names.BEARER
    confirmation_extra: str = ""
    authn_instant: str = ""
    statement_extra: str = ""
    authn_statements: int = 1
    attributes: tuple[tuple[str, str], ...] | None = None  # None is what an honest IdP says
    name_format: str = names.ATTR_URI
    raw_statement: str | None = None
    status: str = f'<p:StatusCode Value="{names.SUCCESS}"/>'
    version: str = "2.0"
    encrypt: bool = True
    sign_assertion: bool = True
    sign_response: bool = False
    response_id: str = ""
    assertion_id: str = ""
    block: str = names.AES256_GCM
    cpr: str = ""  # said beside the honest attributes, where there is one

    def but(self, **change: object) -> "Forge":
        """The same forge with some parts replaced."""
        return replace(self, **change)  # type: ignore[arg-type]  # rows of tables name the fields

    @property
    def entity(self) -> str:
        """The entityID of the IdP that was asked."""
        return f"https://{self.trip.idp}.example.dk"

    def _said(self) -> tuple[tuple[str, str], ...]:
        if self.attributes is not None:
            return self.attributes
        older = self.trip.idp == "legacy"
        said = OLDER_ATTRIBUTES if older else HONEST_ATTRIBUTES
        number = ((names.OIO2_CPR if older else names.CPR_NUMBER, self.cpr),) if self.cpr else ()
        return (*said, *number)

    def time(self, minutes: float) -> str:
        """An instant on the wire, minutes from now."""
        return write_instant(self.now + timedelta(minutes=minutes))

    def assertion(self) -> Element:
        """The assertion as a tree of its own, unsigned."""
        request = self.trip.request.id if self.confirmed_request == "" else self.confirmed_request
        until = self.time(5) if self.confirm_until == "" else self.confirm_until
        data = "".join(
            f' {name}="{value}"'
            for name, value in (
                ("Recipient", self.recipient),
                ("InResponseTo", request),
                ("NotOnOrAfter", until),
            )
            if value is not None
        )
        issued = write_instant(self.issued or self.now)
        xml = (
            f'<a:Assertion xmlns:a="{names.SAML}" ID="{self.assertion_id or new_id()}" '
            f'Version="{self.version}" IssueInstant="{issued}">'
            f"<a:Issuer>{self.assertion_issuer or self.entity}</a:Issuer>"
            f"<a:Subject>{self.name_id}"
            f'<a:SubjectConfirmation Method="{self.method}">'
            f"<a:SubjectConfirmationData{data}{self.confirmation_extra}/></a:SubjectConfirmation>"
            f"</a:Subject>{self._conditions()}{self._statements()}</a:Assertion>"
        )
        return etree.fromstring(xml)

    def _conditions(self) -> str:
        if self.conditions is not None:
            return self.conditions
        until = self.time(10) if self.valid_until == "" else self.valid_until
        end = f' NotOnOrAfter="{until}"' if until is not None else ""
        start = f' NotBefore="{self.valid_from}"' if self.valid_from else ""
        return f"<a:Conditions{start}{end}>{self.audience}</a:Conditions>"

    def _statements(self) -> str:
        instant = self.authn_instant or self.time(0)
        authn = (
            f'<a:AuthnStatement AuthnInstant="{instant}" SessionIndex="_s"{self.statement_extra}>'
            f"<a:AuthnContext><a:AuthnContextClassRef>urn:x</a:AuthnContextClassRef>"
            "</a:AuthnContext></a:AuthnStatement>"
        ) * self.authn_statements
        if self.raw_statement is not None:
            return authn + self.raw_statement
        listed = "".join(
            f'<a:Attribute Name="{name}" NameFormat="{self.name_format}">'
            f"<a:AttributeValue>{value}</a:AttributeValue></a:Attribute>"
            for name, value in self._said()
        )
        return f"{authn}<a:AttributeStatement>{listed}</a:AttributeStatement>"

    def signed_assertion(self) -> Element:
        """The assertion, signed unless told otherwise."""
        assertion = self.assertion()
        if self.sign_assertion:
            signatures.sign(assertion, signing_key(self.key or self.trip.idp))
        return assertion

    def around(self, *inside: Element) -> Element:
        """The Response around whatever is put inside, unsigned."""
        answered = self.trip.request.id if self.in_response_to == "" else self.in_response_to
        attributes = "".join(
            f' {name}="{value}"'
            for name, value in (("Destination", self.destination), ("InResponseTo", answered))
            if value is not None
        )
        issuer = self.entity if self.issuer == "" else self.issuer
        said = f"<a:Issuer>{issuer}</a:Issuer>" if issuer is not None else ""
        xml = (
            f'<p:Response xmlns:p="{names.SAMLP}" xmlns:a="{names.SAML}" '
            f'ID="{self.response_id or new_id()}" Version="{self.version}" '
            f'IssueInstant="{write_instant(self.issued or self.now)}"{attributes}>'
            f"{said}<p:Status>{self.status}</p:Status></p:Response>"
        )
        root = etree.fromstring(xml)
        root.extend(inside)
        return root

    def sealed(self, assertion: Element) -> Element:
        """The assertion encrypted to the broker's published key."""
        certificate = self.trip.encryption
        return encryption.encrypt(assertion, certificate, Encryption(self.block))

    def tree(self) -> Element:
        """The whole Response as a tree, signed and encrypted as told."""
        assertion = self.signed_assertion()
        root = self.around(self.sealed(assertion) if self.encrypt else assertion)
        if self.sign_response:
            signatures.sign(root, signing_key(self.key or self.trip.idp))
        return root

    def xml(self) -> bytes:
        """The bytes of the Response."""
        return etree.tostring(self.tree())
