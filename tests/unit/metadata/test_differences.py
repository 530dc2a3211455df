"""What differs between two documents is said field by field, in both languages."""

from broker.metadata.differences import Difference, differences
from broker.saml import names
from broker.saml.entities import EntityFacts
from broker.saml.entity_descriptor import read_entity
from tests.factories import key_pair
from tests.metadata_factory import Idp, Sp, acs, endpoint, key, organisation

WANTS = (
    '<md:AttributeConsumingService index="0"><md:ServiceName xml:lang="da">x</md:ServiceName>'
    '<md:RequestedAttribute Name="https://data.gov.dk/model/core/eid/email"/>'
    "</md:AttributeConsumingService>"
)


def facts(entity: Sp | Idp) -> EntityFacts:
    return read_entity(entity.xml())


def changed(before: Sp | Idp, after: Sp | Idp) -> list[tuple[str, str]]:
    return [(one.sign, one.field) for one in differences(facts(before), facts(after))]


def test_the_same_document_differs_in_nothing() -> None:
    assert not differences(facts(Sp()), facts(Sp()))
    assert not differences(facts(Idp()), facts(Idp()))


def test_each_field_is_seen() -> None:
    two = key("sp") + key("sp-enc", "encryption")
    assert changed(Sp(), Sp(keys=two + key("new"))) == [("+", "signing")]
    assert changed(Sp(keys=two), Sp(keys=key("sp"))) == [("-", "encryption")]
    assert changed(Sp(), Sp(endpoints=acs() + acs(index=1))) == [("+", "acs")]
    moved = Sp(endpoints=acs("https://service.example.dk/new"))
    assert changed(Sp(), moved) == [("-", "acs"), ("+", "acs")]
    slo = endpoint("SingleLogoutService", "https://service.example.dk/slo", names.REDIRECT)
    assert changed(Sp(), Sp(endpoints=slo + acs())) == [("+", "slo")]
    assert changed(Sp(), Sp(tail=organisation("Ny"))) == [("+", "name")]
    assert changed(Sp(), Sp(role='WantAssertionsSigned="true"')) == [("~", "flag")]
    assert changed(Sp(endpoints=acs()), Sp(endpoints=acs() + WANTS))[0] == ("+", "attribute")
    until = Sp(attributes='validUntil="2026-04-01T00:00:00Z"')
    assert changed(Sp(), until) == [("+", "valid_until")]


def test_a_key_is_told_by_fingerprint_subject_and_dates() -> None:
    added = Sp(keys=key("sp") + key("sp-enc", "encryption") + key("new"))
    (one,) = differences(facts(Sp()), facts(added))
    certificate = key_pair("new")[1]
    for told in (
        certificate.fingerprint,
        certificate.subject,
        f"{certificate.not_before:%Y-%m-%d}",
        f"{certificate.not_after:%Y-%m-%d}",
    ):
        assert told in one.words.da
        assert told in one.words.en
    assert one.words.da.startswith("Nøgle til signering, ny: ")
    assert one.words.en.startswith("Signing key, new: ")


def test_an_entity_that_comes_or_goes_is_told_with_everything_that_it_has() -> None:
    here = differences(None, facts(Idp()))
    gone = differences(facts(Idp()), None)
    assert {one.field for one in here} == {"role", "signing", "sso"}
    assert [one.sign for one in gone] == ["-"] * len(here)


def test_a_change_is_said_with_both_sides() -> None:
    (one,) = differences(facts(Sp(tail=organisation("Før"))), facts(Sp(tail=organisation("Efter"))))
    assert one == Difference("name", one.label, "Før / Før", "Efter / Efter")
    assert one.words.da == "Navn: Før / Før bliver til Efter / Efter"
    assert one.words.en == "Name: Før / Før becomes Efter / Efter"
