"""What every page of a service works with: where it is, what is saved, and saving."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from broker.db import Connection
from broker.errors import Unknown
from broker.organisations import store as organisations
from broker.organisations.model import Deed
from broker.organisations.permissions import Action
from broker.portals import shell
from broker.portals.office import Office
from broker.portals.person import Person
from broker.portals.shell import Crumb
from broker.registrations import store
from broker.registrations.changing import ChangeService
from broker.registrations.comparing import Line, compare, fingerprint
from broker.registrations.model import Change, Content, Draft, Environments, environments
from broker.registrations.service import RegistrationService
from broker.registrations.verdicts import Examined, examine
from broker.saml.entities import Localised
from broker.trials import store as trial_store
from broker.trials.idp import TestIdp, suits
from broker.trials.model import CODE
from broker.trials.service import Trials
from broker.web.language import Text, said
from broker.web.reference import new_reference

_LABEL = re.compile(r"account ([0-9a-f-]{36})\b")
READ: Action = "service.read"
CHANGE: Action = "service.change"


@dataclass(frozen=True, slots=True)
class Opened:
    """One service on the bench: saved, in test, in production, and what is asked for."""

    where: Environments
    draft: Draft
    tested: Content | None
    produced: Content | None
    change: Change | None
    planned: datetime | None  # when it comes into production, where that is settled
    saved_by: str = ""  # a name to read

    @property
    def code(self) -> str:
        """Its short name."""
        return self.draft.code

    @property
    def content(self) -> Content:
        """What is saved."""
        return self.draft.content

    @property
    def name(self) -> Localised:
        """What it is called, in both languages."""
        name = self.content.document.get("name")
        if isinstance(name, dict):
            return Localised(str(name.get("da", "")), str(name.get("en", "")))
        return Localised(self.code, self.code)

    @property
    def to_test(self) -> tuple[Line, ...]:
        """What differs between saved and in operation in test."""
        return compare(_without_test_login(self.tested, self.content), self.content)

    @property
    def tries_it_all(self) -> bool:
        """Whether a login in test comes out as it would by what is saved."""
        tested = _without_test_login(self.tested, self.content)
        return tested is not None and fingerprint(tested) == fingerprint(self.content)

    @property
    def to_production(self) -> tuple[Line, ...]:
        """What differs between saved and in operation in production."""
        return compare(_as_opened(self.produced, self.content), self.content)


@dataclass(frozen=True, slots=True)
class Bench:
    """The services behind the pages."""

    office: Office

    @property
    def registrations(self) -> RegistrationService:
        """Begin, save, put into test."""
        return RegistrationService(self.office.desk)

    @property
    def changes(self) -> ChangeService:
        """Ask, decide, withdraw."""
        return ChangeService(self.office.desk)

    @property
    def trials(self) -> Trials:
        """Test logins."""
        return Trials(self.office.sealing, self.office.audit)

    def where(self, person: Person) -> Environments:
        """The two environments of the federation that the person is in."""
        return environments(self.office.registry.current().federations, person.federation.path)

    def open(self, person: Person, code: str, action: Action = READ) -> Opened:
        """A service that the person looks after. Raises Unknown for any other."""
        if not person.may(action, person.thing(service=code)):
            raise Unknown("registration.unknown", "no service of this person's")
        where = self.where(person)
        with self.office.reading() as connection:
            draft = self.registrations.find(connection, where, code, person.now)
            tested = self.registrations.operating(connection, where.test, code, person.now)
            produced = None
            if where.test is None or where.test.path != where.home.path:
                produced = self.registrations.operating(connection, where.home, code, person.now)
            change = store.open_change(connection, where.home.path, code)
            asked = store.changes(connection, where.home.path, code)
            saved_by = named(connection, draft.changed_by, person.now)
        opening = [c.opens for c in asked if c.state == "carried_out" and c.opens]
        planned = next((at for at in opening if at > person.now), None)
        return Opened(where, draft, tested, produced, change, planned, saved_by)

    def save(
        self, person: Person, opened: Opened, content: Content, version: str, why: str
    ) -> Draft:
        """Keep new content. Raises Refused("registration.changed")."""
        return self.registrations.save(
            person.actor, opened.where, opened.code, content, version, self.deed(person, why)
        )

    def deed(self, person: Person, why: str) -> Deed:
        """Why, for the record."""
        return Deed(person.now, why, new_reference())

    def examined(self, person: Person, opened: Opened) -> Examined:
        """What is said of the saved metadata, as the test environment would take it."""
        home = opened.where.test or opened.where.home
        return examine(opened.content, home, person.now)

    def tested_well(self, opened: Opened) -> bool:
        """Whether a test login came through at a service like the one that is saved."""
        if opened.where.test is None or not opened.tries_it_all:
            return False
        with self.office.reading() as connection:
            content = fingerprint(opened.content)
            return trial_store.came_through(
                connection, opened.where.test.path, opened.code, content
            )

    def has_test_login(self, opened: Opened) -> bool:
        """Whether the test environment has a test login on this installation."""
        test = opened.where.test
        if test is None or not suits(test):
            return False
        return TestIdp(test, self.office.keys).key_path.exists()


def kind_names(bench: Bench) -> dict[str, str]:
    """What people call each kind of unit."""
    types = bench.office.catalogue.current().types
    return {id_: said(kind.name) for id_, kind in types.items()}


def named(connection: Connection, label: str | None, at: datetime) -> str:
    """The name of whoever a record calls by the id of their account; any other label as it is."""
    found = _LABEL.match(label or "")
    account = organisations.account(connection, UUID(found[1]), at) if found else None
    return account.display_name if account else label or ""


def crumbs(person: Person, opened: Opened, *last: Text | str | Localised | Crumb) -> list[Crumb]:
    """The way to a page of a service."""
    home = shell.link(person, "service.one", code=opened.code)
    found = [Crumb(said(opened.name), home if last else None)]
    return [*found, *(one if isinstance(one, Crumb) else Crumb(said(one)) for one in last)]


def _as_opened(produced: Content | None, saved: Content) -> Content | None:
    """What is in production, without from when a login opened where the owner asks for no day."""
    if produced is None:
        return None
    no_day = {one.get("code") for one in saved.listed("wanted") if not one.get("opens")}
    wanted = [
        {"code": one["code"]} if one.get("code") in no_day else dict(one)
        for one in produced.listed("wanted")
    ]
    return produced.with_document({"wanted": wanted})


def _without_test_login(tested: Content | None, saved: Content) -> Content | None:
    """What is in test but for what it always has there and for logins that it lacks there."""
    if tested is None:
        return None
    wanted = list(saved.listed("wanted"))
    named = {one.get("code") for one in wanted}
    extra = [
        one
        for one in tested.listed("wanted")
        if one.get("code") not in named and one.get("code") != CODE
    ]
    return tested.with_document({"wanted": [*wanted, *extra]})
