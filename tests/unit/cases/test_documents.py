"""What is asked for: checked before it is kept, and read whole or not at all."""

import json
from dataclasses import replace

import pytest

from broker.cases.documents import (
    Connecting,
    Contact,
    Document,
    Joining,
    Limit,
    Noticed,
    Shown,
    parsed,
    written,
)
from broker.errors import Refused
from tests.unit.cases.counter import JOINING, ROLE

CONNECTING = Connecting(
    name="Region Eksempel",
    entity_id="https://idp.example.dk/",
    cvrs=("90000004",),
    level="Substantial",
    contact=Contact("Bo Lind", "bo@example.dk"),
    service="dpsd",
    shown=(Shown("dk:gov:saml:attribute:CvrNumberIdentifier", 1, "d8"),),
    verdicts=(Noticed("odd", "metadata.self_signed", "signing", "self-signed"),),
)
LIMITED = replace(JOINING, roles=(replace(ROLE, limits=(Limit("sor", "1491000016005"),)),))


@pytest.mark.parametrize("document", [JOINING, LIMITED, CONNECTING])
def test_what_is_written_is_read_again(document: Document) -> None:
    assert parsed(type(document), json.loads(written(document))) == document


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "circus"},
        {"cvr": 90000098},
        {"roles": "all"},
        {"roles": [{"role": "x"}]},
        {"officer": None},
        {"more": 1},
    ],
)
def test_half_a_document_is_none(change: dict[str, object]) -> None:
    value = {**json.loads(written(JOINING)), **change}
    with pytest.raises(ValueError, match=r"."):
        parsed(Joining, value)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (replace(JOINING, cvr="123"), "input.cvr"),
        (replace(JOINING, name=" "), "input.empty"),
        (replace(JOINING, purpose="for 010190-1234"), "input.cpr"),
        (replace(JOINING, officer=Contact("Bo", "nowhere")), "input.mail"),
        (replace(JOINING, officer=replace(JOINING.applicant, name="Bo")), "case.officer"),
        (replace(JOINING, administrators=JOINING.administrators[:1]), "case.administrators"),
        (replace(JOINING, administrators=(JOINING.administrators[0],) * 2), "case.administrators"),
        (replace(JOINING, roles=()), "case.roles"),
        (replace(JOINING, roles=(ROLE, ROLE)), "case.roles"),
        (replace(CONNECTING, cvrs=()), "case.cvrs"),
        (replace(CONNECTING, cvrs=("0",)), "input.cvr"),
    ],
)
def test_a_document_out_of_order_is_refused(document: Document, code: str) -> None:
    with pytest.raises(Refused) as refused:
        document.checked()
    assert refused.value.code == code


def test_a_document_in_good_order_is_trimmed() -> None:
    untidy = replace(JOINING, name="  Lægehuset ved Åen ")
    assert untidy.checked() == JOINING
