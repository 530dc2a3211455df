"""A federation with a partner of every kind, an operator, and what everybody was told."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from broker.db import Engine, reading, writing
from broker.mail.letters import Letters
from broker.mail.model import Recipient
from broker.mail.store import Outbox
from broker.mail.tables import MAIL
from broker.mail.templates import Templates
from broker.metadata.defaults import LoadOptions
from broker.metadata.notices.office import Office
from broker.metadata.notices.reminders import Reminders
from broker.metadata.notices.urgent import UrgentNews
from broker.metadata.published.tokens import Tokens
from broker.metadata.readiness import store as readiness
from broker.metadata.readiness.gathering import ready_since
from broker.metadata.readiness.signals import Signals
from broker.metadata.report import Occasion
from broker.metadata.rollover.documents import read_draft
from broker.metadata.rollover.service import RolloverService
from broker.saml.assurance import Assurance
from tests.metadata_factory import Idp, Sp, acs, key, sso
from tests.unit.metadata.installation import ORIGIN, Installation
from tests.unit.metadata.rollover.conftest import Book
from tests.unit.metadata.rollover.making import Ring, day

OPERATOR = "drift@broker.dk"
ANNOUNCE, EARLY, SWITCH, BACK, UNPUBLISH = 10, 20, 100, 107, 114
"""The days of the change: announced ninety days ahead."""

SERVICES: dict[str, dict[str, object]] = {
    "dpsd": {"contact": "ejer@dpsd.dk"},
    "fmk": {"sla": "society-critical"},
    "klar": {},
    "gammel": {"reads": "one"},
    "tidlig": {},
    "sen": {},
    "stum": {},
}


def contact(kind: str, mail: str) -> str:
    """A ContactPerson."""
    return (
        f'<md:ContactPerson contactType="{kind}"><md:EmailAddress>mailto:{mail}</md:EmailAddress>'
        "</md:ContactPerson>"
    )


def tail(code: str) -> str:
    """The contacts of a partner; one has none."""
    if code == "stum":
        return ""
    return contact("administrative", f"kontor@{code}.dk") + contact("technical", f"it@{code}.dk")


def service(code: str) -> Sp:
    return Sp(
        entity_id=f"https://{code}.example.dk",
        keys=key("sp") + key("sp-enc", "encryption"),
        endpoints=acs(f"https://{code}.example.dk/acs"),
        tail=tail(code),
    )


def provider(code: str) -> Idp:
    return Idp(
        entity_id=f"https://{code}.example.dk",
        endpoints=sso(f"https://{code}.example.dk/sso"),
        tail=tail(code),
    )


@dataclass
class Town:
    """One installation; days are those of the plan."""

    engine: Engine
    ring: Ring = field(default_factory=Ring)
    book: Book = field(default_factory=Book)

    def __post_init__(self) -> None:
        installation = Installation(self.engine)
        installation.seed("federations", only="sundhed")
        for code, more in SERVICES.items():
            name = {"da": f"Tjenesten {code}", "en": f"The service {code}"}
            document = {"kind": "service", "code": code, "name": name, "owner": "Ejer", **more}
            options = LoadOptions(code=code, start_url=f"https://{code}.example.dk/")
            installation.xml(service(code).xml(), options)
            entity = {"entity_id": f"https://{code}.example.dk"}
            installation.document({**document, **entity})
        options = LoadOptions(code="region", cvrs="any", maximum=Assurance.HIGH)
        installation.xml(provider("region").xml(), options)

    @property
    def office(self) -> Office:
        return Office(
            letters=Letters(Templates(None, ORIGIN), Outbox()),
            origin=ORIGIN,
            operators=(Recipient(OPERATOR, "operator", "da"),),
            key_of=self.ring.certificate,
            address=Tokens(b"a secret of the tests").address,
        )

    @property
    def reminders(self) -> Reminders:
        return Reminders(self.engine, self.office, ready_since)

    @property
    def rollovers(self) -> RolloverService:
        news = UrgentNews(self.office, ready_since)
        return RolloverService(self.engine, self.book, self.ring.certificate, ready_since, news)

    def plan(self, **more: object) -> None:
        document: dict[str, object] = {
            "kind": "rollover",
            "code": "autumn",
            "after": "second",
            "announce": day(ANNOUNCE),
            "early_from": day(EARLY),
            "switch": day(SWITCH),
            "rollback_until": day(BACK),
            "unpublish": day(UNPUBLISH),
        }
        draft = read_draft({**document, **more}, "a test", day(0))
        self.rollovers.plan(draft, ("sundhed",), on(0))

    def uses_the_new_key(self, partner: str, at: float) -> None:
        """It came to the address of the new key: readiness of the highest level."""
        signals = Signals()
        signals.add("sundhed", "idp", partner, "endpoint", "second", day(at))
        with writing(self.engine) as connection:
            readiness.keep(connection, signals.take(day(at)))

    def remind(self, at: float) -> int:
        return self.reminders.remind(day(at))

    def remind_every(self, days: Iterable[float]) -> None:
        for at in days:
            self.remind(at)

    def told(self, partner: str = "") -> list[tuple[str, str, str]]:
        """Who was told of what in which kind of mail, in order of time."""
        return [
            (row.recipient, row.kind, row.milestone.split(" of ")[0])
            for row in self.rows()
            if row.about.endswith(f"/{partner}")
        ]

    def milestones(self, partner: str, recipient: str) -> list[str]:
        return [what for who, _kind, what in self.told(partner) if who == recipient]

    def rows(self) -> list[sa.Row[tuple[object, ...]]]:
        with reading(self.engine) as connection:
            order = (MAIL.c.created_at, MAIL.c.recipient)
            return list(connection.execute(sa.select(MAIL).order_by(*order)).all())

    def body(self, partner: str, recipient: str, milestone: str) -> str:
        (found,) = (
            row.body
            for row in self.rows()
            if row.about.endswith(f"/{partner}")
            and row.recipient == recipient
            and row.milestone.startswith(f"{milestone} ")
        )
        return str(found)


def on(at: float, by: str = "anna", reason: str = "a test") -> Occasion:
    """On that day, by her, for that reason."""
    return Occasion(day(at), by, reason, "TEST-REFERENCE")
