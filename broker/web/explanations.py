"""Words for the codes that a person meets most: title, what happened, who must act."""

from broker.web.elsewhere import ELSEWHERE
from broker.web.families import (
    AGAIN,
    AGAIN_THEN_DESK,
    AGAIN_THEN_SUPPLIER,
    DESK,
    OWN_IT,
    SUPPLIER,
    Words,
)
from broker.web.language import Text as _

EXACT: dict[str, Words] = {
    **ELSEWHERE,
    "flow.missing": (
        _("We cannot find your login"),
        _(
            "You may have begun in another browser or window, or your browser does not accept "
            "cookies."
        ),
        _(
            "Go back to the service and log in again, in one and the same browser. If it does not "
            "help, allow cookies for this address, or ask your IT department to."
        ),
    ),
    "flow.loop": (
        _("The service sends you here again and again"),
        _(
            "You have been logged in to the same service many times within a minute, and it keeps "
            "sending you back. We stopped, so that your browser does not go round in circles."
        ),
        _(
            "Wait a minute and open the service again. If it happens again, tell those who support "
            "the service, and give them the reference below."
        ),
    ),
    "flow.session_ended": (
        _("You have logged out meanwhile"),
        _("Your login was ended in another window before this service was opened."),
        AGAIN,
    ),
    "logout.over": (
        _("This logout is over"),
        _("The page you opened belongs to a logout that ended some time ago."),
        _("Close all windows of the browser, if you are not sure that you are logged out."),
    ),
    "policy.name_id": (
        _("The login told us too little"),
        _("The login that you chose named you in a form that has not been agreed with us."),
        DESK,
    ),
    "flow.expired": (
        _("Your login took too long"),
        _("For your safety, a login that was begun is only open for a while."),
        AGAIN,
    ),
    "flow.finished": (
        _("This login has already been used"),
        _(
            "You may have gone back in your browser, or opened the page again. A login can only be "
            "used once."
        ),
        _("Go back to the service. You may already be logged in."),
    ),
    "flow.foreign": (
        _("We cannot use the login kept in your browser"),
        _("What your browser has kept about this login does not come from us as it is."),
        _(
            "Close the browser, open it again and start from the service. If it happens again, "
            "contact the service desk."
        ),
    ),
    "context.replay": (
        _("This login has already been used"),
        _(
            "The same answer was sent twice, for instance because the page was loaded again. A "
            "login can only be used once."
        ),
        _(
            "Go back to the service and log in again. If you did not load the page again yourself, "
            "tell the service desk."
        ),
    ),
    "context.expired": (
        _("The answer came too late"),
        _("The answer about your login was no longer valid when it reached us."),
        AGAIN_THEN_DESK,
    ),
    "context.future": (
        _("A clock is wrong"),
        _("The answer about your login is dated later than now."),
        DESK,
    ),
    "context.not_fresh": (
        _("You must log in anew"),
        _(
            "The service asks you to show who you are right now, and you were let in on an earlier "
            "login."
        ),
        _("Go back to the service, try again and enter your login when you are asked for it."),
    ),
    "context.session_ended": (
        _("Your earlier login has ended"),
        _("You were let in on a login that is no longer open."),
        AGAIN,
    ),
    "request.unknown_issuer": (
        _("We do not know this service"),
        _("You were sent here by a service that is not registered with us."),
        SUPPLIER,
    ),
    "request.acs": (
        _("The service gave a wrong address"),
        _(
            "The service asked us to send you to an address that is not registered for it. To "
            "protect you, we do not send you there."
        ),
        SUPPLIER,
    ),
    "request.signature": (
        _("We could not be sure that the service sent you"),
        _("The service’s request was not signed in the way agreed."),
        SUPPLIER,
    ),
    "request.issue_instant": (
        _("The request from the service was too old"),
        _("The page may have been open for a long time, or the service’s clock is wrong."),
        AGAIN_THEN_SUPPLIER,
    ),
    "request.embedded": (
        _("You cannot log in inside another page"),
        _("The service opened the login inside its own page. To protect you, we do not show it."),
        SUPPLIER,
    ),
    "request.cross_site": (
        _("Choose your login on our own page"),
        _("Another website tried to choose your login for you."),
        AGAIN,
    ),
    "request.federation": (
        _("There is no login at this address"),
        _("The address that you were sent to is not in use here."),
        SUPPLIER,
    ),
    "request.endpoint": (
        _("There is no login at this address"),
        _("The service used an address that belongs to a key of ours that does not exist."),
        SUPPLIER,
    ),
    "request.idp": (
        _("We do not know that login"),
        _("The login that was asked for is not registered with us."),
        _("Go back and choose one of the logins on the list."),
    ),
    "request.service": (
        _("The service is no longer here"),
        _("The service that you came from is not registered with us any more."),
        SUPPLIER,
    ),
    "policy.idp_not_active": (
        _("This login is not open for the service yet"),
        _("The login that you chose cannot be used for this service at the moment."),
        _(
            "Choose another login if you have one. Otherwise ask your IT department when the "
            "service opens for you."
        ),
    ),
    "policy.no_role": (
        _("You have no access to this service yet"),
        _("You are logged in, but you have no role at the service."),
        _(
            "Ask your manager, or whoever gives access where you work, to give you a role. "
            "Then log in again."
        ),
    ),
    "policy.required_attribute": (
        _("The service needs to know more about you"),
        _(
            "You are logged in, but your login did not tell us something that the service cannot "
            "do without."
        ),
        _(
            "Choose another login if you have one. Otherwise ask your IT department what your "
            "login tells about you, and give them the reference below."
        ),
    ),
    "policy.assurance": (
        _("Your login is not strong enough"),
        _("The service demands a stronger proof of who you are than the login that you used."),
        _(
            "Choose a stronger login if you have one, or ask your IT department which login to use "
            "for this service."
        ),
    ),
    "policy.assurance_missing": (
        _("Your login does not say how strong it is"),
        _("The service demands a level of assurance, and your login did not state one."),
        OWN_IT,
    ),
    "policy.assurance_registered": (
        _("Your login claims more than it may"),
        _("Your login states a higher level of assurance than it is approved for."),
        OWN_IT,
    ),
    "policy.scope": (
        _("Your login may not speak for your organisation"),
        _("The organisation that your login names is not registered for the login that you used."),
        OWN_IT,
    ),
    "policy.no_organisation": (
        _("Your login does not say where you work"),
        _("The service needs to know your organisation, and your login did not name it clearly."),
        _(
            "Make sure that you use your work login and not your private one. If you did, contact "
            "your IT department and give them the reference below."
        ),
    ),
    "policy.no_identity": (
        _("Your login does not say who you are"),
        _("The answer about your login holds nothing that we can recognise you by next time."),
        OWN_IT,
    ),
    "policy.attribute_duplicate": (
        _("Your login gave two different answers"),
        _("The answer about your login holds information that contradicts itself."),
        OWN_IT,
    ),
    "policy.sp_no_encryption_key": (
        _("The service is not ready to receive your login"),
        _("The service has not given us the key that protects your information on the way."),
        SUPPLIER,
    ),
    "policy.tries": (
        _("You have tried too many times"),
        _("In one login you can choose where to log in three times."),
        _("Go back to the service and start again."),
    ),
    "idp.cancelled": (
        _("You were not logged in"),
        _("The login was cancelled, or you were refused there."),
        _(
            "Try again, or choose another login. If you did not cancel yourself, contact those who "
            "run the login that you chose."
        ),
    ),
    "idp.failed": (
        _("The login that you chose does not work right now"),
        _("It reported a fault, and you were not logged in."),
        _(
            "Try again in a few minutes, or choose another login. If it still does not work, "
            "contact those who run the login that you chose."
        ),
    ),
    "idp.no_authn_context": (
        _("Your login is not strong enough"),
        _("The login that you chose cannot prove who you are as strongly as the service demands."),
        _("Choose another login, or ask your IT department which one to use for this service."),
    ),
    "idp.no_endpoint": (
        _("The login that you chose cannot be reached"),
        _("It is not set up in a way that we can use."),
        _("Choose another login, or contact the service desk and give them the reference below."),
    ),
    "web.not_found": (
        _("There is no page here"),
        _("The address may be misspelt, or the page may have been moved."),
        _("Check the address, or go to the service that you want to use and start from there."),
    ),
    "web.method": (
        _("This address cannot be opened on its own"),
        _("It is only used during a login. You may have loaded the page again or kept it."),
        _("Go to the service that you want to use and start from there."),
    ),
    "web.host": (
        _("This is not our address"),
        _("Your browser came here by a name that we do not answer to."),
        _("Check the address, or ask whoever gave it to you."),
    ),
}
