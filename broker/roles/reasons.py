"""Why something gives no role, in words that people can act on. One text for each code."""

from broker.roles import forms, understood
from broker.saml.entities import Localised

_ROLES: dict[str, tuple[str, str]] = {
    "grant.revoked": ("Tildelingen er trukket tilbage.", "The grant was revoked."),
    "grant.expired": ("Tildelingen er udløbet.", "The grant has ended."),
    "grant.future": ("Tildelingen er ikke begyndt endnu.", "The grant has not begun yet."),
    "membership.revoked": (
        "Personen er taget ud af gruppen.",
        "The person was taken out of the group.",
    ),
    "membership.expired": (
        "Medlemskabet af gruppen er udløbet.",
        "The membership of the group has ended.",
    ),
    "membership.future": (
        "Medlemskabet af gruppen er ikke begyndt endnu.",
        "The membership of the group has not begun yet.",
    ),
    "account.state": (
        "Personens konto er ikke aktiv på det tidspunkt.",
        "The person's account is not active at that time.",
    ),
    "organisation.state": (
        "Organisationen er ikke aktiv på det tidspunkt.",
        "The organisation is not active at that time.",
    ),
    "role.state": (
        "Rollen udstedes ikke på det tidspunkt.",
        "The role is not issued at that time.",
    ),
    "service.state": (
        "Tjenesten er ikke åben på det tidspunkt.",
        "The service is not open at that time.",
    ),
    "service.not_taken": (
        "Tjenesten bruger ikke den nationale rolle på det tidspunkt.",
        "The service does not take the national role at that time.",
    ),
    "role.not_entitled": (
        "Organisationen må ikke tildele rollen på det tidspunkt.",
        "The organisation may not hand out the role at that time.",
    ),
    "role.no_organisation": (
        "Personens organisation er ikke oprettet, eller den er ikke aktiv.",
        "The person's organisation is not registered, or it is not active.",
    ),
    "role.assurance": (
        "Rollen kræver et stærkere login, end personen brugte.",
        "The role takes a stronger login than the person used.",
    ),
    "rule.denied": (
        "En regel afviser rollen ud fra oplysningerne i loginet.",
        "A rule denies the role because of what the login says.",
    ),
    "rule.not_met": (
        "Loginet indeholder ikke de oplysninger, som reglen kræver.",
        "The login does not say what the rule asks for.",
    ),
    "rule.not_evaluated": (
        "Reglen er ikke vurderet, fordi loginets oplysninger ikke kendes her.",
        "The rule was not evaluated, because what the login says is not known here.",
    ),
    "rule.draft": (
        "Reglen er et udkast: den vurderes ikke.",
        "The rule is a draft: it is not evaluated.",
    ),
    "rule.shadow": (
        "Reglen er på prøve: den vurderes, men giver ingen roller.",
        "The rule is on trial: it is evaluated but gives no roles.",
    ),
    "source.local_only": (
        "Tjenesten bruger kun roller, der er tildelt her.",
        "The service takes only roles that are granted here.",
    ),
    "source.idp_only": (
        "Tjenesten bruger kun roller, som identitetsudbyderen oplyser.",
        "The service takes only roles that the identity provider says.",
    ),
    "scope.type": (
        "Rollen kan ikke afgrænses på den måde.",
        "The role cannot be delimited in that way.",
    ),
    "scope.missing": (
        "Rollen skal afgrænses, men tildelingen er ikke afgrænset.",
        "The role must be delimited, but the grant is not.",
    ),
    "scope.no_home": (
        "Rollen gælder for personens egen enhed, men personen har ingen.",
        "The role holds for the person's own unit, but there is none.",
    ),
    "scope.own_unit_type": (
        "Egen enhed kan ikke oversættes til den type afgrænsning.",
        "One's own unit cannot be told as that kind of delimitation.",
    ),
    "scope.unknown_code": (
        "Enheden står ikke i kodelisten.",
        "The unit is not in the code list.",
    ),
    "scope.forbidden": (
        "Tjenesten tillader ikke rollen for den enhed.",
        "The service does not allow the role for that unit.",
    ),
    "scope.ceiling": (
        "Enheden ligger uden for det, organisationen må tildele rollen for.",
        "The unit lies outside what the organisation may hand the role out for.",
    ),
    "scope.exact": (
        "Tjenesten ville opfatte enheden, som om alt under den også var med.",
        "The service would read the unit as everything below it too.",
    ),
    "scope.too_many": (
        "Afgrænsningen omfatter flere enheder, end tjenesten kan modtage.",
        "The delimitation comes to more units than the service can be told.",
    ),
    "scope.not_sent": (
        "Identitetsudbyderen oplyser ikke den enhed, som reglen skal bruge.",
        "The identity provider does not say the unit that the rule needs.",
    ),
    "scope.not_copied": (
        "Privilegiet er afgrænset på en måde, som reglen ikke tager med.",
        "The privilege is delimited in a way that the rule does not take over.",
    ),
    "conflict.blocked": (
        "Rollen må ikke kombineres med en anden rolle, som personen har.",
        "The role must not be combined with another that the person has.",
    ),
    "conflict.warned": (
        "Personen har roller, der helst ikke skal kombineres.",
        "The person has roles that should not be combined.",
    ),
    "form.none": (
        "Tjenesten modtager ingen roller herfra.",
        "The service is told no roles from here.",
    ),
    "privilege.unused": (
        "Ingen regel bruger privilegiet.",
        "No rule uses the privilege.",
    ),
}

REASONS: dict[str, Localised] = {
    **{code: Localised(da, en) for code, (da, en) in _ROLES.items()},
    **understood.REASONS,
    **forms.REASONS,
}


def words(code: str) -> Localised:
    """What a code says. Raises KeyError for one that nobody wrote words for."""
    return REASONS[code]
