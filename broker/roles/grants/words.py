"""Every reason for which a change of rights is refused or remarked on, in words for people.

`{what}` is what the reason is about: a code, a type, a date or the name of a rule.
"""

from collections.abc import Mapping

from broker.roles.grants.model import Objection
from broker.saml.entities import Localised

WORDS: Mapping[str, Localised] = {
    # --- grants
    "grant.unknown": Localised("Tildelingen findes ikke.", "There is no such grant."),
    "grant.organisation_state": Localised(
        "Organisationen er ikke aktiv, så der kan ikke tildeles roller i den.",
        "The organisation is not active, so no roles can be granted in it.",
    ),
    "grant.holder": Localised(
        "Personen eller gruppen findes ikke i organisationen.",
        "There is no such person or group in the organisation.",
    ),
    "grant.account_state": Localised(
        "Personen er spærret eller fratrådt på det tidspunkt.",
        "The person is suspended or has left at that time.",
    ),
    "grant.role_unknown": Localised(
        "Rollen findes ikke i organisationens føderation.",
        "There is no such role in the federation of the organisation.",
    ),
    "grant.role_state": Localised(
        "Rollen kan ikke tildeles: den er {what}.",
        "The role can't be granted: it is {what}.",
    ),
    "grant.service_state": Localised(
        "Tjenesten er ikke åben: den er {what}.", "The service is not open: it is {what}."
    ),
    "grant.not_entitled": Localised(
        "Organisationen har ikke ret til at tildele rollen på det tidspunkt.",
        "The organisation is not entitled to grant the role at that time.",
    ),
    "grant.ceiling": Localised(
        "Afgrænsningen {what} ligger uden for det, som organisationen må tildele.",
        "The delimitation {what} lies outside what the organisation may grant.",
    ),
    "grant.scope_missing": Localised(
        "Rollen skal afgrænses med {what}.", "The role has to be delimited by {what}."
    ),
    "grant.scope_type": Localised(
        "Rollen kan ikke afgrænses med {what}.", "The role takes no delimitation by {what}."
    ),
    "grant.scope_value": Localised(
        "Koden {what} findes ikke eller er lukket.", "The code {what} is unknown or closed."
    ),
    "grant.scope_forbidden": Localised(
        "Koden {what} må ikke bruges til rollen, hverken alene eller som del af noget større.",
        "The code {what} may not be used for the role, alone or as part of something larger.",
    ),
    "grant.scope_tree": Localised(
        "Under {what} ligger der ikke noget: koden kan kun tildeles alene.",
        "Nothing lies below {what}: the code can only be granted alone.",
    ),
    "grant.scope_exact": Localised(
        "For tjenesten omfatter {what} også alt derunder. Tildel med underliggende enheder, eller "
        "vælg en enhed uden.",
        "The service understands {what} with everything below it. Grant it with the units below, "
        "or choose a unit that has none.",
    ),
    "grant.scope_count": Localised(
        "Rollen kan ikke have så mange afgrænsninger med {what}.",
        "The role takes no more delimitations by {what}.",
    ),
    "grant.own_unit": Localised(
        "»Egen enhed« kan ikke bruges her ({what}): rollen tillader det ikke, eller personen har "
        "ingen gyldig enhed.",
        "“Own unit” can't be used here ({what}): the role does not allow it, or the person has no "
        "unit that counts.",
    ),
    "grant.past": Localised(
        "Fortiden kan ikke ændres: vælg et tidspunkt fra nu af.",
        "The past can't be changed: choose a time from now on.",
    ),
    "grant.period": Localised(
        "Tildelingen skal slutte, efter at den begynder.",
        "The grant has to end after it begins.",
    ),
    "grant.end_required": Localised(
        "Rollen skal have en slutdato.", "The role has to have an end date."
    ),
    "grant.too_long": Localised(
        "Rollen kan højst tildeles til {what}.", "The role can be granted until {what} at most."
    ),
    "grant.duplicate": Localised(
        "Den samme rolle med den samme afgrænsning er allerede tildelt i perioden.",
        "The same role with the same delimitation is granted in that period already.",
    ),
    "grant.conflict": Localised(
        "Rollen kan ikke kombineres med en anden, som personen har ({what}).",
        "The role does not go together with another one of the person ({what}).",
    ),
    "grant.oneself": Localised(
        "Ingen kan give sig selv en rolle, heller ikke gennem en gruppe, en anden konto eller "
        "som stedfortræder. Bed en kollega om det.",
        "Nobody can grant themselves a role, nor through a group, another account or as a "
        "substitute. Ask a colleague.",
    ),
    "grant.four_eyes": Localised(
        "En af de to har en rolle, som andre har godkendt til netop den person ({what}). Er de to "
        "den samme, så bed operatøren lægge dem sammen.",
        "One of the two has a role that others have approved for this very person ({what}). If "
        "the two are one, ask the operator to merge them.",
    ),
    "grant.ended": Localised(
        "Tildelingen er udløbet. Giv en ny.", "The grant has ended. Give a new one."
    ),
    "grant.revoked": Localised("Tildelingen er trukket tilbage.", "The grant has been revoked."),
    "grant.not_longer": Localised(
        "Den nye slutdato ligger ikke efter den gamle.",
        "The new end is not after the old one.",
    ),
    "grant.not_shorter": Localised(
        "Den nye slutdato ligger ikke før den gamle.",
        "The new end is not before the old one.",
    ),
    "grant.wider": Localised(
        "En tildeling kan kun afgrænses snævrere. Skal der gives mere, kræver det en ny tildeling.",
        "A grant can only be narrowed. Whoever needs more gets another grant.",
    ),
    "grant.unchanged": Localised("Afgrænsningen er uændret.", "The delimitation is unchanged."),
    "grant.not_yours": Localised(
        "Kun den, der selv har rollen, kan give den tilbage. Roller gennem en gruppe fjernes af "
        "en administrator.",
        "Only the person who holds the role can give it back. Roles through a group are taken "
        "away by an administrator.",
    ),
    "grant.policy_sensitive": Localised(
        "En følsom rolle kan ikke gives, uden at en anden person godkender det.",
        "A sensitive role can't be given without the approval of another person.",
    ),
    "grant.through_group": Localised(
        "Rollen kommer fra en gruppe. Tilføj personen til gruppen i stedet.",
        "The role comes from a group. Add the person to the group instead.",
    ),
    # --- permissions, as they meet somebody who changes rights
    "permission.mandate": Localised(
        "Det kræver en bemyndigelse, som du ikke har.",
        "That takes a mandate that you do not have.",
    ),
    "permission.federation": Localised(
        "Din bemyndigelse gælder en anden føderation.",
        "Your mandate is for another federation.",
    ),
    "permission.assurance": Localised(
        "Det kræver et stærkere login.", "That takes a stronger login."
    ),
    "permission.organisation": Localised(
        "Din bemyndigelse gælder en anden organisation.",
        "Your mandate is for another organisation.",
    ),
    "permission.service": Localised(
        "Din bemyndigelse gælder en anden tjeneste.", "Your mandate is for another service."
    ),
    "permission.unit": Localised(
        "Din bemyndigelse gælder kun personer og afgrænsninger i din egen del af organisationen.",
        "Your mandate is only for people and delimitations in your own part of the organisation.",
    ),
    "permission.oneself": Localised(
        "Det skal en anden gøre: det handler om dig selv.",
        "Somebody else has to do that: it is about yourself.",
    ),
    "permission.wider": Localised(
        "Ingen kan give en bemyndigelse, der er større end deres egen.",
        "Nobody can give a mandate wider than their own.",
    ),
    # --- entitlements
    "entitlement.unknown": Localised(
        "Organisationens ret til rollen findes ikke.",
        "There is no such entitlement.",
    ),
    "entitlement.organisation": Localised(
        "Organisationen findes ikke eller er lukket.",
        "There is no such organisation, or it is closed.",
    ),
    "entitlement.role": Localised(
        "Rollen findes ikke i organisationens føderation, eller den er udgået.",
        "There is no such role in the federation of the organisation, or it is retired.",
    ),
    "entitlement.duplicate": Localised(
        "Organisationen har allerede ret til rollen i perioden.",
        "The organisation is entitled to the role in that period already.",
    ),
    "entitlement.past": Localised(
        "Fortiden kan ikke ændres: vælg et tidspunkt fra nu af.",
        "The past can't be changed: choose a time from now on.",
    ),
    "entitlement.period": Localised(
        "Retten skal slutte, efter at den begynder.",
        "The entitlement has to end after it begins.",
    ),
    "entitlement.ended": Localised("Retten er ophørt.", "The entitlement has ended."),
    "entitlement.ceiling_type": Localised(
        "Rollen afgrænses ikke med {what}, så det kan ikke være et loft for den.",
        "The role is not delimited by {what}, so that can't be a ceiling for it.",
    ),
    "entitlement.ceiling_value": Localised(
        "Loftets kode {what} findes ikke, er lukket eller har intet under sig.",
        "The ceiling's code {what} is unknown, closed, or has nothing below it.",
    ),
    # --- bundles
    "bundle.unknown": Localised("Rollepakken findes ikke.", "There is no such bundle."),
    "bundle.name": Localised(
        "Der er allerede en rollepakke med det navn, eller navnet er tomt.",
        "A bundle has that name already, or the name is empty.",
    ),
    "bundle.role": Localised(
        "Organisationen har ikke ret til rollen {what}, så den kan ikke være i en rollepakke.",
        "The organisation is not entitled to the role {what}, so no bundle can hold it.",
    ),
    "bundle.empty": Localised("Rollepakken er tom.", "The bundle holds no role."),
    # --- separation of duties
    "conflict.rule": Localised(
        "Reglen {what} findes ikke, eller den tillader ingen undtagelser.",
        "There is no rule {what}, or it allows no exceptions.",
    ),
    "conflict.account": Localised(
        "Personen findes ikke i en organisation i reglens føderation.",
        "There is no such person in an organisation of the rule's federation.",
    ),
    "conflict.end": Localised(
        "En undtagelse skal slutte på en dato i fremtiden, højst et år frem.",
        "An exception has to end on a date that lies ahead, a year at most.",
    ),
    "conflict.unknown": Localised(
        "Undtagelsen findes ikke, eller den er ikke længere åben.",
        "There is no such exception, or it is not open any more.",
    ),
    "conflict.oneself": Localised(
        "En undtagelse godkendes af en anden end den, der bad om den, og den, den gælder.",
        "An exception is approved by somebody other than who asked for it and whom it is for.",
    ),
    # --- derive rules
    "rule.unknown": Localised("Reglen {what} findes ikke.", "There is no rule {what}."),
    "rule.role": Localised(
        "Rollen {what} findes ikke i føderationen.", "There is no role {what} in the federation."
    ),
    "rule.state": Localised(
        "Det kan ikke gøres, som reglen er nu: den er {what}.",
        "That can't be done to the rule as it is now: it is {what}.",
    ),
    "rule.oneself": Localised(
        "En regel sættes i kraft af en anden end den, der foreslog den.",
        "A rule is put in force by somebody other than who proposed it.",
    ),
    "rule.version": Localised(
        "Der er en nyere version af reglen, nemlig {what}: læs den, før den sættes i kraft.",
        "There is a newer version of the rule, {what}: read it before it is put in force.",
    ),
    "rule.home": Localised(
        "Reglen kommer fra dokumentet {what} og ændres dér.",
        "The rule comes from the document {what} and is changed there.",
    ),
    # --- remarks, which keep nothing from being done
    "remark.max_holders": Localised(
        "Flere end {what} i organisationen har nu rollen.",
        "More than {what} in the organisation now hold the role.",
    ),
    "remark.conflict": Localised(
        "Rollen bør ikke kombineres med en anden, som personen har ({what}).",
        "The role should not go together with another one of the person ({what}).",
    ),
    "remark.excepted": Localised(
        "Rollen kombineres med en anden efter en undtagelse ({what}).",
        "The role goes together with another one by an exception ({what}).",
    ),
    "remark.entitlement_ends": Localised(
        "Organisationens ret til rollen ophører {what}. Derefter har tildelingen ingen virkning.",
        "The organisation's entitlement ends on {what}; the grant has no effect after that.",
    ),
}


def said(objection: Objection) -> Localised:
    """An objection or a remark in words. Raises KeyError for a code that nobody may use."""
    words = WORDS[objection.code]
    return Localised(
        words.da.replace("{what}", objection.what), words.en.replace("{what}", objection.what)
    )
