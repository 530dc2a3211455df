"""The owner's certificate page over HTTP: what it shows, what may be done, and by whom not."""

import re

import pytest

from broker.audit.store import AuditStore
from broker.bootstrap import metadata_service
from broker.db import reading, writing
from broker.demo.descriptor import sp_xml
from broker.health.model import CountRow
from broker.health.store import add_minutes, between
from broker.mail.store import Outbox
from broker.metadata.defaults import LoadOptions
from broker.metadata.readiness.service import Readiness
from tests.factories import key_pair
from tests.portals.changing import DAY, Change, attribute
from tests.portals.switching.moments import typed
from tests.portals.visiting import text, token

AT = "service/certificates/dpsd"


def level(change: Change, partner: str = "dpsd") -> tuple[int, str]:
    readiness = Readiness(change.house.demo.services.engine, AuditStore())
    (line,) = [
        one
        for one in readiness.board(change.of("skift"), change.now)
        if one.partner.code == partner
    ]
    return int(line.reached.level), line.reached.because


@pytest.fixture(scope="module", autouse=True)
def planned(change: Change) -> None:
    """First without a plan, then with one."""
    page = change.house.enter("merete").open(AT)
    assert "No change of our certificate is planned" in text(page)
    assert "metadata/next/idp.xml" in text(page)
    change.plan("skift", "oces3")


def test_the_page_says_when_what_and_which_file(change: Change) -> None:
    page = change.house.enter("merete").open(AT)
    said = text(page)
    assert "in 30 days" in said
    switch = change.of("skift").instants.switch
    assert f"{switch:%B %Y}" in said
    assert "No sign yet" in said
    old, new = (
        change.house.demo.services.portals.keyrings.signing(change.of("skift").slot, epoch)
        for epoch in ("first", "oces3")
    )
    assert old.certificate.fingerprint in said
    assert new.certificate.fingerprint in said
    assert "A: both certificates" in said
    assert "B: one certificate, with addresses of its own (oces3)" in said
    (own,) = re.findall(r"http\S+/metadata/m/\S+?/idp.xml", said)[:1]
    assert change.house.enter("merete").visitor.open(own).status == 200
    assert level(change) == (1, "fetched")


@pytest.mark.parametrize("path", ["", "/confirm", "/try", "/back", "/contacts"])
def test_somebody_elses_service_is_not_shown(change: Change, path: str) -> None:
    page = change.house.enter("palle").open(f"service/certificates/sor{path}")
    assert (page.status, page.mark("code")) == (403, "permission.service")
    page = change.house.enter("merete").open(f"service/certificates/lpr-sor{path}")
    assert (page.status, page.mark("code")) == (403, "permission.service")


def test_an_early_switch_of_a_foreign_service_by_hand_changes_nothing(change: Change) -> None:
    merete = change.house.enter("merete")
    page = merete.open(f"{AT}/early")
    token = attribute(page, ".//input[@name='csrf_token']", "value")
    answer = merete.post(
        "service/certificates/lpr-sor/early", {"csrf_token": token, "reason": "mine now"}
    )
    assert answer.mark("code") == "permission.service"
    assert change.counts("skift", "lpr-sor") == "first"


def test_confirmed_by_name_and_taken_back(change: Change) -> None:
    merete = change.house.enter("merete")
    page = merete.send(merete.open(f"{AT}/confirm"), {})
    assert page.status == 400
    assert "Choose what you confirm" in text(page)
    page = merete.send(merete.open(f"{AT}/confirm"), {"what": "said", "note": "driften"})
    assert "It is written down that you are ready" in text(page)
    assert level(change) == (2, "said")
    assert "Merete Skovbo" in text(page)
    merete.send(merete.open(f"{AT}/confirm"), {"what": "withdrawn"})
    assert level(change)[1] == "fetched"


def test_a_dry_run_is_a_link_for_one_browser(change: Change) -> None:
    merete = change.house.enter("merete")
    page = merete.send(merete.open(f"{AT}/try"), {})
    link = attribute(page, ".//a[@id='trial']", "href")
    assert "/sundhed/saml/try/" in link
    opened = merete.visitor.open(link)
    assert opened.status == 200
    change.house.clock.move(16 * 60)
    assert merete.visitor.open(link).status == 404


def test_a_sample_answer_is_encrypted_to_the_service_and_marked(change: Change) -> None:
    merete = change.house.enter("merete")
    merete.open(AT)
    answer = merete.visitor.opener.open(merete.url(f"{AT}/sample"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="dpsd-sample.xml"'
    body = answer.read().decode()
    assert 'ID="_sample' in body
    assert "EncryptedAssertion" in body
    assert change.house.demo.sps["dpsd"].acs_url in body


def test_early_needs_a_reason_and_a_time_that_is_one(change: Change) -> None:
    merete = change.fresh("merete")
    page = merete.send(merete.open(f"{AT}/early"), {"at": "i morgen"})
    assert page.status == 400
    assert "Write it as 24-04-2027 06.00" in text(page)
    assert "Write why" in text(page)
    assert attribute(page, ".//input[@name='at']", "value") == "i morgen"
    page = merete.send(merete.open(f"{AT}/early"), {"at": "01.01.2020 08.00", "reason": "før"})
    assert page.status == 400
    assert "It lies in the past" in text(page)
    assert change.counts("skift", "dpsd") == "first"


def test_early_at_once_and_back_at_once(change: Change) -> None:
    merete = change.fresh("merete")
    page = merete.send(merete.open(f"{AT}/early"), {"reason": "vi er klar"})
    assert "It is written down when you switch" in text(page)
    assert change.counts("skift", "dpsd") == "oces3"
    assert change.counts("skift", "sor") == "first"
    page = merete.open(AT)
    assert "Back to the old certificate" in text(page)
    page = merete.send(merete.open(f"{AT}/back"), {"reason": "fejl i verifikation"})
    assert "the old certificate counts for you again" in text(page)
    assert change.counts("skift", "dpsd") == "first"


def test_early_at_a_time_of_ones_own(change: Change) -> None:
    merete = change.fresh("merete")
    at = change.now + 3 * DAY
    merete.send(merete.open(f"{AT}/early"), {"at": typed(at), "reason": "servicevindue"})
    assert change.counts("skift", "dpsd") == "first"
    page = merete.open(AT)
    assert "Switches early, from" in text(page)
    merete.send(merete.open(f"{AT}/follow"), {"reason": "alligevel ikke"})
    assert "Switches early, from" not in text(merete.open(AT)).partition("What has happened")[0]


def test_later_is_asked_for_and_waits(change: Change) -> None:
    merete = change.fresh("merete")
    plan = change.of("skift")
    far = typed(plan.instants.unpublish + DAY)
    page = merete.send(merete.open(f"{AT}/late"), {"at": far, "reason": "frys"})
    assert page.status == 400
    assert "It is too late" in text(page)
    wanted = typed(plan.instants.switch + 5 * DAY)
    page = merete.send(merete.open(f"{AT}/late"), {"at": wanted, "reason": "frys til mandag"})
    assert "Your wish has been sent" in text(page)
    assert "You have asked to switch later" in text(page)
    assert change.counts("skift", "dpsd") == "first"


def named(change: Change, code: str, mail: str, phone: str) -> None:
    """Its metadata names somebody from now on."""
    demo = change.house.demo
    sp = demo.sps[code]
    xml = sp_xml(sp.entity_id, sp.party.signing.certificate, sp.acs_url, sp.logout_urls, sp.name)
    contact = (
        '<md:ContactPerson xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" '
        f'contactType="technical"><md:EmailAddress>mailto:{mail}</md:EmailAddress>'
        f"<md:TelephoneNumber>{phone}</md:TelephoneNumber></md:ContactPerson>"
    ).encode()
    end = xml.rindex(b"</")
    report = metadata_service(demo.services.engine, demo.ports.origin).load_xml(
        xml[:end] + contact + xml[end:],
        federation="sundhed",
        source="a test",
        options=LoadOptions(),
        occasion=change.occasion(),
    )
    assert not report.refused


def test_contacts_get_a_test_mail(change: Change) -> None:
    merete = change.fresh("merete")
    assert "Your metadata names nobody" in text(merete.open(f"{AT}/contacts"))
    page = merete.post(f"{AT}/contacts", {"csrf_token": token(merete.open(f"{AT}/confirm"))})
    assert (page.status, page.mark("code")) == (400, "metadata.no_contacts")
    named(change, "dpsd", "drift@dpsd.example.dk", "+45 70 00 00 01")
    page = merete.open(f"{AT}/contacts")
    assert "drift@dpsd.example.dk" in text(page)
    assert "+45 70 00 00 01" in text(page)
    page = merete.send(page, {})
    assert "A test mail is on its way" in text(page)
    with reading(change.house.demo.services.engine) as connection:
        found = [kept.mail for kept in Outbox().list(connection, ("waiting",))]
    assert [mail.kind for mail in found if mail.about == "sundhed/dpsd/contacts"] == ["try"]


def test_the_next_certificate_counts_beside_the_old_one(change: Change) -> None:
    merete = change.fresh("merete")
    page = merete.send(merete.open(f"{AT}/own"), {"pem": "-----BEGIN CERTIFICATE-----\nnej"})
    assert page.status == 400
    assert "The certificate cannot be used" in text(page)
    page = merete.send(merete.open(f"{AT}/own"), {})
    assert page.status == 400
    certificate = key_pair("brought")[1]
    page = merete.send(merete.open(f"{AT}/own"), {"pem": certificate.pem().decode()})
    service = change.house.demo.services.registry.current().service_by_code("sundhed", "dpsd")
    assert page.status == 200, text(page)
    assert certificate in service.signing_at(change.now)
    assert len(service.signing_at(change.now)) == 2
    assert certificate.fingerprint in text(page)
    merete.send(
        merete.open(f"{AT}/own"), {"fingerprint": certificate.fingerprint}, action="own/end"
    )
    service = change.house.demo.services.registry.current().service_by_code("sundhed", "dpsd")
    assert certificate not in service.signing_at(change.now)


def test_what_a_key_needs_is_a_login_of_a_moment_ago(change: Change) -> None:
    merete = change.fresh("merete")
    merete.open(AT)
    change.house.clock.move(6 * 60)
    for path in ("early", "late", "follow", "own"):
        page = merete.open(f"{AT}/{path}", follow=False)
        assert page.mark("code") == "portal.fresh", path
    assert merete.open(f"{AT}/back", follow=False).status == 200


def test_whoever_only_looks_is_offered_nothing_to_change(change: Change) -> None:
    """An auditor reads services at the operator's; the owner's portal is not theirs."""
    page = change.house.enter("rosa").open(AT, follow=False)
    assert page.mark("code") == "permission.mandate"


def test_numbers_are_sums_by_day_in_denmark_with_a_table_beside(change: Change) -> None:
    minute = change.now.replace(second=0, microsecond=0)
    rows = [
        CountRow(minute - back * DAY, "sundhed", service, idp, begun, begun - 1, 1)
        for back, service, idp, begun in (
            (0, "dpsd", "nemlogin", 10),
            (1, "dpsd", "nemlogin", 20),
            (1, "dpsd", "region-nordjylland", 5),
            (1, "sor", "nemlogin", 900),
            (20, "dpsd", "nemlogin", 700),
        )
    ]
    with writing(change.house.demo.services.engine) as connection:
        before = between(connection, "sundhed", "dpsd", minute - 14 * DAY, minute + DAY)
        add_minutes(connection, rows)
    assert before == {}
    page = change.fresh("merete").open("service/numbers/dpsd")
    said = text(page)
    assert "35 logins begun, 3 refused (8.6 per cent)" in said
    assert "Region Nordjylland" in said or "North Denmark Region" in said
    assert "900" not in said
    cells = [[str(c.text or "") for c in row.iter("td")] for row in page.tree.iter("tr")]
    assert ["10", "9", "1"] in cells
    assert ["25", "23", "2"] in cells  # both identity providers of yesterday
    bars = [int(r.get("height", "0")) for r in page.tree.iter("{*}rect") if r.get("class") == "bar"]
    bars = bars or [int(r.get("height", "0")) for r in page.tree.iter("rect")]
    assert max(bars) == 160
    foreign = change.fresh("merete").open("service/numbers/lpr-sor")
    assert (foreign.status, foreign.mark("code")) == (403, "permission.service")
