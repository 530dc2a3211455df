"""A few fictive roles, the forms that they are told in, and what a service would be told."""

from dataclasses import replace

from broker.roles.form_checks import check_forms
from broker.roles.forms import Written, write
from broker.roles.model import Delimitation, DelimitationType, HeldRole, RoleForm
from broker.saml.entities import Localised
from broker.saml.privileges import SOR_CONSTRAINT, PrivilegeGroup, read_list
from broker.saml.profiles import OIOSAML_3

OWN, OTHER = "90000004", "90000012"
SOR, SOR_2 = Delimitation("sor", "1231000016008"), Delimitation("sor", "31000016008")
SHAK = Delimitation("shak", "130146B")
SHAK_URN = "urn:dk:x:shak"
_URNS = {"sor": SOR_CONSTRAINT, "shak": SHAK_URN, "twin": SHAK_URN, "odd": "odd"}
TYPES = {
    id_: DelimitationType(id_, urn, Localised(id_, id_), "tree", id_, None, True)
    for id_, urn in _URNS.items()
}
READ, WRITE = "urn:dk:sundhed:esundhed:reader", "urn:dk:sundhed:esundhed:writer"
FEDERATION = "urn:dk:healthcare:national-federation-role:"
CODED = FEDERATION + "code:41002:value:SundAssistR2"

READER = HeldRole(READ, "eSReader", OWN)
AT_SOR = replace(READER, delimitations=(SOR,))
AT_SOR_2 = replace(READER, delimitations=(SOR_2,))
AT_SHAK = replace(READER, delimitations=(SHAK,))
AT_BOTH = replace(READER, delimitations=(SHAK, SOR))
WRITER = HeldRole(WRITE, "eSWriter", OWN)
ELSEWHERE = replace(READER, cvr=OTHER)
NATIONAL = HeldRole(FEDERATION + "SundAssistR2", "nspSundAssistR2", OWN, (), (CODED,), True)

LIST = RoleForm("oiobpp")
OLD_LIST = RoleForm("oiobpp", version="1.0.1")
SIMPLE = RoleForm("simple")
CLASSIC = RoleForm("classic", template="{role}_{delimitation}_3", delimitation="sor")
FUT = RoleForm("classic", template="{urn}_{delimitation}_3", attribute="fut", delimitation="sor")
PLAIN = RoleForm("plain", attribute="roles")
BY_CVR = RoleForm("plain", attribute="roles", template="{cvr}:{urn}")


def told(form: RoleForm, *held: HeldRole) -> Written:
    """What a service with this one form is told of roles in the own organisation."""
    assert check_forms([form]) == ()
    return write(held, [form], TYPES, OIOSAML_3, OWN)


def values(written: Written) -> tuple[str, ...]:
    """Every value of every attribute."""
    return tuple(value for attribute in written.attributes for value in attribute.values)


def groups(written: Written) -> tuple[PrivilegeGroup, ...]:
    """The groups of the one list that was written."""
    (value,) = values(written)
    return read_list(value).groups
