"""What the checks and steps of a login are called for people: one line each."""

from broker.web.language import Text
from broker.web.language import Text as _

CHECKS: dict[str, Text] = {
    "signature": _("The signature is right, and made with a key that we know"),
    "request_issuer": _("The request is from the service itself"),
    "request_destination": _("The request was meant for us"),
    "request_age": _("The request is of a moment ago"),
    "acs": _("The answer goes to an address that the service registered"),
    "idps_active": _("At least one login is open for the service"),
    "idp_active": _("The login is open for the service"),
    "flow": _("The login was begun in this browser"),
    "endpoint": _("The login has an address of its own for this"),
    "tries": _("Not too many tries"),
    "destination": _("The answer was meant for us"),
    "in_response_to": _("The answer is to a question of ours"),
    "response_issuer": _("The answer is from the login that was asked"),
    "response_age": _("The answer is of a moment ago"),
    "decryption": _("The answer could be decrypted"),
    "assertion_issuer": _("What is said, is said by the login itself"),
    "assertion_age": _("What is said, is of a moment ago"),
    "no_encrypted_parts": _("Nothing is hidden in what is said"),
    "subject": _("It is said of one person"),
    "bearer": _("It is said to us, once, and now"),
    "conditions": _("It has its conditions"),
    "validity": _("It is valid now"),
    "audience": _("It is meant for us alone"),
    "known_conditions": _("We know each of its conditions"),
    "proxy_restriction": _("It may be passed on"),
    "authn_statement": _("It says how the person logged in"),
    "authn_instant": _("The person logged in recently enough"),
    "session_end": _("The session at the login has not ended"),
    "level_known": _("The level of assurance is one that we know"),
    "level_registered": _("The login may speak for that level"),
    "level_enough": _("The level is high enough for the service"),
    "organisation": _("The login may speak for the person's organisation"),
    "version": _("It follows a version of the profile that we know"),
    "complete": _("Everything that the profile demands is there"),
    "name": _("The person's name identifier has the right form"),
    "session": _("The browser had a session that was still open"),
    "session_fits": _("The session fits what the service asks for"),
    "schema": _("The answer follows the schema"),
    "signed": _("The answer is signed with our key"),
    "encrypted": _("The answer is encrypted to the service"),
    "plain": _("The answer is not encrypted, as agreed with the service"),
}

HOW: dict[str, Text] = {
    "list": _("The person chose it on the page."),
    "last": _("The person chose it as the one used last."),
    "remembered": _("The choice was remembered from an earlier time, so nobody was asked."),
    "hint": _("The service or a link asked for it."),
    "only": _("It was the only one that was open, so nobody was asked."),
}

HOPS: dict[str, Text] = {
    "sp_request": _("The request of the service was read"),
    "session": _("A login that was open already was used again"),
    "discovery": _("Where to log in was decided"),
    "idp_request": _("The person was sent to the login"),
    "idp_response": _("The answer of the login was read"),
    "policy": _("What the login may say was checked"),
    "mapping": _("Organisation, roles and information were found"),
    "organisation": _("The person was asked for which organisation"),
    "sp_response": _("Our answer to the service was written"),
}
