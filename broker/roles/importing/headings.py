"""Which columns there are: Danish headings, English ones accepted, in any order."""

import re
from collections.abc import Mapping, Sequence

from broker.audit.masking import cleaned
from broker.errors import Refused
from broker.roles.exporting import Column
from broker.saml.entities import Localised

COLUMNS: tuple[Column, ...] = (
    Column("account", Localised("Konto", "Account")),
    Column("name", Localised("Navn", "Name")),
    Column("email", Localised("E-mail", "E-mail")),
    Column("professional_uuid", Localised("Professionelt UUID", "Professional UUID")),
    Column("rid", Localised("RID", "RID")),
    Column("home", Localised("Enhed", "Unit")),
    Column("service", Localised("Tjeneste", "Service")),
    Column("role", Localised("Rolle", "Role")),
    Column("scopes", Localised("Afgrænsning", "Delimitation")),
    Column("since", Localised("Gyldig fra", "Valid from")),
    Column("until", Localised("Gyldig til", "Valid until")),
    Column("reason", Localised("Begrundelse", "Reason")),
    Column("case_no", Localised("Sagsnummer", "Case number")),
)
IDENTIFIERS = ("account", "professional_uuid", "rid")
HEADINGS: Mapping[str, Localised] = {column.key: column.heading for column in COLUMNS}

# Further words that people write for the same.
_ALSO = {
    "account": ("konto-id", "account id"),
    "name": ("fulde navn", "full name"),
    "email": ("email", "mail", "e-mailadresse", "e-mail address"),
    "professional_uuid": ("erhvervsidentitet", "mitid erhverv uuid", "uuid"),
    "rid": ("medarbejdernummer", "rid-nummer"),
    "home": ("enhed (sor)", "sor-enhed", "home unit"),
    "service": ("system",),
    "scopes": ("dataafgrænsning", "delimitations", "scope"),
    "since": ("fra", "startdato", "from", "start"),
    "until": ("til", "slutdato", "udløber", "to", "end", "expires"),
    "case_no": ("sagsnr", "case no"),
}
_NOT_TOLD_APART = re.compile(r"[\s_.:*-]+")


def find_columns(headings: Sequence[str]) -> dict[str, int]:
    """The position of each column by its key; a column without a heading is left out.

    A heading that is not known is refused and not passed over: a misspelt "valid until" would
    give every row for ever. Raises Refused("import.heading_unknown" | "import.heading_twice" |
    "import.heading_missing") with the heading as its detail.
    """
    found: dict[str, int] = {}
    for position, heading in enumerate(headings):
        if not heading:
            continue
        key = _KEYS.get(_folded(heading))
        if key is None:
            raise Refused("import.heading_unknown", cleaned(heading))
        if key in found:
            raise Refused("import.heading_twice", HEADINGS[key].da)
        found[key] = position
    if not any(key in found for key in IDENTIFIERS):
        raise Refused("import.heading_missing", " / ".join(HEADINGS[k].da for k in IDENTIFIERS))
    if ("service" in found) != ("role" in found):
        missing = "role" if "service" in found else "service"
        raise Refused("import.heading_missing", HEADINGS[missing].da)
    return found


def _folded(heading: str) -> str:
    return _NOT_TOLD_APART.sub(" ", heading.casefold()).strip()


def _keys() -> dict[str, str]:
    keys: dict[str, str] = {}
    for column in COLUMNS:
        heading = column.heading
        for word in (column.key, heading.da, heading.en, *_ALSO.get(column.key, ())):
            if keys.setdefault(_folded(word), column.key) != column.key:
                raise ValueError(f"{word} would mean two columns")
    return keys


_KEYS = _keys()
