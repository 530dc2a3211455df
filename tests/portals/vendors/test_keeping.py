"""What becomes of an access: a new certificate, another year, given back, taken back."""

from tests.portals.operator_cases.applying import decide, field, mailed, reference, text_of
from tests.portals.vendors.asking import SECOND, granted, vendor
from tests.portals.visiting import House, text, token
from tests.system_certificates import system_certificate


def test_the_certificate_is_replaced_and_the_owner_sees_every_one(house: House) -> None:
    vilma, sigrid = vendor(house), house.enter("sigrid")
    first = system_certificate(name="Det første system").decode()
    path = granted(house, vilma, certificate=first)
    form = vilma.open(f"vendor/{path}/certificate")
    page = vilma.send(form, {"certificate": system_certificate(test=False).decode()})
    assert page.status == 400
    assert "That is a production certificate" in text_of(field(page, "faults"))
    assert vilma.send(form, {"certificate": ""}).status == 400
    page = vilma.send(form, {"certificate": SECOND})
    assert "The new certificate counts from now on." in text(page)
    assert "Nyt system i test" in text(page)
    assert vilma.send(form, {"certificate": SECOND}).status == 400
    seen = text(sigrid.open(f"service/vendors/{path.partition('/')[2]}"))
    assert "Earlier certificates" in seen
    assert "added by Vilma Kodemose" in seen
    assert "Sigrid Egelykke" in seen  # who granted it
    assert "Sigrid Egelykke" not in text(vilma.open(f"vendor/{path}"))
    assert mailed(house, "vendor-access", "vilma@kode.example.dk").endswith(path)
    file = sigrid.fetch("service/vendors/sei2/certificates").decode()
    assert SECOND.strip() in file
    assert first.strip() not in file
    assert "# sei2/idws; Kodeværket ApS; CVR 90000276; " in file
    for who in ("merete", "palle"):
        page = house.enter(who).open("service/vendors/sei2/certificates")
        assert page.mark("code") == "vendor.unknown"


def test_a_colleague_looks_and_nobody_of_another_company_does(house: House) -> None:
    vilma, tage, storm = vendor(house), vendor(house, "tage"), vendor(house, "storm")
    path = granted(house, vilma)
    seen = text(tage.open(f"vendor/{path}"))
    assert "A colleague asked for this access" in seen
    for form in ("certificate", "end"):
        assert not tage.open(f"vendor/{path}/{form}").tree.xpath("//main//form")
    own = {"csrf_token": token(tage.open("vendor/")), "reason": "x", "version": "1"}
    assert tage.post(f"vendor/{path}/end", own).mark("code") == "vendor.keeper"
    sent = {**own, "certificate": SECOND}
    assert tage.post(f"vendor/{path}/certificate", sent).mark("code") == "vendor.keeper"
    for stranger in (storm, house.enter("mette"), house.enter("merete")):
        theirs = {**sent, "csrf_token": token(stranger.open("vendor/"))}
        for form in ("", "/certificate", "/end"):
            assert stranger.open(f"vendor/{path}{form}").mark("code") == "vendor.unknown"
            if form:
                page = stranger.post(f"vendor/{path}{form}", theirs)
                assert page.mark("code") == "vendor.unknown"
    product = text_of(next(iter(vilma.open(f"vendor/{path}").tree.iter("h1"))))
    assert product in text(tage.open("vendor/"))
    assert product not in text(storm.open("vendor/"))


def test_the_owner_takes_it_back_and_nobody_else_can(house: House) -> None:
    vilma, sigrid, merete = vendor(house), house.enter("sigrid"), house.enter("merete")
    path = granted(house, vilma)
    decided = f"vendors/{path.partition('/')[2]}"
    for what in ("", "/extend", "/revoke"):
        code = merete.open(f"service/{decided}{what}").mark("code")
        assert code in ("vendor.unknown", "portal.fresh"), what
    own = {"csrf_token": token(merete.open("service/")), "reason": "x", "version": "1"}
    assert merete.post(f"service/{decided}/revoke", own).mark("code") == "vendor.unknown"
    assert vilma_at(house, decided) == "permission.mandate"
    rosa = house.enter("rosa")
    assert rosa.open(f"operator/{decided}").status == 200
    assert rosa.open(f"operator/{decided}/revoke").mark("code") == "permission.mandate"
    form = sigrid.open(f"service/{decided}/revoke")
    assert sigrid.send(form, {"reason": ""}).status == 400
    page = sigrid.send(form, {"reason": "Der kom en 010190-1234"})
    assert page.status == 400
    done = sigrid.send(form, {"reason": "Ægte data i test"})
    assert "The access has been taken back." in text(done)
    assert "Ægte data i test" in text(vilma.open(f"vendor/{path}"))
    assert "https://test.sei2" not in text(vilma.open(f"vendor/{path}"))
    assert sigrid.send(form, {"reason": "igen"}).status == 400
    assert "vendor" in mailed(house, "vendor-access", "vilma@kode.example.dk")


def vilma_at(house: House, decided: str) -> str | None:
    """What an employee with an account meets at the owner's page."""
    return house.enter("mette").open(f"service/{decided}").mark("code")


def test_given_back_and_asked_for_again_too_early(house: House) -> None:
    vilma = vendor(house)
    path = granted(house, vilma)
    id_ = path.partition("/")[2]
    assert vilma.open(f"vendor/new?renews={id_}").mark("code") == "vendor.renewal"
    assert vilma.open("vendor/new?renews=x").mark("code") == "vendor.unknown"
    assert vendor(house, "storm").open(f"vendor/new?renews={id_}").mark("code") == "vendor.unknown"
    page = vilma.send(vilma.open(f"vendor/{path}/end"), {"reason": "Produktet er solgt"})
    assert "The access has been given back." in text(page)
    assert "Produktet er solgt" in text(page)
    assert not vilma.open(f"vendor/{path}/end").tree.xpath("//main//form")


def test_the_owner_sets_an_end_and_another_approves_it(house: House) -> None:
    sigrid = house.enter("sigrid")
    vilma = vendor(house)
    granted(house, vilma)
    listed = sigrid.open("service/sei2/interfaces")
    assert "System to system by IDWS" in text(listed)
    form = sigrid.open("service/sei2/interfaces/idws")
    assert "Kodeværket ApS" in text(form)
    assert house.enter("merete").open("service/sei2/interfaces").mark("code")
    unknown = sigrid.open("service/sei2/interfaces/nothing").mark("code")
    assert unknown == "registration.no_interface"
    wrong = {
        "closes": "01-01-2019 00.00",
        "test": "javascript:alert(1)",
        "note_da": "Brug den nye",
        "note_en": "",
        "successor": "",
    }
    page = sigrid.send(form, wrong)
    assert page.status == 400
    assert "It would end before it opens" in text_of(field(page, "faults"))
    page = sigrid.send(form, {**wrong, "closes": ""})
    for words in ("Write the whole address", "Write the note in both languages"):
        assert words in text_of(field(page, "faults"))
    made = sigrid.send(
        sigrid.open("service/sei2/interfaces/new"),
        {
            "code": "idws-2",
            "name_da": "IDWS 2",
            "name_en": "IDWS 2",
            "system": "y",
            "successor": "",
        },
    )
    assert "IDWS 2" in text(made)
    form = sigrid.open("service/sei2/interfaces/idws")
    saved = sigrid.send(form, {"closes": "31-12-2040 06.00", "successor": "idws-2", "system": "y"})
    assert saved.status == 200, text(saved)
    production = sigrid.open("service/sei2/production")
    assert "31.12.2040 06.00" in text(production)
    assert "IDWS 2" not in text(vilma.open("interfaces"))  # saved is not in operation
    asked = sigrid.send(production, {"reason": "Den nye er klar"}, action="production/ask")
    case = reference_of(house)
    assert asked.status == 200, text(asked)
    ravn = house.enter("ravn")
    done = decide(ravn, f"operator/cases/{case}")
    assert done.status == 200, text(done)
    everybody = text(vilma.open("interfaces"))
    assert "IDWS 2" in everybody
    assert "31 December 2040" in everybody


def reference_of(house: House) -> str:
    """The case of the change that waits."""
    page = house.enter("ravn").open("operator/cases?kind=service&waits=operator&q=sei2")
    return reference(page)
