"""D: a message that is well signed and does not fit: who, to whom, in answer to what, when."""

from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree

from broker.saml import names
from tests.hostile.conftest import Scene
from tests.hostile.forge import OUR_ACS, OUR_ENTITY, Forge

RESTRICTED = "<a:AudienceRestriction><a:Audience>{}</a:Audience></a:AudienceRestriction>"
OURS = RESTRICTED.format(OUR_ENTITY)
THEIRS = RESTRICTED.format("https://two.example.dk")
UNKNOWN_CONDITION = (
    '<a:Condition xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:x="urn:x" xsi:type="a:OneTimeUseType"/>'
)
BASE_ID = '<a:BaseID xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="a:Nothing"/>'

# (id, what is changed, reason); minutes are from now.
ROWS: list[tuple[str, dict[str, object], str]] = [
    ("D03 no InResponseTo", {"in_response_to": None}, "context.unsolicited"),
    ("D03 another's InResponseTo", {"in_response_to": "_other"}, "context.in_response_to"),
    ("D04 only the Response answers", {"confirmed_request": None}, "context.in_response_to"),
    ("D04 the assertion answers another", {"confirmed_request": "_o"}, "context.in_response_to"),
    ("D07 Response of another issuer", {"issuer": "https://beta.example.dk"}, "context.issuer"),
    ("D07 Response without issuer", {"issuer": None}, "context.issuer"),
    (
        "D08 assertion of another issuer",
        {"assertion_issuer": "https://beta.example.dk"},
        "context.assertion_issuer",
    ),
    ("D09 wrong audience", {"audience": THEIRS}, "context.audience"),
    ("D09 no audience", {"audience": ""}, "context.audience"),
    ("D09 prefix of ours", {"audience": RESTRICTED.format(OUR_ENTITY[:-1])}, "context.audience"),
    ("D09 other case", {"audience": RESTRICTED.format(OUR_ENTITY.upper())}, "context.audience"),
    ("D09 two restrictions, one wrong", {"audience": OURS + THEIRS}, "context.audience"),
    ("D10 wrong recipient", {"recipient": "https://two.example.dk/acs"}, "context.recipient"),
    ("D10 no recipient", {"recipient": None}, "context.recipient"),
    ("D10 recipient is our entity", {"recipient": OUR_ENTITY}, "context.recipient"),
    ("D10 wrong destination", {"destination": "https://x.dk/acs"}, "context.destination"),
    ("D10 no destination", {"destination": None}, "context.destination"),
    ("D10 trailing slash", {"destination": OUR_ACS + "/"}, "context.destination"),
    ("D10 plain http", {"destination": OUR_ACS.replace("https", "http")}, "context.destination"),
    ("D10 with port", {"destination": OUR_ACS.replace(".dk/", ".dk:443/")}, "context.destination"),
    ("D11 expired conditions", {"valid_until": -4}, "context.expired"),
    ("D11 expired confirmation", {"confirm_until": -4}, "context.expired"),
    ("D11 conditions in the future", {"valid_from": 4}, "context.future"),
    ("D11 no conditions", {"conditions": ""}, "context.conditions"),
    ("D11 conditions without end", {"valid_until": None}, "context.conditions"),
    ("D11 confirmation without end", {"confirm_until": None}, "context.confirmation_time"),
    ("D11 ten years", {"valid_until": 60 * 24 * 3650}, "context.lifetime"),
    ("D11 year 9999", {"valid_until": "9999-12-31T23:59:59Z"}, "context.lifetime"),
    ("D11 local time", {"valid_until": "2026-03-02T04:05:00+01:00"}, "context.time_format"),
    ("D11 without a zone", {"valid_until": "2026-03-02T03:05:00"}, "context.time_format"),
    ("D11 issued long ago", {"issued": -23 * 60}, "context.issue_instant"),
    ("D11 issued tomorrow", {"issued": 23 * 60}, "context.issue_instant"),
    (
        "D11 session has ended",
        {"statement_extra": ' SessionNotOnOrAfter="2026-03-02T02:50:00Z"'},
        "context.session_ended",
    ),
    ("D11 authenticated tomorrow", {"authn_instant": 23 * 60}, "context.authn_instant"),
    (
        "D12 sender vouches",
        {"method": "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"},
        "context.bearer",
    ),
    (
        "D12 holder of key",
        {"method": "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"},
        "context.bearer",
    ),
    ("D14 no authentication", {"authn_statements": 0}, "context.statements"),
    ("D14 two authentications", {"authn_statements": 2}, "context.statements"),
    ("D15 version 1.1", {"version": "1.1"}, "malformed.version"),
    ("D16 empty NameID", {"name_id": "<a:NameID/>"}, "context.subject"),
    ("D16 no NameID", {"name_id": ""}, "context.subject"),
    ("D16 blank NameID", {"name_id": "<a:NameID>  </a:NameID>"}, "context.subject"),
    (
        "D16 right-to-left override in NameID",
        {"name_id": "<a:NameID>nurse\u202e1</a:NameID>"},
        "context.subject",
    ),
    (
        "D17 may not be asserted onwards",
        {"audience": OURS + '<a:ProxyRestriction Count="0"/>'},
        "context.proxy",
    ),
    (
        "B21 unseen character in the issuer",
        {"issuer": "https://alpha.example.dk\u200b"},
        "context.issuer",
    ),
    (
        "B21 full-width letter in the issuer",
        {"issuer": "https://\uff41lpha.example.dk"},
        "context.issuer",
    ),
    (
        "B21 Cyrillic letter in the audience",
        {"audience": RESTRICTED.format(OUR_ENTITY.replace("e", "\u0435"))},
        "context.audience",
    ),
    (
        "B21 unseen character in NameID",
        {"name_id": "<a:NameID>nurse\u200b1</a:NameID>"},
        "context.subject",
    ),
    (
        "D12 no data",
        {"recipient": None, "confirmed_request": None, "confirm_until": None},
        "context.recipient",
    ),
    ("D13 no assertion and no status code", {"status": ""}, "malformed.schema"),
    ("D15 version 3.0", {"version": "3.0"}, "malformed.version"),
    ("D15 version abc", {"version": "abc"}, "malformed.version"),
    ("D16 an endless NameID", {"name_id": f"<a:NameID>{'n' * 1025}</a:NameID>"}, "context.subject"),
    ("D16 a BaseID", {"name_id": BASE_ID}, "malformed.schema"),
    ("D17 unknown condition", {"audience": OURS + UNKNOWN_CONDITION}, "context.condition_unknown"),
]
MINUTES = ("valid_from", "valid_until", "confirm_until", "authn_instant")


@pytest.mark.parametrize(("change", "code"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_it_is_refused_and_an_honest_answer_still_counts(
    scene: Scene, change: dict[str, object], code: str
) -> None:
    forge = scene.at()
    changed = {
        name: forge.time(value) if name in MINUTES and isinstance(value, int) else value
        for name, value in change.items()
    }
    if isinstance(minutes := change.get("issued"), int):
        changed["issued"] = forge.now + timedelta(minutes=minutes)
    verified = code == "context.in_response_to" and "confirmed_request" in change
    scene.refused(forge.but(**changed).xml(), code, rows=1 if verified else None)
    assert "SAMLResponse" in scene.accepted(forge.xml())


def test_d06_one_idp_may_not_answer_for_another(scene: Scene) -> None:
    forge = scene.at("alpha")
    beta = "https://beta.example.dk"
    answer = forge.but(key="beta", issuer=beta, assertion_issuer=beta)
    scene.refused(answer.xml(), "context.issuer")
    scene.accepted(forge.xml())


def test_d06_even_signed_by_itself_in_the_others_name(scene: Scene) -> None:
    forge = scene.at("alpha")
    scene.refused(forge.but(key="beta").xml(), "signature.invalid")
    scene.accepted(forge.xml())


def test_d13_success_without_an_assertion(scene: Scene) -> None:
    forge = scene.at()
    scene.refused(etree.tostring(forge.around()), "context.status")
    scene.accepted(forge.xml())


def test_d13_failure_with_an_assertion(scene: Scene) -> None:
    forge = scene.at()
    failed = f'<p:StatusCode Value="{names.RESPONDER}"/>'
    scene.refused(forge.but(status=failed).xml(), "context.status")
    scene.accepted(forge.xml())


def test_d11_a_new_authentication_was_asked_for(scene: Scene) -> None:
    draft = replace(scene.box.draft(), force_authn=True)
    trip = scene.box.at_idp(scene.browser, "alpha", draft)
    assert trip.request.force_authn
    forge = Forge(trip, scene.box.clock())
    scene.refused(forge.but(authn_instant=forge.time(-30)).xml(), "context.not_fresh")
    scene.accepted(forge.xml())


def test_d15_an_assertion_of_another_version(scene: Scene) -> None:
    forge = scene.at()
    older = forge.but(version="1.1").signed_assertion()
    scene.refused(etree.tostring(forge.around(forge.sealed(older))), "malformed.version")
    scene.accepted(forge.xml())
