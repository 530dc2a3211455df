"""One nurse with two professional identities: a reader where she works, a writer elsewhere.

At service one and at service two alike. Alpha says that she works for 90000004 and may act
for 90000098 as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from broker.audit.store import AUDIT
from broker.bootstrap import metadata_service
from broker.db import reading, writing
from broker.identities.model import IdentityKey
from broker.metadata.report import Occasion
from broker.organisations import store
from broker.organisations.tables import ACCOUNT_CHOICE, ACCOUNT_PERIOD, ORGANISATION
from broker.roles.grants.tables import GRANT, ROLE_ISSUE
from broker.saml import names
from broker.saml.messages import Assertion, AuthnRequestDraft
from broker.sessions.tables import LOGIN_SESSION
from tests.box import CVR, ORIGIN, OTHER_CVR, Box, code_of
from tests.factories import NOW
from tests.hostile.forge import HONEST_ATTRIBUTES, Forge
from tests.leaving import told
from tests.rights import service_document
from tests.unit.roles.grants.rights import Rights

PAGE = "/sundhed/saml/organisation"
UUID_AT_WORK = "9f3b2d1c-0000-4000-8000-00000000000a"
SAID = (*HONEST_ATTRIBUTES[:-1], (names.AUTHORIZED_TO_REPRESENT, OTHER_CVR))
OWN, REPRESENTED = f"Enhed {CVR}", f"Enhed {OTHER_CVR}"


def _role(service: str, code: str) -> dict[str, object]:
    words = {"da": code, "en": code}
    return {
        "code": code,
        "urn": f"urn:x:{service}:{code.lower()}",
        "name": words,
        "description": words,
        "delimitations": [],
    }


@dataclass
class Several:
    """The nurse, her accounts, and her way through a login."""

    box: Box
    person: UUID
    home: UUID  # reader, at 90000004
    other: UUID  # writer, at 90000098
    said: Sequence[tuple[str, str]] = field(default=SAID)

    def arrive(
        self, browser: FlaskClient, draft: AuthnRequestDraft | None = None, **change: object
    ) -> TestResponse:
        """Log in at alpha; what the broker answers to its Response."""
        asked = draft or self.box.draft()
        service = asked.issuer.removeprefix("https://").partition(".")[0]
        page = self.box.redirect(browser, asked, key=service)
        assert page.status_code == 303, code_of(page)
        if "/saml/discovery" in page.headers["Location"]:
            page = self.box.choose(browser, page, "alpha")
        trip = self.box.trip(page.headers["Location"], service, "alpha", asked.id)
        forge = Forge(trip, self.box.clock()).but(attributes=tuple(self.said))
        return self.box.deliver(browser, forge.but(**change).xml())

    def follow(self, browser: FlaskClient, page: TestResponse) -> TestResponse:
        """Where a redirect leads within the broker."""
        assert page.status_code == 303, code_of(page)
        return browser.get(page.headers["Location"], base_url=ORIGIN)

    def choose(
        self, browser: FlaskClient, page: TestResponse, account: UUID | str, **headers: str
    ) -> TestResponse:
        """Press the button of an account on the page that a redirect leads to."""
        data = {"flow": flow_of(page), "account": str(account)}
        return browser.post(PAGE, data=data, base_url=ORIGIN, headers=headers)

    def log_in(self, browser: FlaskClient, account: UUID, service: str = "one") -> Assertion:
        """The whole way to a service, for one of the organisations."""
        page = self.arrive(browser, self.box.draft(service))
        done = self.choose(browser, page, account)
        assert done.status_code == 200, code_of(done)
        return told(self.box, done, service)

    def chosen(self) -> dict[str, UUID]:
        """What is remembered, by service."""
        with reading(self.box.services.engine) as connection:
            rows = connection.execute(sa.select(ACCOUNT_CHOICE)).all()
            return {row.service: row.account_id for row in rows if row.person_id == self.person}

    def forget(self) -> None:
        """As if she had never chosen, nor logged in."""
        with writing(self.box.services.engine) as connection:
            for service in ("one", "two"):
                store.forget_account(connection, self.person, service)

    def end(self, account: UUID, state: str = "left") -> None:
        """Her account is not what it was, from now on."""
        with writing(self.box.services.engine) as connection:
            connection.execute(
                sa.update(ACCOUNT_PERIOD)
                .where(ACCOUNT_PERIOD.c.account_id == account)
                .values(state=state)
            )

    def strip(self, account: UUID) -> None:
        """Her account has no role any more."""
        with writing(self.box.services.engine) as connection:
            connection.execute(sa.delete(ROLE_ISSUE).where(ROLE_ISSUE.c.account_id == account))
            connection.execute(sa.delete(GRANT).where(GRANT.c.account_id == account))

    def events(self, *, of: str = "") -> list[str]:
        """Audit events in order, or those of one reference."""
        asked = sa.select(AUDIT.c.event, AUDIT.c.reference).order_by(AUDIT.c.seq)
        with reading(self.box.services.engine) as connection:
            return [row.event for row in connection.execute(asked) if not of or row.reference == of]

    def sessions(self) -> int:
        """How many are open."""
        with reading(self.box.services.engine) as connection:
            counted = sa.select(sa.func.count()).select_from(LOGIN_SESSION)
            return connection.scalar(counted) or 0


def service_of(code: str) -> dict[str, object]:
    """The document of a service with a reader and a writer."""
    return service_document(
        code,
        ("alpha", "beta", "legacy"),
        role=[_role(code, role) for role in ("Reader", "Writer")],
        delimitation="none",
        role_form=[{"kind": "plain", "template": "{role}"}],
        derive=[],
        require_role=True,
    )


def flow_of(page: TestResponse) -> str:
    """The flow that a redirect to the page names."""
    address, _, flow = page.headers["Location"].partition("?flow=")
    assert address == ORIGIN + PAGE, page.headers["Location"]
    return flow


def roles_in(said: Assertion) -> set[str]:
    """Which of the two roles a service was told."""
    values = " ".join(value for attribute in said.attributes for value in attribute.values)
    return {code for code in ("Reader", "Writer") if code in values}


def value_of(said: Assertion, name: str) -> str | None:
    """An attribute that a service was told."""
    found = [a.values for a in said.attributes if a.name == name]
    return found[0][0] if found else None


def make_several(box: Box) -> Several:
    """Give the box its nurse."""
    engine = box.services.engine
    service = metadata_service(engine, ORIGIN)
    for code in ("one", "two"):
        occasion = Occasion(NOW, "test", "two roles", "BOX")
        report = service.load_document(service_of(code), source="box", occasion=occasion)
        assert not report.refused, report
    rights = Rights(engine)
    with reading(engine) as connection:
        roles = rights.cache.current_in(connection).roles
        homes = {row.cvr: row.id for row in connection.execute(sa.select(ORGANISATION))}
    rights.roles = {f"{role.service}/{role.code}": role.id for role in roles if role.service}
    key = IdentityKey("professional-uuid", f"{CVR}|{UUID_AT_WORK}")
    identities = box.services.flow.recorder.identities
    with writing(engine) as connection:
        person = identities.person(connection, "sundhed", [key], NOW).person
    human = uuid4()
    found = {}
    for cvr, code in ((CVR, "Reader"), (OTHER_CVR, "Writer")):
        home = homes[cvr]
        own = person if cvr == CVR else None
        found[cvr] = rights.account(home, "Åse Ærlig", person=own, human=human)
        admin = rights.admin(home)
        for at in ("one", "two"):
            if (at, code) != ("one", "Reader"):
                rights.entitle(home, f"{at}/{code}", at=NOW)
            rights.give(admin, home, f"{at}/{code}", account=found[cvr])
    return Several(box, person, found[CVR], found[OTHER_CVR])
