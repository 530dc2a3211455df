"""The fictive organisations of the demo: what they are, who may hand out what, and how far.

An organisation's ceiling is its own branch of the synthetic code lists, so that nobody in it
can be given a role in somebody else's units.
"""

from dataclasses import dataclass
from typing import get_args

from broker.demo.data import told_in
from broker.metadata.documents import Table
from broker.organisations.model import OrganisationKind

_KINDS: dict[str, OrganisationKind] = {kind: kind for kind in get_args(OrganisationKind)}


@dataclass(frozen=True, slots=True)
class Home:
    """One user organisation: its number, where its people log in, and the units it has."""

    key: str
    cvr: str
    name: str
    kind: OrganisationKind
    idp: str
    root: str | None  # SOR id of the top of its units
    unit_key: str  # tells two organisations of one CVR number apart
    test: bool  # in `sundhed-test` as well
    agreement: bool  # without one nobody has set the organisation up here
    member: bool  # or one that may apply to become one


def _read(table: Table) -> Home:
    home = Home(
        key=table.slug("key"),
        cvr=table.text("cvr"),
        name=table.text("name"),
        kind=table.choice("kind", _KINDS, "other"),
        idp=table.slug("idp", "nemlogin"),
        root=table.optional("root"),
        unit_key=table.optional("unit_key") or "",
        test=table.flag("test", default=False),
        agreement=table.flag("agreement", default=True),
        member=table.flag("member", default=True),
    )
    table.done()
    return home


_ALL: tuple[Home, ...] = tuple(map(_read, told_in("people.toml", "organisation")))
BY_KEY: dict[str, Home] = {home.key: home for home in _ALL}
HOMES: tuple[Home, ...] = tuple(home for home in _ALL if home.agreement)
