"""A vendor asks for access: with the declaration, for its own company, with a test certificate."""

import pytest

from broker.demo.visitor import Page
from tests.portals.operator_cases.applying import act, decide, field, mailed, reference, text_of
from tests.portals.vendors.asking import FORM, GOOD, access_of, ask, vendor
from tests.portals.visiting import House, text, token, whole
from tests.system_certificates import private_key, system_certificate

PRODUCTION = system_certificate(test=False).decode()


def faults(page: Page) -> str:
    return text_of(field(page, "faults"))


def test_everybody_sees_the_interfaces_and_their_dates(house: House) -> None:
    client = house.demo.broker.test_client()
    url = "/sundhed/portal/interfaces"
    answer = client.get(url, base_url=house.demo.ports.origin, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    for words in ("System to system by DGWS", "1 September 2019", "Phased out; use IDWS."):
        assert words in answer.text
    assert "/sundhed/portal/vendor/new?interface=sei2/idws" in answer.text
    assert "interface=sei2/dgws" not in answer.text
    assert "https://test.sei2.example.dk" not in answer.text  # for those with access alone


def test_a_vendor_finds_the_way_from_the_front_page(house: House) -> None:
    vilma = vendor(house)
    home = vilma.open()
    assert home.tree.xpath("//a[contains(@href, '/portal/vendor/')]")
    page = vilma.open("vendor/new?interface=sei2/idws")
    assert "90000276" in text(page)
    assert field(page, "organisation").get("value") == "Kodeværket ApS"
    assert field(page, "contact_name").get("value") == "Vilma Kodemose"
    chosen = page.tree.xpath("//select[@id='interface']/option[@selected]/@value")
    assert chosen == ["sei2/idws"]
    assert not page.tree.xpath("//option[@value='sei2/dgws']")


def test_the_owner_asks_and_approves_and_the_vendor_follows_it(house: House) -> None:
    vilma, sigrid = vendor(house), house.enter("sigrid")
    page = ask(vilma, certificate=GOOD)
    assert page.status == 200, text(page)
    case = reference(page)
    at_vendor, at_owner = f"vendor/cases/{case}", f"service/cases/{case}"
    shown = sigrid.open(at_owner)
    for words in ("Kodeværket ApS, CVR 90000276", "Fictive data only", "Prøvesystem i test"):
        assert words in text(shown), words
    assert case in text(house.enter("ravn").open("operator/cases?kind=vendor"))
    assert mailed(house, "case-waits", "sigrid@example.dk").endswith(at_owner)
    decide(sigrid, at_owner, "ask", "Hvor mange hospicer?")
    assert "Hvor mange hospicer?" in text(vilma.open(at_vendor))
    act(vilma, at_vendor, "answer", words="Ni.")
    assert "Ni." in text(sigrid.open(at_owner))
    decide(sigrid, at_owner)
    page = vilma.open(at_vendor)
    assert "Sigrid Egelykke" not in text(page)
    access = vilma.open(access_of(page))
    for words in ("In use", "https://test.sei2.example.dk/idws", "sei2-leverandoer@example.dk"):
        assert words in text(access), words
    assert mailed(house, "case-news", "vilma@kode.example.dk").endswith(at_vendor)


def test_refused_with_the_reason_and_withdrawn(house: House) -> None:
    vilma, sigrid = vendor(house), house.enter("sigrid")
    case = reference(ask(vilma))
    assert decide(sigrid, f"service/cases/{case}", "refuse").status == 400
    decide(sigrid, f"service/cases/{case}", "refuse", "I mangler en aftale.")
    assert "I mangler en aftale." in text(vilma.open(f"vendor/cases/{case}"))
    second = reference(ask(vilma))
    act(vilma, f"vendor/cases/{second}", "withdraw", words="Vi venter.")
    assert "Vi venter." in text(sigrid.open(f"service/cases/{second}"))
    assert not sigrid.open(f"service/cases/{second}").tree.xpath("//input[@name='deed']")


def test_another_vendor_neither_reads_nor_answers_nor_withdraws(house: House) -> None:
    vilma, storm, tage = vendor(house), vendor(house, "storm"), vendor(house, "tage")
    case = reference(ask(vilma))
    path = f"vendor/cases/{case}"
    version = field(vilma.open(path), "version-back").get("value", "")
    decide(house.enter("sigrid"), f"service/cases/{case}", "ask", "Hvorfor?")
    for stranger in (storm, tage, house.enter("merete"), house.enter("mette")):
        assert stranger.open(path).mark("code") == "case.unknown"
        own = token(stranger.open("vendor/"))
        for what in ("answer", "withdraw", "decide"):
            sent = {"csrf_token": own, "act": what, "words": "x", "version": version}
            step = {"step": "owner:sei2", "deed": "approve"}
            assert stranger.post(path, {**sent, **step}).mark("code") == "case.unknown"
    # Nor does whoever asked decide: by hand, for the page offers nothing to decide.
    assert not vilma.open(path).tree.xpath("//input[@name='deed']")
    act(vilma, path, "answer", words="Derfor.")
    own = token(vilma.open(path))
    sent = {"csrf_token": own, "act": "decide", "step": "owner:sei2", "deed": "approve"}
    page = vilma.post(path, {**sent, "version": "3", "reason": "ok"})
    assert page.mark("code") in ("case.oneself", "permission.mandate")
    assert "In progress" in text(vilma.open(path))


def test_an_owner_of_another_service_decides_nothing(house: House) -> None:
    case = reference(ask(vendor(house)))
    merete = house.enter("merete")
    assert merete.open(f"service/cases/{case}").mark("code") == "case.unknown"
    assert case not in text(merete.open("service/cases"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fictive": ""}, "Declare that you send fictive data alone"),
        ({"fictive": "", "certificate": PRODUCTION}, "production certificate"),
        ({"product": ""}, "Write what your product is called"),
        ({"purpose": "For 010190-1234"}, "CPR number"),
        ({"contact_email": "nowhere"}, "mail"),
        ({"technical_name": "Tage"}, "Write the mail address of the technical contact"),
        ({"wanted": "32-13-2027"}, "Write it as 24-04-2027"),
        ({"wanted": "01-01-2020"}, "The day cannot be used"),
        ({"interface": "sei2/dgws"}, "Not a valid choice"),
        ({"interface": ""}, "Choose an interface"),
        ({"certificate": PRODUCTION}, "production certificate"),
        ({"certificate": system_certificate(kind="E").decode()}, "person’s certificate"),
        ({"certificate": system_certificate(name="Kai 010190-1234").decode()}, "CPR number"),
        ({"certificate": system_certificate(cvr="90000284").decode()}, "another company"),
        ({"certificate": "æ" * 100}, "No certificate can be read in it"),
        ({"renews": "nonsense"}, "There is no such access here"),
    ],
)
def test_what_is_out_of_order_is_said_and_what_was_typed_is_kept(
    house: House, changes: dict[str, str], words: str
) -> None:
    page = ask(house.inside.setdefault(("sundhed", "vilma"), vendor(house)), **changes)
    assert page.status == 400
    assert words in faults(page)
    kept = {"organisation": FORM["organisation"], **changes}
    assert field(page, "organisation").get("value") == kept["organisation"]


def test_a_certificate_is_looked_at_before_anything_is_sent(house: House) -> None:
    vilma = vendor(house)
    page = ask(vilma, check="1", certificate=GOOD, fictive="")
    assert page.status == 200
    assert "An OCES3 organisation certificate of the test environment" in text(page)
    page = ask(vilma, check="1", certificate=system_certificate(test=False).decode())
    assert "That is a production certificate" in text_of(field(page, "verdict"))
    key = private_key().decode()
    page = ask(vilma, check="1", certificate=key)
    assert "That is a private key" in text(page)
    assert key.splitlines()[1] not in whole(page)
