"""How common products load our metadata: what to do in each, in words for whoever runs it."""

from dataclasses import dataclass

from broker.web.language import Text
from broker.web.language import Text as _


@dataclass(frozen=True, slots=True)
class Product:
    """A product, and what to do in it."""

    name: str
    words: Text


PRODUCTS: tuple[Product, ...] = (
    Product(
        "ADFS",
        _(
            "Open the claims provider trust of ours, and choose Update from Federation Metadata. "
            "Use your own address. ADFS holds two signing certificates, and can fetch by itself "
            "every day: tick Monitor and Automatically update."
        ),
    ),
    Product(
        "Microsoft Entra ID",
        _(
            "Entra ID reads our metadata from an address for a federated domain. Run "
            "Update-MgDomainFederationConfiguration with the new certificate as "
            "NextSigningCertificate before the switch; Entra takes over by itself."
        ),
    ),
    Product(
        "Shibboleth SP",
        _(
            'Give MetadataProvider type="XML" your own address as url, with '
            'maxRefreshDelay="86400" and a SignatureMetadataFilter. It reads every certificate '
            "in the file, and you need to do nothing more."
        ),
    ),
    Product(
        "SimpleSAMLphp",
        _(
            "Use the metarefresh module with your own address, at least daily. If you copy by "
            "hand, saml20-idp-remote.php takes several entries under keys."
        ),
    ),
    Product(
        "OIOSAML.Java",
        _(
            "Version 3 takes an address for the identity provider’s metadata: give it your own. "
            "Version 2 reads files from its metadata folder: put the file there, and restart."
        ),
    ),
    Product(
        "OIOSAML.NET",
        _(
            "Put the file into the folder that IDPEndPoints names as metadata. It is read when the "
            "application starts, so recycle the application pool."
        ),
    ),
    Product(
        "Keycloak",
        _(
            "Open the identity provider, turn on Use metadata descriptor URL and give it your own "
            "address. Otherwise write both certificates into Validating X509 certificates, "
            "separated by a comma."
        ),
    ),
    Product(
        "Spring Security",
        _(
            "RelyingPartyRegistrations.fromMetadataLocation reads every certificate, but only when "
            "the application starts: restart it after the announcement, or refresh the repository "
            "on a timer."
        ),
    ),
    Product(
        "python3-saml, ruby-saml, php-saml",
        _(
            "Put both certificates into x509certMulti under signing. If you have only x509cert, "
            "you hold one certificate: use the file of the new certificate."
        ),
    ),
)
