"""Metadata is read where it is untidy and refused where it is dangerous."""

from datetime import UTC, datetime, timedelta

import pytest

from broker.errors import Refused
from broker.saml import names
from broker.saml.entities import EntityFacts, Localised
from broker.saml.entity_descriptor import read_entity, read_metadata
from tests.factories import NOW, key_pair
from tests.metadata_factory import (
    ACS_URL,
    SP,
    SSO_URL,
    Idp,
    Sp,
    acs,
    aggregate,
    cert,
    endpoint,
    key,
    organisation,
    sso,
)


def only(raw: bytes) -> EntityFacts:
    """The one entity of a document."""
    (entity,) = read_metadata(raw, NOW).entities
    return entity


def codes(raw: bytes) -> set[str]:
    """Every finding of a document, of the whole and of its entities."""
    reading = read_metadata(raw, NOW)
    inside = [finding for entity in reading.entities for finding in entity.findings]
    return {finding.code for finding in (*reading.findings, *inside)}


def test_a_service_provider_is_read_whole() -> None:
    slo = endpoint("SingleLogoutService", f"{SP}/slo", names.REDIRECT)
    formats = f"<md:NameIDFormat> {names.PERSISTENT} </md:NameIDFormat>"
    sp = only(Sp(after_keys=slo + formats).xml()).sp
    assert sp is not None
    assert sp.entity_id == SP
    assert sp.signing == (key_pair("sp")[1],)
    assert sp.encryption == (key_pair("sp-enc")[1],)
    assert [(e.binding, e.location, e.index) for e in sp.acs] == [(names.POST, ACS_URL, 0)]
    assert [e.location for e in sp.slo] == [f"{SP}/slo"]
    assert sp.authn_requests_signed
    assert sp.want_assertions_signed
    assert sp.name_id_formats == (names.PERSISTENT,)


def test_an_identity_provider_is_read_whole() -> None:
    facts = only(Idp(tail=organisation()).xml())
    assert facts.sp is None
    idp = facts.idp
    assert idp is not None
    assert [(e.binding, e.location) for e in idp.sso] == [(names.REDIRECT, SSO_URL)]
    assert idp.signing == (key_pair("idp")[1],)
    assert idp.want_authn_requests_signed
    assert idp.name == Localised("Eksempelregionen", "Eksempelregionen")


def test_a_kept_document_reads_to_the_same_facts() -> None:
    until = 'validUntil="2026-06-01T00:00:00Z"'
    for raw in (Sp().xml(), aggregate(Sp(), Idp(), attributes=until)):
        for facts in read_metadata(raw, NOW).entities:
            again = read_entity(facts.xml)
            assert (again.sp, again.idp, again.valid_until) == (
                facts.sp,
                facts.idp,
                facts.valid_until,
            )


def test_a_kept_document_that_is_no_entity_is_refused() -> None:
    with pytest.raises(Refused, match="not_metadata"):
        read_entity(aggregate(Sp()))


def test_comments_and_processing_instructions_are_dropped() -> None:
    commented = Sp(entity_id=SP, before_keys="<!-- made by hand --><?odd thing?>").xml()
    assert only(b"<!-- first -->\n" + commented).entity_id == SP
    inside = Sp(tail=organisation("Eksempel<!-- -->regionen")).xml()
    sp = only(inside).sp
    assert sp is not None
    assert sp.name == Localised("Eksempelregionen", "Eksempelregionen")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'<!DOCTYPE md [<!ENTITY x "y">]>' + Sp().xml(), "metadata.dtd"),
        (b'<!DOCTYPE md SYSTEM "file:///etc/passwd">' + Sp().xml(), "metadata.dtd"),
        (Sp().xml()[:-5], "metadata.xml"),
        (b"", "metadata.xml"),
        (Sp().xml().decode().encode("utf-16"), "metadata.encoding"),
        (b'<?xml version="1.0" encoding="utf-7"?>' + Sp().xml(), "metadata.encoding"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "metadata.not_metadata"),
        (b"<a>" * 70 + b"</a>" * 70, "metadata.too_large"),
        (b" " * (5 * 1024 * 1024 + 1), "metadata.too_large"),
    ],
)
def test_what_no_administrator_sends_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_metadata(raw, NOW)
    assert refused.value.code == code


def test_a_byte_order_mark_and_latin_1_are_read() -> None:
    assert only(b"\xef\xbb\xbf" + Sp().xml()).entity_id == SP
    latin = '<?xml version="1.0" encoding="iso-8859-1"?>' + Sp(tail=organisation("Ærø")).entity()
    sp = only(latin.encode("iso-8859-1")).sp
    assert sp is not None
    assert sp.name == Localised("Ærø", "Ærø")


def test_the_entities_of_an_aggregate_and_its_groups_are_read() -> None:
    group = aggregate(Idp()).decode()
    raw = (
        aggregate(Sp())
        .decode()
        .replace("</md:EntitiesDescriptor>", group + "</md:EntitiesDescriptor>")
    )
    found = read_metadata(raw.encode(), NOW).entities
    assert [bool(entity.sp) for entity in found] == [True, False]


def test_an_aggregate_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("broker.saml.entity_descriptor.MAX_ENTITIES", 1)
    with pytest.raises(Refused, match="too_large"):
        read_metadata(aggregate(Sp(), Idp()), NOW)


def test_an_entity_that_stands_twice_is_read_once() -> None:
    reading = read_metadata(aggregate(Sp(), Sp(endpoints=acs("https://evil.example.dk/"))), NOW)
    (entity,) = reading.entities
    assert entity.sp is not None
    assert entity.sp.acs[0].location == ACS_URL
    assert "metadata.entity_id" in {finding.code for finding in reading.findings}


@pytest.mark.parametrize(
    "entity_id",
    [
        "",
        "https://*.example.dk",
        "https://example.dk/../admin",
        "https://example.dk/a b",
        "https://example.dk/&lt;script&gt;",
        "javascript:alert(1)",
        "https://example.dk/" + "x" * 256,
    ],
)
def test_an_identifier_that_is_none_leaves_the_entity_out(entity_id: str) -> None:
    reading = read_metadata(Sp(entity_id=entity_id).xml(), NOW)
    assert reading.entities == ()
    assert [f.code for f in reading.findings if f.level == "refused"] == ["metadata.entity_id"]


def test_two_identifiers_that_differ_by_a_slash_are_two_entities() -> None:
    reading = read_metadata(aggregate(Sp(), Sp(entity_id=SP + "/")), NOW)
    assert [entity.entity_id for entity in reading.entities] == [SP, SP + "/"]


def test_an_identifier_may_be_256_characters_long() -> None:
    long = "https://example.dk/".ljust(256, "x")
    assert only(Sp(entity_id=long).xml()).entity_id == long


@pytest.mark.parametrize(
    "location",
    [
        "http://service.example.dk/acs",
        "javascript:alert(1)",
        "//service.example.dk/acs",
        "https://*.example.dk/acs",
        "https://user@service.example.dk/acs",
        "https://service.example.dk/../acs",
        "https://service.example.dk/acs#fragment",
        "https:///acs",
        "https://service.example.dk:99999/acs",
        "https://service.example.dk/a&#10;cs",
        "",
    ],
)
def test_an_address_that_is_dangerous_is_left_out(location: str) -> None:
    facts = only(Sp(endpoints=acs(location) + acs(index=1)).xml())
    assert facts.sp is not None
    assert [e.location for e in facts.sp.acs] == [ACS_URL]
    assert "metadata.location" in {f.code for f in facts.findings if f.level == "refused"}


def test_a_response_address_is_checked_like_any_other() -> None:
    more = ' ResponseLocation="javascript:alert(1)"'
    slo = endpoint("SingleLogoutService", f"{SP}/slo", names.POST, more)
    facts = only(Sp(after_keys=slo).xml())
    assert facts.sp is not None
    assert facts.sp.slo == ()


@pytest.mark.parametrize("host", ["localhost:8701", "127.0.0.1", "[::1]:8701", "sp.localhost"])
def test_http_is_for_loopback(host: str) -> None:
    facts = only(Sp(endpoints=acs(f"http://{host}/acs")).xml())
    assert facts.sp is not None
    assert [e.location for e in facts.sp.acs] == [f"http://{host}/acs"]
    assert "metadata.loopback_http" in {f.code for f in facts.findings}


def test_the_second_address_with_one_index_is_left_out() -> None:
    facts = only(Sp(endpoints=acs() + acs("https://service.example.dk/other")).xml())
    assert facts.sp is not None
    assert [e.location for e in facts.sp.acs] == [ACS_URL]
    assert "metadata.duplicate_index" in {f.code for f in facts.findings}


def test_a_role_of_another_protocol_is_left_out() -> None:
    facts = only(Sp(protocols="urn:oasis:names:tc:SAML:1.1:protocol").xml())
    assert facts.sp is None
    assert "metadata.protocol" in {f.code for f in facts.findings if f.level == "refused"}


def test_an_entity_may_have_both_roles() -> None:
    idp_role = Idp().entity().partition(">")[2].removesuffix("</md:EntityDescriptor>")
    facts = only(Sp(tail=idp_role).xml())
    assert facts.sp is not None
    assert facts.idp is not None


def test_markup_in_a_name_is_data() -> None:
    sp = only(Sp(tail=organisation("&lt;script&gt;alert(1)&lt;/script&gt;")).xml()).sp
    assert sp is not None
    assert sp.name is not None
    assert sp.name.da == "<script>alert(1)</script>"


def test_a_name_that_hides_its_direction_is_shown_plainly() -> None:
    sp = only(Sp(tail=organisation("Region\u202eNord")).xml()).sp
    assert sp is not None
    assert sp.name == Localised("RegionNord", "RegionNord")


def test_names_are_taken_from_the_best_place_in_both_languages() -> None:
    ui = (
        f'<md:Extensions><u:UIInfo xmlns:u="{names.MDUI}">'
        '<u:DisplayName xml:lang="en">Example</u:DisplayName>'
        '<u:DisplayName xml:lang="da-DK">Eksempel</u:DisplayName></u:UIInfo></md:Extensions>'
    )
    sp = only(Sp(before_keys=ui, tail=organisation()).xml()).sp
    assert sp is not None
    assert sp.name == Localised("Eksempel", "Example")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-06-01T00:00:00Z", datetime(2026, 6, 1, tzinfo=UTC)),
        ("2026-06-01T02:00:00.1234567+02:00", datetime(2026, 6, 1, tzinfo=UTC)),
        ("2026-06-01T00:00:00", datetime(2026, 6, 1, tzinfo=UTC)),
        ("in a while", None),
        ("2026-13-01T00:00:00Z", None),
    ],
)
def test_valid_until_is_read_in_any_zone(written: str, read: datetime | None) -> None:
    assert only(Sp(attributes=f'validUntil="{written}"').xml()).valid_until == read


def test_the_earliest_valid_until_counts() -> None:
    late, early = NOW + timedelta(days=30), NOW + timedelta(days=3)
    inside = Sp(attributes=f'validUntil="{late:%Y-%m-%dT%H:%M:%SZ}"')
    raw = aggregate(inside, attributes=f'validUntil="{early:%Y-%m-%dT%H:%M:%SZ}"')
    assert only(raw).valid_until == early


def test_the_order_of_keys_is_the_order_of_the_document() -> None:
    facts = only(Idp(keys=key("idp-old") + key("idp"), endpoints=sso()).xml())
    assert facts.idp is not None
    assert [c.subject for c in facts.idp.signing] == ["idp-old", "idp"]
    assert cert("idp") != cert("idp-old")
