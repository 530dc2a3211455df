"""The made-up people to log in as. Their organisations and numbers are made up as well."""

from dataclasses import dataclass

from broker.saml.entities import Localised


@dataclass(frozen=True, slots=True)
class TestPerson:
    """Somebody who does not exist."""

    __test__ = False  # no test, whatever its name looks like

    key: str
    name: str
    what: Localised
    cvr: str
    organisation: str
    uuid: str

    @property
    def email(self) -> str:
        """A mail address that nobody reads."""
        return f"{self.key}@test.example.dk"


PEOPLE: tuple[TestPerson, ...] = (
    TestPerson(
        "tea",
        "Tea Prøvenberg",
        Localised("sygeplejerske i en kommune", "a nurse in a municipality"),
        "90000007",
        "Prøvekøbing Kommune",
        "7e57a000-0000-4000-8000-000000000001",
    ),
    TestPerson(
        "tobias",
        "Tobias Prøvegaard Ærø",
        Localised("læge i en region, med æ og ø i navnet", "a doctor in a region, with æ and ø"),
        "90000015",
        "Region Prøve",
        "7e57a000-0000-4000-8000-000000000002",
    ),
    TestPerson(
        "tilde",
        "Tilde Testrup",
        Localised("lægesekretær i en klinik", "a secretary in a clinic"),
        "90000023",
        "Lægerne i Prøvegade",
        "7e57a000-0000-4000-8000-000000000003",
    ),
)
BY_KEY = {person.key: person for person in PEOPLE}
