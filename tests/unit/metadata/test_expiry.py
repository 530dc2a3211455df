"""Each level of warning is due once, for those who can do something about it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from broker.metadata.decisions import read_federation
from broker.metadata.expiry import (
    MILESTONES,
    OURS,
    Held,
    held_by_partner,
    held_by_us,
    milestone,
    warnings,
)
from broker.saml.entity_descriptor import read_entity
from broker.saml.keys import Certificate, DecryptionKey, SigningKey
from tests.authorities import leaf
from tests.box import FEDERATION
from tests.factories import NOW, decryption_key, signing_key
from tests.metadata_factory import Idp, Sp, contact, key
from tests.unit.metadata.certified import b64

DAY = timedelta(days=1)
END = NOW + 100 * DAY
HOME = read_federation(
    {**FEDERATION, **FEDERATION["environment"][0]},  # type: ignore[index]  # a document is Any below its top
    "https://broker.example.dk",
)

LEVELS: tuple[tuple[timedelta, int | None], ...] = (
    (91 * DAY, None),
    (90 * DAY + timedelta(seconds=1), None),
    (90 * DAY, 90),
    (61 * DAY, 90),
    (60 * DAY, 60),
    (30 * DAY, 30),
    (14 * DAY, 14),
    (8 * DAY, 14),
    (7 * DAY, 7),
    (DAY + timedelta(seconds=1), 7),
    (DAY, 1),
    (timedelta(seconds=1), 1),
    (timedelta(), None),
    (-DAY, None),
)


@pytest.mark.parametrize(("left", "level"), LEVELS)
def test_the_level_is_the_last_that_was_passed(left: timedelta, level: int | None) -> None:
    assert milestone(END, END - left) == level


def test_a_daily_look_meets_each_level_and_a_late_one_only_the_last() -> None:
    daily = [milestone(END, NOW + day * DAY) for day in range(101)]
    assert tuple(dict.fromkeys(level for level in daily if level)) == MILESTONES
    assert milestone(END, END - 6 * DAY) == 7


def test_what_is_most_urgent_comes_first() -> None:
    held = [
        Held(leaf(f"e{days}", days=days), "sundhed", f"p{days}", "idp", ("signing",), ("a@b.dk",))
        for days in (80, 5, 200, 20)
    ]
    due = warnings(held, NOW)
    assert [(one.whose, one.milestone) for one in due] == [("p5", 7), ("p20", 30), ("p80", 90)]
    assert due[0].fingerprint == leaf("e5", days=5).fingerprint
    assert due[0].contacts == ("a@b.dk",)


def test_a_service_is_told_through_its_technical_contact_and_its_owner() -> None:
    one = leaf("both")
    keys = key("x", "signing", b64(one)) + key("x", "encryption", b64(one))
    facts = read_entity(Sp(keys=keys, tail=contact()).xml())
    document = {
        "kind": "service",
        "code": "s",
        "name": {"da": "S", "en": "S"},
        "owner": "Ejer",
        "contact": "ejer@example.dk",
    }
    (held,) = held_by_partner(HOME, "s", "sp", document, facts)
    assert held.contacts == ("drift@example.dk", "ejer@example.dk")
    assert (held.uses, held.certificate) == (("signing", "encryption"), one)


def test_where_nobody_is_named_the_operator_hears_of_it() -> None:
    facts = read_entity(Idp(tail=contact(empty=True).replace("drift@", "x\r\nBcc: ")).xml())
    (held,) = held_by_partner(HOME, "i", "idp", {}, facts)
    assert held.contacts == ("desk@example.dk",)


@dataclass(frozen=True)
class Ours:
    """The keys of a federation, as far as anybody asks for them."""

    idp_signing: SigningKey
    sp_signing: SigningKey
    sp_decryption: tuple[DecryptionKey, ...]
    published_idp: tuple[Certificate, ...]
    published_sp: tuple[Certificate, ...]


def test_our_own_are_the_operators() -> None:
    signing, decrypting = signing_key("ours"), decryption_key("our own")
    keys = Ours(
        idp_signing=signing,
        sp_signing=signing,
        sp_decryption=(decrypting,),
        published_idp=(signing.certificate,),
        published_sp=(signing.certificate,),
    )
    found = [(held.side, held.uses, held.whose) for held in held_by_us(HOME, keys)]
    assert found == [
        ("idp", ("signing",), OURS),
        ("sp", ("signing",), OURS),
        ("sp", ("encryption",), OURS),
    ]
    assert {held.contacts for held in held_by_us(HOME, keys)} == {("desk@example.dk",)}
