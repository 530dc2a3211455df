"""Pages of cases in the gallery: of the applicant, the owner, the organisation and the operator."""

import re

import sqlalchemy as sa
from playwright.sync_api import Page

from broker.cases.tables import CASE
from broker.db import reading
from broker.demo.federation import DemoFederation
from broker.mail.tables import MAIL
from tests.browser.gallery import Gallery, Show
from tests.browser.gallery_signing import as_person, resume
from tests.metadata_factory import Idp

APPLICATION = {
    "name": "Fysioterapien ved Kilden",
    "applicant_name": "Ane Kildegaard",
    "applicant_email": "ane@kilden.example.dk",
    "officer_name": "Sofus Birkelund",
    "officer_email": "sofus@kilden.example.dk",
    "first_name": "Merle Tangager",
    "first_email": "merle@kilden.example.dk",
    "second_name": "Ane Kildegaard",
    "second_email": "ane@kilden.example.dk",
    "purpose": "Vi indberetter utilsigtede hændelser fra klinikken.",
}
CONNECTING = {
    "name": "Region Eksempel",
    "cvrs": "90000306",
    "evidence": "Revisionserklæring af 1. marts",
    "contact_name": "Bo Lind",
    "contact_email": "bo@region-eksempel.dk",
}
DPSD = re.compile(r"(Dansk Patientsikkerhedsdatabase: Sagsbehandler|Database: Caseworker)$")


def apply(page: Page, role: re.Pattern[str] = DPSD) -> str:
    """The application of a clinic, sent from its form; the reference of its case."""
    for name, value in APPLICATION.items():
        page.locator(f"#{name}").fill(value)
    page.locator("#kind").select_option("practice")
    page.get_by_label(role).check()
    page.locator("main form button.button-primary").click()
    page.wait_for_url("**/cases/S*")
    found = re.search(r"/cases/(S[^?]+)", page.url)
    assert found
    return found.group(1)


def mailed(demo: DemoFederation, kind: str, to: str) -> str:
    """The address in the latest mail of a kind to somebody, below the portals."""
    with reading(demo.services.engine) as connection:
        query = sa.select(MAIL.c.body).where(MAIL.c.kind == kind, MAIL.c.recipient == to)
        latest = query.order_by(MAIL.c.created_at.desc()).limit(1)
        body = connection.execute(latest).scalar_one()
    found = re.search(r"https?://\S+/portal/(\S+)", body)
    assert found, body
    return found.group(1)


def _known(page: Page, gallery: Gallery) -> str:
    """The reference of a case that waits; opened where there is none."""
    with reading(gallery.demo.services.engine) as connection:
        query = sa.select(CASE.c.reference).where(
            CASE.c.kind == "organisation", CASE.c.waits_for == "security_officer"
        )
        found = connection.execute(query.limit(1)).scalar()
    if found is not None:
        return str(found)
    fresh = page.context.browser.new_context()  # type: ignore[union-attr]  # it has one
    applying = fresh.new_page()
    resume(applying, gallery.demo, "ane", "cases/new")
    reference = apply(applying)
    fresh.close()
    return reference


def _case(key: str, place: str) -> Show:
    def show(page: Page, gallery: Gallery) -> None:
        resume(page, gallery.demo, key, f"{place}/{_known(page, gallery)}")

    return show


def _officer(page: Page, gallery: Gallery) -> None:
    _known(page, gallery)
    link = mailed(gallery.demo, "case-link", APPLICATION["officer_email"])
    resume(page, gallery.demo, "sofus", link)


def _faults(page: Page, gallery: Gallery) -> None:
    resume(page, gallery.demo, "ane", "cases/new")
    page.locator("main form button.button-primary").click()
    page.wait_for_selector("#faults")


def _logins(page: Page, gallery: Gallery) -> None:
    """The test logins of an identity provider that is being connected."""
    with reading(gallery.demo.services.engine) as connection:
        query = sa.select(CASE.c.reference).where(CASE.c.kind == "idp")
        known = connection.execute(query.limit(1)).scalar()
    if known is not None:
        resume(page, gallery.demo, "ravn", f"operator/cases/{known}/logins")
        return
    resume(page, gallery.demo, "ravn", "operator/idps/new")
    page.locator("#pasted").fill(Idp().xml().decode())
    for name, value in CONNECTING.items():
        page.locator(f"#{name}").fill(value)
    page.locator("#service").select_option("dpsd")
    page.locator("main form button.button-primary").click()
    page.wait_for_url("**/cases/S*")
    page.locator("main a[href$='/logins']").click()
    page.wait_for_url("**/logins")


def _inside(*steps: str, start: str = "operator/organisations?q=Egely") -> Show:
    """An organisation of the operator's list, and on by the link of each step."""

    def show(page: Page, gallery: Gallery) -> None:
        resume(page, gallery.demo, "ravn", start)
        for step in steps:
            page.locator(step).first.click()
            page.wait_for_load_state()

    return show


_ONE = "main table a"
CASE_STATES: dict[str, Show] = {
    "portal-applicant-home": as_person("ane"),
    "portal-applicant": as_person("ane", "cases/"),
    "portal-apply": as_person("ane", "cases/new"),
    "portal-apply-faults": _faults,
    "portal-apply-case": _case("ane", "cases"),
    "portal-apply-officer": _officer,
    "portal-apply-claim": as_person("merle", "cases/claim/ABCD-EFGH-JKLM-NPQR"),
    "portal-org-cases": as_person("bodil", "org/cases"),
    "portal-org-cases-new": as_person("bodil", "org/cases/new"),
    "portal-service-cases": as_person("merete", "service/cases"),
    "portal-service-case": _case("merete", "service/cases"),
    "portal-operator-cases": as_person("ravn", "operator/cases"),
    "portal-operator-case": _case("ravn", "operator/cases"),
    "portal-operator-idp": as_person("ravn", "operator/idps/new"),
    "portal-operator-idp-logins": _logins,
    "portal-operator-organisations": as_person("ravn", "operator/organisations"),
    "portal-operator-organisation": _inside(_ONE),
    "portal-operator-appoint": _inside(_ONE, "main a[href$='/administrator']"),
    "portal-operator-suspend": _inside(_ONE, "main a[href$='/state']"),
    "portal-operator-entitlements": as_person("ravn", "operator/entitlements?service=dpsd"),
    "portal-operator-entitle": _inside(_ONE, "main a[href$='/entitlements/new']"),
    "portal-operator-limit": _inside(_ONE, "main a[href$='/limit']"),
    "portal-operator-withdraw": _inside(_ONE, "main a[href$='/withdraw']"),
}
