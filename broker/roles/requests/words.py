"""Every reason for which something is not done to a request, in words for people."""

from collections.abc import Mapping

from broker.saml.entities import Localised

WORDS: Mapping[str, Localised] = {
    "request.unknown": Localised("Anmodningen findes ikke.", "There is no such request."),
    "request.subject": Localised(
        "Den person, som rollen er til, findes ikke.",
        "There is no such person to ask for.",
    ),
    "request.role": Localised("Rollen findes ikke.", "There is no such role."),
    "request.grant": Localised(
        "Personen har ikke den tildeling, som anmodningen drejer sig om.",
        "The person does not have the grant that the request is about.",
    ),
    "request.account": Localised(
        "Log ind med en aktiv konto i en organisation. Fra serverens konsol kan man ikke bede om "
        "roller eller godkende dem.",
        "Sign in with an active account of an organisation. Roles are neither asked for nor "
        "approved at the console of the host.",
    ),
    "request.empty": Localised("Kurven er tom.", "The cart is empty."),
    "request.too_many": Localised(
        "Der er for mange linjer i kurven: del den op.",
        "There are too many lines in the cart: divide it.",
    ),
    "request.reason": Localised(
        "Skriv, hvad rollen skal bruges til.", "Write what the role is needed for."
    ),
    "request.comment": Localised(
        "Skriv en begrundelse, som den anden kan læse.",
        "Write a reason for the other person to read.",
    ),
    "request.duplicate": Localised(
        "Der er allerede en åben anmodning om det samme.",
        "An open request asks for the same already.",
    ),
    "request.number": Localised(
        "Anmodningen kunne ikke få et nummer. Prøv igen.",
        "The request could not be given a number. Try again.",
    ),
    "request.closed": Localised(
        "Anmodningen er afsluttet og kan ikke ændres.",
        "The request is closed and can't be changed.",
    ),
    "request.expired": Localised(
        "Fristen er udløbet. Send en ny anmodning, hvis rollen stadig skal bruges.",
        "The time to answer has run out. Send a new request if the role is still needed.",
    ),
    "request.state": Localised(
        "Det kan ikke gøres med anmodningen, som den er nu.",
        "That can't be done to the request as it stands now.",
    ),
    "request.oneself": Localised(
        "Ingen kan godkende en anmodning, som de selv har sendt, eller som gælder dem selv, "
        "heller ikke med en anden konto. Bed en kollega om det.",
        "Nobody can approve a request that they sent or that is for themselves, nor with "
        "another account. Ask a colleague.",
    ),
    "request.substitute": Localised(
        "En stedfortræder kan ikke godkende for den, som anmodningen gælder, eller for en, der "
        "allerede har godkendt den.",
        "A substitute can't approve for the person whom the request is about, nor for somebody "
        "who has approved it already.",
    ),
    "request.same_person": Localised(
        "Du har allerede godkendt anmodningen. Den næste godkendelse skal komme fra en anden.",
        "You have approved the request already. The next approval has to come from somebody else.",
    ),
    "request.wider": Localised(
        "En godkendelse kan kun give det, der er bedt om, eller mindre.",
        "An approval can only give what was asked for, or less.",
    ),
    "request.forward": Localised(
        "Den person kan ikke afgøre anmodningen.", "That person can't decide the request."
    ),
    "request.group": Localised(
        "Rollen skal godkendes af flere, så den kan ikke gives til en gruppe. Giv den til hver "
        "person.",
        "The role takes the approval of several people, so it can't be given to a group. Give it "
        "to each person.",
    ),
    "request.not_yours": Localised(
        "Kun den, der har sendt anmodningen, eller som den gælder, kan gøre det.",
        "Only the person who sent the request, or whom it is for, can do that.",
    ),
}
