"""Which session answers which flow: any that fits, and under ForceAuthn only the flow's own."""

from dataclasses import replace
from uuid import uuid4

import pytest

from broker.login.session import begun_by, reuse
from broker.login.state import AwaitingChoice
from broker.saml import names
from broker.saml.messages import Assertion, AuthnStatement, Conditions
from broker.sessions.model import Session
from tests.factories import NOW
from tests.unit.login.test_seal import ASKED
from tests.unit.web.pages import IDPS, PRODUCTION, SERVICE

CONDITIONS = Conditions(None, None, (), False, 0, None, ())
ASSERTION = Assertion(
    id="_a",
    issuer=IDPS[0].idp.entity_id,
    issue_instant=NOW,
    name_id=None,
    confirmations=(),
    conditions=CONDITIONS,
    authn_statements=(AuthnStatement(NOW, None, None, names.UNSPECIFIED, ()),),
    attribute_statements=1,
    attributes=(),
)
SESSION = Session(
    id=uuid4(),
    person=uuid4(),
    idp=IDPS[0].row,
    started_at=NOW,
    seen_at=NOW,
    ends_at=NOW.replace(hour=23),
    reference=ASKED.reference,
    assertion=ASSERTION,
)
OWN = replace(ASKED, session=SESSION.id, begun=SESSION.id)
OTHERS = {
    "the-flow-s-own": (SESSION, True),
    "another": (replace(SESSION, id=uuid4()), False),
    "renewed-by-another-login": (replace(SESSION, reference="ANOTHER"), False),
}


@pytest.mark.parametrize("case", OTHERS)
def test_force_authn_is_met_by_the_flow_s_own_session_alone(case: str) -> None:
    session, own = OTHERS[case]
    assert begun_by(OWN, session) is own
    found = reuse(AwaitingChoice("f", OWN), session, SERVICE, IDPS, PRODUCTION, NOW)
    assert (found is not None) is own
    easy = AwaitingChoice("f", replace(OWN, force_authn=False))
    assert reuse(easy, session, SERVICE, IDPS, PRODUCTION, NOW) is not None


def test_a_session_that_the_flow_only_saw_is_not_its_own() -> None:
    assert not begun_by(replace(OWN, begun=None), SESSION)


@pytest.mark.parametrize("case", OTHERS)
def test_what_may_be_said_once_is_said_in_the_flow_s_own_session(case: str) -> None:
    session, own = OTHERS[case]
    once = replace(ASSERTION, conditions=replace(CONDITIONS, one_time_use=True))
    state = AwaitingChoice("f", replace(OWN, force_authn=False))
    session = replace(session, assertion=once)
    found = reuse(state, session, SERVICE, IDPS, PRODUCTION, NOW)
    assert (found is not None) is own
