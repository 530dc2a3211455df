"""Words for what is said no to about vendors and their access to test environments."""

from broker.web.families import Words
from broker.web.language import Text as _

_TEST = _("Order an OCES3 organisation certificate in the test environment of MitID Erhverv.")
_AGAIN = _("Open the page again and see how it stands now.")
_OTHER = _("Send another certificate.")

VENDORS: dict[str, Words] = {
    "vendor.unknown": (
        _("There is no such access here"),
        _("The address is wrong, or it is the access of another company."),
        _("Find your own access under Test access."),
    ),
    "vendor.company": (
        _("Your login names no company"),
        _("We must see which company asks, and only a login at work says so."),
        _("Log out, and log in with your login at work, such as MitID Erhverv."),
    ),
    "vendor.keeper": (
        _("A colleague acts on this access"),
        _("Whoever asked for it last changes it. You can see it."),
        _("Ask your colleague, or ask for another year yourself when its end is near."),
    ),
    "vendor.fictive": (
        _("Fictive data alone"),
        _("Nobody gets access without declaring that they send fictive data alone."),
        _("Tick the declaration if it is so."),
    ),
    "vendor.closed": (
        _("Nobody can ask for access to this interface"),
        _("It has ended, or it is not for other systems."),
        _("See the list of interfaces for what takes its place."),
    ),
    "vendor.asked": (
        _("You have asked for this already"),
        _("A case about the same product and the same interface waits for a decision."),
        _("Follow that case, or write the name of another product."),
    ),
    "vendor.many": (
        _("Your company has asked several times today"),
        _("Ten times within a day is the most, and each has been received."),
        _("Follow those that you have sent, or ask again tomorrow."),
    ),
    "vendor.day": (
        _("The day cannot be used"),
        _("Access begins today at the earliest, and within a year."),
        _("Write another day, or leave it empty."),
    ),
    "vendor.renewal": (
        _("It is too early to ask for another year"),
        _("That can be done when three months are left."),
        _("You get a mail in time."),
    ),
    "vendor.changed": (
        _("Somebody else has changed the access"),
        _("It has been changed since you opened the page. Nothing of yours has been saved."),
        _AGAIN,
    ),
    "vendor.over": (
        _("The access is over"),
        _("It ran out, was given back or was taken back."),
        _("Ask for access anew if it is still needed."),
    ),
    "vendor.long_enough": (
        _("It lasts a year or more already"),
        _("An access lasts a year at a time."),
        _("Prolong it when its end is nearer."),
    ),
    "vendor.same_certificate": (
        _("It is the certificate that counts already"),
        _("Nothing has been changed."),
        _OTHER,
    ),
    "vendor.private_key": (
        _("That is a private key"),
        _("We have thrown it away. It should never leave your system."),
        _("Make a new key and a new certificate, and send the certificate alone."),
    ),
    "vendor.no_certificate": (
        _("No certificate can be read in it"),
        _("We read certificates in PEM and DER, such as files that end in .crt, .cer or .pem."),
        _OTHER,
    ),
    "vendor.weak_key": (
        _("The certificate’s key is too weak"),
        _("RSA keys have 2048 bits at least, and EC keys 256."),
        _TEST,
    ),
    "vendor.authority": (
        _("That is the certificate of an authority"),
        _("It signs other certificates, and is not your system’s own."),
        _("Send the certificate that your system signs with."),
    ),
    "vendor.not_oces": (
        _("That is no OCES certificate"),
        _("The interface knows systems by OCES3 organisation certificates alone."),
        _TEST,
    ),
    "vendor.personal": (
        _("That is a person’s certificate"),
        _("A system has a certificate of the organisation, never that of an employee."),
        _TEST,
    ),
    "vendor.generation": (
        _("That is an OCES2 certificate"),
        _("OCES2 has ended, and only OCES3 counts."),
        _TEST,
    ),
    "vendor.production": (
        _("That is a production certificate"),
        _("Its key opens production, and must not be used in test."),
        _TEST,
    ),
    "vendor.other_company": (
        _("The certificate belongs to another company"),
        _("Its CVR number is not the one that you are logged in for."),
        _("Send a certificate of your own company, or log in for the one that it belongs to."),
    ),
    "vendor.expired": (
        _("The certificate has run out"),
        _("It cannot be used any more."),
        _TEST,
    ),
    "vendor.not_yet": (
        _("The certificate is not valid yet"),
        _("Its first day is still to come."),
        _("Send it again when it is valid, or send another one now."),
    ),
    "vendor.key_usage": (
        _("The certificate’s key must not sign"),
        _("Its key usage lacks digitalSignature, so your system’s calls could not be proven."),
        _TEST,
    ),
}
