"""A federation of every profile: services and identity providers of each, with one key a kind."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree
from werkzeug.test import TestResponse

from broker.bootstrap import metadata_service
from broker.metadata.defaults import LoadOptions
from broker.metadata.report import Occasion
from broker.saml import bindings, names
from broker.saml.authn_request import open_post, write_authn_request
from broker.saml.messages import Assertion, AuthnRequest, NameIDPolicy
from broker.saml.profiles import OIOSAML_2, OIOSAML_LOCAL, PROFILES, Profile
from broker.saml.response import open_response
from tests.box import CVR, ORIGIN, Box, Trip, posted
from tests.factories import NOW, decryption_key, key_pair, signing_key
from tests.hostile.forge import HONEST_ATTRIBUTES, NURSE, OLDER_ATTRIBUTES, Forge
from tests.peers import idp_metadata, sp_metadata

REDIRECT, POST = names.REDIRECT, names.POST
OAEP_11 = {"block": "aes128-gcm", "transport": "rsa-oaep", "digest": "sha256", "mgf": "sha256"}
ENCRYPTIONS: dict[str, dict[str, str] | None] = {
    "GCM": {"block": "aes256-gcm"},
    "GCM, OAEP 1.1": OAEP_11,
    "CBC": {"block": "aes256-cbc"},
    "plain": None,
}
SIGNED = ("assertion", "response", "both")
TO_SERVICES = tuple(p for p in PROFILES.values() if p is not OIOSAML_LOCAL)
FROM_IDPS = tuple(PROFILES.values())


@dataclass(frozen=True)
class ServiceRow:
    """One way to write to a service."""

    profile: Profile
    binding: str
    signed: str
    encryption: str

    @property
    def code(self) -> str:
        kind = list(ENCRYPTIONS).index(self.encryption)
        return f"s-{self.profile.code}-{self.signed}-{kind}"


@dataclass(frozen=True)
class IdpRow:
    """One way in which an identity provider answers."""

    profile: Profile
    binding: str
    signed: str
    encryption: str

    @property
    def code(self) -> str:
        return f"i-{self.profile.code}-{'post' if self.binding == POST else 'redirect'}"


def service_rows() -> Iterator[ServiceRow]:
    """Every combination for services; CBC stands only inside something signed (R15)."""
    for profile in TO_SERVICES:
        for binding in (REDIRECT, POST):
            for signed in SIGNED:
                for encryption in ENCRYPTIONS:
                    if encryption != "CBC" or signed != "assertion":
                        yield ServiceRow(profile, binding, signed, encryption)


def idp_rows() -> Iterator[IdpRow]:
    """Every combination for identity providers, with the same exception."""
    for profile in FROM_IDPS:
        for binding in (REDIRECT, POST):
            for signed in SIGNED:
                for encryption in ("GCM", "CBC", "plain"):
                    if encryption != "CBC" or signed != "assertion":
                        yield IdpRow(profile, binding, signed, encryption)


@dataclass
class Parties:
    """The registered parties of a box."""

    box: Box
    known: set[str] = field(default_factory=set)

    def service(self, row: ServiceRow) -> str:
        """The entityID of a service that is written to like that, registered when new."""
        entity = f"https://{row.code}.example.dk"
        if row.code not in self.known:
            self.known.add(row.code)
            encryption = ENCRYPTIONS[row.encryption]
            document: dict[str, object] = {
                "kind": "service",
                "code": row.code,
                "name": {"da": row.code, "en": row.code},
                "owner": "Prøve",
                "profile": row.profile.code,
                "signed": row.signed,
                "plaintext": encryption is None,
                "idp": [{"code": "alpha"}, *({"code": r.code} for r in _idps())],
                "entity_id": entity,
                "federations": ["sundhed"],
                "encryption": encryption or {"block": "aes256-gcm"},
            }
            self._load(sp_metadata(entity, key_pair("one")[1]), document, row.code)
        return entity

    def idp(self, row: IdpRow) -> str:
        """The code of an identity provider that answers like that."""
        entity = f"https://{row.code}.example.dk"
        if row.code not in self.known:
            self.known.add(row.code)
            document: dict[str, object] = {
                "kind": "idp",
                "code": row.code,
                "name": {"da": row.code, "en": row.code},
                "profile": row.profile.code,
                "maximum": "High",
                "cvrs": "any",
                "encrypted": False,
                "allow_cbc": True,
                "entity_id": entity,
                "federations": ["sundhed"],
                **({"nist": "Substantial"} if row.profile is OIOSAML_2 else {}),
            }
            raw = idp_metadata(entity, key_pair("alpha")[1], sso=row.binding)
            self._load(raw, document, row.code)
        return row.code

    def _load(self, raw: bytes, document: dict[str, object], code: str) -> None:
        service = metadata_service(self.box.services.engine, ORIGIN)
        occasion = Occasion(NOW, "test", "profiles", "BOX")
        service.load_document(document, source="profiles", occasion=occasion)
        report = service.load_xml(
            raw,
            federation="sundhed",
            source="profiles",
            options=LoadOptions(code=code),
            occasion=occasion,
        )
        assert not report.refused, report

    def login(
        self, service: ServiceRow, idp: IdpRow, wanted: NameIDPolicy | None = None
    ) -> tuple[Assertion, etree._Element, AuthnRequest]:
        """One login: what the service reads, the Response on the wire, the request upstream."""
        entity, code = self.service(service), self.idp(idp)
        browser = self.box.browser()
        form = wanted.format if wanted else None
        draft = replace(
            self.box.draft(), issuer=entity, acs_url=f"{entity}/acs", name_id_format=form
        )
        if service.binding == POST:
            xml = write_authn_request(draft, sign_with=signing_key("one")).xml
            data = {"SAMLRequest": bindings.encode_post(xml), "RelayState": "r"}
            page = browser.post("/sundhed/saml/sso", data=data, base_url=ORIGIN)
        else:
            page = self.box.redirect(browser, draft, key="one", relay_state="r")
        page = self.box.choose(browser, page, code)
        asked = self._asked(page)
        page = self.box.deliver(browser, self._answer(idp, asked))
        assert page.status_code == 200, page.text
        target, fields = posted(page)
        assert (target, fields["RelayState"]) == (f"{entity}/acs", "r")
        opened = open_response([fields["SAMLResponse"]])
        wire = etree.fromstring(bindings.decode_post([fields["SAMLResponse"]]))
        keys = self.box.services.flow.keys.keyrings.first("sundhed").published_idp
        verified = opened.verify(
            keys,
            [decryption_key("one")],
            demand_encryption=service.encryption != "plain",
            allow_cbc=service.encryption == "CBC",
        )
        return verified.assertion, wire, asked

    def _asked(self, page: TestResponse) -> AuthnRequest:
        keys = self.box.services.flow.keys.keyrings.first("sundhed").published_sp
        if page.status_code == 303:
            return self.box.trip(page.headers["Location"], "one", "alpha", "").request
        _, fields = posted(page)
        opened = open_post([fields["SAMLRequest"]], [fields["RelayState"]])
        return opened.verify(keys, required=True)

    def _answer(self, row: IdpRow, asked: AuthnRequest) -> bytes:
        encryption = (
            self.box.services.flow.keys.keyrings.first("sundhed").sp_decryption[0].certificate
        )
        trip = Trip(asked, None, "one", row.code, "", encryption)
        older = row.profile is OIOSAML_2
        block = names.AES256_CBC if row.encryption == "CBC" else names.AES256_GCM
        if older:
            subject = f"C=DK,O=Region // CVR:{CVR},CN=Åse Ærlig,Serial=CVR:{CVR}-RID:1234"
            name = f'<a:NameID Format="{names.X509_SUBJECT}">{subject}</a:NameID>'
        else:
            name = f'<a:NameID Format="{names.PERSISTENT}">{NURSE}</a:NameID>'
        said = tuple(a for a in OLDER_ATTRIBUTES if a[0] != names.LOA)
        nist = (names.OIO2_ASSURANCE, "3")
        return (
            Forge(trip, self.box.clock())
            .but(
                key="alpha",
                name_id=name,
                attributes=(*said, nist) if older else HONEST_ATTRIBUTES,
                name_format=row.profile.name_format,
                sign_assertion=row.signed != "response",
                sign_response=row.signed != "assertion",
                encrypt=row.encryption != "plain",
                block=block,
            )
            .xml()
        )


def _idps() -> list[IdpRow]:
    return [IdpRow(p, b, "both", "GCM") for p in FROM_IDPS for b in (REDIRECT, POST)]
