"""Fictive staff, their organisations and privileges. No CPR number, and no name of anybody real."""

import base64
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from broker.saml.assurance import Assurance
from broker.saml.privileges import CVR_SCOPE, NAMESPACES, SOR_CONSTRAINT

WARD = "1231000016008"  # a synthetic SOR id: its check digit holds, the unit does not exist
CASEWORKER = "urn:dk:sundhed:dpsd:sagsbehandler"
RISK_MANAGER = "urn:dk:sundhed:dpsd:risikomanager"
READER = "urn:dk:sundhed:esundhed:laeser"
REPORTER = "urn:dk:sundhed:esundhed:indberetter"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who logs in: at which IdP, for which organisation, how surely, with what rights."""

    key: str
    idp: str
    name: str
    title: str
    organisation: str
    cvr: str
    uuid: str
    assurance: Assurance
    rights: tuple[tuple[str, str | None], ...] = ()  # privilege, and the unit it is narrowed to
    rights_at: str | None = None  # the organisation they count in, where it is another

    @property
    def rid(self) -> str:
        """The employee's number in an OCES2 certificate, as made up as everything here."""
        return f"{int(self.uuid[-6:], 16):08d}"

    @property
    def level(self) -> str:
        """The level of assurance as pages show it."""
        return self.assurance.word

    def privileges(self) -> str | None:
        """The rights as an OIO basic privilege list in base64, or None where there are none."""
        if not self.rights:
            return None
        groups = "".join(
            f"<PrivilegeGroup Scope={quoteattr(CVR_SCOPE + (self.rights_at or self.cvr))}>"
            f"<Privilege>{escape(privilege)}</Privilege>{_constraint(unit)}</PrivilegeGroup>"
            for privilege, unit in self.rights
        )
        xml = f'<bpp:PrivilegeList xmlns:bpp="{NAMESPACES[0]}">{groups}</bpp:PrivilegeList>'
        return base64.b64encode(xml.encode()).decode()


def _constraint(unit: str | None) -> str:
    return f'<Constraint Name="{SOR_CONSTRAINT}">{escape(unit)}</Constraint>' if unit else ""


_HOME = ("Plejecenter Egely", "90000004")
_CLINIC = ("Lægehuset ved Åen", "90000098")
_NORTH = ("Region Nordjylland", "29190901")
_ZEALAND = ("Region Sjælland", "29190604")
_CAPITAL = ("Region Hovedstaden", "29190601")
_SOUTH = ("Region Syddanmark", "29190902")
_CENTRAL = ("Region Midtjylland", "29190906")
_MUNICIPALITY = ("Egelund Kommune", "90000128")
_NOBODY = ("", "")  # a citizen acts for no organisation

PEOPLE: tuple[Person, ...] = (
    Person(
        "mette",
        "nemlogin",
        "Mette Åkjær",
        "Sygeplejerske",
        *_HOME,
        "5b1f0f5e-0001-4000-8000-000000000001",
        Assurance.SUBSTANTIAL,
        ((CASEWORKER, WARD), (READER, WARD)),
    ),
    Person(
        "omar",
        "nemlogin",
        "Omar Lindskov",
        "Læge",
        *_CLINIC,
        "5b1f0f5e-0002-4000-8000-000000000002",
        Assurance.HIGH,
        ((CASEWORKER, None), (RISK_MANAGER, None), (REPORTER, None)),
    ),
    Person(
        "lone",
        "nemlogin",
        "Lone Bækgård",
        "Lægesekretær",
        *_CLINIC,
        "5b1f0f5e-0003-4000-8000-000000000003",
        Assurance.LOW,
        ((READER, None),),
    ),
    Person(
        "viggo",
        "nemlogin",
        "Viggo Ørsnes",
        "Vikar uden roller",
        *_HOME,
        "5b1f0f5e-0004-4000-8000-000000000004",
        Assurance.SUBSTANTIAL,
    ),
    Person(
        "karen",
        "region-nordjylland",
        "Karen Vesterskov",
        "Risikomanager",
        *_NORTH,
        "5b1f0f5e-0005-4000-8000-000000000005",
        Assurance.SUBSTANTIAL,
        ((RISK_MANAGER, WARD), (READER, WARD)),
    ),
    Person(
        "jens",
        "region-nordjylland",
        "Jens Møllerhøj",
        "Portør uden roller",
        *_NORTH,
        "5b1f0f5e-0006-4000-8000-000000000006",
        Assurance.SUBSTANTIAL,
    ),
    Person(
        "signe",
        "region-sjaelland",
        "Signe Østerby",
        "Bioanalytiker",
        *_ZEALAND,
        "5b1f0f5e-0007-4000-8000-000000000007",
        Assurance.SUBSTANTIAL,
        ((CASEWORKER, WARD), (READER, None)),
    ),
    Person(
        "bo",
        "region-sjaelland",
        "Bo Enghave",
        "Vikar med svagt login",
        *_ZEALAND,
        "5b1f0f5e-0008-4000-8000-000000000008",
        Assurance.LOW,
        ((READER, None),),
    ),
    Person(
        "freja",
        "nemlogin",
        "Freja Holmgaard",
        "Har kun roller et andet sted",
        *_HOME,
        "5b1f0f5e-0009-4000-8000-000000000009",
        Assurance.SUBSTANTIAL,
        ((CASEWORKER, None),),
        rights_at="90000098",
    ),
    Person(
        "asta",
        "region-hovedstaden",
        "Asta Kirkeby",
        "Læge",
        *_CAPITAL,
        "5b1f0f5e-000a-4000-8000-00000000000a",
        Assurance.SUBSTANTIAL,
        ((REPORTER, WARD),),
    ),
    Person(
        "nanna",
        "region-syddanmark",
        "Nanna Fjordvang",
        "Sygeplejerske",
        *_SOUTH,
        "5b1f0f5e-000b-4000-8000-00000000000b",
        Assurance.SUBSTANTIAL,
        ((READER, WARD),),
    ),
    Person(
        "troels",
        "region-midtjylland",
        "Troels Hedelund",
        "Læge",
        *_CENTRAL,
        "5b1f0f5e-000c-4000-8000-00000000000c",
        Assurance.SUBSTANTIAL,
        ((CASEWORKER, WARD),),
    ),
    Person(
        "birgit",
        "kombit",
        "Birgit Søndermark",
        "Sygeplejerske",
        *_MUNICIPALITY,
        "5b1f0f5e-000d-4000-8000-00000000000d",
        Assurance.SUBSTANTIAL,
    ),
    Person(
        "ellen",
        "nemlogin-borger",
        "Ellen Strandby",
        "Borger",
        *_NOBODY,
        "5b1f0f5e-000e-4000-8000-00000000000e",
        Assurance.SUBSTANTIAL,
    ),
)


def people_of(idp: str) -> tuple[Person, ...]:
    """Everybody that one identity provider knows."""
    return tuple(person for person in PEOPLE if person.idp == idp)


def person_of(key: str) -> Person | None:
    """The person of that key, or None."""
    return next((person for person in PEOPLE if person.key == key), None)
