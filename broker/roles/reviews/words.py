"""Every reason for which something is not done in a review, and every outcome, in words."""

from collections.abc import Mapping

from broker.roles.reviews.model import Why
from broker.saml.entities import Localised

WORDS: Mapping[str, Localised] = {
    "review.unknown": Localised("Gennemgangen findes ikke.", "There is no such review."),
    "review.item": Localised(
        "Tildelingen er ikke med i gennemgangen.", "The grant is not part of the review."
    ),
    "review.scope": Localised(
        "Vælg en organisation eller en tjeneste, som gennemgangen gælder.",
        "Choose an organisation or a service to review.",
    ),
    "review.name": Localised(
        "Giv gennemgangen et navn på højst 120 tegn.",
        "Give the review a name of 120 characters at most.",
    ),
    "review.dates": Localised(
        "Gennemgangen skal åbne nu eller senere, og fristen skal ligge derefter.",
        "The review has to open now or later, and to be due after that.",
    ),
    "review.planned": Localised(
        "Gennemgangen er ikke åbnet endnu.", "The review has not opened yet."
    ),
    "review.closed": Localised("Gennemgangen er afsluttet.", "The review is closed."),
    "review.applied": Localised(
        "Afgørelsen er allerede gennemført og kan ikke ændres.",
        "The decision has been carried out already and can't be changed.",
    ),
    "review.until": Localised(
        "Den nye slutdato skal ligge i fremtiden og før den gamle.",
        "The new end has to lie ahead, and before the old one.",
    ),
    "review.comment": Localised("Skriv, hvad der skal ændres.", "Write what should be changed."),
}

REASONS: Mapping[Why, Localised] = {
    "moved": Localised(
        "Personen har skiftet enhed, siden rollen blev givet.",
        "The person has moved to another unit since the role was given.",
    ),
    "unused": Localised("Ikke brugt i 90 dage.", "Not used for 90 days."),
    "code_closed": Localised(
        "En kode i afgrænsningen er lukket.", "A code of the delimitation is closed."
    ),
    "role_deprecated": Localised(
        "Rollen er på vej ud eller udgået.", "The role is on its way out, or retired."
    ),
}
