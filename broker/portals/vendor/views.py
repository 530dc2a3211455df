"""The pages, each with what it needs of the person: nothing but a login of a company."""

from dataclasses import replace

from flask import Response

from broker.cases import store as case_store
from broker.cases.model import Case
from broker.organisations.permissions import level_of
from broker.portals import shell
from broker.portals.casework.deciding import CasePage
from broker.portals.casework.making import party
from broker.portals.casework.wording import STATE
from broker.portals.office import Office
from broker.portals.permissions import SIGNED_IN
from broker.portals.person import Person
from broker.portals.routes import Route, Section, Task
from broker.portals.testaccess.making import vendors
from broker.portals.testaccess.showing import rows
from broker.portals.vendor.asking import Applying
from broker.portals.vendor.forms import LARGEST_FORM
from broker.portals.vendor.keeping import Keeping
from broker.vendors.model import Access
from broker.web.language import Text as _


def section(office: Office) -> Section:
    """The section of this portal."""
    applying, keeping = Applying(office), Keeping(office)
    case = CasePage(office, "vendor.overview", _("Test access"))

    def overview(person: Person) -> Response:
        surely = person.session.level >= level_of("service_owner")
        found: tuple[Access, ...] = ()
        if person.cvr is not None and surely:
            found = vendors(office).of_vendor(party(person), person.federation.path)
        return shell.page(
            "portals/vendor/overview.html",
            person,
            accesses=rows(office, found, person.now),
            cases=_cases(office, person, case_store.Asked(person.federation.path, over=True)),
            states=STATE,
            surely=surely,
        )

    def tasks(person: Person) -> tuple[Task, ...]:
        asked = _cases(office, person, case_store.Asked(person.federation.path, state="asked"))
        words = _("A question about your test access waits for your answer")
        links = [shell.link(person, "vendor.case", reference=one.reference) for one in asked]
        return tuple(Task(words, one) for one in links)

    one, certificate = "access/<uuid:access>", "access/<uuid:access>/certificate"
    return Section(
        "vendor",
        _("Test access"),
        (
            Route("overview", "", SIGNED_IN, get=overview, menu=_("Test access")),
            Route(
                "ask",
                "new",
                SIGNED_IN,
                get=applying.page,
                post=applying.page,
                menu=_("Ask for test access"),
                largest=LARGEST_FORM,
            ),
            Route("access", one, SIGNED_IN, get=keeping.show),
            Route(
                "certificate",
                certificate,
                SIGNED_IN,
                get=keeping.certify,
                post=keeping.certify,
                largest=LARGEST_FORM,
            ),
            Route("end", f"{one}/end", SIGNED_IN, get=keeping.give_back, post=keeping.give_back),
            Route("case", "cases/<reference>", SIGNED_IN, get=case.show, post=case.act),
        ),
        purpose=_("For vendors: try your system against the test environment of an interface."),
        tasks=tasks,
        only=lambda person: person.account is None,
    )


def _cases(office: Office, person: Person, asked: case_store.Asked) -> tuple[Case, ...]:
    """The person's own cases of this kind."""
    own = replace(asked, kind="vendor", opened_person=person.session.person)
    with office.reading() as connection:
        found, _total = case_store.listed(connection, own)
    return found
