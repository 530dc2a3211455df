"""What operators look through: logins as they went, looks of the desk, cases and mail."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

import sqlalchemy as sa

from broker.audit.flights.tables import FLIGHT
from broker.cases import tables as cases
from broker.cases.documents import Accessing, WantedRole, written
from broker.cases.wanting import OPERATOR, owner_step
from broker.db import Connection
from broker.mail.tables import MAIL
from broker.organisations.tables import ACCOUNT, ACCOUNT_PERIOD, ORGANISATION, ORGANISATION_PERIOD
from broker.periods import FOREVER
from broker.portals.looking.tables import DESK_LOOK
from broker.roles.grants.tables import ROLE_ISSUE
from broker.roles.model import Role
from broker.web.reference import ALPHABET, GROUP, GROUPS
from tests.bench.country import DAY, FEDERATION, NOW, identifier
from tests.bench.progress import Say
from tests.bench.sink import Line, pour

LOGINS = 3 / 2  # that are kept, for each person
CASES = 10  # for each organisation
LOOKS, MAILS = 1 / 10, 1  # for each person
IDP = "nemlogin"
_HOUR = DAY / 24
_CHECKS = ["signature", "request_issuer", "request_destination", "request_age", "acs"]
_CASE: tuple[str, ...]
_STEP: tuple[str, ...]
_MAIL: tuple[str, ...]
_ISSUED = ("id", "at", "person_id", "account_id", "federation", "service", "idp", "reference")
_LOOK = ("id", "federation", "account_id", "at", "sought", "reason", "case_no")
_CASE = (
    "id",
    "reference",
    "federation",
    "kind",
    "title",
    "search",
    "state",
    "waits_for",
)
_CASE += ("organisation_id", "cvr", "service", "opened_at", "opened_account", "opened_name")
_CASE += ("promised_at", "changed_at", "version", "document")
_STEP = (
    "case_id",
    "code",
    "position",
    "decider",
    "stage",
    "service",
    "optional",
    "own",
)
_STEP += ("apart", "state", "decided_at", "by_name", "reason")
_TOLD = ("case_id", "sequence", "at", "what", "step", "by_name", "of_applicant", "words")
_MAIL = (
    "id",
    "kind",
    "about",
    "milestone",
    "recipient",
    "language",
    "subject",
    "body",
)
_MAIL += ("urgent", "created_at", "state", "attempts", "next_at", "ended_at", "last_error")


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody, as a login or a mail knows them."""

    account: UUID
    person: UUID | None
    name: str
    email: str


def desk(
    connection: Connection, random: Random, roles: Sequence[Role], operator: UUID, say: Say
) -> None:
    """Fill the tables that the pages of operators read."""
    people = [Known(*row) for row in connection.execute(_PEOPLE)]
    logins = list(_logins(random, people, roles))
    flown = [(*line[:8], "ok", _story(line[3], line[8])) for line in logins]
    codes = random.sample(range(len(flown)), len(flown) // 50)
    for number in codes:
        flown[number] = (*flown[number][:8], "account.left", _story(None, "[]"))
    looks = list(_looks(random, people, operator))
    homes = connection.execute(_HOMES).all()
    made = [
        case
        for home in homes
        for case in _cases(random, (home.id, home.cvr, home.name), people, roles)
    ]
    parts: tuple[tuple[sa.Table, tuple[str, ...], Sequence[Line]], ...] = (
        (ROLE_ISSUE, (*_ISSUED, "items"), logins),
        (FLIGHT, (*_ISSUED, "code", "story"), flown),
        (DESK_LOOK, _LOOK, looks),
        (cases.CASE, _CASE, [case for case, _, _ in made]),
        (cases.STEP, _STEP, [step for _, steps, _ in made for step in steps]),
        (cases.EVENT, _TOLD, [told for _, _, every in made for told in every]),
        (MAIL, _MAIL, list(_mails(random, people))),
    )
    for table, names, lines in parts:
        done = 0
        for more in pour(connection, table, names, lines):
            done += more
            say(table.name, done, len(lines))


def _logins(random: Random, people: Sequence[Known], roles: Sequence[Role]) -> Iterator[Line]:
    items = [(role.service or "dpsd", _item(role)) for role in roles]
    for _ in range(round(len(people) * LOGINS)):
        who, (service, item) = random.choice(people), random.choice(items)
        at = NOW - random.randrange(1, 180 * 24 * 60) * (_HOUR / 60)
        said = (identifier(random), at, who.person, who.account, FEDERATION, service, IDP)
        yield (*said, _reference(random, GROUPS), f"[{item}]")


def _reference(random: Random, groups: int) -> str:
    return "-".join("".join(random.choices(ALPHABET, k=GROUP)) for _ in range(groups))


def _item(role: Role) -> str:
    item = {"role": role.urn, "role_version": 1, "source": "grant", "id": str(role.id)}
    return json.dumps({**item, "version": None, "units": []})


def _story(account: object, items: object) -> str:
    """A login as the recorder keeps it: as long as most are."""
    begun = {"at": NOW.isoformat(), "solicited": True, "force": False, "passive": False}
    hops = [
        {"name": name, "ms": 12, "code": "", "checks": _CHECKS}
        for name in ("sp_request", "discovery", "idp_request", "idp_response", "mapping")
    ]
    roles = [{"role": one["role"], "kind": "grant", "units": []} for one in json.loads(str(items))]
    story = {
        "asked": {**begun, "level": "Substantial", "idps": [], "endpoint": None},
        "tries": [{"idp": IDP, "at": NOW.isoformat(), "how": "asked"}],
        "hops": hops,
        "policy": ["signature"],
        "came": [["cvr", 1, "d8"], ["uuid", 1, "x36"], ["cn", 1, "x12"]],
        "roles": roles if account else [],
        "left": [],
    }
    return json.dumps(story)


def _looks(random: Random, people: Sequence[Known], operator: UUID) -> Iterator[Line]:
    for number in range(round(len(people) * LOOKS)):
        whom, at = random.choice(people), NOW - random.randrange(2, 365 * 24) * _HOUR
        said = (identifier(random), FEDERATION, operator, at, whom.name, "cannot log in")
        yield (*said, f"S-{number}")


_Case = tuple[Line, list[Line], list[Line]]


def _cases(
    random: Random, home: tuple[UUID, str, str], people: Sequence[Known], roles: Sequence[Role]
) -> Iterator[_Case]:
    """What one organisation asked for in two years; that of the last week still waits."""
    organisation, cvr, name = home
    for _ in range(CASES):
        role, who = random.choice(roles), random.choice(people)
        at = NOW - random.randrange(1, 730 * 24) * _HOUR
        lasts = at > NOW - 7 * DAY
        reference = _reference(random, 2)
        wanted = WantedRole(str(role.id), role.service or "", role.code)
        owners = [(owner_step(role.service), "service_owner")] if role.service else []
        steps = [*owners, (OPERATOR, "operator")]
        over, case = at + 2 * DAY, identifier(random)
        yield (
            (
                *(case, reference, FEDERATION, "access", name, f"{name} {reference} {cvr}".lower()),
                *("open" if lasts else "approved", steps[0][1] if lasts else "", organisation, cvr),
                *(role.service, at, who.account, who.name, at + 5 * DAY, at if lasts else over, 1),
                written(Accessing((wanted,), "for the work")),
            ),
            [
                (
                    *(case, code, place, decider, place + 1),
                    *(role.service if decider != "operator" else None, place < len(owners)),
                    *(False, False, "approved" if not lasts else "later" if place else "open"),
                    *((None, None) if lasts else (over, who.name)),
                    "",
                )
                for place, (code, decider) in enumerate(steps)
            ],
            [(case, 1, at, "opened", None, who.name, True, "")]
            + [
                (case, place + 2, over, "approved", code, who.name, False, "")
                for place, (code, _) in enumerate(steps)
                if not lasts
            ],
        )


def _mails(random: Random, people: Sequence[Known]) -> Iterator[Line]:
    for number in range(round(len(people) * MAILS)):
        whom, at = random.choice(people), NOW - random.randrange(1, 400 * 24) * _HOUR
        failed = random.random() < 0.002
        yield (
            *(f"{number:032x}", "notice.digest", f"{number}", "", whom.email, "da", "", ""),
            *(False, at, "failed" if failed else "sent", 6 if failed else 1, at, at),
            "550 no such user" if failed else "",
        )


_HOLDS = (ACCOUNT_PERIOD.c.since <= NOW, ACCOUNT_PERIOD.c.until > NOW)
_PEOPLE = (
    sa.select(
        ACCOUNT.c.id, ACCOUNT.c.person_id, ACCOUNT_PERIOD.c.display_name, ACCOUNT_PERIOD.c.email
    )
    .join(ACCOUNT_PERIOD, ACCOUNT_PERIOD.c.account_id == ACCOUNT.c.id)
    .where(*_HOLDS)
    .order_by(ACCOUNT.c.id)
)
_HOMES = (
    sa.select(ORGANISATION.c.id, ORGANISATION.c.cvr, ORGANISATION_PERIOD.c.name)
    .join(ORGANISATION_PERIOD, ORGANISATION_PERIOD.c.organisation_id == ORGANISATION.c.id)
    .where(ORGANISATION_PERIOD.c.until == FOREVER)
    .order_by(ORGANISATION.c.id)
)
