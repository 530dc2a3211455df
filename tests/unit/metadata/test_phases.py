"""Every document in every phase: what is in it, signed by whom, valid by its schema, and when."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broker.errors import Unknown
from broker.metadata.publish import Published, Publisher
from broker.metadata.published.changing import fresh_seconds, next_change
from broker.metadata.published.drafting import NOW as TODAY
from broker.metadata.published.drafting import Wanted, draft_of, slots_of
from broker.metadata.rollover.model import FIRST, Mark, Plan, Rollovers, Rule, Side
from broker.periods import Period
from broker.saml.entities import EntityFacts
from broker.saml.entity_descriptor import read_metadata
from broker.saml.keys import Certificate
from tests.factories import NOW
from tests.unit.metadata.phases import (
    DAY,
    IDP_SIGNING,
    INSTANTS,
    KEYS,
    NEW,
    PHASES,
    SP_ENCRYPTION,
    SP_SIGNING,
    of,
    plan_of,
    xmlsec1_verifies,
)
from tests.unit.metadata.test_keyring import federation

NEXT, BOTH, EPOCH_NEW, EPOCH_OLD = (
    Wanted("next"),
    Wanted("both"),
    Wanted("epoch", NEW),
    Wanted("epoch", FIRST),
)
OWN = {reads: Wanted("own", partner="dpsd", reads=reads) for reads in ("several", "one", "first")}
WANTED = {
    "now": TODAY,
    "next": NEXT,
    "both": BOTH,
    "new": EPOCH_NEW,
    "old": EPOCH_OLD,
    **OWN,
}
OLD, BOTH_OLD, BOTH_NEW = (FIRST,), (FIRST, NEW), (NEW, FIRST)
NEW_ALONE = (NEW,)
ON = ("announced", "early", "switched", "settled")
BEFORE, AFTER, OVER = ON[:2], ON[2:], ("unpublished", "destroyed")
OLD_ALONE = (("waiting", "now", OLD), ("waiting", "several", OLD), ("waiting", "one", OLD))
# phase, document, epochs that stand in it (None: there is no such document then)
OVERLAP = (
    *OLD_ALONE,
    *(
        (phase, name, None)
        for phase in ("waiting", "unpublished")
        for name in ("both", "new", "old")
    ),
    ("waiting", "next", None),
    *((phase, "now", BOTH_OLD) for phase in BEFORE),
    *((phase, "next", BOTH_NEW) for phase in BEFORE),
    *((phase, "both", BOTH_OLD) for phase in BEFORE),
    *((phase, "now", BOTH_NEW) for phase in AFTER),
    *((phase, "both", BOTH_NEW) for phase in AFTER),
    *((phase, "next", None) for phase in (*AFTER, *OVER)),
    *((p, "new", NEW_ALONE) for p in ON),
    *((p, "old", OLD) for p in ON),
    *((p, "one", OLD) for p in BEFORE),
    *((p, "one", NEW_ALONE) for p in (*AFTER, *OVER)),
    *((p, "first", OLD) for p in BEFORE),
    *((p, "several", BOTH_OLD) for p in BEFORE),
    *((p, "several", BOTH_NEW) for p in AFTER),
    *((p, "now", NEW_ALONE) for p in OVER),
)
HARD = (
    *OLD_ALONE,
    *((p, "now", OLD) for p in BEFORE),
    *((p, "next", NEW_ALONE) for p in BEFORE),
    *((p, "both", BOTH_OLD) for p in BEFORE),
    *((p, "now", NEW_ALONE) for p in ("switched", "settled", "unpublished")),
    *((p, "new", None) for p in PHASES),
    *((p, "old", None) for p in PHASES),
)


def document(
    rollovers: Rollovers, side: Side, wanted: Wanted, phase: str
) -> tuple[Published, EntityFacts]:
    """The document as a partner reads it: verified with the key that counts, schema and all."""
    at = PHASES[phase]
    published = Publisher(KEYS).document(federation(), side, at, rollovers, wanted)
    slot = IDP_SIGNING if side == "idp" else SP_SIGNING
    signer = KEYS.signing(slot, published.draft.signer)
    reading = read_metadata(published.content, at, signed_by=[signer.certificate])
    (entity,) = reading.entities
    found = {f.code for f in (*reading.findings, *entity.findings)}
    assert found <= {
        "metadata.self_signed",
        "metadata.several_slo",
        "metadata.signature_verified",
        "metadata.several_signing_keys",
    }
    return published, entity


def certificates(*epochs: str) -> tuple[Certificate, ...]:
    return tuple(KEYS.signing(IDP_SIGNING, epoch).certificate for epoch in epochs)


@pytest.mark.parametrize(
    ("style", "phase", "name", "epochs"),
    [("overlap", *row) for row in OVERLAP] + [("hard", *row) for row in HARD],
)
def test_what_services_get(
    style: str, phase: str, name: str, epochs: tuple[str, ...] | None, tmp_path: Path
) -> None:
    rollovers = of(plan_of(style=style))
    if epochs is None:
        with pytest.raises(Unknown) as refused:
            document(rollovers, "idp", WANTED[name], phase)
        assert refused.value.code == "metadata.nothing_planned"
        return
    published, entity = document(rollovers, "idp", WANTED[name], phase)
    assert entity.idp is not None
    assert entity.idp.signing == certificates(*epochs)
    # Whoever holds the certificate that counts for everybody can verify the document.
    switched = PHASES[phase] >= INSTANTS.switch
    assert published.draft.signer == (NEW if switched else FIRST)
    signer = KEYS.signing(IDP_SIGNING, published.draft.signer)
    name = "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor"
    assert xmlsec1_verifies(published.content, name, signer, tmp_path)
    other = KEYS.signing(IDP_SIGNING, FIRST if switched else NEW)
    assert not xmlsec1_verifies(published.content, name, other, tmp_path)


def test_a_document_of_one_epoch_holds_its_addresses_and_no_others() -> None:
    rollovers = of(plan_of())
    published, entity = document(rollovers, "idp", EPOCH_NEW, "announced")
    assert entity.idp is not None
    base = f"{federation().base}/saml/e/{NEW}"
    assert {e.location for e in entity.idp.sso} == {f"{base}/sso"}
    assert {e.location for e in entity.idp.slo} == {f"{base}/slo", f"{base}/slo/soap"}
    assert entity.entity_id == federation().idp_entity_id, "the name of the entity never changes"
    assert f"{federation().base}/saml/sso" not in published.content.decode()
    _published, own = document(rollovers, "idp", OWN["one"], "announced")
    assert own.idp is not None
    assert {e.location for e in own.idp.sso} == {f"{federation().base}/saml/e/{FIRST}/sso"}


def test_identity_providers_get_one_encryption_key_in_every_phase() -> None:
    plans = of(plan_of(SP_SIGNING), plan_of(SP_ENCRYPTION))
    for phase, epochs, encryption in (
        ("waiting", (FIRST,), FIRST),
        ("announced", (FIRST, NEW), NEW),  # it decrypts before anybody is told of it
        ("switched", (NEW, FIRST), NEW),
        ("unpublished", (NEW,), NEW),
    ):
        _published, entity = document(plans, "sp", TODAY, phase)
        assert entity.sp is not None
        assert entity.sp.encryption == (KEYS.decryption("sundhed", encryption).certificate,)
        expected = tuple(KEYS.signing(SP_SIGNING, epoch).certificate for epoch in epochs)
        assert entity.sp.signing == expected
        assert [e.location for e in entity.sp.acs] == [federation().acs_url], "R25: without epoch"
    _published, entity = document(plans, "sp", NEXT, "announced")
    assert entity.sp is not None
    assert entity.sp.encryption == (KEYS.decryption("sundhed", NEW).certificate,)


def test_a_plan_for_one_use_leaves_the_other_as_it_is() -> None:
    _published, entity = document(of(plan_of(SP_ENCRYPTION)), "sp", NEXT, "announced")
    assert entity.sp is not None
    assert entity.sp.encryption == (KEYS.decryption("sundhed", NEW).certificate,)
    assert entity.sp.signing == (KEYS.signing(SP_SIGNING, FIRST).certificate,)
    with pytest.raises(Unknown):
        document(of(plan_of(SP_ENCRYPTION)), "idp", NEXT, "announced")


def test_a_partner_that_switches_early_gets_its_document_early_and_nobody_else_does() -> None:
    rule = Rule("after", Period(NOW + 41 * DAY), "dpsd", "early", 1)
    rollovers = of(plan_of(rules=(rule,)))
    for wanted, epoch in ((OWN["one"], NEW), (replace(OWN["one"], partner="other"), FIRST)):
        _published, entity = document(rollovers, "idp", wanted, "early")
        assert entity.idp is not None
        assert entity.idp.signing == certificates(epoch)


def test_a_key_that_others_know_stands_in_no_document() -> None:
    at = PHASES["early"]
    rollovers = Rollovers((plan_of(),), (Mark(IDP_SIGNING, FIRST, at - DAY),))
    for wanted in (TODAY, NEXT, BOTH, OWN["several"], OWN["one"]):
        published, entity = document(rollovers, "idp", wanted, "early")
        assert entity.idp is not None
        assert entity.idp.signing == certificates(NEW)
        assert published.draft.signer == NEW
    with pytest.raises(Unknown):
        document(rollovers, "idp", EPOCH_OLD, "early")


def test_every_node_writes_the_same_bytes_through_a_day_and_a_phase() -> None:
    rollovers = of(plan_of())
    at = PHASES["announced"].replace(hour=1)
    here, there = Publisher(KEYS), Publisher(KEYS)
    first = here.document(federation(), "idp", at, rollovers, BOTH)
    second = there.document(federation(), "idp", at.replace(hour=22), rollovers, BOTH)
    assert (first.content, first.etag) == (second.content, second.etag)
    tomorrow = here.document(federation(), "idp", at + DAY, rollovers, BOTH)
    assert tomorrow.etag != first.etag
    before = here.document(federation(), "idp", INSTANTS.switch - timedelta(seconds=1), rollovers)
    after = here.document(federation(), "idp", INSTANTS.switch, rollovers)
    assert before.etag != after.etag, "documents change by the clock"


def test_a_cache_keeps_nothing_beyond_the_next_change() -> None:
    plan = plan_of()
    slots = slots_of("sundhed", "idp")
    noon = NOW.replace(hour=12)
    assert fresh_seconds(of(), slots, noon) == 3600
    assert fresh_seconds(of(plan), slots, INSTANTS.announce + DAY) == 300
    assert fresh_seconds(of(plan), slots, INSTANTS.switch - timedelta(seconds=90)) == 90
    assert fresh_seconds(of(), slots, noon.replace(hour=23, minute=59)) == 60
    assert next_change(of(plan), slots, INSTANTS.switch - timedelta(hours=1)) == INSTANTS.switch
    late = Rule("before", Period(NOW, INSTANTS.switch + timedelta(hours=2)), "dpsd", "late", 1)
    of_rule = of(replace(plan, rules=(late,)))
    ends = INSTANTS.switch + timedelta(hours=2)
    assert next_change(of_rule, slots, INSTANTS.switch + timedelta(hours=1)) == ends


@pytest.mark.parametrize(
    ("plan", "wanted", "phase", "ends"),
    [
        (plan_of(), TODAY, "announced", None),
        (plan_of(style="hard"), TODAY, "waiting", None),
        (plan_of(style="hard"), NEXT, "early", None),
    ],
)
def test_a_document_lasts_a_month(plan: Plan, wanted: Wanted, phase: str, ends: None) -> None:
    assert ends is None
    draft = draft_of(of(plan), "sundhed", "idp", wanted, PHASES[phase])
    assert draft is not None
    assert draft.valid_until == draft.written_at + timedelta(days=30)


def test_a_document_does_not_outlive_what_it_tells() -> None:
    week = timedelta(days=7)
    hard = draft_of(of(plan_of(style="hard")), "sundhed", "idp", TODAY, INSTANTS.switch - week)
    assert hard is not None
    assert hard.valid_until == INSTANTS.switch
    old = draft_of(of(plan_of()), "sundhed", "idp", EPOCH_OLD, INSTANTS.unpublish - week)
    assert old is not None
    assert old.valid_until == INSTANTS.unpublish


def test_partners_are_told_to_ask_more_often_while_something_changes() -> None:
    calm, _entity = document(of(plan_of()), "idp", TODAY, "waiting")
    changing, _entity = document(of(plan_of()), "idp", TODAY, "early")
    assert b'cacheDuration="PT6H"' in calm.content
    assert b'cacheDuration="PT1H"' in changing.content
