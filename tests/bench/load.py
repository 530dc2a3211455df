"""Fills an empty database with a synthetic country: `python -m tests.bench.load --url …`.

First what `broker init` loads and every service that ships, then a list of SOR by the real
loader, then everybody by COPY, in one transaction: a load that was interrupted begins again.
"""

import io
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

import click
import sqlalchemy as sa

from broker.audit.store import AuditStore
from broker.bootstrap import metadata_service
from broker.codelists.service import CodeFile, CodeListService
from broker.db import Engine, make_engine, migrate, reading, writing
from broker.identities.store import PERSON, PERSON_IDENTITY
from broker.metadata.decisions import federation_documents
from broker.metadata.report import Occasion
from broker.metadata.seed import seeds
from broker.organisations import tables as org
from broker.roles import tables as cat
from broker.roles.catalogue.cache import CatalogueCache
from broker.roles.catalogue.snapshot import Catalogue
from broker.roles.grants.tables import GRANT, GRANT_SCOPE
from tests.bench import rows
from tests.bench.country import BEGUN, Country, country
from tests.bench.granted import grants
from tests.bench.progress import Say, Stages
from tests.bench.sink import CHUNK, Line, pour, settle
from tests.bench.sizes import FULL, Size

ORIGIN = "https://broker.example.dk"
OCCASION = Occasion(BEGUN, "bench", "a synthetic country", "BENCH")
_HEADER = (
    "Enhedsnavn;Enhedstype;P_Region;Hovedspeciale;SOR-kode;Parent-SOR-kode;CVR;SHAK-kode;"
    "Fra-dato;Til-dato;Erstattet-af-SOR-kode"
)
_NEAR = ("127.0.0.1", "localhost", "::1")
_UNITS_NAMED = ("Institutionsejer", "Organisatorisk enhed")


class NotEmpty(Exception):
    """The database holds people already."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load made, by table, and how long it took in seconds."""

    counts: dict[str, int]
    seconds: float


def load(engine: Engine, size: Size, say: Say) -> Loaded:
    """Migrate an empty database and fill it. Raises NotEmpty."""
    began = time.perf_counter()
    migrate(engine)
    with reading(engine) as connection:
        if connection.scalar(sa.select(sa.func.count()).select_from(org.ORGANISATION)):
            raise NotEmpty
    say("documents", 0, 1)
    catalogue = _documents(engine)
    say("documents", 1, 1)
    made = country(size, catalogue)
    _units(engine, made, say)
    counts: dict[str, int] = {}
    with writing(engine) as connection:
        for table, names, total, lines in _everything(made):
            for more in pour(connection, table, names, lines):
                done = counts[table.name] = counts.get(table.name, 0) + more
                if table is not GRANT_SCOPE:
                    say(table.name, done, max(done, total))
    say("statistics", 0, 1)
    settle(engine)
    say("statistics", 1, 1)
    return Loaded(counts, time.perf_counter() - began)


def _documents(engine: Engine) -> Catalogue:
    """What `broker init` loads, and the services; the catalogue that comes of it."""
    cache = CatalogueCache(engine)
    if cache.current().revision.number:
        return cache.current()
    service = metadata_service(engine, ORIGIN)
    for name, document in seeds("federations"):
        for one in federation_documents(document, name):
            service.load_document(one, source=name, occasion=OCCASION)
    for folder in ("roles", "services"):
        for name, document in seeds(folder):
            service.load_document(document, source=name, occasion=OCCASION)
    return cache.current()


def _units(engine: Engine, made: Country, say: Say) -> None:
    """A SOR of the country's units, through the loader that an operator uses."""
    text = io.StringIO()
    print(_HEADER, file=text)
    for home in made.homes:
        for number, unit in enumerate(home.units):
            kind, above = _UNITS_NAMED[number > 0], home.above(number) or ""
            name = f"{home.name} {number}" if number else home.name
            print(f"{name};{kind};;;{unit};{above};{home.cvr};;2010-01-01;;", file=text)
    file = CodeFile(io.BytesIO(text.getvalue().encode()), "bench-sor.csv", "sor")
    service = CodeListService(engine, AuditStore())

    def tell(doing: str, done: int, of: int) -> None:
        say(f"units, {doing}", done, max(of, done, 1))

    service.apply(file, BEGUN, OCCASION, confirmed=True, progress=tell)


_Part = tuple[sa.Table, Sequence[str], int, Iterable[Line]]


def _everything(made: Country) -> Iterator[_Part]:
    """Table by table, in the order of their keys: names, about how many rows, and the rows."""
    random, size = Random(made.size.seed + 1), made.size  # noqa: S311 # a data set, no secret
    people, homes = size.people, size.organisations
    period = ("since", "until")
    names: tuple[str, ...]
    yield (
        org.ORGANISATION,
        ("id", "federation", "cvr", "unit_key", "created_at"),
        homes,
        rows.organisations(made),
    )
    names = ("id", "organisation_id", *period, "name", "kind", "state", "reason", "by_label")
    yield org.ORGANISATION_PERIOD, names, homes, rows.organisation_periods(random, made)
    yield PERSON, ("id", "created_at"), people, rows.persons(made)
    names = ("hash", "person_id", "federation", "kind", "created_at")
    yield PERSON_IDENTITY, names, people, rows.identities(made)
    names = ("id", "organisation_id", "person_id", "human_id", "created_at")
    yield org.ACCOUNT, names, people, rows.accounts(made)
    names = ("id", "account_id", "organisation_id", *period, "state", "display_name", "email")
    yield (
        org.ACCOUNT_PERIOD,
        (*names, "search", "home_code", "reason", "by_label"),
        people,
        rows.account_periods(random, made),
    )
    names = ("id", "hash", "account_id", "idp", "linked_at", "reason", "by_label")
    yield org.ACCOUNT_IDENTITY, names, people, rows.links(random, made)
    names = ("account_id", "last_login_at")
    yield org.ACCOUNT_ACTIVITY, names, people, rows.activity(random, made)
    entitled = list(rows.entitlements(random, made))
    names = ("id", "organisation_id", "role_id", *period, "revoked_at", "case_no", "by_label")
    yield cat.ENTITLEMENT, names, len(entitled), (row for _, row in entitled)
    names = ("entitlement_id", "type_id", "value", "with_descendants")
    yield cat.CEILING, names, len(entitled) // 2, rows.ceilings(random, entitled)
    named = rows.groups(random, made)
    names = ("id", "organisation_id", "name", "created_at", "by_label")
    yield org.USER_GROUP, names, len(named), rows.group_rows(named)
    names = ("id", "group_id", "account_id", "organisation_id", *period, "revoked_at", "by_label")
    yield org.GROUP_MEMBER, names, len(named) * 5, rows.members(random, named)
    yield from _granted(random, made, named)


def _granted(random: Random, made: Country, named: list[rows.Group]) -> Iterator[_Part]:
    """Grants and then what narrows them, as many at a time as the sink takes."""
    given = grants(random, made, named)
    names: tuple[str, ...]
    names = ("id", "account_id", "group_id", "organisation_id", "role_id", "scope_key", "since")
    names += ("until", "reason", "case_no", "by_account", "by_label", "granted_at", "revoked_at")
    narrows = ("grant_id", "type_id", "mode", "value", "with_descendants")
    while some := list(islice(given, CHUNK)):
        yield GRANT, (*names, "used_at"), made.size.grants, (grant.row for grant in some)
        scopes = (row for grant in some for row in grant.scope_rows())
        yield GRANT_SCOPE, narrows, len(some), scopes


def is_near(engine: Engine) -> bool:
    """Whether a database is on this machine; a million rows are for no other."""
    named = (engine.url.host, engine.url.query.get("host"), engine.url.query.get("hostaddr"))
    hosts = [host for host in named if host]
    near = (isinstance(host, str) and (host[0] == "/" or host in _NEAR) for host in hosts)
    return engine.dialect.name == "sqlite" or (bool(hosts) and all(near))


@click.command()
@click.option("--url", required=True, help="An empty database, on this machine.")
@click.option("--people", type=click.IntRange(20, 2_000_000), default=FULL.people)
@click.option("--organisations", type=click.IntRange(2, 20_000), default=FULL.organisations)
@click.option("--grants", "given", type=click.IntRange(100, 10_000_000), default=FULL.grants)
@click.option("--seed", type=int, default=FULL.seed, show_default=True)
def main(url: str, people: int, organisations: int, given: int, seed: int) -> None:
    """Fill an empty database with a synthetic country."""
    engine = make_engine(url)
    if not is_near(engine):
        raise click.ClickException("Only a database on this machine is filled.")
    try:
        with Stages() as say:
            loaded = load(engine, Size(people, organisations, given, seed), say)
    except NotEmpty:
        raise click.ClickException("There are organisations in it already.") from None
    for table, count in loaded.counts.items():
        click.echo(f"{count:>10,} {table}")
    click.echo(f"Loaded in {loaded.seconds:.0f} s.")


if __name__ == "__main__":
    main()
