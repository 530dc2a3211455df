"""Words of the codes that belong to one part of the house: each part has a module of its own."""

from broker.web.activations import ACTIVATIONS
from broker.web.choices import CHOICES
from broker.web.families import Words
from broker.web.organisations import ORGANISATIONS
from broker.web.portal_organisation import PORTAL_ORGANISATION
from broker.web.portals import PORTALS

ELSEWHERE: dict[str, Words] = {
    **CHOICES,
    **ORGANISATIONS,
    **ACTIVATIONS,
    **PORTALS,
    **PORTAL_ORGANISATION,
}
