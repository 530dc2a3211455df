"""What each remark on metadata means for an owner, and what to change. One row for each code."""

from broker.registrations.words_fetching import FETCHING
from broker.web.language import Text
from broker.web.language import Text as _

# Code: the field it is about, what is so, and what to change (None where nothing need be).
WORDS: dict[str, tuple[str, Text, Text | None]] = {
    "metadata.expired": (
        "document",
        _("The document has expired."),
        _("Make new metadata in your system, with a validUntil in the future or none at all."),
    ),
    "metadata.no_valid_until": (
        "document",
        _("It has no end date: it counts until you replace it."),
        None,
    ),
    "metadata.bad_valid_until": (
        "document",
        _("The end date (validUntil) cannot be read and does not count."),
        _("Write it as 2027-01-31T00:00:00Z, or leave it out."),
    ),
    "metadata.unsigned": (
        "document",
        _("The document is not signed. That is usual, and you need do nothing about it."),
        None,
    ),
    "metadata.signature_not_checked": (
        "document",
        _("The document is signed, but we have no certificate of yours to check that with yet."),
        None,
    ),
    "metadata.schema": (
        "document",
        _("It does not follow the SAML schema everywhere. We could read it all the same."),
        _("If your system lets you, correct it: other federations may refuse it."),
    ),
    "metadata.entity_id": (
        "entity_id",
        _("The entityID cannot be used."),
        _("Use an address that you own, such as https://service.example.dk/saml, without spaces."),
    ),
    "metadata.our_entity_id": (
        "entity_id",
        _("This entityID is the broker’s own."),
        _("You probably fetched our metadata. Fetch your own system’s instead."),
    ),
    "metadata.code_taken": (
        "entity_id",
        _("The entityID belongs to another service here."),
        _("Give each environment of your service an entityID of its own, or ask its owner."),
    ),
    "metadata.slash_twin": (
        "entity_id",
        _("Another service’s entityID differs from this one only by a slash at the end."),
        _("Check that it is not the same service under two names."),
    ),
    "metadata.trailing_slash": (
        "entity_id",
        _("It ends in a slash, which is part of the name."),
        None,
    ),
    "metadata.entity_id_no_uri": (
        "entity_id",
        _("The entityID is no address."),
        _("Use an address that you own, such as https://service.example.dk/saml."),
    ),
    "metadata.entity_id_white_space": (
        "entity_id",
        _("There was white space around the entityID, which we left out."),
        None,
    ),
    "metadata.no_role": (
        "document",
        _("There is no service provider (SPSSODescriptor) for SAML 2.0 in it."),
        _("Check that you fetched metadata of your service, and not of an identity provider."),
    ),
    "metadata.protocol": (
        "document",
        _("The service provider in it does not say that it speaks SAML 2.0."),
        _("Put urn:oasis:names:tc:SAML:2.0:protocol into protocolSupportEnumeration."),
    ),
    "metadata.several_roles": (
        "document",
        _("There are several service providers in it. We read the first one."),
        _("Leave the others out, so that nobody reads another than we do."),
    ),
    "metadata.no_acs": (
        "acs",
        _("There is no address that we can send answers to."),
        _("Add an AssertionConsumerService with the HTTP-POST binding and an https address."),
    ),
    "metadata.location": (
        "acs",
        _("An address cannot be used and is left out."),
        _("Write it with https:// and a host name, without spaces, user name or #."),
    ),
    "metadata.loopback_http": (
        "acs",
        _("Plain http, which works on your own machine and nowhere else."),
        _("Use https before you ask for production."),
    ),
    "metadata.duplicate_index": (
        "acs",
        _("Two addresses have the same index; the second one is left out."),
        _("Give each AssertionConsumerService an index of its own."),
    ),
    "metadata.no_index": (
        "acs",
        _("An address has no index."),
        _("Number them 0, 1, 2 … if your system lets you."),
    ),
    "metadata.several_defaults": (
        "acs",
        _("Several addresses are marked as the default; the first of them counts."),
        _("Mark one only."),
    ),
    "metadata.same_address": (
        "acs",
        _("The same address stands there twice."),
        None,
    ),
    "metadata.several_slo": (
        "slo",
        _("There are several addresses for logout. That is fine."),
        None,
    ),
    "metadata.start_url": (
        "start_url",
        _("The start address is on a host that is not in your metadata."),
        _("Use an address on the same host as your address for answers."),
    ),
    "metadata.no_signing_key": (
        "signing",
        _("Your requests are to be signed, and there is no certificate to check them with."),
        _('Add the certificate that your system signs with (KeyDescriptor use="signing").'),
    ),
    "metadata.no_encryption_key": (
        "encryption",
        _("There is no certificate to encrypt to, so answers could be read on the way."),
        _(
            'Add a certificate for encryption (KeyDescriptor use="encryption"). Often it is '
            "the same as for signing."
        ),
    ),
    "metadata.weak_key": (
        "signing",
        _("A key is too short to be safe and is left out."),
        _("Use an RSA key of at least 2048 bits."),
    ),
    "metadata.not_rsa": (
        "encryption",
        _("We can only encrypt to RSA keys."),
        _("Add an RSA certificate for encryption."),
    ),
    "metadata.rsassa_pss": (
        "signing",
        _("The certificate’s own signature is of a kind that some systems cannot read."),
        None,
    ),
    "metadata.bad_certificate": (
        "signing",
        _("A certificate cannot be read and is left out."),
        _("Paste the whole certificate: the text between BEGIN CERTIFICATE and END CERTIFICATE."),
    ),
    "metadata.no_certificate": (
        "signing",
        _("A key is given without its certificate and is left out."),
        _("Put the certificate into X509Certificate."),
    ),
    "metadata.certificate_expired": (
        "signing",
        _("A certificate has expired. Its key still works, but production asks for a valid one."),
        _("Get a new certificate and put it beside the old one."),
    ),
    "metadata.certificate_ends_soon": (
        "signing",
        _("A certificate expires within 60 days."),
        _("Order a new one now, and put it beside the old one."),
    ),
    "metadata.certificate_not_yet": (
        "signing",
        _("A certificate is not valid yet."),
        _("Check the dates, and your machine’s clock."),
    ),
    "metadata.self_signed": (
        "signing",
        _("A certificate is made by yourself. That is fine in test."),
        _("Production may ask for an OCES certificate."),
    ),
    "metadata.too_many_keys": (
        "signing",
        _("There are more than eight keys; the rest is left out."),
        _("Leave out the keys that you do not use any more."),
    ),
    "metadata.no_use": (
        "signing",
        _("A key does not say what it is for, so it counts for both signing and encryption."),
        None,
    ),
    "metadata.unknown_use": (
        "signing",
        _("A key is for something other than signing or encryption and is left out."),
        _('Write use="signing" or use="encryption".'),
    ),
    "metadata.same_key_both_uses": (
        "signing",
        _("The same key signs and decrypts. It works; two keys are better."),
        None,
    ),
    "metadata.several_signing_keys": (
        "signing",
        _("There are several keys for signing; all of them count."),
        None,
    ),
    "metadata.several_encryption_keys": (
        "encryption",
        _("There are several keys for encryption; we use the first."),
        _("Put the one that your system can decrypt with first."),
    ),
    "metadata.certificate_pem": (
        "signing",
        _("A certificate had its header lines with it. We could read it."),
        None,
    ),
    "metadata.certificate_white_space": (
        "signing",
        _("A certificate had white space in it. We could read it."),
        None,
    ),
    "certificate.none_usable": (
        "signing",
        _("None of the certificates may be used in this environment."),
        _("Test certificates belong to test, and production wants certificates of production."),
    ),
    "certificate.test": (
        "signing",
        _("A certificate is of a public test environment, which is not let in here."),
        _("Use a certificate of production."),
    ),
    "metadata.no_contact": (
        "contacts",
        _("There is no contact in the metadata. Those that you write here count."),
        None,
    ),
    "metadata.empty_contact": (
        "contacts",
        _("A contact has no mail address and is left out."),
        None,
    ),
    "metadata.other_source": (
        "document",
        _("The metadata that counts now came another way."),
        _("Ask the service desk whether it is kept up to date automatically."),
    ),
    "metadata.too_large": (
        "document",
        _("The document is larger than we read."),
        _("Send the metadata of your service alone, not of a whole federation."),
    ),
    "metadata.dtd": (
        "document",
        _("The document holds a DTD or entities, which we never read."),
        _("Take out everything between <!DOCTYPE and its end."),
    ),
    "metadata.encoding": (
        "document",
        _("The document’s characters cannot be read."),
        _("Save it as UTF-8."),
    ),
    "metadata.xml": (
        "document",
        _("The document is no complete XML."),
        _("It must be from <EntityDescriptor to </EntityDescriptor>. A web page is none."),
    ),
    "metadata.not_metadata": (
        "document",
        _("This is XML, but no SAML metadata."),
        _("It must begin with EntityDescriptor. A page for people was fetched, perhaps."),
    ),
    **FETCHING,
}
