"""Mails are the installation's: a test environment has no say in those of production."""

from dataclasses import replace

import pytest

from broker.errors import NotAllowed
from broker.portals.operator.posting import demand_whole
from tests.unit.web.pages import federation

REAL = federation("sundhed")
TEST = replace(federation("sundhed-test"), test_login=True)


def test_operators_of_a_test_environment_see_no_mail_of_production() -> None:
    with pytest.raises(NotAllowed, match=r"permission\.federation"):
        demand_whole(TEST, (REAL, TEST))


def test_where_all_is_test_and_in_production_it_is_open() -> None:
    demand_whole(REAL, (REAL, TEST))
    demand_whole(TEST, (TEST,))
