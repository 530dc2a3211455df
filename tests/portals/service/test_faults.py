"""What the pages of a service say is wrong: all of it at once, where it is, and in Danish."""

from itertools import pairwise

from tests.portals.service.filling import LEVEL, begin
from tests.portals.visiting import House, text, token

NAMES = {"name_da": "Kortet", "name_en": "The card", "owner": "Styrelsen"}


def test_everything_wrong_about_a_service_is_said_at_once(house: House) -> None:
    owner = begin(house, "fault-card")
    wrong = {
        **LEVEL,
        **NAMES,
        "start_url": "https://elsewhere.example.dk/",
        "support_mail": "nobody",
        "privacy": "www.example.dk",
    }
    page = owner.send(owner.open("service/fault-card/about?lang=en"), wrong, action="/about/save")
    assert page.status == 400
    for words in (
        "Use an address on the same host as your address for answers.",
        "Write a mail address, such as help@example.dk",
        "Write the whole address, with https:// and a host name",
    ):
        assert words in text(page), words
    # Nothing of it was kept: the list still asks for the start address.
    assert "Write where people begin at your service" in text(owner.open("service/fault-card/"))


def test_each_attribute_without_a_reason_is_named_once_and_in_danish(house: House) -> None:
    owner = begin(house, "reason-card")
    page = owner.open("service/reason-card/attributes?lang=da")
    (version,) = page.tree.findall(".//input[@name='version']")
    pairs = [("csrf_token", token(page)), ("version", version.get("value", ""))]
    pairs += [("attribute", "cvr"), ("attribute", "full_name")]
    page = owner.post_all("service/reason-card/attributes/save", pairs)
    assert page.status == 400
    for name in ("Organisationens CVR-nummer", "Personens navn"):
        words = f"{name}: skriv på dansk og engelsk, hvorfor I skal bruge det"
        assert text(page).count(words) == 1, name


def test_a_role_and_a_new_service_tell_all_their_faults_at_once(house: House) -> None:
    owner = begin(house, "role-card")
    page = owner.open("service/role-card/roles/new?lang=en")
    page = owner.send(page, {"code": "Læser 1", "urn": "a urn"}, action="/roles/new")
    assert page.status == 400
    for words in ("Use letters a–z", "Write a URN, such as", "Write the name in English"):
        assert words in text(page), words
    page = owner.send(owner.open("service/new?lang=en"), {"code": "Two words"})
    assert "Write the name in Danish" in text(page)
    assert "Use small letters a–z, digits and hyphens" in text(page)


def test_a_new_service_is_asked_for_metadata_and_led_from_page_to_page(house: House) -> None:
    owner = house.enter("merete")
    form = {"name_da": "Kortet", "name_en": "The card", "code": "led-card"}
    page = owner.send(owner.open("service/new?lang=en"), form)
    assert "Give us your system’s metadata." in text(page)
    assert "Everybody may come in without a role." in text(page)
    assert "From <EntityDescriptor to </EntityDescriptor>" in text(
        owner.open("service/led-card/metadata")
    )
    ways = ["metadata", "about", "roles", "attributes", "logins", ""]
    for here, after in pairwise(ways):
        page = owner.open(f"service/led-card/{here}")
        (onward,) = page.tree.findall(".//p[@class='onward']/a")
        assert onward.get("href", "").endswith(f"/service/led-card/{after}")
