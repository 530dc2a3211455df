"""Words of the codes that belong to one part of the house: each part has a module of its own."""

from broker.web.activations import ACTIVATIONS
from broker.web.choices import CHOICES
from broker.web.families import Words
from broker.web.limit_words import LIMITS
from broker.web.organisations import ORGANISATIONS
from broker.web.portal_cases import CASES
from broker.web.portal_mine import MINE
from broker.web.portal_operator import PORTAL_OPERATOR
from broker.web.portal_org import PORTAL_ORG
from broker.web.portal_organisation import PORTAL_ORGANISATION
from broker.web.portal_service import PORTAL_SERVICE
from broker.web.portal_switching import SWITCHING
from broker.web.portal_team import TEAM
from broker.web.portal_vendors import VENDORS
from broker.web.portals import PORTALS

ELSEWHERE: dict[str, Words] = {
    **CHOICES,
    **ORGANISATIONS,
    **ACTIVATIONS,
    **PORTALS,
    **MINE,
    **PORTAL_ORG,
    **PORTAL_SERVICE,
    **PORTAL_OPERATOR,
    **CASES,
    **SWITCHING,
    **TEAM,
    **VENDORS,
    **LIMITS,
    **PORTAL_ORGANISATION,
}
